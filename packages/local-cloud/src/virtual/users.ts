import type { BalancerModel } from "../balancer/model.ts";
import { type Routing, routeRequest } from "../balancer/state.ts";
import type { Task } from "../ecs/model.ts";
import type { Behaviour } from "./behaviour.ts";
import { type MinuteStore, minuteStore } from "./minutes.ts";
import type { WorldListener, WorldOptions } from "./world.ts";

/** What users met. */
export interface UserTally {
  requests: number;
  /** No target answered: a connection error, or the balancer's own 5xx. */
  lost: number;
  appErrors: number;
  /** Went to a target that its node did not call healthy while another was. */
  toUnhealthy: number;
  readonly byRevision: Map<string, number>;
  /** Seconds in which a listener or a rule had no healthy target at all. */
  emptySeconds: number;
  readonly losses: { readonly at: number; readonly why: string }[];
}

export const emptyTally = (): UserTally => ({
  requests: 0,
  lost: 0,
  appErrors: 0,
  toUnhealthy: 0,
  byRevision: new Map(),
  emptySeconds: 0,
  losses: [],
});

/** A task that answers, with the way in which its version does. */
export interface Answering {
  readonly task: Task;
  readonly behaviour: Behaviour;
}

export interface Users {
  readonly tally: UserTally;
  readonly minutes: MinuteStore;
  /** One second of users: every node gets requests from new clients and from those that keep their cookies. */
  serve(now: number): void;
  /** One request from outside, as a health check sends it. */
  ask(request: { port: number; url: string; headers: Readonly<Record<string, string>> }, now: number): Answering | string;
}

/** One way that users take: a listener, and a path that leads to its default action or to one of its rules. */
interface Way {
  readonly listener: WorldListener;
  readonly url: string;
  /** The target groups of its action. */
  readonly groups: () => readonly string[];
}

const groupsOf = (actions: WorldListener["defaultActions"]): readonly string[] =>
  actions.flatMap((action) => [
    ...(action.TargetGroupArn === undefined ? [] : [action.TargetGroupArn]),
    ...(action.ForwardConfig?.TargetGroups ?? []).map((one) => one.TargetGroupArn ?? ""),
  ]);

/** Every listener that is not for testers, and each of its rules that a path leads to. */
const waysOf = (listeners: readonly WorldListener[]): readonly Way[] =>
  listeners
    .filter((one) => one.forTesters !== true)
    .flatMap((listener) => [
      { listener, url: "/", groups: () => groupsOf(listener.defaultActions) },
      ...listener.rules.flatMap((rule) => {
        const [path] = rule.conditions.flatMap((one) => (one.Field === "path-pattern" ? (one["Values"] as readonly string[]) : []));
        return path === undefined ? [] : [{ listener, url: path.replaceAll("*", "x"), groups: () => groupsOf(rule.actions) }];
      }),
    ]);

/** @param answering the task behind an address, where one listens there */
export function createUsers(model: BalancerModel, options: WorldOptions, answering: (address: string) => Answering | undefined): Users {
  const tally = emptyTally();
  const minutes = minuteStore(options.metricDelay);
  const cookies: string[] = Array.from({ length: options.stickyClients }, () => "");
  const clients = 2 + cookies.length;
  const ways = waysOf(options.listeners);
  const weight = options.requestsPerSecond / (clients * model.nodes.length * ways.length);

  type Node = (typeof model.nodes)[number];
  const route = (node: Node, listener: WorldListener, url: string, headers: Readonly<Record<string, string>>, now: number) => {
    const compiled = node.config.listeners.get(listener.arn);
    return compiled === undefined ? undefined : routeRequest(node, compiled, { method: "GET", url, headers, sourceIp: "192.0.2.1" }, now);
  };

  const lose = (why: string, now: number): void => {
    tally.lost += weight;
    if (tally.losses.length < 20) tally.losses.push({ at: now, why });
  };

  function serveOne(node: Node, way: Way, client: number, now: number): void {
    const cookie = cookies[client - 2] ?? "";
    const routing: Routing | undefined = route(node, way.listener, way.url, cookie === "" ? {} : { cookie }, now);
    if (routing === undefined) return;
    tally.requests += weight;
    if (routing.kind !== "forward") {
      lose(routing.kind === "unavailable" ? routing.because : routing.kind, now);
      return;
    }
    if (client >= 2 && node === model.nodes[0] && routing.cookies.length > 0)
      cookies[client - 2] = routing.cookies.map((one) => one.split(";")[0]).join("; ");
    const found = answering(routing.target.id);
    if (found === undefined) {
      lose(`target ${routing.target.id} is gone (${routing.target.state})`, now);
      minutes.add(now, routing.group.arn, { requests: 0, errors: 0, connectionErrors: weight, latency: 0 });
      return;
    }
    if (routing.target.state !== "healthy") tally.toUnhealthy += weight;
    const { errorRate, latency } = found.behaviour;
    tally.appErrors += weight * errorRate;
    const revision = found.task.spec.taskDefinitionArn;
    tally.byRevision.set(revision, (tally.byRevision.get(revision) ?? 0) + weight);
    minutes.add(now, routing.group.arn, { requests: weight, errors: weight * errorRate, connectionErrors: 0, latency });
  }

  const hasHealthy = (node: Node, group: string): boolean => {
    for (const target of node.groups.get(group)?.targets.values() ?? []) if (target.state === "healthy") return true;
    return false;
  };
  const isEmpty = (node: Node, way: Way): boolean => {
    const used = way.groups().filter((arn) => node.config.usedBy.has(arn));
    return used.length > 0 && !used.some((arn) => hasHealthy(node, arn));
  };

  return {
    tally,
    minutes,
    serve: (now) => {
      for (const node of model.nodes) {
        for (const way of ways) {
          for (let client = 0; client < clients; client += 1) serveOne(node, way, client, now);
          if (isEmpty(node, way)) tally.emptySeconds += 1 / (model.nodes.length * ways.length);
        }
      }
    },
    ask: ({ port, url, headers }, now) => {
      const listener = options.listeners.find((one) => one.port === port);
      const node = model.nodes[Math.floor(now) % model.nodes.length];
      if (listener === undefined || node === undefined) return "connection refused";
      const routing = route(node, listener, url, headers, now);
      if (routing?.kind !== "forward") return routing?.kind === "unavailable" ? routing.because : "not forwarded";
      return answering(routing.target.id) ?? `target ${routing.target.id} is gone`;
    },
  };
}
