import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import { reasons, type TargetView } from "./health.ts";
import { type CompiledConfig, compileConfig } from "./routes.ts";
import { type Change, createNodeState, enqueue, type NodeState, targetKey } from "./state.ts";
import type { BalancerConfig, BalancerFaults, Target, TargetHealth } from "./types.ts";

/** The control plane's truth and the nodes that follow it, each in its own time. Deterministic, as the nodes are. */
export interface BalancerModel {
  readonly nodes: readonly NodeState[];
  readonly propagation: (node: number) => Seconds;
  config: CompiledConfig;
  /** Target group → what the API calls registered or draining, by `id:port`. */
  readonly registered: Map<string, Map<string, Registration>>;
}

interface Registration {
  readonly target: Target;
  /** Undefined unless draining. */
  drainsUntil: Instant | undefined;
}

export interface ModelOptions {
  readonly nodes: number;
  readonly seed: number;
  readonly propagation: (node: number) => Seconds;
  readonly faults?: BalancerFaults;
}

export function createModel(options: ModelOptions): BalancerModel {
  return {
    nodes: Array.from({ length: options.nodes }, (_, node) => createNodeState(options.seed + node, options.faults)),
    propagation: options.propagation,
    config: compileConfig({ loadBalancers: [], targetGroups: [] }),
    registered: new Map(),
  };
}

export function applyConfig(model: BalancerModel, config: BalancerConfig, now: Instant): void {
  model.config = compileConfig(config);
  for (const arn of model.registered.keys()) if (!model.config.groups.has(arn)) model.registered.delete(arn);
  for (const arn of model.config.groups.keys()) if (!model.registered.has(arn)) model.registered.set(arn, new Map());
  publish(model, { kind: "config", config: model.config }, now);
}

/** @throws Error for a target group that the configuration does not hold */
export function registerTarget(model: BalancerModel, groupArn: string, target: Target, now: Instant): void {
  groupOf(model, groupArn).set(targetKey(target), { target, drainsUntil: undefined });
  publish(model, { kind: "register", groupArn, target }, now);
}

/** @throws Error for a target group that the configuration does not hold */
export function deregisterTarget(model: BalancerModel, groupArn: string, target: Pick<Target, "id" | "port">, now: Instant): void {
  const key = targetKey(target);
  const group = groupOf(model, groupArn);
  const registration = group.get(key);
  if (registration === undefined || registration.drainsUntil !== undefined) return;
  const delay = model.config.groups.get(groupArn)?.attributes.deregistrationDelaySeconds ?? 0;
  // Nothing drains where nothing was sent.
  if (model.config.usedBy.has(groupArn)) registration.drainsUntil = now + delay;
  else group.delete(key);
  publish(model, { kind: "deregister", groupArn, key, drainEndsAt: now + delay }, now);
}

/** What DescribeTargetHealth says: `draining` until the delay is over although nothing may be left to drain, then gone. */
export function targetHealth(model: BalancerModel, groupArn: string, now: Instant): TargetHealth[] {
  const answers: TargetHealth[] = [];
  const group = model.registered.get(groupArn);
  for (const [key, { target, drainsUntil }] of group ?? []) {
    if (drainsUntil !== undefined && drainsUntil <= now) group?.delete(key);
    else answers.push({ id: target.id, port: target.port, ...apiHealth(model, groupArn, key, drainsUntil !== undefined) });
  }
  return answers;
}

type Health = Pick<TargetHealth, "state" | "reason" | "description">;

/** AWS does not say how it sums up its nodes' views: here the worst one counts, so that a target called healthy is healthy everywhere. */
function apiHealth(model: BalancerModel, groupArn: string, key: string, draining: boolean): Health {
  if (draining) return explained("draining");
  if (!model.config.usedBy.has(groupArn)) return explained("unused");
  const views = model.nodes.map((node) => node.groups.get(groupArn)?.targets.get(key));
  if (views.some((view) => view === undefined || view.state === "unused" || view.state === "draining")) return explained("registering");
  const worst = views.find((view) => view?.state === "initial") ?? views.find((view) => view?.state === "unhealthy") ?? views[0];
  return worst === undefined ? explained("registering") : healthOf(worst);
}

function explained(state: "draining" | "unused" | "registering"): Health {
  const [reason, description] = reasons[state] ?? ["", ""];
  return { state: state === "registering" ? "initial" : state, reason, description };
}

const healthOf = ({ state, reason, description }: TargetView): Health => ({
  state,
  ...(reason === undefined ? {} : { reason }),
  ...(description === undefined ? {} : { description }),
});

function publish(model: BalancerModel, change: Change, now: Instant): void {
  for (const [index, node] of model.nodes.entries()) enqueue(node, change, now + Math.max(0, model.propagation(index)));
}

function groupOf(model: BalancerModel, groupArn: string): Map<string, Registration> {
  const group = model.registered.get(groupArn);
  if (group === undefined)
    throw new Error(`The load balancer was not told of target group ${groupArn}: apply a configuration that holds it first.`);
  return group;
}
