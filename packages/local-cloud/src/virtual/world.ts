import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import { applyConfig, createModel, deregisterTarget, registerTarget, targetHealth } from "../balancer/model.ts";
import { advance, type DueCheck, finishCheck, nextEvent, takeDueChecks } from "../balancer/state.ts";
import type { BalancerConfig, ElbAction, TargetGroupConfig, TargetHealth } from "../balancer/types.ts";
import { type EcsEffect, type EcsEvent, type EcsSettings, type EcsState, fargateTiming, type Task, type TaskSpec } from "../ecs/model.ts";
import { emptyState, nextWake, step } from "../ecs/scheduler.ts";
import type { Behaviour } from "./behaviour.ts";
import type { MinuteStore } from "./minutes.ts";
import { createUsers, type Users, type UserTally } from "./users.ts";

export interface WorldListener {
  readonly arn: string;
  readonly port: number;
  /** Users do not come this way. */
  readonly forTesters?: boolean;
  defaultActions: readonly ElbAction[];
  readonly rules: {
    readonly arn: string;
    readonly priority: string;
    readonly conditions: readonly { Field: string; [key: string]: unknown }[];
    actions: readonly ElbAction[];
    readonly tags?: readonly { readonly Key: string; readonly Value: string }[];
  }[];
}

export interface WorldOptions {
  readonly now: Instant;
  readonly seed: number;
  readonly loadBalancer: { readonly arn: string; readonly name: string };
  readonly listeners: WorldListener[];
  readonly groups: readonly TargetGroupConfig[];
  readonly behaviourOf: (spec: TaskSpec) => Behaviour;
  readonly requestsPerSecond: number;
  /** How long a change needs to reach a balancer node. */
  readonly propagation: (node: number) => Seconds;
  /** How much later than its end CloudWatch shows a minute. */
  readonly metricDelay: Seconds;
  /** Clients that keep their cookies. */
  readonly stickyClients: number;
}

/** The data plane of one environment in virtual time: the very state machines that the local cloud drives with real processes. */
export interface World {
  readonly ecs: () => EcsState;
  readonly send: (event: EcsEvent) => void;
  readonly applyListeners: () => void;
  readonly health: (group: string) => ReturnType<typeof targetHealth>;
  readonly advanceTo: (to: Instant) => void;
  readonly tally: UserTally;
  readonly minutes: MinuteStore;
  readonly ask: (request: Parameters<Users["ask"]>[0]) => ReturnType<Users["ask"]>;
  readonly addressOf: (task: Task) => string;
  readonly options: WorldOptions;
}

interface Timer {
  readonly at: Instant;
  readonly event: EcsEvent;
  readonly task: string;
}

/** Room for both colours of a service with a thousand tasks and more. */
const settings: EcsSettings = { timing: fargateTiming, capacity: 4000 };

export function createWorld(options: WorldOptions): World {
  let now = options.now;
  let state = emptyState(options.seed);
  let timers: Timer[] = [];
  const model = createModel({ nodes: 2, seed: options.seed, propagation: options.propagation });
  /** Whether a target may be in another state than the scheduler was told: to look at all of them after each check grows with their square. */
  let isNews = true;
  const addresses = new Map<string, string>();
  const taskAt = new Map<string, string>();
  const config = (): BalancerConfig => ({
    targetGroups: options.groups,
    loadBalancers: [
      {
        ...options.loadBalancer,
        dnsName: `${options.loadBalancer.name}.local`,
        listeners: options.listeners.map((one) => ({
          arn: one.arn,
          port: one.port,
          protocol: "HTTP" as const,
          defaultActions: one.defaultActions,
          rules: one.rules as never,
        })),
      },
    ],
  });
  applyConfig(model, config(), now);

  const addressOf = (task: Task): string => {
    const known = addresses.get(task.arn);
    if (known !== undefined) return known;
    const address = `10.0.${Math.floor(addresses.size / 250)}.${(addresses.size % 250) + 1}`;
    addresses.set(task.arn, address);
    taskAt.set(address, task.arn);
    return address;
  };

  const later = (after: Seconds, task: string, event: EcsEvent): void => {
    timers.push({ at: now + after, event, task });
  };

  function send(event: EcsEvent): void {
    const stepped = step(state, event, now, settings);
    state = stepped.state;
    isNews = true;
    for (const effect of stepped.effects) {
      const task = state.tasks.get(effect.taskArn);
      if (task !== undefined) carryOut(effect, task);
    }
  }

  function carryOut(effect: EcsEffect, task: Task): void {
    const behaviour = options.behaviourOf(task.spec);
    const exited = (after: Seconds, container: string, exitCode: number): void =>
      later(after, task.arn, { type: "container-exited", taskArn: task.arn, container, exitCode });
    switch (effect.type) {
      case "launch":
        later(behaviour.startsAfter, task.arn, { type: "containers-started", taskArn: task.arn });
        if (task.serviceArn === undefined)
          exited(behaviour.startsAfter + behaviour.endsAfter, task.containers[0]?.name ?? "app", behaviour.exitCode);
        else if (behaviour.crashesAfter !== undefined)
          exited(behaviour.startsAfter + behaviour.crashesAfter, task.containers[0]?.name ?? "app", behaviour.exitCode);
        return;
      case "register":
        registerTarget(model, effect.attachment.targetGroupArn, { id: addressOf(task), port: effect.attachment.containerPort }, now);
        return;
      case "deregister":
        deregisterTarget(model, effect.attachment.targetGroupArn, { id: addressOf(task), port: effect.attachment.containerPort }, now);
        return;
      case "signal":
        if (effect.signal === "SIGKILL") exited(0, effect.container, 137);
        else exited(behaviour.stopsAfter, effect.container, 0);
        return;
      case "release":
        return;
    }
  }

  /** Tells the scheduler what the balancer thinks of each task's target. */
  function reportTargets(): void {
    isNews = false;
    const known = new Map<string, ReadonlyMap<string, TargetHealth>>();
    const healthOf = (group: string): ReadonlyMap<string, TargetHealth> => {
      const found = known.get(group) ?? new Map(targetHealth(model, group, now).map((one) => [one.id, one]));
      known.set(group, found);
      return found;
    };
    for (const task of [...state.tasks.values()]) {
      for (const target of task.targets) {
        const found = healthOf(target.targetGroupArn).get(addresses.get(task.arn) ?? "");
        const seen = found?.state ?? "gone";
        if (seen !== target.state && addresses.has(task.arn)) {
          send({
            type: "target-health",
            taskArn: task.arn,
            targetGroupArn: target.targetGroupArn,
            state: seen,
            ...(found?.reason === undefined ? {} : { reason: found.reason }),
          });
        }
      }
    }
  }

  const isAlive = (task: Task | undefined): task is Task => task?.containers.some((one) => one.lastStatus === "RUNNING") === true;

  const users = createUsers(model, options, (address) => {
    const task = state.tasks.get(taskAt.get(address) ?? "");
    return isAlive(task) ? { task, behaviour: options.behaviourOf(task.spec) } : undefined;
  });

  function checkTargets(): void {
    for (const node of model.nodes) {
      const waiting = node.pending.length;
      const cut = advance(node, now);
      if (cut.length > 0 || node.pending.length < waiting) isNews = true;
      for (const due of takeDueChecks(node, now)) check(due);
    }
  }

  function check(due: DueCheck): void {
    const task = state.tasks.get(taskAt.get(due.target.id) ?? "");
    const passed = isAlive(task) && options.behaviourOf(task.spec).passesHealthChecks;
    const before = due.target.state;
    finishCheck(
      due,
      passed ? { passed: true } : { passed: false, reason: "Target.FailedHealthChecks", description: "Health checks failed" },
      now,
    );
    if (due.target.state !== before) isNews = true;
  }

  function advanceTo(to: Instant): void {
    while (now < to) {
      const second = Math.floor(now) + 1;
      const next = Math.min(to, second, nextWake(state) ?? to, ...timers.map((one) => one.at), ...model.nodes.map(nextEvent));
      // A time that has passed already must not stop the clock.
      now = next > now ? next : Math.min(to, now + 0.001);
      checkTargets();
      const due = timers.filter((one) => one.at <= now);
      timers = timers.filter((one) => one.at > now);
      for (const timer of due) send(timer.event);
      if ((nextWake(state) ?? Number.POSITIVE_INFINITY) <= now) send({ type: "tick" });
      if (isNews) reportTargets();
      if (now >= second && options.requestsPerSecond > 0) users.serve(now);
    }
  }

  return {
    ecs: () => state,
    send,
    applyListeners: () => {
      applyConfig(model, config(), now);
      isNews = true;
    },
    health: (group) => targetHealth(model, group, now),
    advanceTo,
    tally: users.tally,
    minutes: users.minutes,
    ask: (request) => users.ask(request, now),
    addressOf,
    options,
  };
}
