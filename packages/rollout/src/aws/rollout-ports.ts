import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { watchMetrics } from "@aws-deploy-actions/shared/aws/metrics";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { controlProbe, regionalEndpoints } from "@aws-deploy-actions/shared/health/control";
import { checkHttp } from "@aws-deploy-actions/shared/health/http";
import { fillPlaceholders, type HttpCheck } from "@aws-deploy-actions/shared/health/http-syntax";
import { startProber } from "@aws-deploy-actions/shared/health/prober";
import { type Colour, other } from "../colours.ts";
import { short } from "../decide/await-healthy.ts";
import type { Route, TestsSeen } from "../model.ts";
import type { Collected, Order, RolloutPorts } from "../order.ts";
import type { TestPort, TrafficPort } from "../ports.ts";
import { groupsOf, share } from "../traffic.ts";
import { rolloutEvidence } from "./evidence.ts";
import type { Environment } from "./locate.ts";
import { migrationTask, noMigration } from "./migration.ts";
import { serviceScaling } from "./scaling.ts";
import { ecsServices } from "./services.ts";
import { testRoute } from "./test-route.ts";

type Names = "ecs" | "elb" | "autoscaling" | "cloudwatch";

/** How health checks reach the application, and how the runner's own network is told from it. */
export interface Network {
  readonly check: typeof checkHttp;
  readonly control: typeof controlProbe;
}

export const realNetwork: Network = { check: checkHttp, control: controlProbe };

/**
 * Everything that one rollout in one environment needs.
 *
 * @param localEndpoint where AWS is on this machine, where it is
 */
export function rolloutPorts(
  aws: Aws<Names>,
  environment: Environment,
  order: Order,
  clock: Clock,
  localEndpoint: string | undefined,
  network: Network,
): RolloutPorts {
  const loopback = localEndpoint !== undefined;
  const { plan } = order;
  const { names, traffic, routes } = environment;
  const cluster = names.cluster.split("/").at(-1) ?? names.cluster;
  const control = network.control(regionalEndpoints(aws.region, localEndpoint), {
    clock,
    timeout: checkTimeout * (loopback ? 4 : 1),
    allowLoopback: loopback,
  });
  // On this machine time may be compressed, and a busy machine is no slow application.
  const timeout = Math.max(checkTimeout, plan.thresholds.maxResponseTime * 2) * (loopback ? 4 : 1);
  const prober = (checks: readonly HttpCheck[]) => {
    const targets = checks.map((check) => ({
      name: check.name,
      run: async (signal: AbortSignal) => await network.check(check, { clock, timeout, allowLoopback: loopback, signal }),
    }));
    return targets.length === 0 ? undefined : () => startProber({ clock, targets, interval: Math.min(1, order.healthInterval), control });
  };
  const placeholders = { colour: plan.to, revision: short(plan.revision), image: order.image, version: order.version };
  const judged = order.healthChecks.map(withoutIdentity);
  const proofs = order.healthChecks
    .filter((check) => check !== withoutIdentity(check))
    .map((check) => fillPlaceholders(check, placeholders));
  const watched = (colour: Colour) =>
    groupsOf(routes, colour).map((arn) => ({ arn, name: arn.split("/").at(-2) ?? arn, balancerArn: environment.loadBalancer.arn }));
  const query = {
    groups: { next: watched(plan.to), previous: watched(other(plan.to)) },
    statistic: plan.thresholds.statistic,
    alarms: { names: order.alarms, prefix: order.alarms.length > 0 ? undefined : `${order.application}-${order.environmentName}-` },
    ...(order.databaseMetric === undefined ? {} : { database: order.databaseMetric }),
  };
  const metrics = watchMetrics(aws, query, clock);
  const { collected, stop, ...evidence } = rolloutEvidence(
    plan,
    metrics,
    { judged: prober(judged), proof: prober(proofs) },
    clock,
    order.healthInterval,
  );
  const { migration, test } = order;
  const noted = noteShares(traffic, routes, clock);
  return {
    traffic: noted.traffic,
    slowness: aws.pace.slowness,
    services: ecsServices(aws, names.cluster, names.services),
    scaling: serviceScaling(aws, cluster, names.services),
    migration: plan.migration
      ? migrationTask(aws, {
          cluster: names.cluster,
          service: environment.services[other(plan.to)],
          revision: plan.revision,
          deployment: plan.deployment,
          // Whoever goes on with a lost run starts none.
          ...(migration ?? { container: "", command: [] }),
        })
      : noMigration,
    evidence,
    tests:
      test === undefined
        ? noTests
        : throughTestRoute(
            aws,
            environment,
            order,
            { ...test, checks: test.checks.map((check) => fillPlaceholders(check, placeholders)) },
            { clock, loopback, network },
          ),
    record: order.record,
    narrator: order.narrator,
    stopProbing: stop,
    leavesUndone: () => false,
    collected: () => ({ ...collected(), shares: noted.shares }),
  };
}

/** Keeps the weights that are set, for the report. Several routes change within a moment; the one that changed last speaks for all. */
function noteShares(
  traffic: TrafficPort,
  routes: readonly Route[],
  clock: Clock,
): { readonly traffic: TrafficPort; readonly shares: Collected["shares"] } {
  const shares: Collected["shares"][number][] = [];
  const note = (route: Route | undefined): void => {
    const weight = route === undefined ? undefined : share(route, "blue");
    if (weight !== undefined) shares.push({ at: clock.now(), weight });
  };
  note(routes[0]);
  return {
    shares,
    traffic: {
      ...traffic,
      setWeights: async (route, weights) => {
        const changed = await traffic.setWeights(route, weights);
        note(changed);
        return changed;
      },
    },
  };
}

/**
 * The check without what proves which version answers: for seconds after the switch, and for the whole of a canary, the old version answers
 * too, and that is no failure.
 */
function withoutIdentity(check: HttpCheck): HttpCheck {
  const json = check.json.filter((one) => !/\{(colour|revision|image|version)\}/.test(one.value));
  return json.length === check.json.length ? check : { ...check, json };
}

const noTests: TestPort = { look: async () => ({ state: "passed" }), close: async () => undefined };

/** Passed rounds in a row that let the new version through. */
const roundsThatPass = 3;
const checkTimeout = 10;

/** Opens the test route with the first look, and lets the new version through when its checks pass three times in a row. */
function throughTestRoute(
  aws: Aws<Names>,
  environment: Environment,
  order: Order,
  test: NonNullable<Order["test"]>,
  { clock, loopback, network }: { readonly clock: Clock; readonly loopback: boolean; readonly network: Network },
): TestPort {
  const { route, checks } = test;
  const pair = environment.pairs[0] ?? { blue: "", green: "" };
  const port = testRoute(aws, route, pair);
  const withHeader = (check: HttpCheck): HttpCheck =>
    route.kind === "header" ? { ...check, headers: [...check.headers, { name: route.name, value: route.value }] } : check;
  // A call whose answer was lost may have opened the route.
  let touched = false;
  let open = false;
  let passed = 0;
  let failed = 0;
  return {
    look: async (): Promise<TestsSeen> => {
      touched = true;
      if (!open) await port.open(order.plan.to);
      open = true;
      const results = await Promise.all(
        checks.map(async (check) => ({
          check,
          result: await network.check(withHeader(check), { clock, timeout: checkTimeout * (loopback ? 4 : 1), allowLoopback: loopback }),
        })),
      );
      const wrong = results.find(({ result }) => !result.ok);
      passed = wrong === undefined ? passed + 1 : 0;
      failed = wrong === undefined ? failed : failed + 1;
      if (passed >= roundsThatPass) return { state: "passed" };
      // The first rounds may still meet the rule before it is in force on every balancer node.
      if (wrong !== undefined && failed > 10)
        return { state: "failed", why: `${wrong.check.name}: ${wrong.result.detail ?? wrong.result.cause ?? "failed"}` };
      return { state: "pending" };
    },
    close: async (users) => {
      // Whoever goes on with a lost run does not test again, and does not know whether that run had opened the route.
      if (touched || !order.plan.test) await port.close(users);
    },
  };
}
