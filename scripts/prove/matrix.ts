// Every call, every fault: what is tried, and the table of what came out.

import { seededRandom } from "../../packages/local-cloud/src/balancer/random.ts";
import { faults } from "../../packages/local-cloud/src/virtual/faults.ts";
import { matrixSeed, nameOf } from "../../test/simulation/matrix/names.ts";
import { stores, stories } from "../../test/simulation/matrix/stories.ts";
import { tryOut } from "../../test/simulation/matrix/trial.ts";
import type { Judged } from "./pool.ts";

/** The names of all trials: each story, each store, each fault at each call that an unbroken run makes. @param share 1: all of them */
export async function matrixNames(share: number): Promise<readonly string[]> {
  const random = seededRandom(matrixSeed);
  const names: string[] = [];
  for (const story of stories) {
    for (const store of Object.keys(stores)) {
      const { calls } = await tryOut({ story, store, fault: undefined, seed: matrixSeed });
      for (const kind of faults) {
        for (let at = 0; at < calls; at += 1) {
          if (random() < share) names.push(nameOf({ story, store, fault: { kind, at }, seed: matrixSeed }));
        }
      }
    }
  }
  return names;
}

export interface Row {
  readonly rollout: string;
  readonly fault: string;
  readonly runs: number;
  /** How often each ending was reached. */
  readonly endings: Readonly<Record<string, number>>;
  readonly violations: number;
}

/** One row for each rollout and fault. */
export function rowsOf(judged: readonly Judged[]): readonly Row[] {
  const groups = Map.groupBy(judged, ({ name }) => name.split(":").slice(0, 3).join(":"));
  return [...groups].map(([key, all]) => {
    const [story, store, fault] = key.split(":");
    const endings = Object.entries(Object.groupBy(all, ({ verdict }) => verdict.ending)).map(
      ([name, some]) => [name, some?.length ?? 0] as const,
    );
    return {
      rollout: `${story} (${store})`,
      fault: fault ?? "",
      runs: all.length,
      endings: Object.fromEntries(endings.sort(([, a], [, b]) => b - a)),
      violations: all.filter(({ verdict }) => verdict.violations.length > 0).length,
    };
  });
}

/** The rows as a table of text. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.rollout,
    row.fault,
    String(row.runs),
    String(row.violations),
    Object.entries(row.endings)
      .map(([ending, count]) => `${count} ${ending}`)
      .join("; "),
  ]);
  const table = [["rollout", "fault", "runs", "violations", "how it ended"], ...lines];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
