import type { Instant } from "@aws-deploy-actions/shared/units";
import type { ApiCall } from "./identify.ts";

/** AWS's token buckets: per account and region, so one of each here. */
export interface RateLimits {
  /** Takes a token of each bucket that holds for the call. @returns false when one is empty: the call is throttled */
  take(call: Pick<ApiCall, "service" | "operation">, now: Instant): boolean;
}

export interface Bucket {
  readonly name: string;
  readonly service: string;
  readonly operations: RegExp;
  /** Tokens it holds when full. */
  readonly burst: number;
  /** Tokens that come back each second. */
  readonly perSecond: number;
}

const bucket = (service: string, name: string, operations: RegExp, burst: number, perSecond: number): Bucket => ({
  service,
  name: `${service} ${name}`,
  operations,
  burst,
  perSecond,
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html */
const ecs: readonly Bucket[] = [
  bucket("ecs", "cluster modify", /^(Create|Delete|Update)Cluster|^UpdateClusterSettings$|^PutClusterCapacityProviders$/, 20, 1),
  bucket("ecs", "cluster read", /^(Describe|List)Clusters$/, 50, 20),
  bucket("ecs", "task definition modify", /^(Register|Deregister)TaskDefinition$/, 20, 1),
  bucket("ecs", "task definition read", /^(DescribeTaskDefinition|ListTaskDefinitions|ListTaskDefinitionFamilies)$/, 50, 20),
  bucket("ecs", "task definition deletion", /^DeleteTaskDefinitions$/, 5, 1),
  bucket("ecs", "tag modify", /^(Tag|Untag)Resource$/, 20, 10),
  bucket("ecs", "tag read", /^ListTagsForResource$/, 50, 20),
  bucket("ecs", "cluster resource modify", /^(RunTask|StartTask|StopTask|ExecuteCommand)$/, 100, 40),
  bucket("ecs", "cluster resource read", /^(DescribeTasks|ListTasks|(Describe|List)ContainerInstances|ListAttributes)$/, 100, 20),
  bucket("ecs", "service modify", /^(Create|Delete|Update)Service$/, 50, 5),
  bucket("ecs", "service read", /^(DescribeServices|ListServices)$/, 100, 20),
  bucket("ecs", "service deployment", /^(Describe|List)ServiceDeployments$/, 50, 20),
  bucket("ecs", "service revision", /^DescribeServiceRevisions$/, 50, 20),
];

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html: a bucket for each kind, and one over all of them. */
const elb: readonly Bucket[] = [
  bucket("elasticloadbalancing", "account", /./, 40, 10),
  bucket("elasticloadbalancing", "resource-intensive", /^(CreateLoadBalancer|SetSubnets)$/, 10, 0.2),
  bucket("elasticloadbalancing", "registration", /^(Register|Deregister)Targets$/, 20, 4),
  bucket("elasticloadbalancing", "non-mutating", /^Describe/, 40, 10),
  bucket(
    "elasticloadbalancing",
    "mutating",
    /^(Add|Remove)|^(Create|Delete)(Listener|Rule|TargetGroup)$|^DeleteLoadBalancer$|^Modify|^Set(IpAddressType|RulePriorities|SecurityGroups)$/,
    20,
    3,
  ),
];

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const cloudwatch: readonly Bucket[] = [
  bucket("cloudwatch", "GetMetricData", /^GetMetricData$/, 50, 50),
  bucket("cloudwatch", "DescribeAlarms", /^DescribeAlarms$/, 9, 9),
];

/** What AWS publishes; it raises the figures for single accounts. */
export const publishedBuckets: readonly Bucket[] = [...ecs, ...elb, ...cloudwatch];

export function createRateLimits(buckets: readonly Bucket[] = publishedBuckets): RateLimits {
  const fill = new Map<string, { readonly tokens: number; readonly at: Instant }>();
  return {
    take: (call, now) => {
      const states = buckets
        .filter((one) => one.service === call.service && one.operations.test(call.operation))
        .map((one) => {
          const { tokens, at } = fill.get(one.name) ?? { tokens: one.burst, at: now };
          return { name: one.name, tokens: Math.min(one.burst, tokens + (now - at) * one.perSecond) };
        });
      const passes = states.every(({ tokens }) => tokens >= 1);
      for (const { name, tokens } of states) fill.set(name, { tokens: passes ? tokens - 1 : tokens, at: now });
      return passes;
    },
  };
}
