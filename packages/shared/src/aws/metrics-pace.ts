import type { Instant, Seconds } from "../units.ts";

/** How long an answer is good while nothing that decides may come: each series asked for is paid for. */
const restful: Seconds = 15;
/** A minute may come so much earlier than any before it. */
const early: Seconds = 6;
/** The series of one minute do not all come in the same moment. */
const together: Seconds = 3;
/** CloudWatch shows load balancer metrics up to 3 minutes late; what has not come by then had no traffic. */
const hopeless: Seconds = 180;

/** When to look for a new minute: often only while one may come. Learns from what it saw how late the minutes come. */
export interface Pace {
  /** Takes in an answer. @param minutes begins of the minutes in it */
  answered(minutes: Iterable<Instant>, at: Instant): void;
  /** How long after an answer the next call is due. @param closely the next minute could decide */
  pause(closely: boolean, now: Instant): Seconds;
}

export function createPace(): Pace {
  const seen = new Set<Instant>();
  let cameAt: Instant | undefined;
  let lastAnswer: Instant | undefined;
  /** The shortest time after its end for which a minute was known to be missing still. */
  let missedFor: Seconds = Number.POSITIVE_INFINITY;

  const mayCome = (now: Instant): boolean => {
    if (cameAt === undefined || now - cameAt < together) return true;
    if (now - cameAt > hopeless + 60) return false;
    const learned = Number.isFinite(missedFor) ? missedFor - early : 0;
    const newestEnd = Math.floor(now / 60) * 60;
    return [0, 60, 120, 180].some((back) => {
      const late = now - (newestEnd - back);
      return late >= learned && late <= hopeless && !seen.has(newestEnd - back - 60);
    });
  };

  return {
    answered: (minutes, at) => {
      const first = cameAt === undefined;
      for (const minute of minutes) {
        if (seen.has(minute)) continue;
        seen.add(minute);
        cameAt = at;
        // What the first answer shows may have been there for long.
        if (!first && lastAnswer !== undefined) missedFor = Math.min(missedFor, Math.max(0, lastAnswer - (minute + 60)));
      }
      lastAnswer = at;
    },
    pause: (closely, now) => (closely && mayCome(now) ? 0 : restful),
  };
}
