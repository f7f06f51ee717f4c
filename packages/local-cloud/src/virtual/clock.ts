import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";

interface Sleeper {
  readonly at: Instant;
  readonly order: number;
  readonly wake: () => void;
}

/** Time that passes only when everybody sleeps. */
export interface VirtualClock extends Clock {
  /** Lets time pass until the promise settles. @throws Error when nobody sleeps and the promise still waits, or after `limit` seconds */
  until<T>(promise: Promise<T>, limit?: Seconds): Promise<T>;
  /** Called before time moves to an instant, with that instant. */
  onAdvance(listener: (to: Instant) => void): void;
}

export function virtualClock(start: Instant = 1_800_000_000): VirtualClock {
  let now = start;
  let order = 0;
  let sleepers: Sleeper[] = [];
  const listeners: ((to: Instant) => void)[] = [];

  const sleep = async (time: Seconds, signal?: AbortSignal): Promise<void> =>
    await new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const stop = (): void => {
        sleepers = sleepers.filter((one) => one !== sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const sleeper: Sleeper = { at: now + Math.max(0, time), order: order++, wake };
      sleepers.push(sleeper);
      signal?.addEventListener("abort", stop, { once: true });
    });

  const until = async <T>(promise: Promise<T>, limit: Seconds = 7 * 24 * 3600): Promise<T> => {
    const end = now + limit;
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => undefined);
    for (;;) {
      await quiet();
      if (settled) return await watched;
      const next = sleepers.reduce<Sleeper | undefined>(
        (best, one) => (best === undefined || one.at < best.at || (one.at === best.at && one.order < best.order) ? one : best),
        undefined,
      );
      if (next === undefined) throw new Error("everybody waits, and nobody for the clock: this would hang");
      if (next.at > end) throw new Error(`still not done after ${limit} virtual seconds`);
      for (const listener of listeners) listener(next.at);
      now = Math.max(now, next.at);
      sleepers = sleepers.filter((one) => one !== next);
      next.wake();
    }
  };
  return { now: () => now, sleep, until, onAdvance: (listener) => listeners.push(listener) };
}

/** Every promise that can go on without the clock has gone on. One turn of the event loop runs all microtasks before it. */
const quiet = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));
