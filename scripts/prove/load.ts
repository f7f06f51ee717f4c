// A thousand requests a second through a deployment and a rollback: which are lost, and which connections are cut too early.
import { setTimeout as pause } from "node:timers/promises";
import { cutEarly } from "../../packages/local-cloud/src/load/cut-early.ts";
import type { LoadReport } from "../../packages/local-cloud/src/load/types.ts";
import { drainSeconds, openStage, type RealStage, whenSteady } from "../../test/real/stage.ts";
import { startAction } from "../../test/support/run-action.ts";
import type { Say } from "./say.ts";

export interface LoadProofOptions {
  /** Requests a second, at most 5,000. */
  readonly rate: number;
  /** How many times faster the cloud's time runs; 1: a request of 10 s takes 10 s. */
  readonly timeFactor: number;
  readonly json: boolean;
  /** The load balancer cuts leaving targets off: the proof has to notice. */
  readonly breakDrain: boolean;
}

/** In the cloud's time. */
const [slowSeconds, streamSeconds] = [10, 20];
const [webSockets, streams] = [20, 10];

type Inputs = Readonly<Record<string, string>>;
const common: Inputs = { application: "shop", environment: "staging", "rollback-window": "1" };
// What a busy machine makes slow shall not look like a bad version.
const patient: Inputs = { "on-inconclusive": "proceed", "max-response-time": "60s" };

interface Act {
  readonly what: string;
  readonly seconds: number;
  readonly outcome: string;
  readonly before: LoadReport;
  readonly after: LoadReport;
  readonly cut: number;
}

/** @returns whether nothing was lost and everything went as it must */
export async function proveLoad({ rate, timeFactor, json, breakDrain }: LoadProofOptions, { say, progress }: Say): Promise<boolean> {
  const ms = (seconds: number): number => Math.round((seconds * 1000) / timeFactor);
  say(`${rate} requests a second through a deployment and a rollback; time runs ${timeFactor} times faster.`);
  const faults = breakDrain ? { balancerFaults: { drain: "cut" as const } } : {};
  const stage = await openStage(
    rate,
    { timeFactor, ...faults },
    {
      slow: { share: 0.01, path: `/work?ms=${ms(slowSeconds)}` },
      webSockets: { count: webSockets, path: "/ws" },
      streams: { count: streams, path: `/stream?ms=${ms(streamSeconds)}` },
    },
  );
  const acts: Act[] = [];
  try {
    const act = async (what: string, action: string, inputs: Inputs): Promise<void> => {
      progress(`${what} …`);
      acts.push(await perform(stage, what, action, inputs));
    };
    await act("deployment", "blue-green-deploy", { ...patient, ...(await images(stage)) });
    await act("deployment, keep-previous", "blue-green-deploy", { ...patient, ...(await images(stage)), "keep-previous": "60" });
    await act("emergency rollback", "emergency-rollback", { confirm: "staging", reason: "the proof", "rollback-window": "0" });
    const last = await stage.load.stop();
    return report(acts, last, cutEarly(last, stage.cloud, drainSeconds).length, { rate, json }, say);
  } finally {
    await stage.stop();
  }
}

async function images(stage: RealStage): Promise<Inputs> {
  const image = await stage.newImage();
  return { images: `frontend=${image}\nbackend=${image}` };
}

async function perform(stage: RealStage, what: string, action: string, inputs: Inputs): Promise<Act> {
  const { cloud, load } = stage;
  const begun = performance.now();
  const before = await load.snapshot();
  const run = await startAction(action, process.cwd(), cloud.environment, { ...common, ...inputs }, undefined, "dist").result;
  await whenSteady(stage);
  // Until every request that was under way is over, and what left could have been cut.
  await pause(((slowSeconds + 2) * 1000) / cloud.timeFactor);
  const after = await load.snapshot();
  const cut = cutEarly(after, cloud, drainSeconds).length - cutEarly(before, cloud, drainSeconds).length;
  if (run.outputs["outcome"] !== "succeeded") process.stderr.write(run.log);
  return { what, seconds: (performance.now() - begun) / 1000, outcome: run.outputs["outcome"] ?? "no outcome", before, after, cut };
}

function report(
  acts: readonly Act[],
  last: LoadReport,
  cut: number,
  { rate, json }: Pick<LoadProofOptions, "rate" | "json">,
  say: Say["say"],
): boolean {
  const lost = last.failedRequests + cut;
  const reached = (act: Act): number => Math.round((act.after.requests - act.before.requests) / act.seconds);
  const kinds = (act: Act): readonly string[] =>
    (["kept", "new", "slow"] as const).map((kind) => {
      const [from, to] = [act.before.byKind[kind], act.after.byKind[kind]];
      return `${to.requests - from.requests} / ${to.lost - from.lost}`;
    });
  const rows = acts.map((act) => [
    act.what,
    act.outcome,
    act.seconds.toFixed(0),
    String(reached(act)),
    ...kinds(act),
    String(act.after.streams.ended - act.before.streams.ended),
    String(act.cut),
  ]);
  const slow = `${slowSeconds} s long / lost`;
  const head = ["", "ended as", "s", "requests/s", "kept / lost", "new / lost", slow, "streams to their end", "cut early"];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((line) => line[column]?.length ?? 0)));
  say();
  for (const line of [head, ...rows]) {
    const cells = line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)));
    say(cells.join("  ").trimEnd());
  }
  say();
  const { p50, p99 } = last.latencies;
  say(
    `${webSockets} WebSockets and ${streams} streaming answers were open all the time. Answers after ${Math.round(p50 * 1000)} ms (median) and ${Math.round(p99 * 1000)} ms (99 %).`,
  );
  if (last.notSent > 0) say(`${last.notSent} requests could not be sent: 5,000 others were under way.`);
  if (acts.some((act) => reached(act) < rate * 0.95))
    say(
      `This machine did not reach ${rate} requests a second; the thread that sends was busy for ${Math.round(last.utilisation * 100)} %.`,
    );
  for (const { path, connection, cause, after } of last.failures.slice(0, 5))
    say(`lost: ${path} (${connection} connection) after ${after.toFixed(1)} s: ${cause}`);
  const kept = lost === 0 && acts.every((act) => act.outcome === "succeeded");
  say(`${kept ? "✔" : "✖"} ${last.requests} requests, ${lost} lost, those that were cut before the drain time was over included.`);
  if (json) {
    const told = acts.map((act) => ({ what: act.what, outcome: act.outcome, seconds: act.seconds, requestsPerSecond: reached(act) }));
    const { requests, byKind, notSent } = last;
    process.stdout.write(`${JSON.stringify({ acts: told, requests, failedRequests: lost, cutEarly: cut, byKind, notSent })}\n`);
  }
  return kept;
}
