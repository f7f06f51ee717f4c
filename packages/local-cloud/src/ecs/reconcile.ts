import type { Instant } from "@aws-deploy-actions/shared/units";
import { breakCircuit, countFailure, noteSuccesses, settleDeployments } from "./deployments.ts";
import type { Draft } from "./draft.ts";
import { putService, tasksOf, tell } from "./draft.ts";
import { isHealthy, unhealthyBecause } from "./health.ts";
import type { Deployment, Service, Task } from "./model.ts";
import { startTask, stopTask } from "./tasks.ts";
import { closestTimer } from "./timers.ts";

// The service scheduler: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html

/** Brings a service one look nearer to what it should be. */
export function reconcile(draft: Draft, serviceArn: string): void {
  noteSuccesses(draft, serviceArn);
  const service = draft.services.get(serviceArn);
  if (service === undefined || service.status === "INACTIVE") return;
  if (service.status === "DRAINING") {
    drainDeleted(draft, service);
    return;
  }
  const checked = breakCircuit(draft, service);
  replaceUnhealthy(draft, checked);
  stopSurplus(draft, checked);
  startMissing(draft, checked);
  settleDeployments(draft, serviceArn);
  const seen = draft.services.get(serviceArn);
  if (seen !== undefined) putService(draft, seen, { wakeAt: nextLook(draft, seen) });
}

const live = (draft: Draft, service: Service): Task[] =>
  tasksOf(draft, service.arn).filter(({ desiredStatus }) => desiredStatus === "RUNNING");
const healthy = (draft: Draft, task: Task): boolean => isHealthy(task, draft.settings.timing.settling, draft.now);

function drainDeleted(draft: Draft, service: Service): void {
  for (const task of live(draft, service))
    stopTask(draft, task, "ServiceSchedulerInitiated", "Scaling activity initiated by deletion of the service");
  if (tasksOf(draft, service.arn).length === 0) putService(draft, service, { status: "INACTIVE", deployments: [] });
}

/** At least so many tasks stay healthy, at most so many are RUNNING or PENDING at a time. */
function bounds({ desiredCount, configuration }: Service): { readonly lower: number; readonly upper: number } {
  return {
    lower: Math.ceil((desiredCount * configuration.minimumHealthyPercent) / 100),
    upper: Math.floor((desiredCount * configuration.maximumPercent) / 100),
  };
}

/**
 * Unhealthy tasks are replaced: where maximumPercent leaves room the replacement comes first. One that was never healthy has nothing to wait for.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html (maximumPercent)
 */
function replaceUnhealthy(draft: Draft, service: Service): void {
  const tasks = live(draft, service);
  const enough = tasks.filter((task) => healthy(draft, task)).length >= service.desiredCount;
  const useful = tasks.filter((task) => unhealthyBecause(task, service, draft.now) === undefined).length;
  // A replacement that is on its way fills the room too: it is waited for.
  const isFull = tasks.length >= bounds(service).upper && useful < service.desiredCount;
  for (const task of tasks) {
    const because = unhealthyBecause(task, service, draft.now);
    if (because === undefined || (task.wasHealthy && !enough && !isFull)) continue;
    tellUnhealthy(draft, task);
    if (!task.wasHealthy) countFailure(draft, task);
    stopTask(draft, task, "ServiceSchedulerInitiated", because);
    tell(draft, service.arn, `has stopped 1 running tasks: (task ${task.id}).`);
  }
}

function tellUnhealthy(draft: Draft, task: Task): void {
  const target = task.targets.find(({ state }) => state === "unhealthy");
  if (target === undefined) return;
  const reason = target.reason ?? "Health checks failed";
  tell(
    draft,
    task.serviceArn,
    `(port ${target.containerPort}) is unhealthy in (target-group ${target.targetGroupArn}) due to (reason ${reason})`,
  );
}

/** Stops what is too much: old revisions as far as minimumHealthyPercent allows, and what is over the desired count. */
function stopSurplus(draft: Draft, service: Service): void {
  const primary = service.deployments[0];
  if (primary === undefined) return;
  const tasks = live(draft, service);
  let healthyLeft = tasks.filter((task) => healthy(draft, task)).length;
  const { lower } = bounds(service);
  const stopped: Task[] = [];
  const stop = (task: Task) => {
    if (healthy(draft, task)) healthyLeft -= 1;
    stopTask(draft, task, "ServiceSchedulerInitiated", `Scaling activity initiated by (deployment ${primary.id})`);
    stopped.push(task);
  };
  // Unhealthy ones wait for their replacement: it must not count as surplus.
  const own = tasks.filter((task) => task.startedBy === primary.id && unhealthyBecause(task, service, draft.now) === undefined);
  for (const task of leastUseful(draft, own).slice(0, Math.max(0, own.length - service.desiredCount))) stop(task);
  const old = tasks.filter(({ startedBy }) => startedBy !== primary.id);
  // A failed deployment without rollback replaces nothing more: its old tasks only follow the desired count.
  const spare = primary.rolloutState === "FAILED" ? Math.max(0, tasks.length - stopped.length - service.desiredCount) : old.length;
  for (const task of leastUseful(draft, old).slice(0, spare)) {
    if (!healthy(draft, task) || healthyLeft - 1 >= lower) stop(task);
  }
  const running = stopped.filter(({ lastStatus }) => lastStatus === "RUNNING");
  if (running.length > 0) tell(draft, service.arn, `has stopped ${running.length} running tasks: ${names(running)}.`);
}

/** Those that serve nobody first, then the youngest. */
function leastUseful(draft: Draft, tasks: readonly Task[]): Task[] {
  const use = (task: Task): number => (healthy(draft, task) ? 2 : task.lastStatus === "RUNNING" ? 1 : 0);
  return [...tasks].sort((a, b) => use(a) - use(b) || b.createdAt - a.createdAt);
}

const names = (tasks: readonly Task[]): string => tasks.map(({ id }) => `(task ${id})`).join(" ");

function startMissing(draft: Draft, service: Service): void {
  const primary = service.deployments[0];
  if (primary === undefined || primary.rolloutState === "FAILED" || draft.now < service.backOff.until) return;
  const tasks = live(draft, service);
  const useful = tasks.filter((task) => task.startedBy === primary.id && unhealthyBecause(task, service, draft.now) === undefined);
  const wanted = Math.min(service.desiredCount - useful.length, bounds(service).upper - tasks.length);
  if (wanted <= 0) return;
  const running = [...draft.tasks.values()].filter(({ lastStatus }) => lastStatus !== "STOPPED").length;
  const count = Math.min(wanted, Math.max(0, draft.settings.capacity - running));
  noteCapacity(draft, service, count < wanted);
  if (count > 0) startTasks(draft, service, primary, count);
}

function startTasks(draft: Draft, service: Service, primary: Deployment, count: number): void {
  const order = {
    clusterArn: service.clusterArn,
    serviceArn: service.arn,
    group: `service:${service.name}`,
    startedBy: primary.id,
    spec: primary.spec,
    targets: primary.loadBalancers,
  };
  const started = Array.from({ length: count }, () => startTask(draft, order));
  tell(draft, service.arn, `has started ${count} tasks: ${names(started)}.`);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
function noteCapacity(draft: Draft, service: Service, isShort: boolean): void {
  const current = draft.services.get(service.arn);
  if (current === undefined || current.isShortOfCapacity === isShort) return;
  putService(draft, current, { isShortOfCapacity: isShort });
  if (isShort) {
    tell(
      draft,
      service.arn,
      "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
    );
  }
}

/** When something is due though nobody tells: a grace period, a settling time or a back-off ends. */
function nextLook(draft: Draft, service: Service): Instant | undefined {
  const { settling } = draft.settings.timing;
  const dues = live(draft, service).flatMap((task) =>
    task.startedAt === undefined
      ? []
      : [task.startedAt + service.healthCheckGracePeriod, ...(task.targets.length > 0 ? [] : [task.startedAt + settling])],
  );
  return closestTimer([...dues, service.backOff.until].filter((time) => time > draft.now));
}

/**
 * After a task that never reached RUNNING the next start waits longer and longer; one that stopped later is replaced at once.
 * The steps are undocumented, the longest is 27 minutes: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
 */
export function noteStop(draft: Draft, before: Task, after: Task): void {
  const service = after.serviceArn === undefined ? undefined : draft.services.get(after.serviceArn);
  if (service === undefined || before.desiredStatus === "STOPPED" || after.desiredStatus !== "STOPPED") return;
  const byItself = after.stopCode === "TaskFailedToStart" || after.stopCode === "EssentialContainerExited";
  if (!byItself) return;
  if (!after.wasHealthy) countFailure(draft, after);
  if (after.startedAt !== undefined) return;
  const failures = service.backOff.failures + 1;
  const wait = failures < 3 ? 0 : Math.min(27 * 60, 15 * 2 ** (failures - 3));
  const current = draft.services.get(service.arn) ?? service;
  putService(draft, current, { backOff: { failures, until: draft.now + wait } });
  if (failures === 3) {
    tell(draft, service.arn, "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.");
  }
}

/** A task reached RUNNING: the series of failures is over. */
export function noteRunning(draft: Draft, before: Task, after: Task): void {
  const service = after.serviceArn === undefined ? undefined : draft.services.get(after.serviceArn);
  if (service === undefined || before.lastStatus === "RUNNING" || after.lastStatus !== "RUNNING") return;
  if (service.backOff.failures > 0) putService(draft, service, { backOff: { failures: 0, until: 0 } });
}
