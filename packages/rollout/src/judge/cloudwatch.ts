import type { MetricsSeen, RateMinute } from "@aws-deploy-actions/shared/aws/metrics-types";
import { formatDuration, type Instant } from "@aws-deploy-actions/shared/units";
import { addUp, balancerSeries, type CountedMinute, type CountedSeries, groupSeries, together } from "./minutes.ts";
import { count, percent, seconds, span } from "./sentences.ts";
import { fullMinutes, isWithinReach, lateness, minutesFor, type SortedMinute, type Streak, streaks } from "./streaks.ts";
import type { Evidence, Finding, Thresholds, Trigger } from "./types.ts";

/** Metrics older than this say nothing about now. */
export const freshness = 300;

/** What CloudWatch says about error rate and response time, per target group, and about the database metric. */
export function cloudWatchFindings(limits: Thresholds, evidence: Evidence, seen: MetricsSeen, now: Instant): readonly Finding[] {
  return [
    ...measured(limits, seen).map(([series, measure]) => judgeSeries(limits, series, evidence.since, now, measure)),
    ...(seen.database === undefined ? [] : [databaseMetric(limits, seen.database, evidence.since, now)]),
  ];
}

/** Whether what CloudWatch may show any moment could decide: then it is looked at closely. */
export function mayDecideSoon(limits: Thresholds, evidence: Evidence, seen: MetricsSeen, now: Instant): boolean {
  // A mean may fall below its limit with any minute.
  if (seen.database !== undefined) return true;
  const wanted = minutesFor(limits.breachDuration);
  return measured(limits, seen).some(([series, measure]) =>
    isWithinReach(sortMinutes(limits, series, evidence.since, now, measure), wanted, now),
  );
}

/** Everything whose minutes are held against a limit. */
function measured(limits: Thresholds, seen: MetricsSeen): readonly (readonly [CountedSeries, Measure])[] {
  const groups = groupSeries(seen, "next");
  const wholes = groups.length > 1 ? [together(groups, "all target groups of the new version")] : [];
  return [
    ...[...groups, ...wholes, ...balancerSeries(seen)].map((series) => [series, errorRate(limits)] as const),
    ...groups.map((series) => [series, responseTime(limits)] as const),
  ];
}

/** What one kind of limit looks at. */
interface Measure {
  readonly trigger: Trigger;
  /** undefined: the minute says nothing about it. */
  readonly value: (minute: CountedMinute) => number | undefined;
  readonly over: (minute: CountedMinute) => boolean;
  readonly shown: (value: number) => string;
  readonly name: string;
  readonly limit: string;
}

const errorRate = (limits: Thresholds): Measure => ({
  trigger: "error-rate",
  value: (minute) => (100 * minute.errors) / minute.requests,
  over: (minute) => passes(minute.errors * 100, limits.maxErrorRate * minute.requests),
  shown: (value) => percent(value, limits.maxErrorRate),
  name: "error rate",
  limit: `${limits.maxErrorRate} %`,
});

const responseTime = (limits: Thresholds): Measure => ({
  trigger: "response-time",
  value: (minute) => minute.responseTime,
  over: (minute) => passes(minute.responseTime ?? 0, limits.maxResponseTime),
  shown: (value) => seconds(value, limits.maxResponseTime),
  name: `response time (${limits.statistic})`,
  limit: `${limits.maxResponseTime} s`,
});

/** Over, and not only by a rounding of the last bit. */
const passes = (value: number, limit: number): boolean => value > limit * (1 + 1e-9);

function sortMinutes(
  limits: Thresholds,
  series: CountedSeries,
  since: Instant,
  now: Instant,
  measure: Measure,
): readonly (SortedMinute & { readonly counted?: CountedMinute })[] {
  return fullMinutes(since, now).map((start) => {
    const minute = series.minutes.get(start);
    if (minute === undefined || minute.requests < limits.minimumRequests || measure.value(minute) === undefined) {
      return { start, side: "unknown", knownAt: start + 60 + lateness };
    }
    return { start, side: measure.over(minute) ? "over" : "under", knownAt: minute.readableAt, counted: minute };
  });
}

function judgeSeries(limits: Thresholds, series: CountedSeries, since: Instant, now: Instant, measure: Measure): Finding {
  const sorted = sortMinutes(limits, series, since, now, measure);
  const counted = sorted.flatMap((minute) => minute.counted ?? []);
  const wanted = minutesFor(limits.breachDuration);
  const { fulfilled, running } = streaks(sorted, wanted, now);
  const base = { trigger: measure.trigger, source: "cloudwatch", subject: series.subject } as const;
  const tell = (streak: Streak): string => {
    const minutes = counted.filter((minute) => streak.minutes.includes(minute.start));
    const values = minutes.map((minute) => measure.value(minute) ?? 0);
    const [first = 0, last = 0] = [streak.minutes[0], streak.minutes.at(-1)];
    const range = [...new Set([measure.shown(Math.min(...values)), measure.shown(Math.max(...values))])].join(" to ");
    const requests = minutes.reduce((sum, minute) => sum + minute.requests, 0);
    return `${series.subject}: ${measure.name} ${range}, limit ${measure.limit}, in ${minutes.length === 1 ? "the minute" : `${minutes.length} minutes`} ${span(first, last + 60)} (CloudWatch, ${count(requests, "request")})`;
  };
  if (fulfilled !== undefined) return { ...base, state: "fired", says: tell(fulfilled), at: fulfilled.knownAt };
  if (running !== undefined) {
    const says = `${tell(running)}; ${formatDuration(wanted * 60)} in a row roll back`;
    return { ...base, state: "running", says, at: running.minutes[0] };
  }
  if (counted.length === 0) {
    const says = `${series.subject}: ${measure.name} is unknown, no full minute with ${count(limits.minimumRequests, "request")} or more since the new version got traffic (CloudWatch)`;
    return { ...base, state: "unknown", says, at: undefined };
  }
  const most = Math.max(...counted.map((minute) => measure.value(minute) ?? 0));
  const requests = counted.reduce((sum, minute) => sum + minute.requests, 0);
  const says = `${series.subject}: ${measure.name} at most ${measure.shown(most)} in ${count(counted.length, "minute")} with ${count(requests, "request")} (CloudWatch)`;
  return { ...base, state: "clear", says, at: undefined };
}

/** The share of good connections that a metric reports, as the mean of the minutes within the breach duration. */
function databaseMetric(limits: Thresholds, minutes: readonly RateMinute[], since: Instant, now: Instant): Finding {
  const base = { trigger: "database", source: "cloudwatch", subject: "database metric" } as const;
  const full = new Set(fullMinutes(since, now));
  const known = minutes.filter((minute) => full.has(minute.start));
  const reach = minutesFor(limits.breachDuration) * 60;
  for (const last of known) {
    const within = known.filter((minute) => minute.start > last.start - reach && minute.start <= last.start);
    const mean = within.reduce((sum, minute) => sum + minute.percent, 0) / within.length;
    if (!passes(limits.minDatabaseSuccessRate, mean)) continue;
    const shown = percent(mean, limits.minDatabaseSuccessRate);
    const [first = last] = within;
    return {
      ...base,
      state: "fired",
      says: `database connection success ${shown}, limit ${limits.minDatabaseSuccessRate} %, ${span(first.start, last.start + 60)} (CloudWatch)`,
      at: Math.max(...within.map((minute) => minute.readableAt)),
    };
  }
  const lowest = Math.min(...known.map((minute) => minute.percent));
  return known.length === 0
    ? { ...base, state: "unknown", says: "database connection success is unknown: its metric has no data (CloudWatch)", at: undefined }
    : { ...base, state: "clear", says: `database connection success at least ${percent(lowest)} (CloudWatch)`, at: undefined };
}

/** Why the metrics are too little for "good", or undefined where they are enough. */
export function missingMetrics(limits: Thresholds, evidence: Evidence, seen: MetricsSeen, now: Instant): string | undefined {
  const groups = groupSeries(seen, "next");
  const all = addUp(groups);
  const enough = (minute: CountedMinute | undefined): boolean => minute !== undefined && minute.requests >= limits.minimumRequests;
  const fresh = fullMinutes(Math.max(evidence.since, now - freshness - 60), now);
  if (!fresh.some((start) => enough(all.get(start)))) {
    return lastSeen(all, evidence.since, now, limits.minimumRequests);
  }
  const silent = groups.filter((group) => !fresh.some((start) => (group.minutes.get(start)?.requests ?? 0) > 0));
  const busyBefore = groupSeries(seen, "previous").filter((group) => wasBusy(group, evidence.since, limits.minimumRequests)).length;
  if (groups.length - silent.length < Math.min(groups.length, busyBefore)) {
    const names = silent.map((group) => group.subject).join(", ");
    return `${names}: no request in the last ${formatDuration(freshness)}, though the old version's ${busyBefore} target groups all had traffic (CloudWatch)`;
  }
  const newest = seen.database?.at(-1)?.start;
  if (seen.database !== undefined && (newest === undefined || newest < Math.max(evidence.since, now - freshness - 60))) {
    return `the database metric has shown nothing for ${formatDuration(freshness)} (CloudWatch)`;
  }
  return undefined;
}

function lastSeen(all: CountedSeries["minutes"], since: Instant, now: Instant, wanted: number): string {
  const minutes = fullMinutes(since, now).flatMap((start) => all.get(start) ?? []);
  const most = minutes.reduce((max, minute) => Math.max(max, minute.requests), 0);
  const last = minutes.filter((minute) => minute.requests > 0).at(-1);
  if (last === undefined) {
    return `CloudWatch shows no request of the new version yet, ${formatDuration(now - since)} after it got traffic (it shows them 1 to 3 minutes late, and no zeros)`;
  }
  if (most < wanted)
    return `the new version had ${count(most, "request")} a minute at most (CloudWatch); ${wanted} are needed for a verdict`;
  return `CloudWatch shows no minute with ${count(wanted, "request")} or more of the new version in the last ${formatDuration(freshness)}; the last with any was ${span(last.start, last.start + 60)}`;
}

const history = 3600;

/** Whether the group had traffic in most of the minutes that are known from the hour before the switch. */
function wasBusy(group: CountedSeries, since: Instant, wanted: number): boolean {
  const before = [...group.minutes.values()].filter((minute) => minute.start >= since - history && minute.start + 60 <= since);
  return before.length >= 5 && before.filter((minute) => minute.requests >= wanted).length > before.length / 2;
}
