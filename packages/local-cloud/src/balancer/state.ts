import type { Instant } from "@aws-deploy-actions/shared/units";
import { header, type RequestFacts } from "./conditions.ts";
import { groupCookie, stickyCookie, stuckTo, targetCookie } from "./cookies.ts";
import { become, type CheckResult, recordCheck, slowStartShare, type TargetView } from "./health.ts";
import { seededRandom } from "./random.ts";
import { type CompiledConfig, type CompiledListener, findRoute, type Route, redirectLocation } from "./routes.ts";
import type { BalancerFaults, Target, TargetGroupConfig } from "./types.ts";

/**
 * One balancer node as a deterministic state machine: time is an argument and chance is seeded, so sockets drive it in the demo and
 * virtual time drives the same code in tests. Changed in place, since it is asked for every request.
 */
export interface NodeState {
  readonly random: () => number;
  readonly faults: BalancerFaults;
  config: CompiledConfig;
  readonly groups: Map<string, GroupView>;
  /** In the order of the calls: what a later one wanted never arrives before what an earlier one wanted. */
  readonly pending: { readonly at: Instant; readonly change: Change }[];
}

export interface GroupView {
  readonly arn: string;
  config: TargetGroupConfig;
  loadBalancerArn: string | undefined;
  readonly targets: Map<string, TargetView>;
  /** Those that new requests may go to now; undefined when it has to be found out again. */
  eligible: readonly TargetView[] | undefined;
  turn: number;
}

export type Change =
  | { readonly kind: "config"; readonly config: CompiledConfig }
  | { readonly kind: "register"; readonly groupArn: string; readonly target: Target }
  | { readonly kind: "deregister"; readonly groupArn: string; readonly key: string; readonly drainEndsAt: Instant };

export type Routing =
  | { readonly kind: "forward"; readonly group: GroupView; readonly target: TargetView; readonly cookies: readonly string[] }
  | { readonly kind: "redirect"; readonly status: number; readonly location: string }
  | { readonly kind: "fixed"; readonly status: number; readonly body: string; readonly contentType: string }
  | { readonly kind: "unavailable"; readonly because: string };

export const targetKey = (target: Pick<Target, "id" | "port">): string => `${target.id}:${target.port}`;

const emptyConfig: CompiledConfig = { listeners: new Map(), groups: new Map(), usedBy: new Map(), loadBalancers: new Map() };

export function createNodeState(seed: number, faults: BalancerFaults = {}): NodeState {
  return { random: seededRandom(seed), faults, config: emptyConfig, groups: new Map(), pending: [] };
}

/** Lets a change reach the node at `at`, or right after the one before it: that one is looked at first. */
export function enqueue(node: NodeState, change: Change, at: Instant): void {
  node.pending.push({ at, change });
}

/**
 * Takes the changes that have arrived and ends the drains that are over.
 *
 * @returns targets whose connections must be cut now
 */
export function advance(node: NodeState, now: Instant): TargetView[] {
  const cut: TargetView[] = [];
  for (let next = node.pending[0]; next !== undefined && next.at <= now; next = node.pending[0]) {
    node.pending.shift();
    takeChange(node, next.change, now, cut);
  }
  for (const group of node.groups.values()) {
    for (const [key, target] of group.targets) {
      if (target.drainEndsAt === undefined || target.drainEndsAt > now) continue;
      group.targets.delete(key);
      group.eligible = undefined;
      cut.push(target);
    }
  }
  return cut;
}

function takeChange(node: NodeState, change: Change, now: Instant, cut: TargetView[]): void {
  switch (change.kind) {
    case "config":
      takeConfig(node, change.config, now, cut);
      break;
    case "register": {
      const group = node.groups.get(change.groupArn);
      const { id, port, endpoint } = change.target;
      const key = targetKey(change.target);
      const again = group?.targets.get(key);
      // The group was deleted in between, or the target was there already.
      if (group === undefined || (again !== undefined && again.state !== "draining")) return;
      const target: TargetView = again ?? {
        ...{ id, port, endpoint: endpoint ?? { host: id, port }, state: "initial", passes: 0, failures: 0, nextCheckAt: now },
        ...{ slowSince: undefined, drainEndsAt: undefined, inFlight: 0, reason: undefined, description: undefined },
      };
      target.drainEndsAt = undefined;
      group.targets.set(key, target);
      group.eligible = undefined;
      startChecking(node, group, target, now);
      break;
    }
    case "deregister": {
      const group = node.groups.get(change.groupArn);
      const target = group?.targets.get(change.key);
      if (group === undefined || target === undefined || target.state === "draining") return;
      target.drainEndsAt = node.faults.drain === "cut" ? now : change.drainEndsAt;
      group.eligible = undefined;
      if (node.faults.drain !== "keep-routing") become(target, "draining");
    }
  }
}

function takeConfig(node: NodeState, config: CompiledConfig, now: Instant, cut: TargetView[]): void {
  node.config = config;
  for (const [arn, group] of node.groups) {
    if (config.groups.has(arn)) continue;
    cut.push(...group.targets.values());
    node.groups.delete(arn);
  }
  for (const [arn, groupConfig] of config.groups) {
    const loadBalancerArn = config.usedBy.get(arn);
    const group = node.groups.get(arn);
    if (group === undefined) {
      const turn = Math.floor(node.random() * 1024);
      node.groups.set(arn, { arn, config: groupConfig, loadBalancerArn, targets: new Map(), eligible: undefined, turn });
      continue;
    }
    const usedBefore = group.loadBalancerArn !== undefined;
    group.config = groupConfig;
    group.loadBalancerArn = loadBalancerArn;
    group.eligible = undefined;
    if (usedBefore === (loadBalancerArn !== undefined)) continue;
    for (const target of group.targets.values()) if (target.state !== "draining") startChecking(node, group, target, now);
  }
}

/**
 * Checks begin when a listener or rule uses the group; until then its targets are `unused`, whatever they would answer.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html ("Target health status")
 */
function startChecking(node: NodeState, group: GroupView, target: TargetView, now: Instant): void {
  become(target, group.loadBalancerArn === undefined ? "unused" : "initial");
  // Each node checks in its own rhythm.
  target.nextCheckAt = now + node.random() * group.config.healthCheck.intervalSeconds;
}

/** A health check to be made now. */
export interface DueCheck {
  readonly group: GroupView;
  readonly target: TargetView;
}

/** Takes the checks that are due and plans the next ones. */
export function takeDueChecks(node: NodeState, now: Instant): DueCheck[] {
  const due: DueCheck[] = [];
  for (const group of node.groups.values()) {
    if (group.loadBalancerArn === undefined) continue;
    for (const target of group.targets.values()) {
      if (target.state === "draining" || target.nextCheckAt > now) continue;
      due.push({ group, target });
      // From now, not from the plan: after a pause of the machine there is nothing to catch up with.
      target.nextCheckAt = now + group.config.healthCheck.intervalSeconds;
    }
  }
  return due;
}

/** Counts the outcome of a check. */
export function finishCheck({ group, target }: DueCheck, result: CheckResult, now: Instant): void {
  if (!recordCheck(target, result, group.config.healthCheck)) return;
  group.eligible = undefined;
  // A group without a fully warmed-up target takes new ones at full share: there would be nobody to take the rest.
  const warm = [...group.targets.values()].some((other) => other !== target && other.state === "healthy" && other.slowSince === undefined);
  if (target.state === "healthy" && warm && group.config.attributes.slowStartSeconds > 0) target.slowSince = now;
}

/** When `advance` or `takeDueChecks` has something to do next. */
export function nextEvent(node: NodeState): Instant {
  let next = node.pending[0]?.at ?? Number.POSITIVE_INFINITY;
  for (const group of node.groups.values()) {
    for (const target of group.targets.values()) {
      if (target.drainEndsAt !== undefined) next = Math.min(next, target.drainEndsAt);
      if (target.state !== "draining" && group.loadBalancerArn !== undefined) next = Math.min(next, target.nextCheckAt);
    }
  }
  return next;
}

/** Decides what becomes of one request. */
export function routeRequest(node: NodeState, listener: CompiledListener, request: RequestFacts, now: Instant): Routing {
  const route = findRoute(listener, request);
  switch (route.kind) {
    case "fixed":
      return route;
    case "redirect":
      return {
        kind: "redirect",
        status: Number(route.config.StatusCode.slice(-3)),
        location: redirectLocation(route.config, listener, request),
      };
    case "none":
      return { kind: "unavailable", because: "the listener has no action that answers" };
    case "forward":
      return forward(node, route, request, now);
  }
}

type Forward = Extract<Route, { kind: "forward" }>;
const noCookies: readonly string[] = [];

function forward(node: NodeState, route: Forward, request: RequestFacts, now: Instant): Routing {
  const arn = chooseGroup(node, route, request, now);
  const group = arn === undefined ? undefined : node.groups.get(arn);
  // The choice stands although another group has healthy targets: "does not fail over automatically".
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#forward-actions
  if (group === undefined) return { kind: "unavailable", because: "no target group has a weight above 0" };
  const stickyTarget = group.config.attributes.stickiness;
  const target = (stickyTarget && stuckTarget(group, request, now)) ?? chooseTarget(node, group, now);
  if (target === undefined) return { kind: "unavailable", because: `target group ${group.config.name} has no registered targets` };
  if (route.stickyFor === undefined && stickyTarget === undefined) return { kind: "forward", group, target, cookies: noCookies };
  const cookies: string[] = [];
  if (route.stickyFor !== undefined) cookies.push(stickyCookie(groupCookie, group.arn, route.stickyFor, now));
  if (stickyTarget !== undefined) cookies.push(stickyCookie(targetCookie, targetKey(target), stickyTarget.durationSeconds, now));
  return { kind: "forward", group, target, cookies };
}

/** The cookie beats the weights, even weight 0, as long as the group is in the action. */
function chooseGroup(node: NodeState, route: Forward, request: RequestFacts, now: Instant): string | undefined {
  if (route.stickyFor !== undefined) {
    const stuck = stuckTo(header(request, "cookie"), groupCookie, now);
    if (stuck !== undefined && route.groups.some((group) => group.arn === stuck)) return stuck;
  }
  if (route.total === 0) return undefined;
  let ball = node.random() * route.total;
  for (const group of route.groups) {
    ball -= group.weight;
    if (ball < 0) return group.arn;
  }
  return route.groups.findLast((group) => group.weight > 0)?.arn;
}

function stuckTarget(group: GroupView, request: RequestFacts, now: Instant): TargetView | undefined {
  const key = stuckTo(header(request, "cookie"), targetCookie, now);
  const target = key === undefined ? undefined : group.targets.get(key);
  return target !== undefined && eligibleTargets(group).includes(target) ? target : undefined;
}

/** Round robin, AWS's default algorithm; by share while a target warms up. */
function chooseTarget(node: NodeState, group: GroupView, now: Instant): TargetView | undefined {
  const targets = eligibleTargets(group);
  const { slowStartSeconds } = group.config.attributes;
  if (slowStartSeconds > 0 && targets.some((target) => target.slowSince !== undefined)) {
    const shares = targets.map((target) => slowStartShare(target, slowStartSeconds, now));
    let ball = node.random() * shares.reduce((sum, share) => sum + share, 0);
    const chosen = targets.find((_, index) => {
      ball -= shares[index] ?? 0;
      return ball < 0;
    });
    if (chosen !== undefined) return chosen;
  }
  group.turn = (group.turn + 1) % 1_000_000;
  return targets[group.turn % targets.length];
}

/**
 * The healthy ones; with none healthy, all that are registered ("fail open"). Draining ones get nothing new.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function eligibleTargets(group: GroupView): readonly TargetView[] {
  if (group.eligible !== undefined) return group.eligible;
  const registered = [...group.targets.values()].filter((target) => target.state !== "draining");
  const healthy = registered.filter((target) => target.state === "healthy");
  group.eligible = healthy.length > 0 ? healthy : registered;
  return group.eligible;
}
