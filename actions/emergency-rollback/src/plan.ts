import { other } from "@aws-deploy-actions/rollout/colours";
import { thresholdsOf } from "@aws-deploy-actions/rollout/inputs";
import type { Plan } from "@aws-deploy-actions/rollout/model";
import type { Order } from "@aws-deploy-actions/rollout/order";
import type { Narrator, RecordPort } from "@aws-deploy-actions/rollout/ports";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { HttpCheck } from "@aws-deploy-actions/shared/health/http-syntax";
import type { Destination } from "./destination.ts";
import type { Config } from "./inputs.ts";

/** What the engine is asked to do. */
export const planOf = ({ given }: Config, { to, revision }: Extract<Destination, { kind: "go" }>, base: Base): Plan => ({
  deployment: rollbackId(base),
  goal: "return",
  from: other(to),
  to,
  revision,
  count: given["desired-count"],
  steps: [{ percent: 100, bake: 0 }],
  migration: false,
  test: false,
  watch: given["rollback-window"],
  thresholds: thresholdsOf(given),
  onInconclusive: "proceed",
  keepPrevious: 0,
  timeout: given.timeout,
  migrationTimeout: 0,
  urgent: given.type === "immediate",
});

/** What the engine's ports are built from. */
export const orderOf = ({ given }: Config, plan: Plan, record: RecordPort, narrator: Narrator): Order => ({
  plan,
  record,
  narrator,
  application: given.application,
  environmentName: given.environment,
  healthChecks: given["health-checks"].map(withoutImage),
  healthInterval: given["health-check-interval"],
  alarms: given.alarms,
  databaseMetric: given["database-metric"],
  migration: undefined,
  test: undefined,
  image: "",
  version: "",
});

/** Nobody asks for the previous version's image before users are on it, so a check cannot expect it. */
const withoutImage = (check: HttpCheck): HttpCheck => ({
  ...check,
  json: check.json.filter((one) => !/\{(image|version)\}/.test(one.value)),
});

const rollbackId = ({ context, clock }: Base): string => {
  const stamp = new Date(clock.now() * 1000).toISOString().slice(0, 19).replace(/[-:T]/g, "");
  return `r-${stamp}-${context.runId === "" ? Math.floor(Math.random() * 1e6) : `${context.runId}-${context.runAttempt}`}`;
};
