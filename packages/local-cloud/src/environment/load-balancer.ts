import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { CloudClients } from "./clients.ts";
import type { Network } from "./network.ts";
import type { Colour, ContainerOption, EnvironmentOptions, RouteInfo } from "./options.ts";

export interface LoadBalancerInfo {
  readonly arn: string;
  readonly name: string;
  readonly listenerArns: readonly string[];
  readonly testListenerArn: string | undefined;
  readonly routes: readonly RouteInfo[];
}

type Groups = Readonly<Record<Colour, string>>;

const other = (colour: Colour): Colour => (colour === "blue" ? "green" : "blue");

/** The load balancer with its target groups, listeners and rules. Both colours are attached until `detachInactive`: ECS refuses services otherwise. */
export async function createLoadBalancer(
  clients: CloudClients,
  network: Network,
  options: EnvironmentOptions,
  names: { readonly application: string; readonly environment: string },
): Promise<LoadBalancerInfo> {
  const { elb } = clients;
  const name = `${names.application}-alb-${names.environment}`;
  const { LoadBalancers = [] } = await elb.createLoadBalancer({
    Name: name,
    Subnets: [...network.subnets],
    SecurityGroups: [network.loadBalancerGroup],
    Scheme: "internet-facing",
    Type: "application",
  });
  const arn = LoadBalancers[0]?.LoadBalancerArn ?? "";
  const active = options.activeColour ?? "blue";
  const listen = async (port: number, action: Action): Promise<string> => {
    const { Listeners = [] } = await elb.createListener({ LoadBalancerArn: arn, Port: port, Protocol: "HTTP", DefaultActions: [action] });
    return Listeners[0]?.ListenerArn ?? "";
  };
  const routed = options.containers.filter(({ port }) => port !== undefined);
  const withGroups: { readonly container: ContainerOption; readonly groups: Groups }[] = [];
  for (const [index, container] of routed.entries()) {
    const infix = index === 0 ? "" : `-${container.name}`;
    const group = (colour: Colour) =>
      targetGroup(clients, network, options, container, `${names.application}-${colour}${infix}-${names.environment}`);
    withGroups.push({ container, groups: { blue: await group("blue"), green: await group("green") } });
  }
  const fallback = withGroups.find(({ container }) => container.paths === undefined && container.listenerPort === undefined);
  const notFound: Action = {
    Type: "fixed-response",
    FixedResponseConfig: { StatusCode: "404", ContentType: "text/plain", MessageBody: "no route" },
  };
  const mainListener = await listen(80, fallback === undefined ? notFound : forward(fallback.groups, active, options, true));
  const routes: RouteInfo[] = [];
  for (const [index, { container, groups }] of withGroups.entries()) {
    const action = forward(groups, active, options, true);
    const listenerArn = container.listenerPort === undefined ? mainListener : await listen(container.listenerPort, action);
    const ruleArn = container.paths === undefined ? undefined : await rule(clients, listenerArn, 10 * (index + 1), container.paths, action);
    routes.push({ container: container.name, targetGroups: groups, listenerArn, ruleArn });
  }
  const first = withGroups[0];
  const testListenerArn =
    options.testListener === true && first !== undefined
      ? await listen(9001, { Type: "forward", TargetGroupArn: first.groups[other(active)] })
      : undefined;
  return { arn, name, listenerArns: [...new Set(routes.map(({ listenerArn }) => listenerArn))], testListenerArn, routes };
}

/** Takes the inactive colour out of all actions. */
export async function detachInactive({ elb }: CloudClients, routes: readonly RouteInfo[], options: EnvironmentOptions): Promise<void> {
  const active = options.activeColour ?? "blue";
  for (const { targetGroups, listenerArn, ruleArn } of routes) {
    const action = forward(targetGroups, active, options, false);
    if (ruleArn === undefined) await elb.modifyListener({ ListenerArn: listenerArn, DefaultActions: [action] });
    else await elb.modifyRule({ RuleArn: ruleArn, Actions: [action] });
  }
}

function forward(groups: Groups, active: Colour, options: EnvironmentOptions, both: boolean): Action {
  const { stickiness } = options;
  const inactive = both ? [{ TargetGroupArn: groups[other(active)], Weight: 0 }] : [];
  return {
    Type: "forward",
    ForwardConfig: {
      TargetGroups: [{ TargetGroupArn: groups[active], Weight: 100 }, ...inactive],
      TargetGroupStickinessConfig: stickiness === undefined ? { Enabled: false } : { Enabled: true, DurationSeconds: stickiness },
    },
  };
}

async function rule(
  { elb }: CloudClients,
  listenerArn: string,
  priority: number,
  paths: readonly string[],
  action: Action,
): Promise<string> {
  const { Rules = [] } = await elb.createRule({
    ListenerArn: listenerArn,
    Priority: priority,
    Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: [...paths] } }],
    Actions: [action],
  });
  return Rules[0]?.RuleArn ?? "";
}

async function targetGroup(
  { elb }: CloudClients,
  network: Network,
  options: EnvironmentOptions,
  container: ContainerOption,
  name: string,
): Promise<string> {
  const { interval = 5, timeout = 2, healthy = 2, unhealthy = 2 } = options.healthCheck ?? {};
  const { TargetGroups = [] } = await elb.createTargetGroup({
    Name: name,
    Protocol: "HTTP",
    Port: container.port ?? 80,
    VpcId: network.vpcId,
    TargetType: "ip",
    HealthCheckPath: container.healthCheckPath ?? "/",
    HealthCheckIntervalSeconds: interval,
    HealthCheckTimeoutSeconds: timeout,
    HealthyThresholdCount: healthy,
    UnhealthyThresholdCount: unhealthy,
    Matcher: { HttpCode: "200" },
  });
  const arn = TargetGroups[0]?.TargetGroupArn ?? "";
  const sticky =
    options.targetStickiness === undefined
      ? []
      : [
          { Key: "stickiness.enabled", Value: "true" },
          { Key: "stickiness.type", Value: "lb_cookie" },
          { Key: "stickiness.lb_cookie.duration_seconds", Value: String(options.targetStickiness) },
        ];
  await elb.modifyTargetGroupAttributes({
    TargetGroupArn: arn,
    Attributes: [
      { Key: "deregistration_delay.timeout_seconds", Value: String(options.deregistrationDelay ?? 30) },
      { Key: "slow_start.duration_seconds", Value: String(options.slowStart ?? 0) },
      ...sticky,
    ],
  });
  return arn;
}
