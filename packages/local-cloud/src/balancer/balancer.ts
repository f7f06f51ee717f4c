import { createMetrics, gauge } from "./metrics.ts";
import * as control from "./model.ts";
import { startNode } from "./node.ts";
import type { Balancer, BalancerOptions, MetricSample } from "./types.ts";

/**
 * An application load balancer on loopback ports. What AWS does takes its time by the clock (propagation, health check intervals,
 * deregistration delay, slow start); what the application does is in real seconds (time-outs, TargetResponseTime).
 */
export function createBalancer(options: BalancerOptions): Balancer {
  const { clock } = options;
  const model = control.createModel({
    nodes: options.nodes ?? 2,
    seed: options.seed ?? 1,
    propagation: options.propagation,
    ...(options.faults === undefined ? {} : { faults: options.faults }),
  });
  const metrics = createMetrics(clock);
  const nodes = model.nodes.map((state) => startNode({ state, clock, metrics, connectTimeout: options.connectTimeoutSeconds ?? 10 }));
  const wakeAll = () => {
    for (const node of nodes) node.wake();
  };
  return {
    applyConfig: async (config) => {
      control.applyConfig(model, config, clock.now());
      wakeAll();
      const arns = config.loadBalancers.flatMap((loadBalancer) => loadBalancer.listeners.map((listener) => listener.arn));
      await Promise.all(nodes.map((node) => node.listen(arns)));
    },
    registerTarget: (groupArn, target) => {
      control.registerTarget(model, groupArn, target, clock.now());
      wakeAll();
    },
    deregisterTarget: (groupArn, target) => {
      control.deregisterTarget(model, groupArn, target, clock.now());
      wakeAll();
    },
    targetHealth: (groupArn) => control.targetHealth(model, groupArn, clock.now()),
    addresses: (listenerArn) =>
      nodes.flatMap((node) => {
        const port = node.portOf(listenerArn);
        return port === undefined ? [] : [{ host: "127.0.0.1", port }];
      }),
    takeMetrics: () => [...metrics.take(), ...hostCounts(model, clock.now())],
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

export function hostCounts(model: control.BalancerModel, now: number): MetricSample[] {
  return [...model.config.usedBy].flatMap(([groupArn, loadBalancerArn]) => {
    const states = control.targetHealth(model, groupArn, now).map((target) => target.state);
    const count = (state: string) => states.filter((each) => each === state).length;
    return [
      gauge("HealthyHostCount", count("healthy"), loadBalancerArn, groupArn, now),
      gauge("UnHealthyHostCount", count("unhealthy"), loadBalancerArn, groupArn, now),
    ];
  });
}
