import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Colour, PerColour } from "./colours.ts";
import type { Judgement, Thresholds } from "./judge/types.ts";

/** The stations of a rollout. Which follows which stands in `decide/decide.ts` alone. */
export const phases = ["migrate", "scale", "await-healthy", "test", "shift", "watch", "finalize", "rolling-back"] as const;
export type Phase = (typeof phases)[number];

/** How a rollout can end. */
export type Outcome = "succeeded" | "rolled-back" | "rollback-failed" | "inconclusive" | "cancelled" | "failed";

/** One step of moving traffic: the new colour's share of new connections in whole percent, and how long it is watched there. */
export interface ShiftStep {
  readonly percent: number;
  readonly bake: Seconds;
}

/** What a rollout is asked to do. Settled before the first mutation and never changed. */
export interface Plan {
  readonly deployment: string;
  /** deploy: bring a new revision to users. return: bring users back to what the other colour holds. */
  readonly goal: "deploy" | "return";
  /** The colour that users leave. */
  readonly from: Colour;
  /** The colour that users shall be on. */
  readonly to: Colour;
  /** The task definition ARN that shall run on `to`. */
  readonly revision: string;
  /** A given count, or undefined: as many as the colour that users leave has running. */
  readonly count: number | undefined;
  readonly steps: readonly ShiftStep[];
  readonly migration: boolean;
  readonly test: boolean;
  readonly watch: Seconds;
  readonly thresholds: Thresholds;
  readonly onInconclusive: "rollback" | "hold" | "proceed";
  /** How long the old colour stays scaled after success. */
  readonly keepPrevious: Seconds;
  /** The whole rollout's limit. */
  readonly timeout: Seconds;
  readonly migrationTimeout: Seconds;
  /** emergency: traffic moves before anything else when `to` has healthy targets. */
  readonly urgent: boolean;
}

/** How far a rollout is. Written before and after each mutation, read by whoever goes on: a hint, AWS is the truth. */
export interface Progress {
  readonly phase: Phase;
  /** When the phase began. */
  readonly since: Instant;
  readonly started: Instant;
  /** The number of tasks that `to` shall run. */
  readonly count: number;
  /** Index into the plan's steps. */
  readonly step: number;
  /** When the step's share was reached, or undefined while it is being set. */
  readonly stepSince: Instant | undefined;
  /** The first call that moved users, or undefined while nothing was moved. */
  readonly switchedAt: Instant | undefined;
  readonly confirmedAt: Instant | undefined;
  /** Why it goes back, once it does. */
  readonly rollbackReason: string | undefined;
  readonly rollbackSince: Instant | undefined;
  /** When the load balancer showed users back. */
  readonly backAt: Instant | undefined;
  /** How it will end once users are back: rolled-back, cancelled or inconclusive. */
  readonly rollbackAs: Outcome | undefined;
}

/** One listener's default action or one rule that forwards to the pair. */
export interface Route {
  /** The listener's or the rule's ARN. */
  readonly id: string;
  readonly kind: "listener" | "rule";
  readonly listener: string;
  /** `listener :443`, `rule 10 (/api/*)`. */
  readonly label: string;
  /** The target group of each colour in this route. */
  readonly groups: PerColour<string>;
  /** Weight of each attached colour; undefined: its group is not in the action. */
  readonly weights: PerColour<number | undefined>;
  /** Groups in the action that belong to neither colour. */
  readonly strangers: readonly string[];
  /** Group stickiness in seconds, or undefined where it is off. */
  readonly stickySeconds: number | undefined;
  /** All actions as AWS has them: a change of weights replaces all of them, so all have to be given back. */
  readonly actions: readonly Action[];
}

export interface DeploymentSeen {
  readonly id: string;
  readonly status: string;
  readonly revision: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly failed: number;
  readonly rolloutState: string;
  readonly reason: string;
}

export interface ServiceEvent {
  readonly at: Instant;
  readonly message: string;
}

/** One container's place behind a load balancer. */
export interface Attachment {
  readonly group: string;
  readonly container: string;
  readonly port: number;
}

export interface ServiceSeen {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly revision: string;
  readonly controller: string;
  readonly strategy: string;
  readonly attachments: readonly Attachment[];
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: boolean;
  readonly launchType: string;
  readonly deployments: readonly DeploymentSeen[];
  readonly events: readonly ServiceEvent[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface ContainerSeen {
  readonly name: string;
  readonly exitCode: number | undefined;
  readonly reason: string;
  readonly health: string;
}

export interface TaskSeen {
  readonly id: string;
  readonly revision: string;
  readonly status: string;
  readonly health: string;
  readonly addresses: readonly string[];
  readonly stopCode: string;
  readonly stoppedReason: string;
  readonly stoppedAt: Instant | undefined;
  readonly createdAt: Instant;
  readonly containers: readonly ContainerSeen[];
}

export type TargetState = "initial" | "healthy" | "unhealthy" | "unused" | "draining" | "unavailable";

export interface TargetSeen {
  readonly group: string;
  readonly id: string;
  readonly port: number;
  readonly state: TargetState;
  readonly reason: string;
}

/** Application autoscaling of one service; undefined where it has none. */
export interface ScalingSeen {
  readonly scaleInSuspended: boolean;
  readonly scaleOutSuspended: boolean;
  readonly scheduledSuspended: boolean;
}

/** What one look at AWS shows, as far as the phase needs it. */
export interface Snapshot {
  readonly at: Instant;
  readonly routes: readonly Route[];
  readonly services: PerColour<ServiceSeen>;
  readonly targets: PerColour<readonly TargetSeen[]>;
  /** Tasks of the new colour, running and lately stopped. */
  readonly tasks: readonly TaskSeen[];
  readonly scaling: PerColour<ScalingSeen | undefined>;
  readonly judgement: Judgement;
  readonly migration: MigrationSeen;
  readonly tests: TestsSeen;
  readonly confirmation: Confirmation;
}

/** Whether probes have seen that the weights are in force; `by` says how, or what is missing. */
export interface Confirmation {
  readonly state: "waiting" | "confirmed";
  readonly by: string;
}

export type MigrationSeen =
  | { readonly state: "none" }
  | { readonly state: "running"; readonly task: string; readonly stopping: boolean }
  | { readonly state: "stopped"; readonly exitCode: number | undefined; readonly reason: string; readonly task: string };

export type TestsSeen = { readonly state: "pending" } | { readonly state: "passed" } | { readonly state: "failed"; readonly why: string };
