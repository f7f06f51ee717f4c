import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";

/** `12:03:07`, in UTC: what the log and CloudWatch's graphs show. */
export const clockTime = (at: Instant): string => new Date(Math.floor(at) * 1000).toISOString().slice(11, 19);

/** `12:03`, for full minutes. */
export const minuteTime = (at: Instant): string => clockTime(at).slice(0, 5);

/** `12:03–12:08 UTC`: from the begin of the first to the end of the last minute. */
export const span = (from: Instant, to: Instant): string => `${minuteTime(from)}–${minuteTime(to)} UTC`;

/** `12.4 %`; more digits where fewer would hide on which side of the limit it lies. */
export function percent(value: number, limit?: number): string {
  return `${telling(value, limit)} %`;
}

/** `5.2 s`, with as many digits as needed to tell it from the limit. */
export const seconds = (value: Seconds, limit?: Seconds): string => `${telling(value, limit)} s`;

/** `1 request`, `1,200 requests`. */
export const count = (number: number, what: string): string =>
  `${Math.round(number).toLocaleString("en-GB")} ${what}${Math.round(number) === 1 ? "" : "s"}`;

function telling(value: number, limit?: number): string {
  for (const digits of Math.abs(value) < 1 ? [2, 3, 4] : [1, 2, 3]) {
    const shown = Number(value.toFixed(digits));
    if (shown !== limit) return String(shown);
  }
  return String(value);
}
