import fc from "fast-check";
import type { EcsEvent, Task, TaskStatus } from "../../src/ecs/model.ts";
import { type Behaviour, newService, revision, serviceArn, targetGroupArn, World } from "./world.ts";

const order: readonly TaskStatus[] = [
  "PROVISIONING",
  "PENDING",
  "ACTIVATING",
  "RUNNING",
  "DEACTIVATING",
  "STOPPING",
  "DEPROVISIONING",
  "STOPPED",
];

const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ healthyAfter: fc.integer({ min: 0, max: 40 }), endsAfter: fc.integer({ min: 0, max: 60 }) }) },
  fc.record({ crashesAfter: fc.integer({ min: 0, max: 50 }), healthyAfter: fc.integer({ min: 0, max: 40 }), endsAfter: fc.constant(1) }),
  fc.constant({ cannotStart: "CannotPullContainerError: not found" }),
  fc.constant({}),
);

type Move = { readonly wait: number } | { readonly act: "scale" | "deploy" | "force" | "stop" | "sicken" | "heal"; readonly value: number };
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 120 }) }) },
  fc.record({ act: fc.constantFrom("scale", "deploy", "force", "stop", "sicken", "heal"), value: fc.nat(5) }),
);

const scenario = fc.record({
  behaviours: fc.record({ 2: behaviour, 3: behaviour }),
  desired: fc.integer({ min: 0, max: 5 }),
  minimum: fc.constantFrom(0, 50, 100),
  maximum: fc.constantFrom(100, 150, 200),
  enable: fc.boolean(),
  rollback: fc.boolean(),
  moves: fc.array(move, { maxLength: 15 }),
});

function eventOf(world: World, act: string, value: number): EcsEvent {
  const tasks = world.tasks(({ desiredStatus }) => desiredStatus === "RUNNING");
  const taskArn = tasks[value % Math.max(1, tasks.length)]?.arn ?? "none";
  switch (act) {
    case "scale":
      return { type: "update-service", serviceArn, changes: { desiredCount: value } };
    case "deploy":
      return { type: "update-service", serviceArn, changes: { spec: revision(1 + (value % 3)) } };
    case "force":
      return { type: "update-service", serviceArn, changes: { force: true } };
    case "stop":
      return { type: "stop-task", taskArn, reason: "chaos" };
    default:
      return { type: "target-health", taskArn, targetGroupArn, state: act === "sicken" ? "unhealthy" : "healthy" };
  }
}

/** What must hold after every single step, whatever happens. */
function watch(world: World, upper: () => number): void {
  const seen = new Map<string, Task>();
  let checked = 0;
  world.onStep = () => {
    for (const task of world.tasks()) checkProgress(seen.get(task.arn), task);
    for (const task of world.tasks()) seen.set(task.arn, task);
    for (const { effect } of world.effects.slice(checked)) if (effect.type === "signal") checkSignal(world.state.tasks.get(effect.taskArn));
    checked = world.effects.length;
    expect(world.tasks(({ desiredStatus }) => desiredStatus === "RUNNING").length).toBeLessThanOrEqual(upper());
    expect(world.service.deployments.map(({ status }) => status)).toEqual(
      world.service.deployments.map((_, at) => (at === 0 ? "PRIMARY" : "ACTIVE")),
    );
    if (world.service.isSteady) expect(world.running()).toBe(world.service.desiredCount);
  };
}

function checkProgress(before: Task | undefined, task: Task): void {
  if (before !== undefined) expect(order.indexOf(task.lastStatus)).toBeGreaterThanOrEqual(order.indexOf(before.lastStatus));
  if (before?.desiredStatus === "STOPPED") expect(task.desiredStatus).toBe("STOPPED");
  if (task.lastStatus === "STOPPED") expect(task.stopCode).toBeDefined();
}

/** Nobody gets SIGTERM while the load balancer may still send it requests. */
function checkSignal(task: Task | undefined): void {
  if (task?.stopCode === "EssentialContainerExited") return;
  expect(task?.targets.every(({ state }) => state === "gone")).toBe(true);
}

test("whatever is ordered and whatever the tasks do, the scheduler keeps ECS's promises", () => {
  fc.assert(
    fc.property(scenario, ({ behaviours, desired, minimum, maximum, enable, rollback, moves }) => {
      const world = new World(behaviours);
      let most = Math.floor((desired * maximum) / 100);
      // Scaling in does not shorten what runs already: the bound is that of the largest count so far.
      watch(world, () => most);
      const configuration = { minimumHealthyPercent: minimum, maximumPercent: maximum, circuitBreaker: { enable, rollback } };
      world.send({ type: "create-service", service: newService({ desiredCount: desired, configuration }) });
      for (const one of moves) {
        if ("wait" in one) world.run(one.wait);
        else {
          if (one.act === "scale") most = Math.max(most, Math.floor((one.value * maximum) / 100));
          world.send(eventOf(world, one.act, one.value));
        }
      }
      world.run(60);
    }),
    { seed: 20_261, numRuns: 150 },
  );
});

test("a good version always gets there: as many healthy tasks as desired, one deployment, steady", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8 }), fc.constantFrom(0, 50, 100), fc.constantFrom(150, 200), (desired, minimum, maximum) => {
      fc.pre(Math.floor((desired * maximum) / 100) > Math.ceil((desired * minimum) / 100) || desired === 0);
      const world = new World();
      const configuration = { minimumHealthyPercent: minimum, maximumPercent: maximum, circuitBreaker: { enable: true, rollback: true } };
      world.send({ type: "create-service", service: newService({ desiredCount: desired, configuration }) });
      world.run(100);
      let fewest = Number.POSITIVE_INFINITY;
      world.onStep = () => {
        const healthy = world.tasks((task) => task.lastStatus === "RUNNING" && task.targets.every(({ state }) => state === "healthy"));
        fewest = Math.min(fewest, healthy.length);
      };
      world.send({ type: "update-service", serviceArn, changes: { spec: revision(2) } });
      world.run(1500);
      expect([world.running(2), world.running(1), world.service.isSteady]).toEqual([desired, 0, true]);
      expect(fewest).toBeGreaterThanOrEqual(Math.ceil((desired * minimum) / 100));
    }),
    { seed: 20_262, numRuns: 60 },
  );
});
