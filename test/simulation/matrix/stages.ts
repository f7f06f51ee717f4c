// The environments in which rollouts are tried, and the inputs that they share.
import { createStage, type Inputs, type Stage } from "../scenario.ts";

/** One rollout as the matrix runs it. */
export interface Story {
  readonly name: string;
  /** Which action meets the fault: blue-green-deploy where none is named. */
  readonly action?: "emergency-rollback";
  readonly inputs: Inputs;
  /** Where users may be in the end. */
  readonly allowed: readonly ("blue" | "green")[];
  readonly stage: (seed: number) => Stage;
  /** What happened before the run that meets the fault; `store` are the inputs that choose the record's place. */
  readonly before?: (stage: Stage, store: Inputs) => Promise<void>;
}

/** The digest of an image by its version, as the virtual registry has it. */
export const digestOf = (version: string): string => version.replace("v", "a").padEnd(64, "0");

/** Metrics come early, so that a short watch is enough: late ones have tests of their own. */
const common = { tasks: 2, autoscaling: true, metricDelay: 20 } as const;
type Options = Parameters<typeof createStage>[0];

/** An environment whose users meet a v2 that fails so many of its requests. */
export const staged =
  (errorRate = 0, more: Options = {}) =>
  (seed: number): Stage =>
    createStage({
      ...common,
      seed,
      requestsPerSecond: errorRate > 0 ? 40 : 10,
      behaviours: { [digestOf("v2")]: { errorRate } },
      ...more,
    });

/** Clients that keep their cookies, and listeners that heed them. */
export const sticky: Options = { requestsPerSecond: 40, stickySeconds: 600, stickyClients: 6 };
/** Two listeners, and a rule with a path of its own. */
export const several: Options = { routes: "several", requestsPerSecond: 40 };

export const watched: Inputs = { "rollback-window": "3m", "breach-duration": "1m" };
/** For what does not turn on the watch: it ends before a whole minute can be judged, and a version without a verdict stays. */
export const quick: Inputs = { "rollback-window": "1m", "breach-duration": "1m", "on-inconclusive": "proceed" };
export const canary: Inputs = { ...watched, strategy: "canary", steps: "20%:2m" };
