import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { EcsEffect, EcsEvent, EcsSettings, EcsState, NewService, Service, Task, TaskSpec } from "../../src/ecs/model.ts";
import { fargateTiming } from "../../src/ecs/model.ts";
import { emptyState, nextWake, step } from "../../src/ecs/scheduler.ts";

/** How the tasks of one revision behave in a simulated data plane. */
export interface Behaviour {
  /** Seconds from the containers' start until the target is healthy; undefined: it turns unhealthy after 10 s. */
  readonly healthyAfter?: Seconds;
  /** Exits by itself so many seconds after its start. */
  readonly crashesAfter?: Seconds;
  readonly cannotStart?: string;
  /** Seconds from SIGTERM to its end; undefined: it ignores SIGTERM. */
  readonly endsAfter?: Seconds;
}

export const wellBehaved: Behaviour = { healthyAfter: 5, endsAfter: 1 };
export const serviceArn = "arn:aws:ecs:eu-central-1:123456789012:service/shop-staging/shop-blue-staging";
export const targetGroupArn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-blue-staging/0123456789abcdef";

export const revision = (number: number): TaskSpec => ({
  taskDefinitionArn: `arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:${number}`,
  containers: [{ name: "app", essential: true, stopTimeout: 30, hasHealthCheck: false }],
});

export const newService = (changes: Partial<NewService> = {}): NewService => ({
  arn: serviceArn,
  name: "shop-blue-staging",
  clusterArn: "arn:aws:ecs:eu-central-1:123456789012:cluster/shop-staging",
  desiredCount: 2,
  spec: revision(1),
  loadBalancers: [{ targetGroupArn, containerName: "app", containerPort: 8080 }],
  configuration: { minimumHealthyPercent: 100, maximumPercent: 200, circuitBreaker: { enable: false, rollback: false } },
  healthCheckGracePeriod: 30,
  ...changes,
});

/** The scheduler in virtual time, over a simulated data plane. */
export class World {
  state: EcsState = emptyState(1);
  now: Instant = 1_800_000_000;
  readonly effects: { readonly at: Instant; readonly effect: EcsEffect }[] = [];
  /** Called after every step: the place for invariants. */
  onStep: () => void = () => undefined;
  private readonly queue: { readonly at: Instant; readonly event: EcsEvent }[] = [];
  private readonly behaviours: ReadonlyMap<string, Behaviour>;
  private readonly drainDelay: Seconds;
  private readonly settings: EcsSettings;

  constructor(behaviours: Readonly<Record<number, Behaviour>> = {}, options: { drainDelay?: Seconds; capacity?: number } = {}) {
    this.behaviours = new Map(
      Object.entries(behaviours).map(([number, behaviour]) => [revision(Number(number)).taskDefinitionArn, behaviour]),
    );
    this.drainDelay = options.drainDelay ?? 20;
    this.settings = { timing: fargateTiming, capacity: options.capacity ?? 100 };
  }

  send(event: EcsEvent): void {
    const { state, effects } = step(this.state, event, this.now, this.settings);
    this.state = state;
    for (const effect of effects) {
      this.effects.push({ at: this.now, effect });
      this.carryOut(effect);
    }
    this.onStep();
  }

  /** Lets time pass. */
  run(seconds: Seconds): void {
    const end = this.now + seconds;
    for (;;) {
      this.queue.sort((a, b) => a.at - b.at);
      const next = this.queue[0];
      const due = Math.min(next?.at ?? Number.POSITIVE_INFINITY, nextWake(this.state) ?? Number.POSITIVE_INFINITY);
      if (due > end) break;
      this.now = Math.max(this.now, due);
      if (next !== undefined && next.at <= this.now) {
        this.queue.shift();
        this.send(next.event);
      } else this.send({ type: "tick" });
    }
    this.now = end;
  }

  get service(): Service {
    const service = this.state.services.get(serviceArn);
    if (service === undefined) throw new Error("no service was created");
    return service;
  }

  tasks(filter: (task: Task) => boolean = () => true): Task[] {
    return [...this.state.tasks.values()].filter(filter);
  }

  running(number?: number): number {
    const arn = number === undefined ? undefined : revision(number).taskDefinitionArn;
    return this.tasks((task) => task.lastStatus === "RUNNING" && (arn === undefined || task.spec.taskDefinitionArn === arn)).length;
  }

  messages(): string[] {
    return this.service.events.map(({ message }) => message).reverse();
  }

  private later(seconds: Seconds, event: EcsEvent): void {
    this.queue.push({ at: this.now + seconds, event });
  }

  private carryOut(effect: EcsEffect): void {
    const { taskArn } = effect;
    const task = this.state.tasks.get(taskArn);
    const behaviour = this.behaviours.get(task?.spec.taskDefinitionArn ?? "") ?? wellBehaved;
    switch (effect.type) {
      case "launch":
        if (behaviour.cannotStart !== undefined) this.later(1, { type: "start-failed", taskArn, reason: behaviour.cannotStart });
        else this.later(0.5, { type: "containers-started", taskArn });
        if (behaviour.crashesAfter !== undefined)
          this.later(0.5 + behaviour.crashesAfter, { type: "container-exited", taskArn, container: "app", exitCode: 1 });
        return;
      case "register": {
        const state = behaviour.healthyAfter === undefined ? "unhealthy" : "healthy";
        const group = effect.attachment.targetGroupArn;
        this.later(behaviour.healthyAfter ?? 10, { type: "target-health", taskArn, targetGroupArn: group, state });
        return;
      }
      case "deregister": {
        const group = effect.attachment.targetGroupArn;
        this.later(0, { type: "target-health", taskArn, targetGroupArn: group, state: "draining" });
        this.later(this.drainDelay, { type: "target-health", taskArn, targetGroupArn: group, state: "gone" });
        return;
      }
      case "signal": {
        const isKill = effect.signal === "SIGKILL";
        if (isKill || behaviour.endsAfter !== undefined) {
          const exitCode = isKill ? 137 : 0;
          this.later(isKill ? 0.1 : (behaviour.endsAfter ?? 0), {
            type: "container-exited",
            taskArn,
            container: effect.container,
            exitCode,
          });
        }
        return;
      }
      case "release":
      case "forget":
        return;
    }
  }
}
