import type { Environment } from "@aws-deploy-actions/rollout/aws/locate";
import type { TestRoute } from "@aws-deploy-actions/rollout/aws/test-route";
import { containersOf } from "@aws-deploy-actions/rollout/definition";
import { thresholdsOf } from "@aws-deploy-actions/rollout/inputs";
import type { Plan } from "@aws-deploy-actions/rollout/model";
import type { Order } from "@aws-deploy-actions/rollout/order";
import type { Narrator, RecordPort } from "@aws-deploy-actions/rollout/ports";
import { groupsOf } from "@aws-deploy-actions/rollout/traffic";
import type { Config } from "./inputs.ts";
import type { Prepared } from "./prepare.ts";

/** The parts of a plan that the inputs alone decide. */
export const watchPlan = ({
  given,
}: Config): Pick<Plan, "thresholds" | "onInconclusive" | "keepPrevious" | "timeout" | "migrationTimeout"> => ({
  thresholds: thresholdsOf(given),
  onInconclusive: given["on-inconclusive"],
  keepPrevious: given["keep-previous"],
  timeout: given.timeout,
  migrationTimeout: given["migration-timeout"],
});

/** What the rollout is asked to do. */
export const planOf = (config: Config, prepared: Prepared, revision: string, deployment: string): Plan => ({
  ...watchPlan(config),
  deployment,
  goal: "deploy",
  from: prepared.active,
  to: prepared.target,
  revision,
  count: config.given["desired-count"],
  steps: config.steps,
  migration: config.given["migration-command"] !== undefined,
  test: testRouteOf(config, prepared.environment) !== undefined,
  watch: config.given["rollback-window"],
  urgent: false,
});

/** What the rollout's ports are built from. */
export function orderOf(
  config: Config,
  plan: Plan,
  environment: Environment,
  record: RecordPort,
  narrator: Narrator,
  about: { readonly image: string; readonly container: string | undefined },
): Order {
  const { given } = config;
  const route = testRouteOf(config, environment);
  const command = given["migration-command"];
  const container = given["migration-container"] ?? about.container;
  return {
    plan,
    record,
    narrator,
    application: given.application,
    environmentName: given.environment,
    healthChecks: given["health-checks"],
    healthInterval: given["health-check-interval"],
    alarms: given.alarms,
    databaseMetric: given["database-metric"],
    migration: command === undefined || container === undefined ? undefined : { container, command },
    test: route === undefined ? undefined : { route, checks: given["test-checks"] },
    image: about.image,
    version: requestedTag(config),
  };
}

/** The container that migrates: the only one, or the first that gets a new image. */
export const migrationContainer = (prepared: Prepared): string | undefined =>
  [...prepared.images.keys()][0] ?? containersOf(prepared.after)[0]?.name;

function testRouteOf({ given }: Config, environment: Environment): TestRoute | undefined {
  if (given["test-listener-arn"] !== undefined) return { kind: "listener", listener: given["test-listener-arn"] };
  const listener = environment.routes[0]?.listener;
  if (given["test-header"] === undefined || listener === undefined || groupsOf(environment.routes, "blue").length === 0) return undefined;
  return { kind: "header", listener, name: given["test-header"][0], value: given["test-header"][1] };
}

/** `v2` of `…/shop:v2`; the digest that runs says nothing to people. */
function requestedTag({ changes }: Config): string {
  const image = changes.image ?? [...changes.images.values()][0] ?? "";
  return /:([\w.-]+)(?:@|$)/.exec(image.slice(image.lastIndexOf("/") + 1))?.[1] ?? "";
}
