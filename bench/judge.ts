// How often each judge rolls back: the comparing one, the fixed thresholds, and Kayenta's Mann-Whitney test, on the same simulated canaries.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { defaultComparison } from "../packages/rollout/src/judge/compare.ts";
import { type Effect, effects, type Scenario, scenarios, simulate } from "./judge/canary.ts";
import { type Found, fixedThresholds, mannWhitney, ours } from "./judge/judges.ts";
import { createRandom } from "./judge/random.ts";

/** One case: what is simulated so many times. */
export interface Case {
  readonly scenario: Scenario;
  readonly effect: Effect;
  /** Requests a second on the new version. */
  readonly rate: number;
}

/** Of all canaries of a case, the share that a judge rolled back: within the canary, and within the first three minutes of data. */
interface Share {
  readonly canary: number;
  readonly threeMinutes: number;
}

export interface Row extends Case {
  readonly canaries: number;
  readonly ours: Share;
  readonly thresholds: Share;
  readonly mannWhitney: Share;
}

/** Length of a canary and of what is known of the old version before it, in minutes. */
export const canaryMinutes = 10;
const historyMinutes = 30;

/** Runs the judges on simulated canaries of one case. */
export function runCase(one: Case, canaries: number, seed: number, minutes = canaryMinutes): Row {
  const random = createRandom(seed);
  const found: Record<"ours" | "thresholds" | "mannWhitney", Found[]> = { ours: [], thresholds: [], mannWhitney: [] };
  for (let i = 0; i < canaries; i++) {
    const canary = simulate(one.scenario, one.effect, one.rate, minutes, historyMinutes, random);
    found.ours.push(ours(defaultComparison, canary));
    found.thresholds.push(fixedThresholds(canary));
    found.mannWhitney.push(mannWhitney(canary));
  }
  const share = (results: readonly Found[]): Share => ({
    canary: results.filter((minute) => minute !== undefined).length / canaries,
    threeMinutes: results.filter((minute) => minute !== undefined && minute <= 3).length / canaries,
  });
  return { ...one, canaries, ours: share(found.ours), thresholds: share(found.thresholds), mannWhitney: share(found.mannWhitney) };
}

const rates = [1, 10, 50, 200, 1000];

/** Every effect at every rate in calm traffic; in each other scenario, equal versions at every rate and the effects at 50 requests/s. */
export const cases: readonly Case[] = scenarios.flatMap((scenario, index) =>
  effects.flatMap((effect) =>
    rates.filter((rate) => index === 0 || effect.name === "equal" || rate === 50).map((rate): Case => ({ scenario, effect, rate })),
  ),
);

/** All cases, on all cores: each worker asks for the next case when it is done with one. */
export async function runAll(canaries: number, seed: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let next = 0;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { canaries, seed } });
      const hand = (): void => {
        if (next < cases.length) worker.postMessage(next++);
        else void worker.terminate().then(() => resolve());
      };
      worker.on("message", ({ index, row }: { index: number; row: Row }) => {
        rows[index] = row;
        hand();
      });
      worker.once("error", reject);
      hand();
    });
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  return rows;
}

const shown = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 1)} %`;

export function table(rows: readonly Row[]): string {
  const head = ["traffic", "new version", "requests/s", "ours", "in 3 min", "thresholds", "in 3 min", "Mann-Whitney", "in 3 min"];
  const lines = rows.map((row) => [
    row.scenario.name,
    row.effect.name,
    String(row.rate),
    ...[row.ours, row.thresholds, row.mannWhitney].flatMap((one) => [shown(one.canary), shown(one.threeMinutes)]),
  ]);
  const width = head.map((name, column) => Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const text = (line: readonly string[]): string =>
    line.map((cell, column) => (column < 2 ? cell.padEnd(width[column] ?? 0) : cell.padStart(width[column] ?? 0))).join("  ");
  return [text(head), ...lines.map(text)].join("\n");
}

/** The promises the comparing judge makes, and whether these rows keep them. */
export function promises(rows: readonly Row[]): readonly { readonly promise: string; readonly kept: boolean; readonly worst: string }[] {
  const worst = (some: readonly Row[], value: (row: Row) => number, sign: 1 | -1): Row | undefined =>
    some.toSorted((a, b) => sign * (value(b) - value(a)))[0];
  const equal = worst(
    rows.filter((row) => row.effect.name === "equal"),
    (row) => row.ours.canary,
    1,
  );
  const found = worst(
    rows.filter((row) => !row.scenario.hard && row.rate === 50 && ["+5 points", "2 x"].includes(row.effect.name)),
    (row) => row.ours.threeMinutes,
    -1,
  );
  const hard = [...new Set(rows.filter((row) => row.scenario.hard).map((row) => row.scenario.name))].join(" and ");
  const name = (row: Row | undefined): string => (row === undefined ? "" : `${row.scenario.name}, ${row.effect.name}, ${row.rate}/s`);
  return [
    {
      promise: "at most 1 % of equal versions are rolled back",
      kept: (equal?.ours.canary ?? 1) <= 0.01,
      worst: `${shown(equal?.ours.canary ?? 1)} (${name(equal)})`,
    },
    {
      promise: `+5 points or 2 x at 50 requests/s is found in 99 % within three minutes (${hard} are too noisy for that)`,
      kept: (found?.ours.threeMinutes ?? 0) >= 0.99,
      worst: `${shown(found?.ours.threeMinutes ?? 0)} (${name(found)})`,
    },
  ];
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const { canaries, seed } = workerData as { canaries: number; seed: number };
  port.on("message", (index: number) => {
    const one = cases[index];
    if (one !== undefined) port.postMessage({ index, row: runCase(one, canaries, seed + index) });
  });
} else if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      canaries: { type: "string", default: "10000" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });
  const rows = await runAll(Number(values.canaries), Number(values.seed));
  process.stderr.write(
    `${table(rows)}\n\nshare of ${values.canaries} simulated canaries of ${canaryMinutes} minutes that were rolled back, and within three minutes\n`,
  );
  for (const { promise, kept, worst } of promises(rows)) process.stderr.write(`${kept ? "✔" : "✖"} ${promise}; worst: ${worst}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify({ rows, promises: promises(rows) })}\n`);
}
