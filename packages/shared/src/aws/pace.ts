import type { Clock } from "../clock.ts";
import type { Instant, Seconds } from "../units.ts";

/**
 * How fast one run may read, learnt from AWS's refusals: the token buckets belong to the account, and nobody tells who else draws from them.
 * Many runs that each slow down when they are refused share a bucket; runs that only try again keep it empty for everybody.
 */
export interface Pace {
  /** Waits until the next read of the service is due. Not at all while nothing was refused. */
  ready(service: string, signal?: AbortSignal): Promise<void>;
  /** The service refused a call for its rate. */
  refused(service: string): void;
  /** How many times slower than usual to look at AWS: 1 while nothing was refused lately, 16 at most. */
  slowness(): number;
}

/** What a refusal makes of the slowness, and the time in which half of it is forgotten. */
const growth = 1.5;
const most = 16;
const halfLife: Seconds = 30;
/** Between two reads of one service, for each unit of slowness beyond 1. */
const gap: Seconds = 0.5;
/** Refusals within this time are one: a look asks several things at once. */
const oneRefusal: Seconds = 1;

interface Known {
  readonly slowness: number;
  readonly since: Instant;
}

export function createPace(clock: Clock, random: () => number = Math.random): Pace {
  const known = new Map<string, Known>();
  const free = new Map<string, Instant>();
  const current = (service: string): number => {
    const { slowness, since } = known.get(service) ?? { slowness: 1, since: 0 };
    return 1 + (slowness - 1) * 0.5 ** ((clock.now() - since) / halfLife);
  };
  return {
    ready: async (service, signal) => {
      const now = clock.now();
      const wanted = (current(service) - 1) * gap;
      if (wanted < 0.05) return;
      const at = Math.max(now, free.get(service) ?? now);
      free.set(service, at + wanted * (0.5 + random()));
      if (at > now) await clock.sleep(at - now, signal);
    },
    refused: (service) => {
      const last = known.get(service);
      if (last !== undefined && clock.now() - last.since < oneRefusal) return;
      known.set(service, { slowness: Math.min(most, current(service) * growth + 0.5), since: clock.now() });
    },
    slowness: () => Math.max(1, ...[...known.keys()].map(current)),
  };
}
