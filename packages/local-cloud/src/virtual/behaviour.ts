import type { Seconds } from "@aws-deploy-actions/shared/units";

/** How one version behaves, by its task definition. */
export interface Behaviour {
  /** Seconds from launch to listening. */
  readonly startsAfter: Seconds;
  /** Exits by itself so many seconds after its start; undefined: never. */
  readonly crashesAfter: Seconds | undefined;
  readonly exitCode: number;
  readonly passesHealthChecks: boolean;
  /** 0 to 1. */
  readonly errorRate: number;
  readonly latency: Seconds;
  /** Seconds from SIGTERM to its exit. */
  readonly stopsAfter: Seconds;
  /** A task that belongs to no service ends by itself so long after its start, with `exitCode`. */
  readonly endsAfter: Seconds;
}

export const wellBehaved: Behaviour = {
  startsAfter: 3,
  crashesAfter: undefined,
  exitCode: 0,
  passesHealthChecks: true,
  errorRate: 0,
  latency: 0.05,
  stopsAfter: 1,
  endsAfter: 8,
};
