import type { ComponentResult } from "./result.ts";

/** One ECS service, as far as its health goes. */
export interface ServiceSeen {
  readonly name: string;
  /** ACTIVE, DRAINING or INACTIVE; undefined where there is no such service. */
  readonly status: string | undefined;
  readonly desired: number;
  readonly running: number;
  /** IN_PROGRESS, COMPLETED or FAILED of its newest deployment. */
  readonly rollout: string | undefined;
}

/** The two colours of an environment: one holds tasks, the other may be empty. Pure. */
export function judgeServices(cluster: string, services: readonly ServiceSeen[]): readonly ComponentResult[] {
  const results = services.map((one) => judgeService(cluster, one));
  const holding = services.some(({ desired }) => desired > 0);
  if (holding || services.every(({ status }) => status === undefined)) return results;
  const mend = `aws ecs describe-services --cluster ${cluster} --services ${services.map(({ name }) => name).join(" ")}`;
  return results.map((one) => ({ ...one, state: "unhealthy", detail: "it holds no task, and neither does the other colour.", mend }));
}

function judgeService(cluster: string, { name, status, desired, running, rollout }: ServiceSeen): ComponentResult {
  const base = { component: "ecs", subject: `service ${name}` } as const;
  const mend = `aws ecs describe-services --cluster ${cluster} --services ${name} --query 'services[].events[:5]'`;
  if (status === undefined)
    return {
      ...base,
      state: "unhealthy",
      detail: `it does not exist in cluster ${cluster}.`,
      mend: `aws ecs list-services --cluster ${cluster}`,
    };
  if (status !== "ACTIVE") return { ...base, state: "unhealthy", detail: `it is ${status.toLowerCase()}.`, mend };
  if (desired === 0) return { ...base, state: "healthy", detail: "it holds no task, as the inactive colour does." };
  if (rollout === "FAILED")
    return { ...base, state: "unhealthy", detail: `its last deployment failed; ${running} of ${desired} tasks run.`, mend };
  if (running < desired) return { ...base, state: "unhealthy", detail: `${running} of ${desired} tasks run.`, mend };
  return {
    ...base,
    state: "healthy",
    detail: `${running} of ${desired} tasks run${rollout === "IN_PROGRESS" ? "; a deployment is in progress" : ""}.`,
  };
}

/** One target group that gets traffic. */
export interface RouteSeen {
  /** The target group's name. */
  readonly name: string;
  /** Target health states: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-states */
  readonly targets: readonly { readonly state: string; readonly reason: string }[];
}

/** A load balancer: active, and every target group that gets traffic has healthy targets only. Pure. */
export function judgeBalancer(name: string, state: string | undefined, routes: readonly RouteSeen[]): readonly ComponentResult[] {
  const base = { component: "load-balancer", subject: name } as const;
  if (state === undefined)
    return [
      {
        ...base,
        state: "unhealthy",
        detail: "it does not exist in this account and region.",
        mend: "aws elbv2 describe-load-balancers --query 'LoadBalancers[].LoadBalancerName'",
      },
    ];
  const whole: ComponentResult =
    state === "active"
      ? {
          ...base,
          state: "healthy",
          detail: `it is active and forwards to ${routes.length} target ${routes.length === 1 ? "group" : "groups"}.`,
        }
      : { ...base, state: "unhealthy", detail: `it is ${state}.`, mend: `aws elbv2 describe-load-balancers --names ${name}` };
  return [whole, ...routes.map(judgeRoute)];
}

function judgeRoute({ name, targets }: RouteSeen): ComponentResult {
  const base = { component: "load-balancer", subject: `target group ${name}` } as const;
  const counted = targets.filter(({ state }) => state !== "draining");
  const healthy = counted.filter(({ state }) => state === "healthy").length;
  const bad = counted.filter(({ state }) => state !== "healthy" && state !== "initial");
  const mend = `aws elbv2 describe-target-health --target-group-arn "$(aws elbv2 describe-target-groups --names ${name} --query 'TargetGroups[0].TargetGroupArn' --output text)"`;
  if (healthy === 0)
    return {
      ...base,
      state: "unhealthy",
      detail: `it gets traffic and has no healthy target (${counted.length} in all)${because(bad)}.`,
      mend,
    };
  if (bad.length > 0)
    return { ...base, state: "unhealthy", detail: `${healthy} of ${counted.length} targets are healthy${because(bad)}.`, mend };
  return { ...base, state: "healthy", detail: `${healthy} of ${counted.length} targets are healthy.` };
}

const because = (bad: RouteSeen["targets"]): string => {
  const reasons = [...new Set(bad.map(({ reason }) => reason).filter((reason) => reason !== ""))];
  return reasons.length === 0 ? "" : `: ${reasons.slice(0, 3).join(", ")}`;
};

/** States in which a database answers: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status */
const databaseAnswers =
  /^(available|backing-up|configuring-.*|maintenance|modifying|moving-to-vpc|renaming|resetting-master-credentials|storage-(config-upgrade|initialization|optimization)|upgrading|converting-to-vpc|delete-precheck|promoting|update-iam-db-auth|backtracking|migrating)$/;

/** The state that RDS gives for an instance or a cluster. Pure. */
export function judgeDatabase(kind: "instance" | "cluster", name: string, status: string): ComponentResult {
  const base = { component: "database", subject: `RDS ${kind} ${name}` } as const;
  const mend = `aws rds describe-events --source-type db-${kind} --source-identifier ${name} --duration 1440`;
  return databaseAnswers.test(status)
    ? { ...base, state: "healthy", detail: `it is ${status}.` }
    : { ...base, state: "unhealthy", detail: `it is ${status}.`, mend };
}

/** States in which a cache answers: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroup.html */
const cacheAnswers = /^(available|modifying|snapshotting)$/;

/** The state that ElastiCache gives for a replication group or a serverless cache. Pure. */
export function judgeCache(name: string, status: string): ComponentResult {
  const base = { component: "redis", subject: `ElastiCache ${name}` } as const;
  return cacheAnswers.test(status)
    ? { ...base, state: "healthy", detail: `it is ${status}.` }
    : {
        ...base,
        state: "unhealthy",
        detail: `it is ${status}.`,
        mend: `aws elasticache describe-events --source-identifier ${name} --duration 1440`,
      };
}
