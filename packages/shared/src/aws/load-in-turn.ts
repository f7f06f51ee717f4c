import type { Clock } from "../clock.ts";
import type { Seconds } from "../units.ts";

/** After which nobody waits any more for another client's first call, such as one whose credentials have to be fetched. */
const patience: Seconds = 0.05;

/** A client's module that is loaded, and how to say that its first call is on its way. */
export interface Turn {
  readonly module: object;
  readonly sent: () => void;
}

/**
 * Loads modules one after the other. Evaluating a client keeps the whole process busy for 10 to 30 ms, also the request that another client
 * has just begun: so the next one is loaded while the first call of the one before is under way.
 */
export function inTurn(clock: Clock): (load: () => Promise<object>) => Promise<Turn> {
  let before: Promise<void> = Promise.resolve();
  return async (load) => {
    const previous = before;
    const { promise, resolve } = Promise.withResolvers<void>();
    before = promise;
    await previous;
    try {
      return { module: await load(), sent: resolve };
    } finally {
      void clock.sleep(patience).then(resolve, resolve);
    }
  };
}
