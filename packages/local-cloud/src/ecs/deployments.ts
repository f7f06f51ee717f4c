import type { Draft } from "./draft.ts";
import { deploymentId, putService, tasksOf, tell } from "./draft.ts";
import { isHealthy } from "./health.ts";
import type { Attachment, Deployment, Service, Task, TaskSpec } from "./model.ts";

export function newDeployment(draft: Draft, spec: TaskSpec, loadBalancers: readonly Attachment[]): Deployment {
  const id = deploymentId(draft);
  return {
    id,
    status: "PRIMARY",
    spec,
    loadBalancers,
    failedTasks: 0,
    createdAt: draft.now,
    updatedAt: draft.now,
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    hasSucceeded: false,
    hasCompleted: false,
  };
}

export function putDeployment(draft: Draft, service: Service, id: string, changes: Partial<Deployment>): Service {
  const deployments = service.deployments.map((one) => (one.id === id ? { ...one, ...changes, updatedAt: draft.now } : one));
  return putService(draft, service, { deployments });
}

/** Half of the desired count, at least 3, at most 200: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
export const failureThreshold = (desiredCount: number): number => Math.min(200, Math.max(3, Math.ceil(desiredCount * 0.5)));

/** A task of a deployment failed: it did not reach RUNNING, or failed its health checks. */
export function countFailure(draft: Draft, task: Task): void {
  const service = task.serviceArn === undefined ? undefined : draft.services.get(task.serviceArn);
  const deployment = service?.deployments.find(({ id }) => id === task.startedBy);
  if (service === undefined || deployment === undefined || deployment.rolloutState !== "IN_PROGRESS") return;
  putDeployment(draft, service, deployment.id, { failedTasks: deployment.failedTasks + 1 });
}

/** Notes tasks that have just become healthy: the count of failures in a row ends. */
export function noteSuccesses(draft: Draft, serviceArn: string): void {
  for (const task of tasksOf(draft, serviceArn)) {
    if (task.wasHealthy || !isHealthy(task, task.targets.length > 0 ? 0 : draft.settings.timing.settling, draft.now)) continue;
    draft.tasks.set(task.arn, { ...task, wasHealthy: true });
    const service = draft.services.get(serviceArn);
    const deployment = service?.deployments.find(({ id }) => id === task.startedBy);
    if (service !== undefined && deployment !== undefined && !deployment.hasSucceeded) {
      putDeployment(draft, service, deployment.id, { hasSucceeded: true, failedTasks: 0 });
    }
  }
}

/**
 * The circuit breaker: the deployment FAILED, and with `rollback` the last completed one is PRIMARY again.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function breakCircuit(draft: Draft, service: Service): Service {
  const [primary, ...older] = service.deployments;
  const { enable, rollback } = service.configuration.circuitBreaker;
  if (primary === undefined || !enable || primary.rolloutState !== "IN_PROGRESS") return service;
  if (primary.failedTasks < failureThreshold(service.desiredCount)) return service;
  const reason = "ECS deployment circuit breaker: tasks failed to start.";
  tell(draft, service.arn, `(deployment ${primary.id}) deployment failed: tasks failed to start.`);
  const failed: Deployment = { ...primary, rolloutState: "FAILED", rolloutStateReason: reason, updatedAt: draft.now };
  const told = draft.services.get(service.arn) ?? service;
  const previous = rollback ? older.find(({ hasCompleted }) => hasCompleted) : undefined;
  if (previous === undefined) return putService(draft, told, { deployments: [failed, ...older] });
  tell(draft, service.arn, `rolling back to deployment ${previous.id}.`);
  const restored: Deployment = {
    ...previous,
    status: "PRIMARY",
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${previous.id}.`,
    failedTasks: 0,
    updatedAt: draft.now,
  };
  const others = older.filter(({ id }) => id !== previous.id);
  const deployments = [restored, { ...failed, status: "ACTIVE" as const }, ...others];
  return putService(draft, draft.services.get(service.arn) ?? told, { deployments, backOff: { failures: 0, until: 0 } });
}

/** Older deployments leave the list when their last task is over; the PRIMARY one completes when the service is steady. */
export function settleDeployments(draft: Draft, serviceArn: string): void {
  const service = draft.services.get(serviceArn);
  if (service === undefined || service.status !== "ACTIVE") return;
  const tasks = tasksOf(draft, serviceArn).filter(({ lastStatus }) => lastStatus !== "DEPROVISIONING");
  const deployments = service.deployments.filter(
    ({ id, status }) => status === "PRIMARY" || tasks.some(({ startedBy }) => startedBy === id),
  );
  const kept = deployments.length === service.deployments.length ? service : putService(draft, service, { deployments });
  const primary = kept.deployments[0];
  if (primary === undefined) return;
  const { settling } = draft.settings.timing;
  const isSteady =
    primary.rolloutState !== "FAILED" &&
    kept.deployments.length === 1 &&
    tasks.length === kept.desiredCount &&
    tasks.every((task) => isHealthy(task, settling, draft.now));
  if (!isSteady) {
    if (kept.isSteady) putService(draft, kept, { isSteady: false });
    return;
  }
  if (primary.rolloutState === "IN_PROGRESS") {
    putDeployment(draft, kept, primary.id, {
      rolloutState: "COMPLETED",
      rolloutStateReason: `ECS deployment ${primary.id} completed.`,
      hasCompleted: true,
    });
    tell(draft, serviceArn, `(deployment ${primary.id}) deployment completed.`);
  }
  const settled = draft.services.get(serviceArn);
  if (settled === undefined || settled.isSteady) return;
  tell(draft, serviceArn, "has reached a steady state.");
  const told = draft.services.get(serviceArn);
  if (told !== undefined) putService(draft, told, { isSteady: true });
}
