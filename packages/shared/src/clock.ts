import { setTimeout as wait } from "node:timers/promises";
import type { Instant, Seconds } from "./units.ts";

/** Time as the program sees it. Injected, so tests run in virtual time. */
export interface Clock {
  now(): Instant;
  /** Rejects with the signal's reason when aborted. */
  sleep(time: Seconds, signal?: AbortSignal): Promise<void>;
}

/**
 * The machine's clock, sped up by a factor.
 *
 * @param factor how many seconds pass for the program in one real second; 1 outside of the local cloud
 */
export function systemClock(factor = 1): Clock {
  const start = Date.now() / 1000;
  return {
    now: () => start + (Date.now() / 1000 - start) * factor,
    sleep: async (time, signal) => {
      await wait((time * 1000) / factor, undefined, signal === undefined ? {} : { signal });
    },
  };
}
