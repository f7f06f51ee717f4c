import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import { closeDraft, type Draft, openDraft } from "./draft.ts";
import type { EcsEffect, EcsEvent, EcsSettings, EcsState, Service, Task } from "./model.ts";
import { noteRunning, noteStop, reconcile } from "./reconcile.ts";
import { createService, deleteService, updateService } from "./services.ts";
import { runTasks, taskEvent, wakeTask } from "./tasks.ts";
import { closestTimer } from "./timers.ts";

/** Stopped tasks can be described for about an hour: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html */
const keepStopped: Seconds = 3600;

/** An account without services and tasks. The seed decides the ids. */
export const emptyState = (seed: number): EcsState => ({
  services: new Map(),
  tasks: new Map(),
  clientTokens: new Map(),
  seed,
  counter: 0,
});

/** The state after an event, and what the data plane must do now, in this order. */
export interface Stepped {
  readonly state: EcsState;
  readonly effects: readonly EcsEffect[];
}

/**
 * ECS as a pure state machine: it knows no clock, no process and no network.
 *
 * Whoever drives it sends the API's orders and what the data plane saw, carries the effects out, and sends a `tick` when `nextWake` has come.
 * Real processes on the machine's clock drive it in the local cloud; virtual time drives the same code in simulations.
 *
 * @param now seconds since the epoch; never less than in the step before
 */
export function step(state: EcsState, event: EcsEvent, now: Instant, settings: EcsSettings): Stepped {
  const draft = openDraft(state, settings, now);
  apply(draft, event);
  settle(draft, state);
  return { state: closeDraft(draft), effects: draft.effects };
}

/** When the next `tick` is due; undefined while nothing happens by itself. */
export function nextWake(state: EcsState): Instant | undefined {
  return closestTimer([
    ...[...state.tasks.values()].map(({ wakeAt }) => wakeAt),
    ...[...state.services.values()].map(({ wakeAt }) => wakeAt),
  ]);
}

function apply(draft: Draft, event: EcsEvent): void {
  switch (event.type) {
    case "create-service":
      createService(draft, event.service);
      return;
    case "update-service": {
      const service = draft.services.get(event.serviceArn);
      if (service !== undefined) updateService(draft, service, event.changes);
      return;
    }
    case "delete-service": {
      const service = draft.services.get(event.serviceArn);
      if (service !== undefined) deleteService(draft, service);
      return;
    }
    case "run-task":
      runTasks(draft, event.order);
      return;
    case "tick":
      return;
    case "stop-task":
    case "containers-started":
    case "start-failed":
    case "container-exited":
    case "container-health":
    case "target-health": {
      const task = draft.tasks.get(event.taskArn);
      if (task !== undefined) taskEvent(draft, task, event);
      return;
    }
  }
}

/** Lets everything that is due happen, until nothing more does. */
function settle(draft: Draft, before: EcsState): void {
  let seen = before.tasks;
  // One task's stop starts another: two or three turns are usual, the limit only guards against a defect here.
  for (let turn = 0; turn < 20; turn++) {
    for (const task of draft.tasks.values()) wakeTask(draft, task);
    const touched = servicesOf(changedTasks(seen, draft.tasks));
    noteChanges(draft, seen);
    seen = new Map(draft.tasks);
    for (const [arn, service] of [...draft.services]) {
      if (touched.has(arn) || (turn === 0 && isDue(service, before.services.get(arn), draft.now))) reconcile(draft, arn);
    }
    if (changedTasks(seen, draft.tasks).length === 0) break;
  }
  for (const task of draft.tasks.values()) {
    if (task.stoppedAt === undefined || draft.now < task.stoppedAt + keepStopped) continue;
    draft.tasks.delete(task.arn);
    draft.effects.push({ type: "forget", taskArn: task.arn });
  }
}

/** Whether a service needs a look though none of its tasks changed. */
const isDue = (service: Service, before: Service | undefined, now: Instant): boolean =>
  service !== before || service.isShortOfCapacity || (service.wakeAt !== undefined && service.wakeAt <= now);

const servicesOf = (tasks: readonly Task[]): ReadonlySet<string | undefined> => new Set(tasks.map(({ serviceArn }) => serviceArn));

const changedTasks = (before: EcsState["tasks"], after: EcsState["tasks"]): Task[] =>
  [...after.values()].filter((task) => before.get(task.arn) !== task);

function noteChanges(draft: Draft, seen: EcsState["tasks"]): void {
  for (const task of [...draft.tasks.values()]) {
    const earlier = seen.get(task.arn);
    if (earlier === undefined || earlier === task) continue;
    noteRunning(draft, earlier, task);
    noteStop(draft, earlier, task);
  }
}
