// What came out of the trials, as rows, as one table for people, and put together from several runs.
import type { Judged } from "./pool.ts";

/** The trials of one rollout, record and fault. */
export interface Row {
  readonly what: string;
  readonly record: string;
  readonly fault: string;
  readonly runs: number;
  readonly violations: number;
  /** How often each ending was reached. */
  readonly endings: Readonly<Record<string, number>>;
}

/** How two runs were in each other's way: how often, and for how many seconds at most. */
export interface WindowRow {
  readonly pair: string;
  readonly record: string;
  readonly runs: number;
  readonly believed: { readonly runs: number; readonly longest: number };
  readonly changed: { readonly runs: number; readonly longest: number };
  readonly moved: { readonly runs: number; readonly longest: number };
}

/** What one run of `npm run prove` found. */
export interface Part {
  readonly trials: number;
  readonly violations: readonly {
    readonly name: string;
    readonly operation: string;
    readonly ending: string;
    readonly violations: readonly string[];
  }[];
  readonly rows: readonly Row[];
  readonly windows: readonly WindowRow[];
}

const rowOf = (name: string): readonly [what: string, record: string, fault: string] => {
  const [kind = "", second = "", third = ""] = name.split(":");
  if (kind === "cancel") return [second, third, "cancelled"];
  if (kind === "two") return [second === "rescue" ? "deployment and rollback" : "two deployments", third, "at once"];
  return [kind, second, third];
};

export function partOf(judged: readonly Judged[]): Part {
  const rows = judged.map(({ name, verdict }): Row => {
    const [what, record, fault] = rowOf(name);
    return { what, record, fault, runs: 1, violations: Math.min(1, verdict.violations.length), endings: { [verdict.ending]: 1 } };
  });
  return {
    trials: judged.length,
    violations: judged
      .filter(({ verdict }) => verdict.violations.length > 0)
      .map(({ name, verdict: { operation, ending, violations } }) => ({ name, operation, ending, violations })),
    rows: summed(rows, ({ what, record, fault }) => [what, record, fault]),
    windows: judged.flatMap(({ name, verdict }) => {
      const [kind = "", pair = "", record = ""] = name.split(":");
      const measured = (seconds: number) => ({ runs: seconds > 0 ? 1 : 0, longest: seconds });
      if (kind !== "two" || verdict.window === undefined) return [];
      const { believed, changed, moved } = verdict.window;
      return [{ pair, record, runs: 1, believed: measured(believed), changed: measured(changed), moved: measured(moved) }];
    }),
  };
}

/** Rows with the same key become one. */
function summed(rows: readonly Row[], keyOf: (row: Row) => readonly [what: string, record: string, fault: string]): readonly Row[] {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  return [...Map.groupBy(rows, (row) => keyOf(row).join("|"))].map(([key, all]) => {
    const [what = "", record = "", fault = ""] = key.split("|");
    const counts = Map.groupBy(
      all.flatMap((row) => Object.entries(row.endings)),
      ([ending]) => ending,
    );
    const endings = [...counts].map(([ending, some]) => [ending, sum(some.map(([, count]) => count))] as const);
    return {
      what,
      record,
      fault,
      runs: sum(all.map((row) => row.runs)),
      violations: sum(all.map((row) => row.violations)),
      endings: Object.fromEntries(endings.sort(([, a], [, b]) => b - a)),
    };
  });
}

/** The parts of one matrix as a whole. */
export const together = (parts: readonly Part[]): Part => ({
  trials: parts.reduce((total, one) => total + one.trials, 0),
  violations: parts.flatMap((one) => one.violations),
  rows: summed(
    parts.flatMap((one) => one.rows),
    ({ what, record, fault }) => [what, record, fault],
  ),
  windows: summedWindows(parts.flatMap((one) => one.windows)),
});

function summedWindows(windows: readonly WindowRow[]): readonly WindowRow[] {
  return [...Map.groupBy(windows, ({ pair, record }) => `${pair}|${record}`)].map(([key, all]) => {
    const [pair = "", record = ""] = key.split("|");
    const most = (of: (row: WindowRow) => WindowRow["moved"]): WindowRow["moved"] => ({
      runs: all.reduce((total, row) => total + of(row).runs, 0),
      longest: Math.max(...all.map((row) => of(row).longest)),
    });
    const runs = all.reduce((total, row) => total + row.runs, 0);
    return {
      pair,
      record,
      runs,
      believed: most((row) => row.believed),
      changed: most((row) => row.changed),
      moved: most((row) => row.moved),
    };
  });
}

/** A sentence for each pair of runs and record. */
export const windowLines = (windows: readonly WindowRow[]): readonly string[] =>
  windows.map(({ pair, record, runs, believed, changed, moved }) => {
    const who = pair === "rescue" ? "A deployment and an emergency rollback" : "Two deployments";
    const part = (what: string, one: WindowRow["moved"]): string =>
      one.runs === 0 ? `in none ${what}` : `in ${one.runs} ${what}, for ${one.longest.toFixed(1)} s at most`;
    return `${who} (record in ${record}), ${runs} times: ${part("both took the environment for their own", believed)}; ${part("the first one still changed something", changed)}; ${part("both moved users", moved)}.`;
  });

/** The last line of what --json wrote. @throws SyntaxError where it is no JSON */
export const parsePart = (text: string): Part => JSON.parse(text.trim().split("\n").at(-1) ?? "") as Part;

/** How many endings a line of the table shows; the JSON has all of them. */
const shown = 4;

/** One line for each rollout and kind of trouble: faults of all kinds together, cancellations, two runs at once. */
export function tableOf(rows: readonly Row[]): string {
  const kindOf = (fault: string): string => (fault === "cancelled" || fault === "at once" ? fault : "every fault");
  const lines = summed(rows, ({ what, record, fault }) => [what, record, kindOf(fault)]).map((row) => {
    const endings = Object.entries(row.endings);
    const rest = endings.slice(shown).reduce((total, [, count]) => total + count, 0);
    const told = endings.slice(0, shown).map(([ending, count]) => `${count} ${ending}`);
    return [
      row.what,
      row.record,
      row.fault,
      String(row.runs),
      String(row.violations),
      [...told, ...(rest > 0 ? [`${rest} otherwise`] : [])].join("; "),
    ];
  });
  const table = [["what", "record", "trouble", "runs", "broken", "how it ended"], ...lines];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return table.map(line).join("\n");
}
