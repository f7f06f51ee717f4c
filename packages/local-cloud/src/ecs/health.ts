import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { Health, Service, Task } from "./model.ts";

/**
 * A task's health by its container checks: UNHEALTHY wins, then UNKNOWN.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
 */
export function taskHealth(task: Task): Health {
  const checked = task.spec.containers.filter(({ essential, hasHealthCheck }) => essential && hasHealthCheck);
  if (checked.length === 0) return "UNKNOWN";
  const health = checked.map(({ name }) => task.containers.find((one) => one.name === name)?.health ?? "UNKNOWN");
  if (health.includes("UNHEALTHY")) return "UNHEALTHY";
  return health.includes("UNKNOWN") ? "UNKNOWN" : "HEALTHY";
}

const hasContainerCheck = (task: Task): boolean =>
  task.spec.containers.some(({ essential, hasHealthCheck }) => essential && hasHealthCheck);

/** Whether a task counts towards minimumHealthyPercent and a deployment's completion. */
export function isHealthy(task: Task, settling: Seconds, now: Instant): boolean {
  if (task.lastStatus !== "RUNNING" || task.desiredStatus !== "RUNNING") return false;
  if (hasContainerCheck(task) && taskHealth(task) !== "HEALTHY") return false;
  if (task.targets.length > 0) return task.targets.every(({ state }) => state === "healthy");
  return hasContainerCheck(task) || now >= (task.startedAt ?? now) + settling;
}

/** Why a task must be replaced, or undefined while it need not be. */
export function unhealthyBecause(task: Task, service: Service, now: Instant): string | undefined {
  if (task.desiredStatus !== "RUNNING" || task.startedAt === undefined) return undefined;
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html (health check grace period)
  if (now < task.startedAt + service.healthCheckGracePeriod) return undefined;
  const target = task.targets.find(({ state }) => state === "unhealthy");
  if (target !== undefined) return `Task failed ELB health checks in (target-group ${target.targetGroupArn})`;
  return taskHealth(task) === "UNHEALTHY" ? "Task failed container health checks" : undefined;
}
