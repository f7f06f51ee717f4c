import type { Clock } from "../clock.ts";
import type { Seconds } from "../units.ts";
import { isTransient } from "./errors.ts";

/** How long and how often a call is tried again. */
export interface RetryPolicy {
  readonly attempts: number;
  /** No new attempt begins later than this after the first. */
  readonly budget: Seconds;
}

/** Outlasts a burst of throttling without hiding an outage from whoever judges it. */
export const defaultRetry: RetryPolicy = { attempts: 6, budget: 45 };

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
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const pause = Math.min(8, 0.25 * 2 ** attempt) * (0.5 + random() / 2);
      const over = attempt >= policy.attempts || clock.now() - begin + pause > policy.budget;
      if (over || !isTransient(error) || signal?.aborted === true) throw error;
      await clock.sleep(pause, signal);
    }
  }
}
