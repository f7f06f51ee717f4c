import type { Seconds } from "@aws-deploy-actions/shared/units";
import { hostCounts } from "./balancer.ts";
import type { RequestFacts } from "./conditions.ts";
import { driveNode } from "./drive.ts";
import type { CheckResult } from "./health.ts";
import { createMetrics } from "./metrics.ts";
import * as control from "./model.ts";
import { eligibleTargets, finishCheck, routeRequest } from "./state.ts";
import type { Balancer, BalancerOptions, Target, TargetState } from "./types.ts";

export interface VirtualOptions extends Omit<BalancerOptions, "connectTimeoutSeconds"> {
  /** What a target answers to a health check at this moment. */
  readonly probe: (target: Pick<Target, "id" | "port">, groupArn: string) => CheckResult;
}

/** The same balancer in virtual time: no ports, no sockets; targets and requests are what the caller says they are. */
export interface VirtualBalancer extends Balancer {
  /** Sends one request through a node, at once, and counts it. `answer` speaks for the target; undefined when it does not listen. */
  send(order: VirtualRequest): VirtualReply;
  /** Where a listener's default action sends requests at each node: for invariants over a whole run. */
  traffic(listenerArn: string): readonly NodeTraffic[];
}

export interface VirtualRequest {
  readonly listenerArn: string;
  readonly node: number;
  readonly answer: (
    target: Pick<Target, "id" | "port">,
    groupArn: string,
  ) => { readonly status: number; readonly time: Seconds } | undefined;
  readonly request?: Partial<RequestFacts>;
}

export interface VirtualReply {
  readonly status: number;
  readonly by: "target" | "balancer";
  /** Undefined when no target was chosen. */
  readonly target: { readonly groupArn: string; readonly id: string; readonly port: number; readonly state: TargetState } | undefined;
  /** Set-Cookie values. */
  readonly cookies: readonly string[];
}

export interface NodeTraffic {
  readonly node: number;
  /** Of the groups with a weight above 0; shares add up to 1. */
  readonly groups: readonly {
    readonly arn: string;
    readonly share: number;
    /** The targets that requests go to; none is a 503, and when they are not healthy the group fails open. */
    readonly targets: readonly { readonly id: string; readonly port: number; readonly state: TargetState }[];
  }[];
}

export function createVirtualBalancer(options: VirtualOptions): VirtualBalancer {
  const { clock, propagation, faults } = options;
  const base = { nodes: options.nodes ?? 2, seed: options.seed ?? 1, propagation };
  const model = control.createModel(faults === undefined ? base : { ...base, faults });
  const metrics = createMetrics(clock);
  const drives = model.nodes.map((state) =>
    driveNode({
      ...{ state, clock },
      check: (due, now) => finishCheck(due, options.probe(due.target, due.group.arn), now),
      cut: () => undefined,
    }),
  );
  /** Changes the control plane, and lets the nodes plan anew. */
  const change = <T extends readonly unknown[]>(make: (model: control.BalancerModel, ...args: [...T, number]) => void) => {
    return (...args: T): void => {
      make(model, ...args, clock.now());
      for (const drive of drives) drive.wake();
    };
  };
  /** Whoever looks sees everything that is due. */
  const look = (): number => {
    const now = clock.now();
    for (const drive of drives) drive.turn(now);
    return now;
  };
  const applyConfig = change(control.applyConfig);
  return {
    applyConfig: async (config) => applyConfig(config),
    registerTarget: change(control.registerTarget),
    deregisterTarget: change(control.deregisterTarget),
    targetHealth: (groupArn) => control.targetHealth(model, groupArn, look()),
    addresses: () => [],
    takeMetrics: () => [...metrics.take(), ...hostCounts(model, clock.now())],
    stop: async () => {
      await Promise.all(drives.map((drive) => drive.stop()));
    },
    send: ({ listenerArn, node, answer, request }) => {
      const now = look();
      const state = model.nodes[node];
      const listener = state?.config.listeners.get(listenerArn);
      if (state === undefined || listener === undefined) return { status: 503, by: "balancer", target: undefined, cookies: [] };
      const facts: RequestFacts = { method: "GET", url: "/", headers: {}, sourceIp: "127.0.0.1", ...request };
      const routing = routeRequest(state, listener, facts, now);
      if (routing.kind !== "forward") {
        const status = routing.kind === "unavailable" ? 503 : routing.status;
        metrics.refused(listener.loadBalancerArn, undefined, status);
        return { status, by: "balancer", target: undefined, cookies: [] };
      }
      const { group, cookies } = routing;
      const target = { groupArn: group.arn, id: routing.target.id, port: routing.target.port, state: routing.target.state };
      const answered = answer(target, group.arn);
      if (answered === undefined) {
        metrics.connectionFailed(listener.loadBalancerArn, group.arn);
        metrics.refused(listener.loadBalancerArn, group.arn, 502);
        return { status: 502, by: "balancer", target, cookies: [] };
      }
      metrics.answered(listener.loadBalancerArn, group.arn, answered.status, answered.time);
      return { status: answered.status, by: "target", target, cookies };
    },
    traffic: (listenerArn) => {
      look();
      return model.nodes.map((state, node) => {
        const route = state.config.listeners.get(listenerArn)?.fallback;
        if (route?.kind !== "forward") return { node, groups: [] };
        const groups = route.groups
          .filter(({ weight }) => weight > 0)
          .map(({ arn, weight }) => {
            const group = state.groups.get(arn);
            const targets = group === undefined ? [] : eligibleTargets(group).map(({ id, port, state: now }) => ({ id, port, state: now }));
            return { arn, share: weight / route.total, targets };
          });
        return { node, groups };
      });
    },
  };
}
