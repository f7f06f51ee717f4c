import type { Draft } from "./draft.ts";
import { putTask, taskId, tell } from "./draft.ts";
import type { Attachment, Container, EcsEvent, RunTaskOrder, StopCode, Task, TaskSpec, TaskTarget } from "./model.ts";
import { closestTimer } from "./timers.ts";

// The life of one task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html

interface NewTask {
  readonly clusterArn: string;
  readonly serviceArn: string | undefined;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly spec: TaskSpec;
  readonly targets: readonly Attachment[];
  readonly overrides?: unknown;
}

/** Creates a task in PROVISIONING. */
export function startTask(draft: Draft, order: NewTask): Task {
  const id = taskId(draft);
  const { targets, ...rest } = order;
  const task: Task = {
    ...rest,
    overrides: order.overrides,
    id,
    arn: `${order.clusterArn.replace(":cluster/", ":task/")}/${id}`,
    lastStatus: "PROVISIONING",
    desiredStatus: "RUNNING",
    containers: order.spec.containers.map(({ name }) => ({
      name,
      lastStatus: "PENDING",
      health: "UNKNOWN",
      exitCode: undefined,
      reason: undefined,
      killAt: undefined,
    })),
    targets: targets.map((attachment) => ({ ...attachment, state: "gone", reason: undefined })),
    isLaunched: false,
    wasHealthy: false,
    stopCode: undefined,
    stoppedReason: undefined,
    createdAt: draft.now,
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    startedAt: undefined,
    stoppingAt: undefined,
    executionStoppedAt: undefined,
    stoppedAt: undefined,
    wakeAt: draft.now + draft.settings.timing.provisioning,
  };
  draft.tasks.set(task.arn, task);
  return task;
}

/** RunTask. @returns the arns of its tasks: with a client token that was seen before, those of then */
export function runTasks(draft: Draft, order: RunTaskOrder): readonly string[] {
  const known = order.clientToken === undefined ? undefined : draft.clientTokens.get(order.clientToken);
  if (known !== undefined) return known;
  const arns = Array.from({ length: order.count }, () => {
    const { clusterArn, group, spec, overrides } = order;
    return startTask(draft, { clusterArn, group, spec, overrides, startedBy: order.startedBy, serviceArn: undefined, targets: [] }).arn;
  });
  if (order.clientToken !== undefined) draft.clientTokens.set(order.clientToken, arns);
  return arns;
}

/**
 * Orders a task to stop: it leaves its target groups first, then gets SIGTERM, then SIGKILL.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html
 */
export function stopTask(draft: Draft, task: Task, stopCode: StopCode, stoppedReason: string): void {
  if (task.desiredStatus === "STOPPED") return;
  const stopped = putTask(draft, task, { desiredStatus: "STOPPED", stopCode, stoppedReason, stoppingAt: draft.now });
  switch (stopped.lastStatus) {
    case "PROVISIONING":
      deprovision(draft, stopped);
      return;
    case "PENDING":
      // Containers that are just starting are ended once they run.
      if (!stopped.isLaunched) deprovision(draft, stopped);
      return;
    case "ACTIVATING":
    case "RUNNING":
      deactivate(draft, stopped);
      return;
    case "DEACTIVATING":
    case "STOPPING":
    case "DEPROVISIONING":
    case "STOPPED":
      return;
  }
}

function deactivate(draft: Draft, task: Task): void {
  const leaving = putTask(draft, task, { lastStatus: "DEACTIVATING", wakeAt: undefined });
  deregisterAll(draft, leaving);
  endWhenDrained(draft, leaving);
}

function deregisterAll(draft: Draft, task: Task): void {
  const registered = task.targets.filter((target) => target.state !== "gone");
  for (const { targetGroupArn, containerName, containerPort } of registered) {
    draft.effects.push({ type: "deregister", taskArn: task.arn, attachment: { targetGroupArn, containerName, containerPort } });
    tell(draft, task.serviceArn, `deregistered 1 targets in (target-group ${targetGroupArn})`);
  }
  if (registered.length > 0) tell(draft, task.serviceArn, "has begun draining connections on 1 tasks.");
}

function endWhenDrained(draft: Draft, task: Task): void {
  if (task.lastStatus === "DEACTIVATING" && task.targets.every((target) => target.state === "gone")) endContainers(draft, task);
}

function endContainers(draft: Draft, task: Task): void {
  const containers = task.containers.map((container) => {
    if (container.lastStatus !== "RUNNING" || container.killAt !== undefined) return container;
    draft.effects.push({ type: "signal", taskArn: task.arn, container: container.name, signal: "SIGTERM" });
    const limit = task.spec.containers.find(({ name }) => name === container.name)?.stopTimeout ?? 30;
    return { ...container, killAt: draft.now + limit };
  });
  const stopping = putTask(draft, task, {
    lastStatus: "STOPPING",
    containers,
    wakeAt: closestTimer(containers.map(({ killAt }) => killAt)),
  });
  if (containers.every(({ lastStatus }) => lastStatus !== "RUNNING")) deprovision(draft, stopping);
}

function deprovision(draft: Draft, task: Task): void {
  putTask(draft, task, {
    lastStatus: "DEPROVISIONING",
    executionStoppedAt: draft.now,
    containers: task.containers.map((container) => ({ ...container, lastStatus: "STOPPED", killAt: undefined })),
    wakeAt: draft.now + draft.settings.timing.deprovisioning,
  });
}

/** The steps that a task takes by itself when their time has come. */
export function wakeTask(draft: Draft, task: Task): void {
  if (task.wakeAt === undefined || task.wakeAt > draft.now) return;
  const { timing } = draft.settings;
  switch (task.lastStatus) {
    case "PROVISIONING":
      putTask(draft, task, { lastStatus: "PENDING", pullStartedAt: draft.now, wakeAt: draft.now + timing.pulling });
      return;
    case "PENDING":
      if (!task.isLaunched) draft.effects.push({ type: "launch", taskArn: task.arn });
      putTask(draft, task, { isLaunched: true, pullStoppedAt: draft.now, wakeAt: undefined });
      return;
    case "ACTIVATING":
      putTask(draft, task, { lastStatus: "RUNNING", startedAt: draft.now, wakeAt: undefined });
      return;
    case "STOPPING":
      killOverdue(draft, task);
      return;
    case "DEPROVISIONING":
      putTask(draft, task, { lastStatus: "STOPPED", stoppedAt: draft.now, wakeAt: undefined });
      draft.effects.push({ type: "release", taskArn: task.arn });
      return;
    case "RUNNING":
    case "DEACTIVATING":
    case "STOPPED":
      putTask(draft, task, { wakeAt: undefined });
      return;
  }
}

function killOverdue(draft: Draft, task: Task): void {
  const containers = task.containers.map((container): Container => {
    if (container.lastStatus !== "RUNNING" || container.killAt === undefined || container.killAt > draft.now) return container;
    draft.effects.push({ type: "signal", taskArn: task.arn, container: container.name, signal: "SIGKILL" });
    return { ...container, killAt: undefined };
  });
  putTask(draft, task, { containers, wakeAt: closestTimer(containers.map(({ killAt }) => killAt)) });
}

type TaskEvent = Extract<EcsEvent, { readonly taskArn: string }>;

/** What the data plane saw of a task. Late or doubled news changes nothing. */
export function taskEvent(draft: Draft, task: Task, event: TaskEvent): void {
  switch (event.type) {
    case "stop-task":
      stopTask(draft, task, "UserInitiated", event.reason);
      return;
    case "containers-started":
      containersStarted(draft, task);
      return;
    case "start-failed":
      if (task.lastStatus !== "PENDING") return;
      deprovision(draft, failed(draft, task, "TaskFailedToStart", event.reason));
      return;
    case "container-exited":
      containerExited(draft, task, event);
      return;
    case "container-health":
      putTask(draft, task, {
        containers: task.containers.map((one) => (one.name === event.container ? { ...one, health: event.health } : one)),
      });
      return;
    case "target-health":
      targetHealth(draft, task, event);
      return;
  }
}

const failed = (draft: Draft, task: Task, stopCode: StopCode, stoppedReason: string): Task =>
  task.desiredStatus === "STOPPED"
    ? task
    : putTask(draft, task, { desiredStatus: "STOPPED", stopCode, stoppedReason, stoppingAt: draft.now });

function containersStarted(draft: Draft, task: Task): void {
  if (task.lastStatus !== "PENDING") return;
  const containers = task.containers.map((one): Container => (one.lastStatus === "PENDING" ? { ...one, lastStatus: "RUNNING" } : one));
  const started = putTask(draft, task, { containers });
  if (started.desiredStatus === "STOPPED") {
    endContainers(draft, started);
    return;
  }
  if (started.targets.length === 0) {
    putTask(draft, started, { lastStatus: "RUNNING", startedAt: draft.now });
    return;
  }
  const targets = started.targets.map((target): TaskTarget => ({ ...target, state: "initial" }));
  putTask(draft, started, { lastStatus: "ACTIVATING", targets, wakeAt: draft.now + draft.settings.timing.activating });
  for (const { targetGroupArn, containerName, containerPort } of targets) {
    draft.effects.push({ type: "register", taskArn: task.arn, attachment: { targetGroupArn, containerName, containerPort } });
    tell(draft, task.serviceArn, `registered 1 targets in (target-group ${targetGroupArn})`);
  }
}

function containerExited(draft: Draft, task: Task, event: Extract<TaskEvent, { readonly type: "container-exited" }>): void {
  const before = task.containers.find(({ name }) => name === event.container);
  if (before === undefined || before.exitCode !== undefined) return;
  const containers = task.containers.map(
    (one): Container =>
      one.name === event.container
        ? { ...one, lastStatus: "STOPPED", exitCode: event.exitCode, reason: event.reason, killAt: undefined }
        : one,
  );
  const exited = putTask(draft, task, { containers });
  const isEssential = task.spec.containers.find(({ name }) => name === event.container)?.essential ?? true;
  if (isEssential && exited.desiredStatus === "RUNNING") {
    // The agent ends the other containers at once; draining cannot help a container that is gone.
    const over = failed(draft, exited, "EssentialContainerExited", "Essential container in task exited");
    deregisterAll(draft, over);
    endContainers(draft, over);
    return;
  }
  const isOver = containers.every(({ lastStatus }) => lastStatus === "STOPPED");
  if (isOver && exited.desiredStatus === "STOPPED" && exited.lastStatus !== "DEPROVISIONING" && exited.lastStatus !== "STOPPED") {
    if (exited.lastStatus === "DEACTIVATING") endContainers(draft, exited);
    else deprovision(draft, exited);
  }
}

function targetHealth(draft: Draft, task: Task, event: Extract<TaskEvent, { readonly type: "target-health" }>): void {
  const targets = task.targets.map((target): TaskTarget => {
    if (target.targetGroupArn !== event.targetGroupArn) return target;
    return { ...target, state: event.state, reason: event.reason };
  });
  endWhenDrained(draft, putTask(draft, task, { targets }));
}
