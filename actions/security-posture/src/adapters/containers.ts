import type { Service, TaskDefinition } from "@aws-sdk/client-ecs";
import type { Listener, LoadBalancer, Rule, SslPolicy } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { WebACL } from "@aws-sdk/client-wafv2";
import type { Named } from "../model/seen.ts";
import { allPages, distinct, lookAtEach, orMissing, type PostureAws } from "./ask.ts";

/** The pair's services that exist and are not gone. */
export async function observeServices(aws: PostureAws, cluster: string, names: readonly string[]): Promise<readonly Service[]> {
  const answer = await orMissing(
    aws.ecs((sdk) => new sdk.DescribeServicesCommand({ cluster, services: [...names] })),
    { services: [] },
  );
  return (answer.services ?? []).filter(({ status }) => status !== "INACTIVE");
}

/** The revisions that the services run, each once: also those of an older deployment that still has tasks. */
export async function observeTaskDefinitions(aws: PostureAws, services: readonly Service[]): Promise<readonly TaskDefinition[]> {
  const revisions = services.flatMap(({ taskDefinition, deployments }) => [
    taskDefinition,
    ...(deployments ?? []).filter(({ runningCount }) => (runningCount ?? 0) > 0).map((one) => one.taskDefinition),
  ]);
  const answers = await Promise.all(
    distinct(revisions).map(async (taskDefinition) => await aws.ecs((sdk) => new sdk.DescribeTaskDefinitionCommand({ taskDefinition }))),
  );
  return answers.flatMap(({ taskDefinition }) => (taskDefinition === undefined ? [] : [taskDefinition]));
}

/**
 * The load balancers of the pair: the named one, or, where there is none of that name, those that its target groups hang on.
 *
 * @param named a name or an ARN
 */
export async function observeLoadBalancers(aws: PostureAws, named: string, services: readonly Service[]): Promise<readonly LoadBalancer[]> {
  const input = named.startsWith("arn:") ? { LoadBalancerArns: [named] } : { Names: [named] };
  const byName = await orMissing(
    aws.elb((sdk) => new sdk.DescribeLoadBalancersCommand(input)),
    { LoadBalancers: [] },
  );
  if ((byName.LoadBalancers ?? []).length > 0) return byName.LoadBalancers ?? [];
  const groups = distinct(services.flatMap(({ loadBalancers }) => (loadBalancers ?? []).map(({ targetGroupArn }) => targetGroupArn)));
  if (groups.length === 0) return [];
  const { TargetGroups = [] } = await aws.elb((sdk) => new sdk.DescribeTargetGroupsCommand({ TargetGroupArns: [...groups] }));
  const arns = distinct(TargetGroups.flatMap(({ LoadBalancerArns }) => LoadBalancerArns ?? []));
  if (arns.length === 0) return [];
  return (await aws.elb((sdk) => new sdk.DescribeLoadBalancersCommand({ LoadBalancerArns: [...arns] }))).LoadBalancers ?? [];
}

const arnsOf = (balancers: readonly LoadBalancer[]): readonly string[] => distinct(balancers.map(({ LoadBalancerArn }) => LoadBalancerArn));

export const observeBalancerAttributes = async (
  aws: PostureAws,
  balancers: readonly LoadBalancer[],
): Promise<readonly Named<Readonly<Record<string, string>>>[]> =>
  await lookAtEach(arnsOf(balancers), async (LoadBalancerArn) => {
    const { Attributes = [] } = await aws.elb((sdk) => new sdk.DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    return Object.fromEntries(Attributes.map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
  });

export async function observeListeners(aws: PostureAws, balancers: readonly LoadBalancer[]): Promise<readonly Listener[]> {
  const lists = arnsOf(balancers).map((LoadBalancerArn) =>
    allPages(
      (Marker) => aws.elb((sdk) => new sdk.DescribeListenersCommand({ LoadBalancerArn, ...(Marker === undefined ? {} : { Marker }) })),
      ({ Listeners }) => Listeners,
      ({ NextMarker }) => NextMarker,
    ),
  );
  return (await Promise.all(lists)).flat();
}

/** Only plain HTTP has rules that matter here: what is encrypted may forward. */
export const observePlainRules = async (aws: PostureAws, listeners: readonly Listener[]): Promise<readonly Named<readonly Rule[]>[]> =>
  await lookAtEach(distinct(listeners.filter(({ Protocol }) => Protocol === "HTTP").map(({ ListenerArn }) => ListenerArn)), (ListenerArn) =>
    allPages(
      (Marker) => aws.elb((sdk) => new sdk.DescribeRulesCommand({ ListenerArn, ...(Marker === undefined ? {} : { Marker }) })),
      ({ Rules }) => Rules,
      ({ NextMarker }) => NextMarker,
    ),
  );

export async function observeSslPolicies(aws: PostureAws, listeners: readonly Listener[]): Promise<readonly SslPolicy[]> {
  const names = distinct(listeners.map(({ SslPolicy }) => SslPolicy));
  if (names.length === 0) return [];
  return await allPages(
    (Marker) => aws.elb((sdk) => new sdk.DescribeSSLPoliciesCommand({ Names: [...names], ...(Marker === undefined ? {} : { Marker }) })),
    ({ SslPolicies }) => SslPolicies,
    ({ NextMarker }) => NextMarker,
  );
}

/** Web ACLs of application load balancers: AWS WAF knows no others. https://docs.aws.amazon.com/waf/latest/developerguide/waf-chapter.html */
export const observeWebAcls = async (aws: PostureAws, balancers: readonly LoadBalancer[]): Promise<readonly Named<WebACL | undefined>[]> =>
  await lookAtEach(arnsOf(balancers.filter(({ Type }) => Type === "application")), async (ResourceArn) => {
    const answer = await orMissing(
      aws.wafv2((sdk) => new sdk.GetWebACLForResourceCommand({ ResourceArn })),
      { WebACL: undefined },
    );
    return answer.WebACL;
  });
