import { oneLook } from "../../packages/rollout/src/judge/compare.ts";
import { compareErrors, compareLatency, type Pair } from "../../packages/rollout/src/judge/comparison.ts";
import type { ComparisonSettings } from "../../packages/rollout/src/judge/types.ts";
import type { Canary } from "./canary.ts";

/** How many minutes of data a judge needed to call the new version bad; undefined when it never did. */
export type Found = number | undefined;

/** The comparing judge, asked after each minute: the same functions as in production. */
export function ours(settings: ComparisonSettings, canary: Canary): Found {
  const alpha = settings.falseRollbacks / 2;
  const history = [...canary.before, ...canary.previous];
  const pairs: Pair[] = [];
  for (const [index, next] of canary.next.entries()) {
    const previous = canary.previous[index];
    if (previous === undefined || next.requests === 0 || previous.requests === 0) continue;
    pairs.push({ start: next.start, next, previous });
    const errors =
      pairs.length < 2
        ? undefined
        : oneLook(settings.minimumRequests, alpha, pairs, history, (some, known, share) => compareErrors(settings, some, known, share));
    const latency =
      pairs.length < 3
        ? undefined
        : oneLook(settings.minimumRequests, alpha, pairs, history, (some, known, share) =>
            compareLatency(settings, "p95", some, known, share),
          );
    if (errors?.worse === true || latency?.worse === true) return index + 1;
  }
  return undefined;
}

/** The fixed thresholds: over 10 % errors or over 5 s, for five minutes. */
export function fixedThresholds(canary: Canary): Found {
  let [errors, slow] = [0, 0];
  for (const [index, minute] of canary.next.entries()) {
    if (minute.requests > 0) {
      errors = minute.errors * 10 > minute.requests ? errors + 1 : 0;
      slow = (minute.responseTime ?? 0) > 5 ? slow + 1 : 0;
    }
    if (errors >= 5 || slow >= 5) return index + 1;
  }
  return undefined;
}

/**
 * Kayenta's: Mann-Whitney at 98 %, two-sided, on per-minute values of errors and response time, with growing data.
 * https://github.com/spinnaker/kayenta/blob/master/docs/canary-config.md
 */
export function mannWhitney(canary: Canary): Found {
  const share = (minute: { readonly errors: number; readonly requests: number }): number =>
    minute.requests === 0 ? 0 : minute.errors / minute.requests;
  for (let minutes = 3; minutes <= canary.next.length; minutes++) {
    const [next, previous] = [canary.next.slice(0, minutes), canary.previous.slice(0, minutes)];
    const worse =
      isHigher(next.map(share), previous.map(share)) ||
      isHigher(
        next.map((minute) => minute.responseTime ?? 0),
        previous.map((minute) => minute.responseTime ?? 0),
      );
    if (worse) return minutes;
  }
  return undefined;
}

/** Whether the first values are higher at 98 %, two-sided. */
export function isHigher(first: readonly number[], second: readonly number[]): boolean {
  let [u, ties] = [0, 0];
  for (const a of first) for (const b of second) u += a > b ? 1 : a === b ? 0.5 : 0;
  const counts = new Map<number, number>();
  for (const value of [...first, ...second]) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const times of counts.values()) ties += times ** 3 - times;
  const [n, m] = [first.length, second.length];
  if (ties === 0 && n <= 20 && m <= 20) return chanceOfU(n, m, u) <= 0.01;
  const variance = ((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1)));
  return variance > 0 && (u - (n * m) / 2 - 0.5) / Math.sqrt(variance) > 2.3263;
}

const tables = new Map<string, readonly number[]>();

/** The chance of U or more when nothing differs, without ties: counted exactly (Mann and Whitney, 1947). */
function chanceOfU(n: number, m: number, u: number): number {
  const key = `${n} ${m}`;
  let counts = tables.get(key);
  if (counts === undefined) {
    // The number of ways to get each U is the Gaussian binomial coefficient: multiply by (1 - x^(m+i)), divide by (1 - x^i).
    const size = n * m + 1;
    const ways = new Array<number>(size).fill(0);
    ways[0] = 1;
    for (let i = 1; i <= n; i++) {
      for (let j = size - 1; j >= m + i; j--) ways[j] = (ways[j] ?? 0) - (ways[j - m - i] ?? 0);
      for (let j = i; j < size; j++) ways[j] = (ways[j] ?? 0) + (ways[j - i] ?? 0);
    }
    counts = ways;
    tables.set(key, counts);
  }
  const all = counts.reduce((sum, ways) => sum + ways, 0);
  return counts.reduce((sum, ways, index) => (index >= u ? sum + ways : sum), 0) / all;
}
