import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";

/** What the scheduler must know of a container definition. */
export interface ContainerSpec {
  readonly name: string;
  readonly essential: boolean;
  /** From SIGTERM to SIGKILL: 30 s by default, 120 s at most on Fargate. */
  readonly stopTimeout: Seconds;
  /** Whether it has a health check command: only then is its health ever known. */
  readonly hasHealthCheck: boolean;
}

/** What the scheduler must know of a task definition revision. */
export interface TaskSpec {
  readonly taskDefinitionArn: string;
  readonly containers: readonly ContainerSpec[];
}

/** One entry of a service's `loadBalancers`. */
export interface Attachment {
  readonly targetGroupArn: string;
  readonly containerName: string;
  readonly containerPort: number;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export interface DeploymentConfiguration {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly circuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
}

export interface Deployment {
  /** `ecs-svc/` and 19 digits. */
  readonly id: string;
  readonly status: "PRIMARY" | "ACTIVE";
  readonly spec: TaskSpec;
  readonly loadBalancers: readonly Attachment[];
  readonly failedTasks: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  readonly rolloutStateReason: string;
  /** Whether a task of it ever ran and passed its checks. */
  readonly hasSucceeded: boolean;
  /** Whether it completed once: a circuit breaker goes back to such a one. */
  readonly hasCompleted: boolean;
}

export interface ServiceEvent {
  readonly id: string;
  readonly createdAt: Instant;
  readonly message: string;
}

export interface Service {
  readonly arn: string;
  readonly name: string;
  readonly clusterArn: string;
  readonly status: "ACTIVE" | "DRAINING" | "INACTIVE";
  readonly desiredCount: number;
  readonly configuration: DeploymentConfiguration;
  readonly healthCheckGracePeriod: Seconds;
  /** The PRIMARY one first. */
  readonly deployments: readonly Deployment[];
  /** Newest first, at most 100 as the API shows. */
  readonly events: readonly ServiceEvent[];
  readonly createdAt: Instant;
  readonly isSteady: boolean;
  /** Tasks in a row that stopped before they reached RUNNING, and until when no other is started. */
  readonly backOff: { readonly failures: number; readonly until: Instant };
  /** When the scheduler must look again though nothing happens. */
  readonly wakeAt: Instant | undefined;
  /** The quota message is repeated only when its cause changed. */
  readonly isShortOfCapacity: boolean;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export type TaskStatus = "PROVISIONING" | "PENDING" | "ACTIVATING" | "RUNNING" | "DEACTIVATING" | "STOPPING" | "DEPROVISIONING" | "STOPPED";

export type StopCode = "TaskFailedToStart" | "EssentialContainerExited" | "UserInitiated" | "ServiceSchedulerInitiated";
export type Health = "HEALTHY" | "UNHEALTHY" | "UNKNOWN";

export interface Container {
  readonly name: string;
  readonly lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  readonly health: Health;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  /** Set by SIGTERM: when SIGKILL follows. */
  readonly killAt: Instant | undefined;
}

/** What the load balancer says of a task in one target group; `gone` when it is not, or no longer, registered. */
export type TargetState = "initial" | "healthy" | "unhealthy" | "unused" | "draining" | "gone";

export interface TaskTarget extends Attachment {
  readonly state: TargetState;
  /** Why it is unhealthy, in the load balancer's words. */
  readonly reason: string | undefined;
}

export interface Task {
  readonly arn: string;
  readonly id: string;
  readonly clusterArn: string;
  /** Undefined for RunTask. */
  readonly serviceArn: string | undefined;
  /** `service:name`, or `family:name` for RunTask. */
  readonly group: string;
  /** The deployment's id, or what RunTask's caller gave. */
  readonly startedBy: string | undefined;
  readonly spec: TaskSpec;
  /** RunTask's overrides, kept for the driver. */
  readonly overrides: unknown;
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: "RUNNING" | "STOPPED";
  readonly containers: readonly Container[];
  readonly targets: readonly TaskTarget[];
  /** Whether its containers were ordered to start: before that there is nothing to signal. */
  readonly isLaunched: boolean;
  /** Whether it ever passed all its health checks. */
  readonly wasHealthy: boolean;
  readonly stopCode: StopCode | undefined;
  readonly stoppedReason: string | undefined;
  readonly createdAt: Instant;
  readonly pullStartedAt: Instant | undefined;
  readonly pullStoppedAt: Instant | undefined;
  /** When it reached RUNNING. */
  readonly startedAt: Instant | undefined;
  readonly stoppingAt: Instant | undefined;
  readonly executionStoppedAt: Instant | undefined;
  readonly stoppedAt: Instant | undefined;
  /** When its next step is due by itself. */
  readonly wakeAt: Instant | undefined;
}

/** Everything the scheduler knows. Never changed in place: an older one stays true of its time. */
export interface EcsState {
  readonly services: ReadonlyMap<string, Service>;
  readonly tasks: ReadonlyMap<string, Task>;
  /** What RunTask's client tokens already started. */
  readonly clientTokens: ReadonlyMap<string, readonly string[]>;
  /** Makes ids: the same events give the same ids. */
  readonly seed: number;
  readonly counter: number;
}

/** How long Fargate needs. Undocumented: fair guesses from practice. */
export interface EcsTiming {
  /** PROVISIONING: the network interface. */
  readonly provisioning: Seconds;
  /** PENDING: the image's pull. */
  readonly pulling: Seconds;
  /** ACTIVATING: registration at the load balancer. */
  readonly activating: Seconds;
  /** DEPROVISIONING: the network interface again. */
  readonly deprovisioning: Seconds;
  /**
   * A task without load balancer and health check counts as healthy so long after RUNNING.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html (minimumHealthyPercent)
   */
  readonly settling: Seconds;
}

export const fargateTiming: EcsTiming = { provisioning: 4, pulling: 6, activating: 1, deprovisioning: 3, settling: 40 };

export interface EcsSettings {
  readonly timing: EcsTiming;
  /** Tasks that the account's Fargate quota lets run at the same time. */
  readonly capacity: number;
}

/** What happens to the scheduler: orders of the API, and what the data plane saw. */
export type EcsEvent =
  | { readonly type: "create-service"; readonly service: NewService }
  | { readonly type: "update-service"; readonly serviceArn: string; readonly changes: ServiceChanges }
  | { readonly type: "delete-service"; readonly serviceArn: string }
  | { readonly type: "run-task"; readonly order: RunTaskOrder }
  | { readonly type: "stop-task"; readonly taskArn: string; readonly reason: string }
  /** Time has passed: send it at `nextWake`, or at any other time. */
  | { readonly type: "tick" }
  /** All containers of a task run (answer to `launch`). */
  | { readonly type: "containers-started"; readonly taskArn: string }
  /** The task cannot start (answer to `launch`): the reason as ECS words it, `CannotPullContainerError: …`. */
  | { readonly type: "start-failed"; readonly taskArn: string; readonly reason: string }
  | {
      readonly type: "container-exited";
      readonly taskArn: string;
      readonly container: string;
      readonly exitCode: number;
      readonly reason?: string;
    }
  | { readonly type: "container-health"; readonly taskArn: string; readonly container: string; readonly health: Health }
  | {
      readonly type: "target-health";
      readonly taskArn: string;
      readonly targetGroupArn: string;
      readonly state: TargetState;
      readonly reason?: string;
    };

/** What the data plane must do. */
export type EcsEffect =
  /** Pull, resolve secrets, start all containers; answer with `containers-started` or `start-failed`. */
  | { readonly type: "launch"; readonly taskArn: string }
  | { readonly type: "register"; readonly taskArn: string; readonly attachment: Attachment }
  /** Answer with `target-health` as it drains, `gone` at the end. */
  | { readonly type: "deregister"; readonly taskArn: string; readonly attachment: Attachment }
  /** Answer with `container-exited`. */
  | { readonly type: "signal"; readonly taskArn: string; readonly container: string; readonly signal: "SIGTERM" | "SIGKILL" }
  /** The task is over; it can still be described. */
  | { readonly type: "release"; readonly taskArn: string }
  /** The task can no longer be described: nothing need be known of it. It is not in the state any more. */
  | { readonly type: "forget"; readonly taskArn: string };

export interface NewService {
  readonly arn: string;
  readonly name: string;
  readonly clusterArn: string;
  readonly desiredCount: number;
  readonly spec: TaskSpec;
  readonly loadBalancers: readonly Attachment[];
  readonly configuration: DeploymentConfiguration;
  readonly healthCheckGracePeriod: Seconds;
}

/** UpdateService: what is left out stays. A new definition, other load balancers or `force` begin a new deployment. */
export interface ServiceChanges {
  readonly desiredCount?: number;
  readonly spec?: TaskSpec;
  readonly loadBalancers?: readonly Attachment[];
  readonly configuration?: DeploymentConfiguration;
  readonly healthCheckGracePeriod?: Seconds;
  /** `forceNewDeployment`, or another change that ECS takes for one (network, platform version). */
  readonly force?: boolean;
}

export interface RunTaskOrder {
  readonly clusterArn: string;
  readonly spec: TaskSpec;
  readonly count: number;
  readonly group: string;
  readonly startedBy?: string;
  readonly overrides?: unknown;
  /** The same token again starts nothing: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html */
  readonly clientToken?: string;
}
