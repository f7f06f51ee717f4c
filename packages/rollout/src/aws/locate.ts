import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import { type Problem, problem, problemsOf, Trouble } from "@aws-deploy-actions/shared/problems";
import type { Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Colour, colours, type PerColour, perColour } from "../colours.ts";
import type { Route, ServiceSeen } from "../model.ts";
import { type Address, type Names, namesOf } from "../names.ts";
import type { TrafficPort } from "../ports.ts";
import { describeServices } from "./services.ts";
import { albTraffic, type FirstLook } from "./traffic.ts";

/** A blue/green environment as it was found. */
export interface Environment {
  readonly names: Names;
  readonly services: PerColour<ServiceSeen>;
  readonly loadBalancer: { readonly arn: string; readonly dnsName: string };
  readonly listeners: readonly string[];
  readonly pairs: readonly PerColour<string>[];
  readonly routes: readonly Route[];
  readonly traffic: TrafficPort;
}

/**
 * Finds cluster, services, load balancer, listeners and rules of an environment, from what AWS has, never from a guess.
 *
 * @param rules `when-needed`: in an emergency the listeners' default actions may be enough to begin with
 * @throws Trouble with everything that is missing or wrong, not only the first of it
 */
export async function locate(aws: Aws<"ecs" | "elb">, address: Address, rules: FirstLook["rules"] = "all"): Promise<Environment> {
  const names = namesOf(address);
  const [services, balancer] = await Promise.all([
    attempt(() => findServices(aws, names)),
    attempt(() => findLoadBalancer(aws, names.loadBalancer, address)),
  ]);
  const problems = [...services.problems, ...balancer.problems];
  if (services.value === undefined || balancer.value === undefined) throw new Trouble(problems);
  const pairs = pairUp(services.value, address);
  const own = pairs.problems;
  if (own.length > 0) throw new Trouble([...problems, ...own]);
  const listeners = balancer.value.listeners.filter((listener) => listener !== address.testListenerArn);
  const scope = { listeners, rules: address.ruleArns ?? [], pairs: pairs.value };
  const shown = balancer.value.shown?.filter((one) => listeners.includes(one.ListenerArn ?? ""));
  const traffic = albTraffic(aws, scope, { listeners: shown, rules });
  const routes = await traffic.routes();
  const routeProblems = checkRoutes(routes, names, address, services.value);
  if (routeProblems.length > 0) throw new Trouble([...problems, ...routeProblems]);
  return { names, services: services.value, loadBalancer: balancer.value, listeners: scope.listeners, pairs: pairs.value, routes, traffic };
}

interface Attempt<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

async function attempt<T>(look: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await look(), problems: [] };
  } catch (error) {
    return { value: undefined, problems: problemsOf(error) };
  }
}

async function findServices(aws: Aws<"ecs">, names: Names): Promise<PerColour<ServiceSeen>> {
  const wanted = colours.map((colour) => names.services[colour]);
  const { found } = await describeServices(aws, names.cluster, wanted).catch((error: unknown) => {
    if (causeKind(error) !== "missing") throw error;
    throw new Trouble(
      problem(
        "deployment",
        `Cluster ${names.cluster} does not exist in ${aws.region}.`,
        `Give its name with "cluster: …", or list what there is: aws ecs list-clusters --region ${aws.region}`,
      ),
    );
  });
  const byColour = (colour: Colour): ServiceSeen | undefined =>
    found.find((one) => one.name === names.services[colour] || one.arn === names.services[colour]);
  const problems = colours.flatMap((colour) => serviceProblems(colour, byColour(colour), names));
  const { blue, green } = { blue: byColour("blue"), green: byColour("green") };
  if (problems.length > 0 || blue === undefined || green === undefined) throw new Trouble(problems);
  return { blue, green };
}

/** Why a service cannot be deployed blue/green by us; nothing for one that can. */
function serviceProblems(colour: Colour, service: ServiceSeen | undefined, names: Names): readonly Problem[] {
  const name = names.services[colour];
  if (service === undefined || service.status === "INACTIVE") {
    return [
      problem(
        "deployment",
        `Service ${name} does not exist in cluster ${names.cluster}.`,
        `Give its name with "${colour}-service: …", or list what there is: aws ecs list-services --cluster ${names.cluster}`,
      ),
    ];
  }
  if (service.controller !== "ECS") {
    return [
      problem(
        "deployment",
        `Service ${name} is under the deployment controller ${service.controller}, which moves its traffic itself: two hands on one load balancer lose requests.`,
        "Create the service anew with the controller ECS (the controller of a service cannot be changed), or deploy it with CodeDeploy.",
      ),
    ];
  }
  if (service.strategy !== "ROLLING") {
    return [
      problem(
        "deployment",
        `Service ${name} has ECS's own deployment strategy ${service.strategy}, which moves its traffic itself.`,
        `aws ecs update-service --cluster ${names.cluster} --service ${name} --deployment-configuration strategy=ROLLING`,
      ),
    ];
  }
  return [];
}

async function findLoadBalancer(
  aws: Aws<"elb">,
  nameOrArn: string,
  address: Address,
): Promise<{ arn: string; dnsName: string; listeners: readonly string[]; shown: readonly Listener[] | undefined }> {
  const key = nameOrArn.startsWith("arn:") ? { LoadBalancerArns: [nameOrArn] } : { Names: [nameOrArn] };
  const answer = await aws
    .elb((sdk) => new sdk.DescribeLoadBalancersCommand(key))
    .catch((error: unknown) => {
      if (causeKind(error) === "missing") return { LoadBalancers: [] };
      throw error;
    });
  const balancer = answer.LoadBalancers?.[0];
  if (balancer?.LoadBalancerArn === undefined) {
    throw new Trouble(
      problem(
        "deployment",
        `Load balancer ${nameOrArn} does not exist in ${aws.region}.`,
        `Give it with "load-balancer: …", or list what there is: aws elbv2 describe-load-balancers --query 'LoadBalancers[].LoadBalancerName'`,
      ),
    );
  }
  const arn = balancer.LoadBalancerArn;
  const found = { arn, dnsName: balancer.DNSName ?? "" };
  const given = address.listenerArns ?? [];
  if (given.length > 0) return { ...found, listeners: given, shown: undefined };
  const shown = (await aws.elb((sdk) => new sdk.DescribeListenersCommand({ LoadBalancerArn: arn, PageSize: 400 }))).Listeners ?? [];
  return { ...found, listeners: shown.flatMap((one) => (one.ListenerArn === undefined ? [] : [one.ListenerArn])), shown };
}

/** Pairs the two services' target groups: the same container and port in both, or by position where they were given. */
function pairUp(
  services: PerColour<ServiceSeen>,
  address: Address,
): { readonly value: readonly PerColour<string>[]; readonly problems: readonly Problem[] } {
  const given = perColour((colour) => address.targetGroups?.[colour] ?? []);
  if (given.blue.length > 0 || given.green.length > 0) {
    const value = given.blue.flatMap((blue, index) => (given.green[index] === undefined ? [] : [{ blue, green: given.green[index] }]));
    const problems =
      given.blue.length === given.green.length
        ? []
        : [
            problem(
              "input",
              `blue-target-groups has ${given.blue.length} entries and green-target-groups ${given.green.length}: they are paired by position, so there must be as many.`,
            ),
          ];
    return { value, problems };
  }
  const { blue, green } = services;
  const without = colours.filter((colour) => services[colour].attachments.length === 0);
  if (without.length > 0) {
    const problems = without.map((colour) =>
      problem(
        "deployment",
        `Service ${services[colour].name} has no target group.`,
        "Attach one to the service (loadBalancers), or give blue-target-groups and green-target-groups.",
      ),
    );
    return { value: [], problems };
  }
  const problems: Problem[] = [];
  const value = blue.attachments.flatMap((mine) => {
    const twin =
      green.attachments.find((one) => one.container === mine.container && one.port === mine.port) ??
      (green.attachments.length === 1 && blue.attachments.length === 1 ? green.attachments[0] : undefined);
    if (twin !== undefined) return [{ blue: mine.group, green: twin.group }];
    problems.push(
      problem(
        "deployment",
        `Service ${green.name} has no target group for container ${mine.container}, port ${mine.port}, as ${blue.name} has.`,
      ),
    );
    return [];
  });
  const shared = value.filter((pair) => pair.blue === pair.green);
  problems.push(
    ...shared.map((pair) => problem("deployment", `Both services use the target group ${pair.blue}: blue and green need one each.`)),
  );
  return { value, problems };
}

function checkRoutes(routes: readonly Route[], names: Names, address: Address, services: PerColour<ServiceSeen>): readonly Problem[] {
  if (routes.length === 0) {
    const groups = colours.flatMap((colour) => services[colour].attachments.map((one) => one.group.split("/").at(-2) ?? one.group));
    return [
      problem(
        "deployment",
        `No listener or rule of ${names.loadBalancer} forwards to a target group of ${names.services.blue} or ${names.services.green} (${groups.join(", ")}).`,
        "Let the listener forward to the blue group (weight 100) and the green group (weight 0), or give listener-arns.",
      ),
    ];
  }
  const missing = (address.ruleArns ?? []).filter((rule) => !routes.some((route) => route.id === rule));
  const lost = missing.map((rule) =>
    problem("deployment", `Rule ${rule} does not exist, or forwards to none of the pair's target groups.`),
  );
  const mixed = routes
    .filter((route) => route.strangers.length > 0)
    .map((route) =>
      problem(
        "deployment",
        `The ${route.kind} ${route.id} also forwards to ${route.strangers.join(", ")}, which belongs to neither colour.`,
        "Take it out of the action, or leave this route out with listener-arns or rule-arns.",
      ),
    );
  return [...lost, ...mixed];
}
