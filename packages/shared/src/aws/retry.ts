import type { Clock } from "../clock.ts";
import type { Seconds } from "../units.ts";
import { failureKind, isTransient } from "./errors.ts";

/** How long and how often a call is tried again. */
export interface RetryPolicy {
  readonly attempts: number;
  /** No new attempt begins later than this after the first. */
  readonly budget: Seconds;
  /**
   * The budget while AWS refuses for the rate alone, whatever the attempts: it is there, and only others draw from the same bucket.
   * Without it, such refusals count as any failure.
   */
  readonly throttled?: Seconds;
}

/** Outlasts a burst of throttling without hiding an outage from whoever judges it. Shorter than half a lease. */
export const defaultRetry: RetryPolicy = { attempts: 6, budget: 45, throttled: 120 };

/**
 * Calls again after transient failures, waiting longer each time with jitter
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html). Uses the injected clock, which the SDK's own
 * retry cannot, so the fault matrix runs in virtual time.
 *
 * @throws the last failure when attempts or budget are used up, a lasting failure at once
 */
export async function withRetry<T>(
  clock: Clock,
  policy: RetryPolicy,
  call: () => Promise<T>,
  random = Math.random,
  signal?: AbortSignal,
): Promise<T> {
  const begin = clock.now();
  let refusals = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const isRefused = policy.throttled !== undefined && failureKind(error) === "throttled";
      if (isRefused) refusals += 1;
      const pause = Math.min(8, 0.25 * 2 ** attempt) * (0.5 + random() / 2);
      const budget = isRefused ? (policy.throttled ?? policy.budget) : policy.budget;
      const over = (!isRefused && attempt - refusals >= policy.attempts) || clock.now() - begin + pause > budget;
      if (over || !isTransient(error) || signal?.aborted === true) throw error;
      await clock.sleep(pause, signal);
    }
  }
}
