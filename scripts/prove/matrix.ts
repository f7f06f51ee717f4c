// What is tried, and the table of what came out.
import { seededRandom } from "../../packages/local-cloud/src/balancer/random.ts";
import { faults } from "../../packages/local-cloud/src/virtual/faults.ts";
import { matrixSeed, nameOf } from "../../test/simulation/matrix/names.ts";
import { stores, stories } from "../../test/simulation/matrix/stories.ts";
import { tryOut } from "../../test/simulation/matrix/trial.ts";
import type { Judged } from "./pool.ts";

/** Seeded distances between two runs, for each pair and store. */
const interleavings = 500;
/** Rollouts that are cancelled at every call. */
const cancelled: readonly string[] = ["good", "canary"];

/**
 * The names of all trials: each rollout with each fault at each call that it makes unbroken, a cancellation at each call of a good
 * deployment, and two runs at once.
 *
 * @param share 1: all of them
 * @param seed which ones, where it is less
 * @param parts faults, cancel, two; none: all of them
 */
export async function allNames(share: number, seed: number, parts: readonly string[]): Promise<readonly string[]> {
  const names: string[] = [];
  // One after the other: a trial puts its own seed in the place of Math.random.
  for (const store of Object.keys(stores)) names.push(...(await namesIn(store)));
  const random = seededRandom(seed);
  const partOf = (name: string): string => /^(cancel|two):/.exec(name)?.[1] ?? "faults";
  return names.filter((name) => random() < share && (parts.length === 0 || parts.includes(partOf(name))));
}

async function namesIn(store: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const story of stories) {
    const { calls } = await tryOut({ story, store, fault: undefined, seed: matrixSeed });
    const everyCall = Array.from({ length: calls }, (_, at) => at);
    names.push(...faults.flatMap((kind) => everyCall.map((at) => nameOf({ story, store, fault: { kind, at }, seed: matrixSeed }))));
    if (cancelled.includes(story.name)) names.push(...everyCall.map((at) => `cancel:${story.name}:${store}:${at}`));
  }
  const seeds = Array.from({ length: interleavings }, (_, index) => index + 1);
  return [...names, ...["deployments", "rescue"].flatMap((pair) => seeds.map((seed) => `two:${pair}:${store}:${seed}`))];
}

export interface Row {
  readonly what: string;
  readonly record: string;
  readonly fault: string;
  readonly runs: number;
  readonly violations: number;
  /** How often each ending was reached. */
  readonly endings: Readonly<Record<string, number>>;
}

/** One row for each rollout, store and fault. */
export function rowsOf(judged: readonly Judged[]): readonly Row[] {
  const rowOf = (name: string): readonly [what: string, record: string, fault: string] => {
    const [kind = "", second = "", third = ""] = name.split(":");
    if (kind === "cancel") return [second, third, "cancelled"];
    if (kind === "two") return [second === "rescue" ? "deployment and rollback" : "two deployments", third, "at once"];
    return [kind, second, third];
  };
  const groups = Map.groupBy(judged, ({ name }) => rowOf(name).join("|"));
  return [...groups].map(([key, all]) => {
    const [what = "", record = "", fault = ""] = key.split("|");
    const endings = Map.groupBy(all, ({ verdict }) => verdict.ending);
    return {
      what,
      record,
      fault,
      runs: all.length,
      violations: all.filter(({ verdict }) => verdict.violations.length > 0).length,
      endings: Object.fromEntries([...endings].map(([ending, some]) => [ending, some.length] as const).sort(([, a], [, b]) => b - a)),
    };
  });
}

/** The rows as a table of text. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.what,
    row.record,
    row.fault,
    String(row.runs),
    String(row.violations),
    Object.entries(row.endings)
      .map(([ending, count]) => `${count} ${ending}`)
      .join("; "),
  ]);
  const table = [["what", "record", "fault", "runs", "violations", "how it ended"], ...lines];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return table.map(line).join("\n");
}

/** With tags both deployments may move users for a moment: how often, and how long at most. */
export function windowOf(judged: readonly Judged[]): { readonly runs: number; readonly overlapping: number; readonly longest: number } {
  const tried = judged.filter(({ name }) => name.startsWith("two:deployments:tags:"));
  const overlaps = tried.map(({ verdict }) => verdict.overlap ?? 0).filter((one) => one > 0);
  return { runs: tried.length, overlapping: overlaps.length, longest: Math.max(0, ...overlaps) };
}
