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
 * Two processes agree on the time when they share factor and origin: now = origin + (real now - origin) × factor.
 *
 * @param factor how many seconds pass for the program in one real second; 1 outside of the local cloud
 * @param origin the real instant at which both clocks showed the same; default: this call
 */
export function systemClock(factor = 1, origin: Instant = Date.now() / 1000): Clock {
  return {
    now: () => origin + (Date.now() / 1000 - origin) * factor,
    sleep: async (time, signal) => {
      await wait((time * 1000) / factor, undefined, signal === undefined ? {} : { signal });
    },
  };
}

/**
 * Reads how time is compressed on the local cloud: `20`, or `20@1763791200.5` with the origin that the cloud's own clock has.
 *
 * @returns undefined where the text is neither, or the factor is not between 1 and 1000
 */
export function parseTimeFactor(text: string): { readonly factor: number; readonly origin?: Instant } | undefined {
  const match = /^(\d{1,4}(?:\.\d{1,3})?)(?:@(\d{1,12}(?:\.\d{1,6})?))?$/.exec(text.trim());
  if (match === null) return undefined;
  const factor = Number(match[1]);
  if (factor < 1 || factor > 1000) return undefined;
  return match[2] === undefined ? { factor } : { factor, origin: Number(match[2]) };
}
