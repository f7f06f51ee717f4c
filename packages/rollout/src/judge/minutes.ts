import type { BalancerMinute, MetricMinute, MetricsSeen } from "@aws-deploy-actions/shared/aws/metrics-types";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";

/** One minute as the judge counts it. */
export interface CountedMinute {
  readonly start: Instant;
  /** 0 where nothing is known: silence is not a count. */
  readonly requests: number;
  readonly errors: number;
  readonly responseTime: Seconds | undefined;
  readonly readableAt: Instant;
}

/** A row of minutes about one thing: a target group, all of them, the load balancer. */
export interface CountedSeries {
  readonly subject: string;
  readonly minutes: ReadonlyMap<Instant, CountedMinute>;
}

/**
 * A target group's minute. A request that no target took counts as an error: users got the balancer's 502. Where errors outnumber
 * requests (the count of requests comes late, or is missing), each error was a request.
 */
export function countMinute(minute: MetricMinute): CountedMinute {
  const errors = minute.targetErrors + minute.connectionErrors;
  return {
    start: minute.start,
    requests: Math.max(minute.requests ?? 0, errors),
    errors,
    responseTime: minute.responseTime,
    readableAt: minute.readableAt,
  };
}

const byStart = (minutes: readonly CountedMinute[]): ReadonlyMap<Instant, CountedMinute> =>
  new Map(minutes.map((minute) => [minute.start, minute]));

/** The minutes of each of a side's target groups. */
export function groupSeries(seen: MetricsSeen, side: "next" | "previous"): readonly CountedSeries[] {
  return seen.groups[side].map(({ group, minutes }) => ({ subject: `target group ${group}`, minutes: byStart(minutes.map(countMinute)) }));
}

/** All of a side's target groups as one: errors that are few in each may be many together. Response times cannot be added up. */
export const together = (series: readonly CountedSeries[], subject: string): CountedSeries => ({ subject, minutes: addUp(series) });

/** The same without a name. */
export function addUp(series: readonly CountedSeries[]): CountedSeries["minutes"] {
  const sum = new Map<Instant, CountedMinute>();
  for (const minute of series.flatMap((one) => [...one.minutes.values()])) {
    const before = sum.get(minute.start);
    sum.set(minute.start, {
      start: minute.start,
      requests: minute.requests + (before?.requests ?? 0),
      errors: minute.errors + (before?.errors ?? 0),
      responseTime: undefined,
      readableAt: Math.max(minute.readableAt, before?.readableAt ?? 0),
    });
  }
  return sum;
}

/** The old side may still end some requests while the load balancer counts as the new version's alone. */
const almostAlone = 0.05;

/**
 * The load balancers' own errors, in the minutes in which nobody but the new version can have caused them.
 *
 * HTTPCode_ELB_5XX has no target-group dimension: a target that crashes in the middle of an answer, or a group without targets, shows
 * only there. While both versions have traffic, or others share the load balancer, these errors cannot be told apart and are left out.
 */
export function balancerSeries(seen: MetricsSeen): readonly CountedSeries[] {
  const next = addUp(groupSeries(seen, "next"));
  const previous = addUp(groupSeries(seen, "previous"));
  return seen.balancers.map(({ balancer, minutes }) => ({
    subject: `load balancer ${balancer}`,
    minutes: byStart(
      minutes
        .map((minute) => balancerMinute(minute, next.get(minute.start), previous.get(minute.start)))
        .filter((minute) => minute !== undefined),
    ),
  }));
}

function balancerMinute(
  minute: BalancerMinute,
  next: CountedMinute | undefined,
  previous: CountedMinute | undefined,
): CountedMinute | undefined {
  const own = next?.requests ?? 0;
  const all = Math.max(minute.requests ?? 0, own);
  if ((previous?.requests ?? 0) > almostAlone * own || own < all / 2) return undefined;
  // The balancer's own errors include the connections that no target took, which the target groups report too.
  const targets = next === undefined ? 0 : next.errors;
  const errors = Math.max(minute.errors, targets);
  return {
    start: minute.start,
    requests: Math.max(all, errors),
    errors,
    responseTime: undefined,
    readableAt: Math.max(minute.readableAt, next?.readableAt ?? 0),
  };
}
