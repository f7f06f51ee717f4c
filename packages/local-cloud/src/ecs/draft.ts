import type { Instant } from "@aws-deploy-actions/shared/units";
import type { EcsEffect, EcsSettings, EcsState, Service, Task } from "./model.ts";

/** The state while one event is worked into it. Maps are copied once, entries are replaced, never changed. */
export interface Draft {
  readonly services: Map<string, Service>;
  readonly tasks: Map<string, Task>;
  readonly clientTokens: Map<string, readonly string[]>;
  readonly effects: EcsEffect[];
  readonly settings: EcsSettings;
  readonly now: Instant;
  readonly seed: number;
  counter: number;
}

export function openDraft(state: EcsState, settings: EcsSettings, now: Instant): Draft {
  return {
    services: new Map(state.services),
    tasks: new Map(state.tasks),
    clientTokens: new Map(state.clientTokens),
    effects: [],
    settings,
    now,
    seed: state.seed,
    counter: state.counter,
  };
}

export const closeDraft = ({ services, tasks, clientTokens, seed, counter }: Draft): EcsState => ({
  services,
  tasks,
  clientTokens,
  seed,
  counter,
});

/** Replaces a task by a changed one, and gives that one. */
export function putTask(draft: Draft, task: Task, changes: Partial<Task>): Task {
  const next = { ...task, ...changes };
  draft.tasks.set(task.arn, next);
  return next;
}

export function putService(draft: Draft, service: Service, changes: Partial<Service>): Service {
  const next = { ...service, ...changes };
  draft.services.set(service.arn, next);
  return next;
}

/** Notes a service event: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html */
export function tell(draft: Draft, serviceArn: string | undefined, text: string): void {
  const service = serviceArn === undefined ? undefined : draft.services.get(serviceArn);
  if (service === undefined) return;
  const event = { id: uuid(draft), createdAt: draft.now, message: `(service ${service.name}) ${text}` };
  putService(draft, service, { events: [event, ...service.events].slice(0, 100) });
}

/** The tasks of a service that are not over. */
export const tasksOf = (draft: Draft, serviceArn: string): Task[] =>
  [...draft.tasks.values()].filter((task) => task.serviceArn === serviceArn && task.lastStatus !== "STOPPED");

/** 32 hexadecimal digits. */
export const taskId = (draft: Draft): string => hex(draft) + hex(draft) + hex(draft) + hex(draft);

/** `ecs-svc/` and 19 digits. */
export function deploymentId(draft: Draft): string {
  const digits = (BigInt(`0x${hex(draft)}${hex(draft)}`) % 9_000_000_000_000_000_000n) + 1_000_000_000_000_000_000n;
  return `ecs-svc/${digits}`;
}

function uuid(draft: Draft): string {
  const text = taskId(draft);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`;
}

/** Eight hexadecimal digits that look random and come out the same for the same seed and count. */
function hex(draft: Draft): string {
  draft.counter += 1;
  let mixed = (draft.seed * 0x9e3779b1 + draft.counter * 0x85ebca6b) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0).toString(16).padStart(8, "0");
}
