import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { MetricSample } from "../balancer/types.ts";
import { type Distribution, merged, statisticOf } from "./statistics.ts";

export type Dimensions = Readonly<Record<string, string>>;

/** One period's value. */
export interface Datapoint {
  readonly at: Instant;
  readonly value: number;
}

/** The load balancers' metrics, as CloudWatch shows them: late, and the newest minute first incomplete. */
export interface MetricStore {
  add(samples: readonly MetricSample[]): void;
  /**
   * A statistic per period, oldest first; periods without data are missing.
   *
   * @param period a multiple of 60
   */
  query(
    name: string,
    dimensions: Dimensions,
    statistic: string,
    period: Seconds,
    from: Instant,
    to: Instant,
    now: Instant,
  ): readonly Datapoint[];
  /** Minutes that have just become complete, each once. */
  takeComplete(now: Instant): readonly CompleteMinute[];
}

export interface CompleteMinute {
  readonly name: string;
  readonly unit: "Count" | "Seconds";
  readonly dimensions: Dimensions;
  readonly at: Instant;
  readonly values: Distribution;
}

export interface StoreOptions {
  /** Seconds from a minute's end until its first data are shown: 60 to 180 on AWS. Asked once per minute. */
  readonly delay: (minute: Instant) => Seconds;
  /** So much later the rest of a minute is shown; until then about half of it. 0: never incomplete. */
  readonly completeAfter: Seconds;
}

interface Series {
  readonly name: string;
  readonly unit: "Count" | "Seconds";
  readonly dimensions: Dimensions;
  readonly minutes: Map<Instant, Distribution>;
}

/** What is older is forgotten: CloudWatch keeps one-minute data for 15 days, nobody here looks back that far. */
const keep: Seconds = 6 * 3600;

export function createMetricStore(options: StoreOptions): MetricStore {
  const all = new Map<string, Series>();
  const delays = new Map<Instant, Seconds>();
  const published = new Set<string>();

  const firstShown = (minute: Instant): Instant => {
    const delay = delays.get(minute) ?? options.delay(minute);
    delays.set(minute, delay);
    return minute + 60 + delay;
  };

  const shown = (minute: Instant, values: Distribution, now: Instant): Distribution | undefined => {
    const first = firstShown(minute);
    if (now < first) return undefined;
    return now < first + options.completeAfter ? half(values) : values;
  };

  function forget(now: Instant): void {
    for (const minute of delays.keys()) if (minute < now - keep) delays.delete(minute);
    for (const [key, series] of all) {
      for (const minute of series.minutes.keys()) {
        if (minute >= now - keep) continue;
        series.minutes.delete(minute);
        published.delete(`${key} ${minute}`);
      }
      if (series.minutes.size === 0) all.delete(key);
    }
  }

  return {
    add: (samples) => {
      for (const sample of samples) {
        const dimensions = sample.dimensions as Dimensions;
        const key = keyOf(sample.name, dimensions);
        const series = all.get(key) ?? { name: sample.name, unit: sample.unit, dimensions, minutes: new Map() };
        all.set(key, series);
        series.minutes.set(sample.at, merged([series.minutes.get(sample.at) ?? new Map(), distributionOf(sample)]));
      }
    },
    query: (name, dimensions, statistic, period, from, to, now) => {
      const series = all.get(keyOf(name, dimensions));
      const periods = new Map<Instant, Distribution[]>();
      for (const [minute, values] of series?.minutes ?? []) {
        const visible = minute >= from && minute < to ? shown(minute, values, now) : undefined;
        if (visible === undefined) continue;
        const at = Math.floor(minute / period) * period;
        periods.set(at, [...(periods.get(at) ?? []), visible]);
      }
      return [...periods]
        .flatMap(([at, parts]) => {
          const value = statisticOf(merged(parts), statistic);
          return value === undefined ? [] : [{ at, value }];
        })
        .sort((a, b) => a.at - b.at);
    },
    takeComplete: (now) => {
      const complete: CompleteMinute[] = [];
      for (const [key, { name, unit, dimensions, minutes }] of all) {
        for (const [at, values] of minutes) {
          if (published.has(`${key} ${at}`) || now < firstShown(at) + options.completeAfter) continue;
          published.add(`${key} ${at}`);
          complete.push({ name, unit, dimensions, at, values });
        }
      }
      forget(now);
      return complete;
    },
  };
}

const keyOf = (name: string, dimensions: Dimensions): string =>
  [
    name,
    ...Object.entries(dimensions)
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
  ].join(" ");

/** Each request is a sample of value 1: so SampleCount equals Sum. Host counts and times are samples as they stand. */
function distributionOf({ name, unit, values, counts }: MetricSample): Distribution {
  if (unit === "Count" && !name.endsWith("HostCount")) {
    return new Map([[1, values.reduce((sum, value, index) => sum + value * (counts[index] ?? 1), 0)]]);
  }
  return new Map(values.map((value, index) => [value, counts[index] ?? 1]));
}

/** What one of two nodes has reported. */
const half = (values: Distribution): Distribution => new Map([...values].map(([value, count]) => [value, Math.ceil(count / 2)]));
