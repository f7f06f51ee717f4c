import type { MetricRef } from "@aws-deploy-actions/shared/aws/metrics-fields";
import type { MetricsSeen } from "@aws-deploy-actions/shared/aws/metrics-types";
import type { HttpCheck } from "@aws-deploy-actions/shared/health/http-syntax";
import type { ProbeSample } from "@aws-deploy-actions/shared/health/prober-types";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { TestRoute } from "./aws/test-route.ts";
import type { Judgement } from "./judge/types.ts";
import type { Plan } from "./model.ts";
import type { Narrator, Ports, RecordPort } from "./ports.ts";

/** What a rollout's ports are built from, besides the environment. */
export interface Order {
  readonly plan: Plan;
  readonly record: RecordPort;
  readonly narrator: Narrator;
  readonly application: string;
  readonly environmentName: string;
  readonly healthChecks: readonly HttpCheck[];
  readonly healthInterval: Seconds;
  /** Alarm names; empty: those that the application's templates name by convention. */
  readonly alarms: readonly string[];
  readonly databaseMetric: MetricRef | undefined;
  readonly migration: { readonly container: string; readonly command: readonly string[] } | undefined;
  readonly test: { readonly route: TestRoute; readonly checks: readonly HttpCheck[] } | undefined;
  /** For placeholders in health checks: what the new version calls itself. */
  readonly image: string;
  /** The image's tag, as it was asked for; empty where there is none. */
  readonly version: string;
}

/** What was seen, for the report. */
export interface Collected {
  readonly metrics: MetricsSeen | undefined;
  readonly probes: readonly ProbeSample[];
  readonly judgement: Judgement | undefined;
  /** Blue's percent of new connections each time it was set, the one at the begin first. */
  readonly shares: readonly { readonly at: Instant; readonly weight: number }[];
}

/** A rollout's ports, with the probing that runs beside it. */
export interface RolloutPorts extends Ports {
  stopProbing(): void;
  /** Whether something was passed over that the next run shall do. */
  leavesUndone(): boolean;
  collected(): Collected;
}
