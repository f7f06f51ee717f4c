import { formatDuration, type Instant } from "@aws-deploy-actions/shared/units";
import type { Plan, Progress, ServiceSeen, Snapshot, TaskSeen } from "../model.ts";
import { advance, rollBack, type Step, wait } from "../step.ts";
import { healthyInEachGroup } from "../traffic.ts";
import { deadline, phaseAfter } from "./flow.ts";

/** A second failure of the same version is no accident any more. */
const failuresThatDecide = 2;
/** How long ECS may show the state before our update: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html */
const staleReadSeconds = 20;

/** ECS's lists and counts may disagree for seconds; an emulator without tasks never lists any. */
const unseenLimit = 30;
const emulator = "nobody can tell which version runs. An emulator without tasks answers like this";

/** Waits until every task of our own revision runs, is registered and is healthy; anything that shows it never will ends the wait. */
export function awaitHealthy(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const service = seen.services[plan.to];
  const ours = seen.tasks.filter((task) => task.revision === plan.revision);
  const giveUp = (because: string): Step => rollBack(because, plan.goal === "deploy" ? "failed" : "rollback-failed");

  const deployment = service.deployments.find((one) => one.revision === plan.revision);
  if (deployment?.rolloutState === "FAILED") return giveUp(`ECS gave up on ${short(plan.revision)}: ${deployment.reason}`);
  const primary = service.deployments.find((one) => one.status === "PRIMARY");
  if (primary !== undefined && primary.revision !== plan.revision && now - progress.since > staleReadSeconds) {
    if (service.revision === plan.revision && seen.tasks.length === 0) {
      return giveUp(
        `ECS says that ${service.name} has ${short(plan.revision)}, its deployments show only ${short(primary.revision)}, and no task is listed: ${emulator}`,
      );
    }
    return giveUp(
      `service ${service.name} went to ${short(primary.revision)} instead of ${short(plan.revision)}: its circuit breaker, or somebody else, changed it`,
    );
  }
  const crashed = crashes(ours, progress.since);
  const last = crashed.at(-1);
  if (last !== undefined && crashed.length >= failuresThatDecide) {
    return giveUp(
      `${short(plan.revision)} keeps stopping, ${crashed.length} times in ${formatDuration(now - progress.since)}: ${whyStopped(last)}`,
    );
  }

  if (service.running >= progress.count && seen.tasks.length === 0 && now - progress.since > unseenLimit) {
    return giveUp(`ECS says that ${service.running} tasks of ${service.name} run, and lists none: ${emulator}`);
  }
  const running = ours.filter((task) => task.status === "RUNNING" && task.health !== "UNHEALTHY");
  const addresses = running.flatMap((task) => task.addresses);
  const known = addresses.length > 0 ? new Set(addresses) : undefined;
  // While no task of ours runs, the group's targets are another revision's.
  const countsAlone = seen.routes.length === 0 || running.length === 0;
  const healthy = countsAlone ? running.length : healthyInEachGroup(seen, plan.to, known);
  const others = othersRunning(service, plan.revision);
  if (running.length >= progress.count && healthy >= progress.count && others === 0) {
    return advance(phaseAfter(plan, "await-healthy", progress), `${healthy} of ${progress.count} targets are healthy`);
  }
  const until = deadline(plan, progress);
  if (now >= until) {
    return giveUp(
      `only ${healthy} of ${progress.count} targets became healthy in ${formatDuration(now - progress.since)} (${running.length} tasks run)${lastEvent(seen, plan)}`,
    );
  }
  if (others > 0 && healthy >= progress.count) return wait(`${others} tasks of another revision on ${plan.to} to stop`, until);
  return wait(
    `healthy targets, ${healthy} of ${progress.count} (${running.length} tasks run)`,
    until,
    unplaced(seen, plan, progress.since),
  );
}

/** Tasks of other revisions that the service still runs: users would be sent to them too. */
export const othersRunning = (service: ServiceSeen, revision: string): number =>
  service.deployments.filter((one) => one.revision !== revision).reduce((sum, one) => sum + one.running, 0);

/** Tasks of the new revision that stopped by themselves since the phase began, oldest first. A task stopped by a scale-in is none. */
export function crashes(tasks: readonly TaskSeen[], since: Instant): readonly TaskSeen[] {
  return tasks
    .filter((task) => task.status === "STOPPED" || task.status === "DEPROVISIONING")
    .filter(
      (task) =>
        !["ServiceSchedulerInitiated", "UserInitiated", "SpotInterruption"].includes(task.stopCode) ||
        /health check/i.test(task.stoppedReason),
    )
    .filter((task) => (task.stoppedAt ?? since) >= since)
    .sort((a, b) => (a.stoppedAt ?? 0) - (b.stoppedAt ?? 0));
}

/** `task 7d1f…: EssentialContainerExited, container "app" exited with 1`. */
export function whyStopped(task: TaskSeen): string {
  // 143 and 137 are SIGTERM and SIGKILL: the container was stopped because of another one.
  const failed = task.containers.filter((one) => one.exitCode !== undefined && one.exitCode !== 0);
  const container =
    failed.find((one) => one.exitCode !== 143 && one.exitCode !== 137) ?? task.containers.find((one) => one.reason !== "") ?? failed[0];
  const exit =
    container === undefined
      ? ""
      : `, container "${container.name}"${container.exitCode === undefined ? "" : ` exited with ${container.exitCode}`}${container.reason === "" ? "" : ` (${container.reason})`}`;
  return `task ${task.id.slice(0, 8)}: ${task.stoppedReason || task.stopCode || "stopped without a reason"}${exit}`;
}

/** `shop:42` of a task definition's ARN. */
export const short = (revision: string): string => revision.split("/").at(-1) ?? revision;

/** Why ECS starts no task: no free address, no capacity, a quota. It goes on trying, so it is said and not judged. */
function unplaced(seen: Snapshot, plan: Plan, since: Instant): string | undefined {
  return seen.services[plan.to].events.find((event) => event.at >= since && /unable to|was unable|not enough|limit/i.test(event.message))
    ?.message;
}

function lastEvent(seen: Snapshot, plan: Plan): string {
  const event = seen.services[plan.to].events[0];
  return event === undefined ? "" : `; ECS says: ${event.message}`;
}
