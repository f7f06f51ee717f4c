// An environment in which green takes over from blue and everything is well, and a sentence for each step: tests say only what differs.
import type {
  Attachment,
  DeploymentSeen,
  Plan,
  Progress,
  Route,
  ScalingSeen,
  ServiceSeen,
  Snapshot,
  TargetSeen,
  TargetState,
  TaskSeen,
} from "../../src/model.ts";
import type { Mutation, Step } from "../../src/step.ts";
import { limits } from "../judge/build.ts";

export const revision = "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:2";
export const oldRevision = "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:1";

export const plan = (over: Partial<Plan> = {}): Plan => ({
  deployment: "d-1",
  goal: "deploy",
  from: "blue",
  to: "green",
  revision,
  count: undefined,
  steps: [{ percent: 100, bake: 0 }],
  migration: false,
  test: false,
  watch: 600,
  thresholds: limits(),
  onInconclusive: "rollback",
  keepPrevious: 0,
  timeout: 3600,
  migrationTimeout: 900,
  urgent: false,
  ...over,
});

/** Back to green, which users left for blue. */
export const wayBack = (over: Partial<Plan> = {}): Plan => plan({ goal: "return", watch: 0, ...over });

export const progress = (over: Partial<Progress> = {}): Progress => ({
  phase: "scale",
  since: 0,
  started: 0,
  count: 2,
  step: 0,
  stepSince: undefined,
  switchedAt: undefined,
  confirmedAt: undefined,
  rollbackReason: undefined,
  rollbackSince: undefined,
  backAt: undefined,
  rollbackAs: undefined,
  ...over,
});

/** A listener that forwards to the pair with these weights; null: the group is not in the action. */
export const route = (blue: number | null, green: number | null, over: Partial<Route> = {}): Route => ({
  id: "listener-443",
  kind: "listener",
  listener: "listener-443",
  label: "listener :443",
  groups: { blue: "blue-group", green: "green-group" },
  weights: { blue: blue ?? undefined, green: green ?? undefined },
  strangers: [],
  stickySeconds: undefined,
  actions: [],
  ...over,
});

export const rule = (blue: number | null, green: number | null, over: Partial<Route> = {}): Route =>
  route(blue, green, { id: "rule-10", kind: "rule", label: "rule 10 (/api/*)", ...over });

export const scaling = (heldIn: boolean, heldOut = heldIn, heldSchedule = heldIn): ScalingSeen => ({
  scaleInSuspended: heldIn,
  scaleOutSuspended: heldOut,
  scheduledSuspended: heldSchedule,
});

export const deployment = (over: Partial<DeploymentSeen> = {}): DeploymentSeen => ({
  id: "ecs-svc/1",
  status: "PRIMARY",
  revision,
  desired: 2,
  running: 2,
  pending: 0,
  failed: 0,
  rolloutState: "IN_PROGRESS",
  reason: "",
  ...over,
});

const attachment: Attachment = { group: "green-group", container: "app", port: 8080 };

export function service(colour: "blue" | "green", over: Partial<ServiceSeen> = {}): ServiceSeen {
  const own = colour === "blue" ? oldRevision : revision;
  return {
    arn: `arn:aws:ecs:eu-central-1:123456789012:service/shop/${colour}`,
    name: `shop-${colour}-staging`,
    status: "ACTIVE",
    desired: 2,
    running: 2,
    pending: 0,
    revision: own,
    controller: "ECS",
    strategy: "ROLLING",
    attachments: [attachment],
    subnets: [],
    securityGroups: [],
    assignPublicIp: false,
    launchType: "FARGATE",
    deployments: [deployment({ revision: own })],
    events: [],
    tags: {},
    ...over,
  };
}

/** Targets of a group, one for each state, at the addresses of the tasks. */
export const targets = (group: string, ...states: readonly TargetState[]): readonly TargetSeen[] =>
  states.map((state, index) => ({ group, id: `10.0.0.${index + 1}`, port: 8080, state, reason: "" }));

export const blueTargets = (...states: readonly TargetState[]): readonly TargetSeen[] => targets("blue-group", ...states);
export const greenTargets = (...states: readonly TargetState[]): readonly TargetSeen[] => targets("green-group", ...states);

export const task = (number: number, over: Partial<TaskSeen> = {}): TaskSeen => ({
  id: `7d1f00${number}0aaaa`,
  revision,
  status: "RUNNING",
  health: "UNKNOWN",
  addresses: [`10.0.0.${number}`],
  stopCode: "",
  stoppedReason: "",
  stoppedAt: undefined,
  createdAt: 0,
  containers: [{ name: "app", exitCode: undefined, reason: "", health: "UNKNOWN" }],
  ...over,
});

/** A task whose only container ended. */
export const stoppedTask = (number: number, stoppedAt: number, over: Partial<TaskSeen> = {}): TaskSeen =>
  task(number, {
    status: "STOPPED",
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
    stoppedAt,
    containers: [{ name: "app", exitCode: 1, reason: "", health: "UNKNOWN" }],
    ...over,
  });

type Seen = Partial<Omit<Snapshot, "services" | "targets" | "scaling">> & {
  readonly services?: Partial<Snapshot["services"]>;
  readonly targets?: Partial<Snapshot["targets"]>;
  readonly scaling?: Partial<Snapshot["scaling"]>;
};

/** Users are on blue; green runs, and is healthy and attached with weight 0. */
export function snapshot(over: Seen = {}): Snapshot {
  const { services, targets: seenTargets, scaling: seenScaling, ...rest } = over;
  return {
    at: 0,
    routes: [route(100, 0)],
    services: { blue: service("blue"), green: service("green"), ...services },
    targets: { blue: blueTargets("healthy", "healthy"), green: greenTargets("healthy", "healthy"), ...seenTargets },
    tasks: [task(1), task(2)],
    scaling: { blue: undefined, green: undefined, ...seenScaling },
    judgement: { verdict: "good", evidence: "0.1 % errors", findings: [] },
    migration: { state: "none" },
    tests: { state: "pending" },
    confirmation: { state: "waiting", by: "1 of 3 rounds passed" },
    ...rest,
  };
}

export const judged = (verdict: Snapshot["judgement"]["verdict"], evidence = "the evidence"): Partial<Snapshot> => ({
  judgement: { verdict, evidence, findings: [] },
});

/** A step as one line, with everything that is in it. */
export function told(step: Step): string {
  switch (step.do) {
    case "wait":
      return `waits for ${step.for} until ${step.until}${step.detail === undefined ? "" : ` [${step.detail}]`}`;
    case "mutate":
      return `${changed(step.mutation)}${noted(step.note)}: ${step.because}`;
    case "note":
      return `notes${noted(step.progress)}: ${step.because}`;
    case "advance":
      return `goes to ${step.to}${noted(step.note)}: ${step.because}`;
    case "roll-back":
      return `rolls back as ${step.as}: ${step.because}`;
    case "stop":
      return `stops as ${step.outcome}: ${step.because}`;
  }
}

const noted = (note: Partial<Progress> | undefined): string =>
  note === undefined
    ? ""
    : ` {${Object.entries(note)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(", ")}}`;

function changed(mutation: Mutation): string {
  switch (mutation.kind) {
    case "set-weights":
      return `sets ${mutation.route.id} to blue ${mutation.weights.blue ?? "out"}, green ${mutation.weights.green ?? "out"}`;
    case "suspend-scaling":
      return `suspends ${mutation.what} of ${mutation.colour}'s autoscaling`;
    case "give-back-scaling":
      return `gives back ${mutation.colour}'s autoscaling`;
    case "update-service":
      return `updates ${mutation.colour} to ${mutation.count} of ${mutation.revision?.split("/").at(-1) ?? "the same revision"}`;
    default:
      return mutation.kind;
  }
}
