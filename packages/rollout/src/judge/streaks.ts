import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";

/** CloudWatch shows load balancer metrics up to 3 minutes after a minute's end; what is missing then will hardly come. */
export const lateness: Seconds = 180;

/** One full minute, sorted by a limit. `unknown` minutes hold nothing, or too little to say anything. */
export interface SortedMinute {
  readonly start: Instant;
  readonly side: "over" | "under" | "unknown";
  /** When this was known; for unknown minutes, when nothing more is to be expected. */
  readonly knownAt: Instant;
}

export interface Streak {
  /** The minutes over the limit, unknown ones left out. */
  readonly minutes: readonly Instant[];
  readonly knownAt: Instant;
}

/** What a row of minutes says about "over the limit for so many minutes without a break". */
export interface Streaks {
  /** The first streak that was long enough. */
  readonly fulfilled: Streak | undefined;
  /** The streak at the end of what is known, not long enough. */
  readonly running: Streak | undefined;
}

/** The full minutes within (from, to). */
export function fullMinutes(from: Instant, to: Instant): readonly Instant[] {
  const first = Math.ceil(from / 60) * 60;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / 60)) }, (_, index) => first + index * 60);
}

/**
 * Looks for `wanted` minutes over a limit without one under it between.
 *
 * An unknown minute neither counts nor breaks a streak, as CloudWatch's own alarms look further back for missing points
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html); but for as long as it may still come,
 * nothing is concluded across it.
 */
export function streaks(minutes: readonly SortedMinute[], wanted: number, now: Instant): Streaks {
  let current: { minutes: Instant[]; knownAt: Instant } = { minutes: [], knownAt: 0 };
  let awaited = false;
  for (const minute of minutes) {
    if (minute.side === "under") {
      current = { minutes: [], knownAt: 0 };
      awaited = false;
      continue;
    }
    if (minute.side === "unknown") {
      if (current.minutes.length === 0) continue;
      if (minute.knownAt > now) awaited = true;
      else current.knownAt = Math.max(current.knownAt, minute.knownAt);
      continue;
    }
    // Minutes beyond an awaited one are not counted yet: the gap may turn out to have been a good minute.
    if (awaited) continue;
    current.minutes.push(minute.start);
    current.knownAt = Math.max(current.knownAt, minute.knownAt);
    if (current.minutes.length >= wanted) return { fulfilled: current, running: undefined };
  }
  return { fulfilled: undefined, running: current.minutes.length > 0 ? current : undefined };
}

/** Whether minutes that may come any moment, all of them over the limit, would make a streak long enough. */
export function isWithinReach(minutes: readonly SortedMinute[], wanted: number, now: Instant): boolean {
  const lastUnder = minutes.findLastIndex((minute) => minute.side === "under");
  const may = minutes.slice(lastUnder + 1).filter((minute) => minute.side === "over" || minute.knownAt > now);
  return may.length >= wanted;
}

/** How many full minutes a duration takes: part of a minute cannot be seen in metrics of a minute. */
export const minutesFor = (duration: Seconds): number => Math.max(1, Math.ceil(duration / 60));
