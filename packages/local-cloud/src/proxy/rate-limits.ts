import type { Instant } from "@aws-deploy-actions/shared/units";
import type { ApiCall } from "./identify.ts";

/** AWS's token buckets: per account and region, so one of each here. */
export interface RateLimits {
  /** Takes a token. @returns false when the bucket is empty: the call is throttled */
  take(call: ApiCall, now: Instant): boolean;
}

interface Bucket {
  readonly name: string;
  readonly service: string;
  readonly operations: RegExp;
  /** Tokens it holds when full. */
  readonly burst: number;
  /** Tokens that come back each second. */
  readonly perSecond: number;
}

/**
 * ECS: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
 * Load balancers: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
 * The first bucket that fits is the one. AWS changes these figures, and raises them for single accounts.
 */
export const publishedBuckets: readonly Bucket[] = [
  {
    name: "ECS cluster modify",
    service: "ecs",
    operations: /^(Create|Update|Delete|PutAccount).*(Cluster|AccountSetting)/,
    burst: 20,
    perSecond: 1,
  },
  { name: "ECS cluster read", service: "ecs", operations: /^(Describe|List)Clusters$/, burst: 50, perSecond: 20 },
  { name: "ECS service modify", service: "ecs", operations: /^(Create|Update|Delete)(Service|TaskSet)/, burst: 50, perSecond: 5 },
  {
    name: "ECS service read",
    service: "ecs",
    operations: /^(Describe|List)(Services|TaskSets|ServiceDeployments|ServiceRevisions|ServicesByNamespace)$/,
    burst: 100,
    perSecond: 20,
  },
  {
    name: "ECS task start and stop",
    service: "ecs",
    operations: /^(RunTask|StartTask|StopTask|ExecuteCommand)$/,
    burst: 100,
    perSecond: 40,
  },
  { name: "ECS task read", service: "ecs", operations: /^(Describe|List)Tasks$/, burst: 100, perSecond: 20 },
  { name: "ECS definition modify", service: "ecs", operations: /^(Register|Deregister|Delete)TaskDefinitions?$/, burst: 20, perSecond: 1 },
  { name: "ECS definition read", service: "ecs", operations: /^(Describe|List)TaskDefinition/, burst: 100, perSecond: 20 },
  { name: "ECS tags", service: "ecs", operations: /Tag/, burst: 50, perSecond: 10 },
  { name: "ELB registration", service: "elasticloadbalancing", operations: /^(Der|R)egisterTargets$/, burst: 20, perSecond: 4 },
  { name: "ELB read", service: "elasticloadbalancing", operations: /^Describe/, burst: 40, perSecond: 10 },
  { name: "ELB modify", service: "elasticloadbalancing", operations: /./, burst: 20, perSecond: 3 },
  { name: "CloudWatch data", service: "cloudwatch", operations: /^GetMetricData$/, burst: 50, perSecond: 50 },
  { name: "CloudWatch alarms", service: "cloudwatch", operations: /^DescribeAlarms$/, burst: 9, perSecond: 9 },
];

export function createRateLimits(buckets: readonly Bucket[] = publishedBuckets): RateLimits {
  const fill = new Map<string, { tokens: number; at: Instant }>();
  return {
    take: (call, now) => {
      const bucket = buckets.find((one) => one.service === call.service && one.operations.test(call.operation));
      if (bucket === undefined) return true;
      const state = fill.get(bucket.name) ?? { tokens: bucket.burst, at: now };
      const tokens = Math.min(bucket.burst, state.tokens + (now - state.at) * bucket.perSecond);
      fill.set(bucket.name, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
      return tokens >= 1;
    },
  };
}
