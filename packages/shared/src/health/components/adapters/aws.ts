import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../../../aws/connect.ts";
import { causeKind } from "../../../aws/errors.ts";
import { problemsOf } from "../../../problems.ts";
import { oneLine } from "../../../text/sanitise.ts";
import { judgeBalancer, judgeCache, judgeDatabase, judgeServices, type RouteSeen, type ServiceSeen } from "../judge.ts";
import type { ComponentName, ComponentResult } from "../result.ts";

/** What AWS itself says about the parts of an environment. */
export interface AwsComponents {
  services(cluster: string, names: readonly string[]): Promise<readonly ComponentResult[]>;
  /** @param name a name or an ARN */
  balancer(name: string): Promise<readonly ComponentResult[]>;
  /** @returns undefined where there is no such instance or cluster */
  database(name: string): Promise<readonly ComponentResult[] | undefined>;
  /** @returns undefined where there is no such cache */
  cache(name: string): Promise<readonly ComponentResult[] | undefined>;
}

export const awsComponents = (aws: Aws<"ecs" | "elb" | "rds" | "elasticache">): AwsComponents => ({
  services: (cluster, names) =>
    asked("ecs", `cluster ${cluster}`, async () => judgeServices(cluster, await servicesOf(aws, cluster, names))),
  balancer: (name) => asked("load-balancer", name, async () => await balancerOf(aws, name)),
  database: (name) => askedFor("database", `RDS ${name}`, () => databaseOf(aws, name)),
  cache: (name) => askedFor("redis", `ElastiCache ${name}`, () => cacheOf(aws, name)),
});

/** What AWS would not answer is unknown, with its reason; never healthy. */
async function askedFor(
  component: ComponentName,
  subject: string,
  ask: () => Promise<readonly ComponentResult[] | undefined>,
): Promise<readonly ComponentResult[] | undefined> {
  try {
    return await ask();
  } catch (error) {
    const [trouble] = problemsOf(error);
    return [
      {
        component,
        subject,
        state: "unknown",
        detail: oneLine(trouble?.what ?? "AWS gave no answer.", 300),
        mend: trouble?.mend ?? "Run again.",
      },
    ];
  }
}

const asked = async (
  component: ComponentName,
  subject: string,
  ask: () => Promise<readonly ComponentResult[]>,
): Promise<readonly ComponentResult[]> => (await askedFor(component, subject, ask)) ?? [];

/** The answer, or undefined where the thing is not there. */
async function ifThere<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (causeKind(error) === "missing") return undefined;
    throw error;
  }
}

async function servicesOf(aws: Aws<"ecs">, cluster: string, names: readonly string[]): Promise<readonly ServiceSeen[]> {
  const answer = await ifThere(() => aws.ecs((sdk) => new sdk.DescribeServicesCommand({ cluster, services: [...names] })));
  return names.map((name) => {
    const found = answer?.services?.find(({ serviceName, status }) => serviceName === name.split("/").at(-1) && status !== "INACTIVE");
    return {
      name: name.split("/").at(-1) ?? name,
      status: found?.status,
      desired: found?.desiredCount ?? 0,
      running: found?.runningCount ?? 0,
      rollout: found?.deployments?.find(({ status }) => status === "PRIMARY")?.rolloutState,
    };
  });
}

async function balancerOf(aws: Aws<"elb">, name: string): Promise<readonly ComponentResult[]> {
  const which = name.startsWith("arn:") ? { LoadBalancerArns: [name] } : { Names: [name] };
  const answer = await ifThere(() => aws.elb((sdk) => new sdk.DescribeLoadBalancersCommand(which)));
  const balancer = answer?.LoadBalancers?.[0];
  if (balancer === undefined) return judgeBalancer(name, undefined, []);
  const { Listeners = [] } = await aws.elb((sdk) => new sdk.DescribeListenersCommand({ LoadBalancerArn: balancer.LoadBalancerArn }));
  const actions = await Promise.all(
    Listeners.map(async ({ ListenerArn, DefaultActions = [] }) => {
      const { Rules = [] } = await aws.elb((sdk) => new sdk.DescribeRulesCommand({ ListenerArn }));
      return [...DefaultActions, ...Rules.flatMap((rule) => rule.Actions ?? [])];
    }),
  );
  const groups = [...new Set(actions.flat().flatMap(groupsWithTraffic))];
  const routes = await Promise.all(groups.map((arn) => routeOf(aws, arn)));
  return judgeBalancer(balancer.LoadBalancerName ?? name, balancer.State?.Code, routes);
}

/** Target groups that an action sends requests to: a weight of 0 gets none. */
const groupsWithTraffic = ({ ForwardConfig, TargetGroupArn }: Action): readonly string[] => {
  const weighted = ForwardConfig?.TargetGroups ?? [];
  if (weighted.length > 0)
    return weighted.flatMap((group) => (group.Weight === 0 || group.TargetGroupArn === undefined ? [] : [group.TargetGroupArn]));
  return TargetGroupArn === undefined ? [] : [TargetGroupArn];
};

async function routeOf(aws: Aws<"elb">, arn: string): Promise<RouteSeen> {
  const { TargetHealthDescriptions = [] } = await aws.elb((sdk) => new sdk.DescribeTargetHealthCommand({ TargetGroupArn: arn }));
  return {
    name: arn.split("/")[1] ?? arn,
    targets: TargetHealthDescriptions.map(({ TargetHealth }) => ({
      state: TargetHealth?.State ?? "unknown",
      reason: TargetHealth?.Reason ?? "",
    })),
  };
}

async function databaseOf(aws: Aws<"rds">, name: string): Promise<readonly ComponentResult[] | undefined> {
  const instance = await ifThere(() => aws.rds((sdk) => new sdk.DescribeDBInstancesCommand({ DBInstanceIdentifier: name })));
  const status = instance?.DBInstances?.[0]?.DBInstanceStatus;
  if (status !== undefined) return [judgeDatabase("instance", name, status)];
  const cluster = await ifThere(() => aws.rds((sdk) => new sdk.DescribeDBClustersCommand({ DBClusterIdentifier: name })));
  const found = cluster?.DBClusters?.[0]?.Status;
  return found === undefined ? undefined : [judgeDatabase("cluster", name, found)];
}

async function cacheOf(aws: Aws<"elasticache">, name: string): Promise<readonly ComponentResult[] | undefined> {
  const group = await ifThere(() => aws.elasticache((sdk) => new sdk.DescribeReplicationGroupsCommand({ ReplicationGroupId: name })));
  const status = group?.ReplicationGroups?.[0]?.Status;
  if (status !== undefined) return [judgeCache(name, status)];
  const serverless = await ifThere(() => aws.elasticache((sdk) => new sdk.DescribeServerlessCachesCommand({ ServerlessCacheName: name })));
  const found = serverless?.ServerlessCaches?.[0]?.Status;
  return found === undefined ? undefined : [judgeCache(name, found)];
}
