import type * as Elb from "@aws-sdk/client-elastic-load-balancing-v2";
import type { BalancerConfig, ElbAction, ElbCondition, ListenerConfig, TargetGroupConfig } from "../balancer/types.ts";

/** The client's calls that are needed, so that tests can give others. */
export type ElbClient = Pick<
  Elb.ElasticLoadBalancingV2,
  | "describeLoadBalancers"
  | "describeLoadBalancerAttributes"
  | "describeListeners"
  | "describeRules"
  | "describeTargetGroups"
  | "describeTargetGroupAttributes"
>;

/** Reads the whole configuration of all application load balancers. */
export async function readConfiguration(client: ElbClient): Promise<BalancerConfig> {
  const [{ LoadBalancers = [] }, { TargetGroups = [] }] = await Promise.all([
    client.describeLoadBalancers({}),
    client.describeTargetGroups({}),
  ]);
  const loadBalancers = await Promise.all(
    LoadBalancers.filter(({ Type }) => Type === "application").map(async (one) => {
      const arn = one.LoadBalancerArn ?? "";
      const { Listeners = [] } = await client.describeListeners({ LoadBalancerArn: arn });
      const listeners = await Promise.all(Listeners.map((listener) => listenerOf(client, listener)));
      const { Attributes = [] } = await client.describeLoadBalancerAttributes({ LoadBalancerArn: arn });
      const idle = Number(Attributes.find(({ Key }) => Key === "idle_timeout.timeout_seconds")?.Value ?? 60);
      return { arn, name: one.LoadBalancerName ?? "", dnsName: one.DNSName ?? "", listeners, idleTimeoutSeconds: idle };
    }),
  );
  const targetGroups = await Promise.all(
    TargetGroups.map(async (group) => {
      const { Attributes = [] } = await client.describeTargetGroupAttributes({ TargetGroupArn: group.TargetGroupArn });
      return targetGroupOf(group, new Map(Attributes.map(({ Key, Value }) => [Key ?? "", Value ?? ""])));
    }),
  );
  return { loadBalancers, targetGroups };
}

async function listenerOf(client: ElbClient, listener: Elb.Listener): Promise<ListenerConfig> {
  const { Rules = [] } = await client.describeRules({ ListenerArn: listener.ListenerArn });
  return {
    arn: listener.ListenerArn ?? "",
    port: listener.Port ?? 80,
    protocol: listener.Protocol === "HTTPS" ? "HTTPS" : "HTTP",
    defaultActions: (listener.DefaultActions ?? []) as readonly ElbAction[],
    rules: Rules.filter(({ IsDefault, Priority }) => IsDefault !== true && Priority !== "default").map((rule) => ({
      arn: rule.RuleArn ?? "",
      priority: Number(rule.Priority),
      conditions: (rule.Conditions ?? []) as readonly ElbCondition[],
      actions: (rule.Actions ?? []) as readonly ElbAction[],
    })),
  };
}

/** Defaults: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
function targetGroupOf(group: Elb.TargetGroup, attributes: ReadonlyMap<string, string>): TargetGroupConfig {
  const seconds = (key: string, otherwise: number) => Number(attributes.get(key) ?? otherwise);
  const isSticky = attributes.get("stickiness.enabled") === "true";
  return {
    arn: group.TargetGroupArn ?? "",
    name: group.TargetGroupName ?? "",
    protocol: group.Protocol === "HTTPS" ? "HTTPS" : "HTTP",
    port: group.Port ?? 80,
    healthCheck: {
      path: group.HealthCheckPath ?? "/",
      port:
        group.HealthCheckPort === undefined || group.HealthCheckPort === "traffic-port" ? "traffic-port" : Number(group.HealthCheckPort),
      intervalSeconds: group.HealthCheckIntervalSeconds ?? 30,
      timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 5,
      healthyThreshold: group.HealthyThresholdCount ?? 5,
      unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
      matcher: group.Matcher?.HttpCode ?? "200",
    },
    attributes: {
      deregistrationDelaySeconds: seconds("deregistration_delay.timeout_seconds", 300),
      slowStartSeconds: seconds("slow_start.duration_seconds", 0),
      ...(isSticky
        ? { stickiness: { type: "lb_cookie" as const, durationSeconds: seconds("stickiness.lb_cookie.duration_seconds", 86_400) } }
        : {}),
    },
  };
}

/** The target groups that some action of a listener or rule names, whatever its weight. */
export function attachedGroups(config: BalancerConfig): ReadonlySet<string> {
  const actions = config.loadBalancers.flatMap(({ listeners }) =>
    listeners.flatMap(({ defaultActions, rules }) => [...defaultActions, ...rules.flatMap((rule) => rule.actions)]),
  );
  const arns = actions.flatMap((action) => [
    ...(action.TargetGroupArn === undefined ? [] : [action.TargetGroupArn]),
    ...(action.ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn }) => TargetGroupArn),
  ]);
  return new Set(arns);
}
