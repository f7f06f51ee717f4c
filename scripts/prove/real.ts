// Cancelled, killed and troubled in every phase: the bundle as a real process on the local cloud, under load.
import { openStage } from "../../test/real/stage.ts";
import { type RealVerdict, tryReal } from "../../test/real/trial.ts";
import { allTroubles, nameOf, type Trouble, troubleOf } from "../../test/real/troubles.ts";
import type { Say } from "./say.ts";

export interface RealOptions {
  /** Trials by their names, such as `watch:SIGTERM`; empty for all. */
  readonly only: readonly string[];
  readonly json: boolean;
  /** Runs with `on-cancel: leave`, so that users are not put back: the proof has to notice. */
  readonly breakCancel: boolean;
}

interface Tried {
  readonly trouble: Trouble;
  readonly verdict: RealVerdict;
  readonly seconds: number;
}

const requestsPerSecond = 60;

/** Tries them one after the other in one cloud. @returns whether every promise was kept */
export async function proveReal({ only, json, breakCancel }: RealOptions, { say, progress }: Say): Promise<boolean> {
  const troubles = only.length > 0 ? only.map(troubleOf) : allTroubles;
  say(`A real process meets a signal or a fault in every phase of a good deployment, under ${requestsPerSecond} requests a second.`);
  say();
  const tried: Tried[] = [];
  const stage = await openStage(requestsPerSecond);
  try {
    for (const trouble of troubles) {
      const began = performance.now();
      const inputs = breakCancel ? { "on-cancel": "leave" } : {};
      const verdict = await tryReal(stage, trouble, { entry: "dist", inputs });
      tried.push({ trouble, verdict, seconds: (performance.now() - began) / 1000 });
      const { violations } = verdict;
      progress(`${tried.length} of ${troubles.length}: ${nameOf(trouble)}${violations.length === 0 ? "" : ` ✖ ${violations.join("; ")}`}`);
      if (violations.length > 0 && only.length > 0) say(verdict.log);
    }
  } finally {
    await stage.stop();
  }
  const broken = tried.filter(({ verdict }) => verdict.violations.length > 0);
  const requests = tried.reduce((sum, { verdict }) => sum + verdict.requests, 0);
  const lost = tried.reduce((sum, { verdict }) => sum + verdict.lost, 0);
  say(tableOf(tried));
  say();
  for (const { trouble, verdict } of broken) {
    say(`✖ ${nameOf(trouble)}: ${verdict.violations.join("; ")}`);
    say(`  npm run prove -- --real --only ${nameOf(trouble)}`);
  }
  const kept = broken.length === 0;
  say(
    kept
      ? `✔ ${tried.length} trials: ${requests} requests, ${lost} lost; users are on one version that runs, and nothing is left held.`
      : `✖ ${broken.length} of ${tried.length} trials broke a promise; ${requests} requests, ${lost} lost.`,
  );
  if (json) {
    const trials = tried.map(({ trouble, verdict: { log: _log, ...rest }, seconds }) => ({ name: nameOf(trouble), seconds, ...rest }));
    process.stdout.write(`${JSON.stringify({ trials, requests, failedRequests: lost, violations: broken.length })}\n`);
  }
  return kept;
}

/** One row for each trial. */
function tableOf(tried: readonly Tried[]): string {
  const rows = tried.map(({ trouble: { phase, what }, verdict, seconds }) => [
    what,
    phase,
    verdict.violations.length === 0 ? "✔" : "✖",
    verdict.ending,
    verdict.between === undefined ? "" : String(verdict.between),
    String(verdict.requests),
    String(verdict.lost),
    seconds.toFixed(0),
  ]);
  const lines = [["trouble", "in phase", "", "how it ended", "calls before users go back", "requests", "lost", "s"], ...rows];
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, column) => (column >= 4 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))))
    .map((line) => line.join("  ").trimEnd())
    .join("\n");
}
