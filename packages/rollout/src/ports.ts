import { problem, Trouble } from "@aws-deploy-actions/shared/problems";
import type { Instant } from "@aws-deploy-actions/shared/units";
import type { Colour, PerColour } from "./colours.ts";
import type { Judgement } from "./judge/types.ts";
import type {
  Confirmation,
  MigrationSeen,
  Plan,
  Progress,
  Route,
  ScalingSeen,
  ServiceSeen,
  TargetSeen,
  TaskSeen,
  TestsSeen,
} from "./model.ts";

/** What the rollout may ask of the load balancer. Weights are whole percents of new connections. */
export interface TrafficPort {
  /** Every listener and rule that forwards to the pair, as it is now. */
  routes(): Promise<readonly Route[]>;
  /** Health of every target in the groups. */
  health(groups: readonly string[]): Promise<readonly TargetSeen[]>;
  /** Sets the weights of one route, keeping its other actions, and answers with the route as it is then. Safe to repeat. */
  setWeights(route: Route, weights: PerColour<number | undefined>): Promise<Route>;
}

/** The two ECS services. */
export interface ServicesPort {
  /** Both services, in one call. */
  look(): Promise<PerColour<ServiceSeen>>;
  /** Sets count and, where given, revision; answers with the service as it is then. Safe to repeat. */
  update(colour: Colour, change: { readonly revision: string | undefined; readonly count: number }): Promise<ServiceSeen>;
  /** The service's tasks, running and lately stopped. */
  tasks(colour: Colour): Promise<readonly TaskSeen[]>;
}

/** Application autoscaling of the two services. */
export interface ScalingPort {
  look(): Promise<PerColour<ScalingSeen | undefined>>;
  suspend(colour: Colour, what: "all" | "scale-in"): Promise<void>;
  /** Lets autoscaling go on as it was before the rollout. */
  giveBack(colour: Colour): Promise<void>;
}

/** The one-off task that migrates the database. */
export interface MigrationPort {
  look(): Promise<MigrationSeen>;
  /** Starts it once: the token makes a repeated call the same call. */
  start(): Promise<void>;
  stop(task: string): Promise<void>;
}

/** What is known about the new version's health: metrics, probes, alarms; judged. */
export interface EvidencePort {
  /** @param since when users were first sent to the new colour */
  judge(context: { readonly phase: string; readonly since: Instant; readonly share: number }): Promise<Judgement>;
  /** Whether probes see the new colour under the new weights. */
  confirmation(plan: Plan, since: Instant): Promise<Confirmation>;
}

/** Checks through a route that users do not take. */
export interface TestPort {
  look(): Promise<TestsSeen>;
  /** Closes the test route again, or leads it to where users are; nothing where there is none. */
  close(users: Colour): Promise<void>;
}

/** Where a rollout is written down, and who may go on with it. */
export interface RecordPort {
  /** Writes the progress, and prolongs the lease. @throws LeaseLost when somebody else has taken over */
  save(progress: Progress): Promise<void>;
  /** @throws LeaseLost when somebody else has taken over. Called before every mutation. */
  check(): Promise<void>;
  /** Prolongs the lease when half of it is over. @throws LeaseLost as above */
  keepAlive(): Promise<void>;
}

/** Somebody else has taken the environment over: this run must not change anything any more. */
export class LeaseLost extends Trouble {
  readonly holder: string;

  constructor(holder: string) {
    super(
      problem(
        "deployment",
        `${holder} has taken this environment over; this run has stopped and changed nothing more.`,
        "See what it did: mode: status",
      ),
    );
    this.name = "LeaseLost";
    this.holder = holder;
  }
}

/** Tells the outside what goes on. */
export interface Narrator {
  phase(progress: Progress, because: string): void;
  step(text: string): void;
  waiting(what: string, detail: string | undefined, since: Instant, until: Instant, pollSeconds: number): void;
  trouble(text: string): void;
}

export interface Ports {
  readonly traffic: TrafficPort;
  readonly services: ServicesPort;
  readonly scaling: ScalingPort;
  readonly migration: MigrationPort;
  readonly evidence: EvidencePort;
  readonly tests: TestPort;
  readonly record: RecordPort;
  readonly narrator: Narrator;
  /** How many times less often than usual to look at AWS, since it refuses calls for their rate; 1 without it. */
  readonly slowness?: () => number;
}
