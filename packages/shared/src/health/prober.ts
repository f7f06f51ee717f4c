import type { Clock } from "../clock.ts";
import type { Seconds } from "../units.ts";
import type { Control } from "./control.ts";
import type { HttpResult } from "./http.ts";
import type { ProbeSample } from "./prober-types.ts";

/** Anything that can be checked again and again: a {@link HttpCheck}, a database connection. */
export interface ProbeTarget {
  readonly name: string;
  /** Never rejects for what it checks; a rejection counts as a connection that failed. */
  readonly run: (signal: AbortSignal) => Promise<HttpResult>;
}

export interface ProberOptions {
  readonly clock: Clock;
  readonly targets: readonly ProbeTarget[];
  /** Asked with every round, at the same moment: only then can it tell the runner's trouble from the version's. */
  readonly control?: Control;
  /** Between the begins of two rounds; see {@link Prober.pace}. */
  readonly interval: Seconds;
  /** Requests under way at most, all targets together. A target with no room left is skipped until an answer comes. */
  readonly mostInFlight?: number;
  /** Samples kept at most; the oldest go first. */
  readonly keep?: number;
}

/** Checks on a beat and keeps what it saw. */
export interface Prober {
  /** What is known so far, rising by the time of the request. The same array until something new is known. */
  readonly samples: () => readonly ProbeSample[];
  /** Another interval from now on: short around the switch, longer later. The next round begins no later than this interval from now. */
  readonly pace: (interval: Seconds) => void;
  /** Ends the beat, tells what is under way to give up, and does not wait for it: it leaves no samples. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

/** Begins at once with the first round. */
export function startProber(options: ProberOptions): Prober {
  const { clock, targets } = options;
  const room = Math.max(1, Math.floor((options.mostInFlight ?? 32) / Math.max(1, targets.length)));
  const stopped = new AbortController();
  const busy = new Map<string, number>();
  let samples: readonly ProbeSample[] = [];
  let interval = options.interval;
  let wake = new AbortController();

  const keep = (sample: ProbeSample): void => {
    const place = samples.findLastIndex((other) => other.time <= sample.time) + 1;
    samples = samples.toSpliced(place, 0, sample).slice(-(options.keep ?? 20_000));
  };

  const probe = async (target: ProbeTarget, control: Promise<ProbeSample["control"]>): Promise<void> => {
    const time = clock.now();
    busy.set(target.name, (busy.get(target.name) ?? 0) + 1);
    const [result, network] = await Promise.all([runSafely(target, clock, stopped.signal), control]);
    busy.set(target.name, (busy.get(target.name) ?? 1) - 1);
    if (!stopped.signal.aborted) keep({ ...result, time, check: target.name, control: network });
  };

  const round = (): void => {
    const free = targets.filter((target) => (busy.get(target.name) ?? 0) < room);
    if (free.length === 0) return;
    const control = askControl(options.control, stopped.signal);
    for (const target of free) void probe(target, control);
  };

  const beat = async (): Promise<void> => {
    let next = clock.now();
    while (!stopped.signal.aborted) {
      round();
      const begun = next;
      for (;;) {
        // A round that is late does not hurry the ones after it.
        next = Math.max(begun + interval, clock.now());
        const pause = new AbortController();
        wake = pause;
        try {
          await clock.sleep(next - clock.now(), AbortSignal.any([pause.signal, stopped.signal]));
          break;
        } catch {
          if (stopped.signal.aborted) return;
        }
      }
    }
  };

  const beating = beat();
  return {
    samples: () => samples,
    pace: (seconds) => {
      if (seconds === interval) return;
      interval = seconds;
      wake.abort();
    },
    stop: async () => {
      stopped.abort();
      await beating;
    },
  };
}

async function runSafely(target: ProbeTarget, clock: Clock, signal: AbortSignal): Promise<HttpResult> {
  const begin = clock.now();
  try {
    return await target.run(signal);
  } catch {
    return { ok: false, latency: clock.now() - begin, cause: "connection", detail: "the check itself failed" };
  }
}

async function askControl(control: Control | undefined, signal: AbortSignal): Promise<ProbeSample["control"]> {
  if (control === undefined) return "none";
  try {
    return (await control(signal)) ? "ok" : "failed";
  } catch {
    return "failed";
  }
}
