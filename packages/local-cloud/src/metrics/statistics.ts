/** Values seen in one period, with how often each. */
export type Distribution = ReadonlyMap<number, number>;

/** Adds one distribution to another. */
export function merged(parts: Iterable<Distribution>): Distribution {
  const all = new Map<number, number>();
  for (const part of parts) for (const [value, count] of part) all.set(value, (all.get(value) ?? 0) + count);
  return all;
}

/**
 * A statistic of a period: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 *
 * @param statistic `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or a percentile from `p0` to `p100`
 * @returns undefined where there is no data, or the statistic is none of these
 */
export function statisticOf(values: Distribution, statistic: string): number | undefined {
  let count = 0;
  let sum = 0;
  for (const [value, times] of values) {
    count += times;
    sum += value * times;
  }
  if (count === 0) return undefined;
  switch (statistic) {
    case "Sum":
      return sum;
    case "SampleCount":
      return count;
    case "Average":
      return sum / count;
    case "Minimum":
      return Math.min(...values.keys());
    case "Maximum":
      return Math.max(...values.keys());
    default: {
      const match = /^p(\d{1,3}(?:\.\d{1,10})?)$/i.exec(statistic);
      return match === null || Number(match[1]) > 100 ? undefined : percentile(values, Number(match[1]), count);
    }
  }
}

function percentile(values: Distribution, percent: number, count: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * count));
  let seen = 0;
  let last = 0;
  for (const [value, times] of [...values].sort(([a], [b]) => a - b)) {
    seen += times;
    last = value;
    if (seen >= rank) break;
  }
  return last;
}
