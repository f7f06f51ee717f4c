import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { RequestFacts } from "../../src/balancer/conditions.ts";
import { become, type CheckResult, recordCheck, type TargetView } from "../../src/balancer/health.ts";
import { applyConfig, type BalancerModel, createModel, registerTarget } from "../../src/balancer/model.ts";
import { advance, type NodeState, type Routing, routeRequest } from "../../src/balancer/state.ts";
import type { BalancerConfig, ElbAction, HealthCheckConfig, RuleConfig, TargetGroupConfig } from "../../src/balancer/types.ts";

export const healthCheck: HealthCheckConfig = {
  path: "/health",
  port: "traffic-port",
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: "200",
};

type GroupChanges = Partial<TargetGroupConfig["attributes"]> & { readonly healthCheck?: Partial<HealthCheckConfig> };

export function targetGroup(arn: string, { healthCheck: check, ...attributes }: GroupChanges = {}): TargetGroupConfig {
  return {
    ...{ arn, name: arn, protocol: "HTTP", port: 80, healthCheck: { ...healthCheck, ...check } },
    attributes: { deregistrationDelaySeconds: 300, slowStartSeconds: 0, ...attributes },
  };
}

/** `forward({ blue: 100, green: 0 })`, with group stickiness when a duration is given. */
export function forward(weights: Readonly<Record<string, number>>, stickyFor?: Seconds): ElbAction {
  const TargetGroups = Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  const stickiness = stickyFor === undefined ? {} : { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: stickyFor } };
  return { Type: "forward", ForwardConfig: { TargetGroups, ...stickiness } };
}

export const listenerArn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/1/2";
export const loadBalancerArn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/1";

/** One load balancer with one listener. */
export function config(
  defaultActions: readonly ElbAction[],
  targetGroups: readonly TargetGroupConfig[],
  more: { readonly rules?: readonly RuleConfig[]; readonly idleTimeoutSeconds?: Seconds } = {},
): BalancerConfig {
  const { rules = [], ...rest } = more;
  const listeners = [{ arn: listenerArn, port: 80, protocol: "HTTP" as const, defaultActions, rules }];
  return { loadBalancers: [{ arn: loadBalancerArn, name: "shop", dnsName: "shop.test", listeners, ...rest }], targetGroups };
}

export function request(changes: Partial<RequestFacts> = {}): RequestFacts {
  return { method: "GET", url: "/", headers: { host: "shop.test" }, sourceIp: "10.0.0.1", ...changes };
}

/** A model whose changes arrive at once, with so many healthy targets per group: `blue-0:80`, `blue-1:80`, … */
export function modelOf(
  wanted: BalancerConfig,
  healthy: Readonly<Record<string, number>> = {},
  propagation: (node: number) => Seconds = () => 0,
): BalancerModel {
  const model = createModel({ nodes: 2, seed: 7, propagation });
  applyConfig(model, wanted, 0);
  for (const [group, count] of Object.entries(healthy)) {
    for (let index = 0; index < count; index += 1) registerTarget(model, group, { id: `${group}-${index}`, port: 80 }, 0);
  }
  settle(model, 0);
  for (const group of Object.keys(healthy)) for (const target of viewsOf(model, group)) become(target, "healthy");
  return model;
}

export function settle(model: BalancerModel, now: Instant): void {
  for (const node of model.nodes) advance(node, now);
}

export const viewsOf = (model: BalancerModel, group: string): TargetView[] =>
  model.nodes.flatMap((node) => [...(node.groups.get(group)?.targets.values() ?? [])]);

export const firstNode = (model: BalancerModel): NodeState => {
  const [node] = model.nodes;
  if (node === undefined) throw new Error("a model has nodes");
  return node;
};

export function route(node: NodeState, now: Instant, changes: Partial<RequestFacts> = {}): Routing {
  const listener = node.config.listeners.get(listenerArn);
  if (listener === undefined) throw new Error("the node does not know the listener yet");
  return routeRequest(node, listener, request(changes), now);
}

/** Where a request went: the group's and the target's name, or why not. */
export function destination(routing: Routing): string {
  if (routing.kind === "forward") return `${routing.group.arn}/${routing.target.id}`;
  return routing.kind === "unavailable" ? "503" : routing.kind;
}

/** How many of `count` requests went to each group. */
export function spread(node: NodeState, now: Instant, count: number, changes: Partial<RequestFacts> = {}): Record<string, number> {
  const seen: Record<string, number> = {};
  for (let index = 0; index < count; index += 1) {
    const routing = route(node, now, changes);
    const key = routing.kind === "forward" ? routing.group.arn : destination(routing);
    seen[key] = (seen[key] ?? 0) + 1;
  }
  return seen;
}

export const passed: CheckResult = { passed: true };
export const failed: CheckResult = { passed: false, reason: "Target.FailedHealthChecks", description: "Health checks failed" };

/** Counts `ppf…` (passed, failed) and gives the state. */
export function afterChecks(target: TargetView, outcomes: string, check: HealthCheckConfig = healthCheck): string {
  for (const outcome of outcomes) recordCheck(target, outcome === "p" ? passed : failed, check);
  return target.state;
}

/** A clock that stands still until it is told: no test waits for real time to pass. */
export class ManualClock implements Clock {
  #now: Instant = 1_000_000;
  readonly #sleepers = new Set<{ readonly until: Instant; readonly wake: () => void }>();

  now(): Instant {
    return this.#now;
  }

  sleep(time: Seconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { until: this.#now + time, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
      if (signal?.aborted === true) reject(signal.reason);
    });
  }

  /** Lets time pass in steps of at most a second, and what waits for it run. */
  async pass(time: Seconds): Promise<void> {
    for (let left = time; left > 0; left -= 1) {
      this.#now += Math.min(1, left);
      for (const sleeper of this.#sleepers) {
        if (sleeper.until > this.#now) continue;
        this.#sleepers.delete(sleeper);
        sleeper.wake();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
