/** One line of the figures: what was measured, its columns, and the target where there is one. */
export interface Figure {
  readonly what: string;
  readonly values: Readonly<Record<string, number | string>>;
  /** In words, such as `at most 1.25 × the bare bundle`. */
  readonly target?: string;
  readonly met?: boolean;
}

/** What one part of the benchmark prints. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  /** What must be known to read the figures. */
  readonly notes?: readonly string[];
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

/** Keeps so many digits behind the point. */
export const rounded = (value: number, digits = 2): number => Math.round(value * 10 ** digits) / 10 ** digits;

/**
 * The exponent of growth between sizes: 1 is linear, 2 quadratic; the slope of a line through the points in log-log scale.
 * Sizes or costs of zero are left out.
 */
export function exponent(points: readonly (readonly [size: number, cost: number])[]): number {
  const logs = points.filter(([size, cost]) => size > 0 && cost > 0).map(([size, cost]) => [Math.log(size), Math.log(cost)] as const);
  const mean = (of: (point: readonly [number, number]) => number): number => logs.reduce((sum, point) => sum + of(point), 0) / logs.length;
  const [x, y] = [mean(([size]) => size), mean(([, cost]) => cost)];
  const spread = logs.reduce((sum, [size]) => sum + (size - x) ** 2, 0);
  return spread === 0 ? 0 : logs.reduce((sum, [size, cost]) => sum + (size - x) * (cost - y), 0) / spread;
}

/** The section as a table for people. */
export function table(section: Section): string {
  const columns = [...new Set(section.figures.flatMap((one) => Object.keys(one.values)))];
  const rows = section.figures.map((one) => [
    one.what,
    ...columns.map((column) => String(one.values[column] ?? "")),
    one.target === undefined ? "" : `${one.met === true ? "✔ met: " : "✖ missed: "}${one.target}`,
  ]);
  const lines = [["", ...columns, section.figures.some((one) => one.target !== undefined) ? "target" : ""], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? "")].length))) ?? [];
  const text = (line: readonly string[]): string =>
    line
      .map((cell, column) =>
        column === 0 || column === line.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [section.title, ...lines.map((line) => `  ${text(line)}`), ...(section.notes ?? []).map((note) => `  ${note}`), ""].join("\n");
}
