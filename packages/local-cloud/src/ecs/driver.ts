import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { Attachment, EcsEffect, EcsEvent, EcsSettings, EcsState, Health, TargetState, Task } from "./model.ts";
import { emptyState, nextWake, step } from "./scheduler.ts";

/** What tasks run on. */
export interface TaskRuntime {
  /** Starts a task's containers. @throws StartFailure when they cannot be started */
  launch(task: Task, seen: ContainerNews): Promise<void>;
  signal(taskArn: string, container: string, signal: "SIGTERM" | "SIGKILL"): void;
  release(taskArn: string): void;
  forget(taskArn: string): void;
}

/** What a running task reports. */
export interface ContainerNews {
  exited(container: string, exitCode: number, reason?: string): void;
  health(container: string, health: Health): void;
}

/** What sends requests to tasks. */
export interface TargetRegistry {
  register(task: Task, attachment: Attachment): void;
  deregister(task: Task, attachment: Attachment): void;
  /** What it says of a task now. */
  health(task: Task, attachment: Attachment): { readonly state: TargetState; readonly reason?: string };
}

/** Why a task cannot start, in ECS's words: `CannotPullContainerError: …`. */
export class StartFailure extends Error {}

export interface EcsDriverOptions {
  readonly clock: Clock;
  readonly settings: EcsSettings;
  readonly seed: number;
  readonly runtime: TaskRuntime;
  readonly targets: TargetRegistry;
  /** The load balancer's answers are looked at this often, in cloud seconds. Default: 1. */
  readonly healthInterval?: Seconds;
  /** How old the state is that reads show: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html (eventual consistency) */
  readonly staleness?: () => Seconds;
}

/** The scheduler, driven by the clock and by real tasks. */
export interface EcsDriver {
  /** The truth. */
  state(): EcsState;
  /** What a read shows: the truth of a while ago. */
  seen(): EcsState;
  /** @returns the state after the event */
  send(event: EcsEvent): EcsState;
  stop(): void;
}

export function createEcsDriver(options: EcsDriverOptions): EcsDriver {
  const { clock, settings, runtime, targets } = options;
  let state = emptyState(options.seed);
  let history: { readonly at: Instant; readonly state: EcsState }[] = [];
  const queue: EcsEvent[] = [];
  const stopped = new AbortController();
  let timer = new AbortController();
  let isDraining = false;

  const send = (event: EcsEvent): EcsState => {
    if (stopped.signal.aborted) return state;
    queue.push(event);
    // Effects may report back at once: their events wait until the effects before them are carried out.
    if (isDraining) return state;
    isDraining = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const stepped = step(state, next, clock.now(), settings);
        state = stepped.state;
        for (const effect of stepped.effects) carryOut(effect);
      }
    } finally {
      isDraining = false;
    }
    remember();
    arm();
    return state;
  };

  function carryOut(effect: EcsEffect): void {
    if (effect.type === "forget") runtime.forget(effect.taskArn);
    const task = state.tasks.get(effect.taskArn);
    if (task === undefined) return;
    switch (effect.type) {
      case "launch":
        void launch(task);
        return;
      case "register":
        targets.register(task, effect.attachment);
        return;
      case "deregister":
        targets.deregister(task, effect.attachment);
        return;
      case "signal":
        runtime.signal(task.arn, effect.container, effect.signal);
        return;
      case "release":
        runtime.release(task.arn);
        return;
      case "forget":
        return;
    }
  }

  async function launch(task: Task): Promise<void> {
    const taskArn = task.arn;
    const early: EcsEvent[] = [];
    let isStarted = false;
    // A container may be over before the last one has started: its end is told afterwards.
    const report = (event: EcsEvent) => (isStarted ? void send(event) : void early.push(event));
    try {
      await runtime.launch(task, {
        exited: (container, exitCode, reason) =>
          report({ type: "container-exited", taskArn, container, exitCode, ...(reason === undefined ? {} : { reason }) }),
        health: (container, health) => report({ type: "container-health", taskArn, container, health }),
      });
      isStarted = true;
      send({ type: "containers-started", taskArn });
      for (const event of early) send(event);
    } catch (error) {
      if (stopped.signal.aborted) return;
      const reason = error instanceof StartFailure ? error.message : `CannotStartContainerError: ${String(error)}`;
      send({ type: "start-failed", taskArn, reason });
    }
  }

  function arm(): void {
    timer.abort();
    const due = nextWake(state);
    if (due === undefined || stopped.signal.aborted) return;
    timer = new AbortController();
    const { signal } = timer;
    clock.sleep(Math.max(0, due - clock.now()), signal).then(
      () => send({ type: "tick" }),
      () => undefined,
    );
  }

  function remember(): void {
    if (options.staleness === undefined) return;
    const now = clock.now();
    history.push({ at: now, state });
    const oldest = now - 120;
    if (history.length > 1000) history = history.filter(({ at }, index) => at >= oldest || index === history.length - 1);
  }

  async function watchTargets(): Promise<void> {
    while (!stopped.signal.aborted) {
      await clock.sleep(options.healthInterval ?? 1, stopped.signal).catch(() => undefined);
      for (const task of state.tasks.values()) lookAt(task);
    }
  }

  function lookAt(task: Task): void {
    const isOver = task.lastStatus === "STOPPED" || task.lastStatus === "DEPROVISIONING";
    for (const target of isOver ? [] : task.targets) {
      if (target.state === "gone") continue;
      const { state: now, reason } = targets.health(task, target);
      if (now === target.state && reason === target.reason) continue;
      const why = reason === undefined ? {} : { reason };
      send({ type: "target-health", taskArn: task.arn, targetGroupArn: target.targetGroupArn, state: now, ...why });
    }
  }

  void watchTargets();
  return {
    state: () => state,
    seen: () => {
      const staleness = options.staleness?.() ?? 0;
      if (staleness === 0) return state;
      const until = clock.now() - staleness;
      return history.findLast(({ at }) => at <= until)?.state ?? history[0]?.state ?? state;
    },
    send,
    stop: () => {
      stopped.abort();
      timer.abort();
    },
  };
}
