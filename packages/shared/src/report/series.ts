import type { GroupSeries } from "../aws/metrics-types.ts";
import type { Instant, Seconds } from "../units.ts";
import type { TrafficPoint } from "./model.ts";

const minute: Seconds = 60;

/** The sum of what is known; undefined where nothing is. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}

const highest = (values: readonly (number | undefined)[]): number | undefined =>
  values.reduce((most, value) => (value === undefined ? most : Math.max(most ?? value, value)), undefined);

/** The mean, each value counting as much as its weight. */
function mean(values: readonly (readonly [value: number | undefined, weight: number])[]): number | undefined {
  const known = values.flatMap(([value, weight]) => (value === undefined ? [] : [[value, weight] as const]));
  const total = known.reduce((all, [, weight]) => all + weight, 0);
  return total === 0 ? undefined : known.reduce((all, [value, weight]) => all + value * weight, 0) / total;
}

/**
 * One colour's traffic from the minutes of its target groups.
 *
 * @param weightAt percent of new connections that the colour had at a time, where that is known
 */
export function trafficOf(
  groups: readonly GroupSeries[],
  weightAt: (at: Instant) => number | undefined = () => undefined,
): readonly TrafficPoint[] {
  const minutes = groups.flatMap((group) => group.minutes);
  const starts = [...new Set(minutes.map(({ start }) => start))].sort((one, other) => one - other);
  return starts.map((start) => {
    const here = minutes.filter((one) => one.start === start);
    const requests = sum(here.map((one) => one.requests));
    const errors = sum(here.map((one) => one.targetErrors + one.connectionErrors));
    return {
      at: start,
      length: minute,
      requests,
      // Without a count of requests an absent error says nothing.
      errors: requests === undefined && errors === 0 ? undefined : errors,
      responseTime: highest(here.map((one) => one.responseTime)),
      weight: weightAt(start + minute / 2),
    };
  });
}

/** Weights as they were set, rising by time: a function that tells the one in force at a time. */
export function weightsOver(changes: readonly { readonly at: Instant; readonly weight: number }[]): (at: Instant) => number | undefined {
  return (at) => changes.findLast((change) => change.at <= at)?.weight;
}

/**
 * Equal stretches of time over a span, each with what the points that begin in it have. A stretch without points is unknown.
 *
 * @param count how many stretches, at least 1
 */
export function resample(points: readonly TrafficPoint[], from: Instant, to: Instant, count: number): readonly TrafficPoint[] {
  const length = Math.max(to - from, 1) / count;
  return Array.from({ length: count }, (_, index) => {
    const begin = from + index * length;
    const last = index === count - 1;
    const inside = points.filter(({ at }) => at >= begin && (at < begin + length || (last && at <= to)));
    return {
      at: begin,
      length,
      requests: sum(inside.map((point) => point.requests)),
      errors: sum(inside.map((point) => point.errors)),
      responseTime: highest(inside.map((point) => point.responseTime)),
      weight: mean(inside.map((point) => [point.weight, point.length])),
    };
  });
}

/** Percent of the requests that failed; undefined without requests. */
export function errorRate({ requests, errors }: Pick<TrafficPoint, "requests" | "errors">): number | undefined {
  if (requests === undefined || requests === 0) return errors !== undefined && errors > 0 ? 100 : undefined;
  return Math.min(100, (100 * (errors ?? 0)) / requests);
}

/** When the first thing in a story happened that has a place on the time axis, and the last. */
export function spanOf(traffic: readonly TrafficPoint[], began: Instant, ended: Instant): readonly [from: Instant, to: Instant] {
  const from = Math.min(began, ...traffic.slice(0, 1).map(({ at }) => at));
  return [from, Math.max(ended, from + 1, ...traffic.slice(-1).map(({ at, length }) => at + length))];
}
