import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { TargetView } from "./health.ts";
import { advance, type DueCheck, type NodeState, nextEvent, takeDueChecks } from "./state.ts";

/** Lets a node's state follow the clock. */
export interface Drive {
  /** Does what is due by now. */
  turn(now: Instant): void;
  /** Looks again at what is due next: something was put into the state. */
  wake(): void;
  stop(): Promise<void>;
}

export interface DriveOptions {
  readonly state: NodeState;
  readonly clock: Clock;
  /** Makes a health check, now or in the background. */
  check(due: DueCheck, now: Instant): void;
  /** Ends the connections to a target. */
  cut(target: TargetView): void;
}

// setTimeout's limit, and a second look at a clock that somebody set.
const longestSleep: Seconds = 3600;

export function driveNode({ state, clock, check, cut }: DriveOptions): Drive {
  let alarm = new AbortController();
  let stopped = false;
  const turn = (now: Instant): void => {
    for (const target of advance(state, now)) cut(target);
    for (const due of takeDueChecks(state, now)) check(due, now);
  };
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const now = clock.now();
      turn(now);
      alarm = new AbortController();
      const wait = Math.min(longestSleep, Math.max(0.001, nextEvent(state) - now));
      await clock.sleep(wait, alarm.signal).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    turn,
    wake: () => alarm.abort(),
    stop: async () => {
      stopped = true;
      alarm.abort();
      await running;
    },
  };
}
