import type { Instant } from "@aws-deploy-actions/shared/units";

/** The earliest of some times, or undefined where there is none. */
export function closestTimer(times: readonly (Instant | undefined)[]): Instant | undefined {
  const set = times.filter((time) => time !== undefined);
  return set.length === 0 ? undefined : Math.min(...set);
}
