import { failureThreshold } from "../../src/ecs/deployments.ts";
import type { DeploymentConfiguration } from "../../src/ecs/model.ts";
import { newService, revision, serviceArn, targetGroupArn, World, wellBehaved } from "./world.ts";

const withBreaker = (rollback: boolean): DeploymentConfiguration => ({
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  circuitBreaker: { enable: true, rollback },
});

/** A service whose first revision is steady. */
function steady(world: World, changes: Parameters<typeof newService>[0] = {}): World {
  world.send({ type: "create-service", service: newService(changes) });
  world.run(60);
  expect(world.service.isSteady).toBe(true);
  return world;
}

describe("a service's first deployment", () => {
  test("starts its tasks, registers them, and tells when it is steady", () => {
    const world = steady(new World());
    expect(world.running()).toBe(2);
    expect(world.service.deployments).toMatchObject([{ status: "PRIMARY", rolloutState: "COMPLETED", failedTasks: 0 }]);
    const ids = world.tasks().map(({ id }) => `(task ${id})`);
    expect(world.messages()).toEqual([
      `(service shop-blue-staging) has started 2 tasks: ${ids.join(" ")}.`,
      `(service shop-blue-staging) registered 1 targets in (target-group ${targetGroupArn})`,
      `(service shop-blue-staging) registered 1 targets in (target-group ${targetGroupArn})`,
      expect.stringMatching(/^\(service shop-blue-staging\) \(deployment ecs-svc\/\d{19}\) deployment completed\.$/),
      "(service shop-blue-staging) has reached a steady state.",
    ]);
  });

  test.each`
    after   | lastStatus
    ${0}    | ${"PROVISIONING"}
    ${4}    | ${"PENDING"}
    ${10.5} | ${"ACTIVATING"}
    ${12}   | ${"RUNNING"}
  `("after $after s a task is $lastStatus", ({ after, lastStatus }) => {
    const world = new World();
    world.send({ type: "create-service", service: newService({ desiredCount: 1 }) });
    world.run(after);
    expect(world.tasks()).toMatchObject([{ lastStatus }]);
  });

  test("without load balancer a task counts as healthy 40 s after it runs", () => {
    const world = new World();
    world.send({ type: "create-service", service: newService({ loadBalancers: [] }) });
    world.run(50);
    expect([world.running(), world.service.isSteady]).toEqual([2, false]);
    world.run(1);
    expect(world.service.isSteady).toBe(true);
  });
});

describe("a stopped task", () => {
  test("leaves its target group, drains, gets SIGTERM, and SIGKILL when it does not obey", () => {
    const world = steady(new World({ 1: { healthyAfter: 5 } }, { drainDelay: 20 }), { desiredCount: 1 });
    const from = world.now;
    world.effects.length = 0;
    world.send({ type: "update-service", serviceArn, changes: { desiredCount: 0 } });
    world.run(100);
    expect(world.effects.map(({ at, effect }) => [at - from, effect.type, "signal" in effect ? effect.signal : ""])).toEqual([
      [0, "deregister", ""],
      [20, "signal", "SIGTERM"],
      [50, "signal", "SIGKILL"],
      [expect.closeTo(53.1), "release", ""],
    ]);
    expect(world.tasks()).toMatchObject(
      [
        {
          lastStatus: "STOPPED",
          stopCode: "ServiceSchedulerInitiated",
          containers: [{ exitCode: 137 }],
          stoppedReason: /Scaling activity/,
        },
      ].map((task) => ({ ...task, stoppedReason: expect.stringMatching(task.stoppedReason) })),
    );
    expect(world.service.isSteady).toBe(true);
  });

  test("is forgotten an hour later", () => {
    const world = steady(new World(), { desiredCount: 1 });
    world.send({ type: "update-service", serviceArn, changes: { desiredCount: 0 } });
    world.run(3600);
    expect(world.tasks()).toHaveLength(1);
    world.run(120);
    world.send({ type: "tick" });
    expect(world.tasks()).toHaveLength(0);
  });

  test("by StopTask names its reason, and the service starts another", () => {
    const world = steady(new World(), { desiredCount: 1 });
    const [task] = world.tasks();
    world.send({ type: "stop-task", taskArn: task?.arn ?? "", reason: "by hand" });
    expect(world.tasks()).toMatchObject([
      { desiredStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason: "by hand" },
      { desiredStatus: "RUNNING", lastStatus: "PROVISIONING" },
    ]);
  });
});

describe("a rolling update", () => {
  test("starts the new tasks first where the bounds allow it, and completes when the old ones are gone", () => {
    const world = steady(new World());
    world.send({ type: "update-service", serviceArn, changes: { spec: revision(2) } });
    world.run(12);
    expect([world.running(1), world.running(2)]).toEqual([2, 2]);
    expect(world.service.deployments).toMatchObject([
      { status: "PRIMARY", rolloutState: "IN_PROGRESS" },
      { status: "ACTIVE", rolloutState: "COMPLETED" },
    ]);
    world.run(60);
    expect([world.running(1), world.running(2)]).toEqual([0, 2]);
    expect(world.service.deployments).toMatchObject([{ status: "PRIMARY", rolloutState: "COMPLETED" }]);
  });

  test("stops an old task first where the maximum leaves no room", () => {
    const configuration = { ...withBreaker(false), minimumHealthyPercent: 50, maximumPercent: 100 };
    const world = steady(new World(), { configuration });
    world.send({ type: "update-service", serviceArn, changes: { spec: revision(2) } });
    expect(world.tasks(({ desiredStatus }) => desiredStatus === "RUNNING")).toHaveLength(2);
    expect(world.running(1)).toBe(1);
    world.run(200);
    expect([world.running(1), world.running(2), world.service.isSteady]).toEqual([0, 2, true]);
  });

  test("a changed count is no new deployment; the same definition is none either; force is one", () => {
    const world = steady(new World());
    const first = world.service.deployments[0]?.id;
    world.send({ type: "update-service", serviceArn, changes: { desiredCount: 3, spec: revision(1) } });
    world.run(60);
    expect(world.service.deployments.map(({ id }) => id)).toEqual([first]);
    expect(world.running()).toBe(3);
    world.send({ type: "update-service", serviceArn, changes: { force: true } });
    expect(world.service.deployments).toHaveLength(2);
  });
});

describe("a version that does not run", () => {
  test("crashing before RUNNING, it is restarted later and later, up to every 27 minutes", () => {
    const world = steady(new World({ 2: { crashesAfter: 0.2, endsAfter: 1 } }), { desiredCount: 1 });
    world.send({ type: "update-service", serviceArn, changes: { spec: revision(2) } });
    world.run(4 * 3600);
    const starts = world.effects.filter(({ effect }) => effect.type === "launch").map(({ at }) => at);
    const gaps = starts.slice(2).map((at, index) => Math.round(at - (starts[index + 1] ?? 0)));
    expect(gaps.slice(0, 4)).toEqual([11, 11, 26, 41]);
    expect(Math.max(...gaps)).toBe(27 * 60 + 11);
    expect(world.messages().filter((text) => text.includes("unable to consistently start"))).toHaveLength(1);
    expect([world.running(1), world.running(2)]).toEqual([1, 0]);
    expect(world.tasks(({ lastStatus }) => lastStatus === "STOPPED").at(-1)).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ exitCode: 1 }],
    });
  });

  test("crashing after RUNNING, it is restarted at once every time", () => {
    const world = steady(new World({ 2: { crashesAfter: 8, endsAfter: 1 } }), { desiredCount: 1 });
    world.send({ type: "update-service", serviceArn, changes: { spec: revision(2) } });
    world.run(600);
    const starts = world.effects.filter(({ effect }) => effect.type === "launch").length;
    expect(starts).toBeGreaterThan(30);
    expect(world.service.deployments[0]?.failedTasks).toBeGreaterThan(30);
  });

  test("an image that cannot be pulled stops the task with the reason", () => {
    const world = new World({ 1: { cannotStart: "CannotPullContainerError: pull image manifest has been retried 1 time(s)" } });
    world.send({ type: "create-service", service: newService({ desiredCount: 1 }) });
    world.run(12);
    expect(world.tasks()[0]).toMatchObject({ stopCode: "TaskFailedToStart", stoppedReason: expect.stringMatching(/^CannotPull/) });
  });

  test.each`
    desired | threshold
    ${1}    | ${3}
    ${6}    | ${3}
    ${7}    | ${4}
    ${25}   | ${13}
    ${399}  | ${200}
    ${1000} | ${200}
  `("the circuit breaker of $desired tasks opens after $threshold failures", ({ desired, threshold }) => {
    expect(failureThreshold(desired)).toBe(threshold);
  });

  test.each`
    version                                | because
    ${{ crashesAfter: 0.2, endsAfter: 1 }} | ${"crashes at once"}
    ${{ crashesAfter: 3, endsAfter: 1 }}   | ${"crashes before it is healthy"}
    ${{ endsAfter: 1 }}                    | ${"fails its health checks"}
    ${{ cannotStart: "CannotPull" }}       | ${"has no image"}
  `("the circuit breaker goes back when the version $because", ({ version }) => {
    const world = steady(new World({ 2: version }), { configuration: withBreaker(true) });
    const first = world.service.deployments[0]?.id;
    world.send({ type: "update-service", serviceArn, changes: { spec: revision(2) } });
    world.run(300);
    expect(world.service.deployments).toMatchObject([{ id: first, status: "PRIMARY", rolloutState: "COMPLETED" }]);
    expect([world.running(1), world.running(2)]).toEqual([2, 0]);
    expect(world.messages().join("\n")).toMatch(/deployment failed: tasks failed to start\.\n.*rolling back to deployment ecs-svc/);
  });

  test("the circuit breaker without rollback leaves the deployment FAILED, the old tasks in place, and starts nothing more", () => {
    const world = steady(new World({ 2: { crashesAfter: 0.2, endsAfter: 1 } }), { configuration: withBreaker(false) });
    world.send({ type: "update-service", serviceArn, changes: { spec: revision(2) } });
    world.run(300);
    const launches = world.effects.filter(({ effect }) => effect.type === "launch").length;
    world.run(3000);
    expect(world.effects.filter(({ effect }) => effect.type === "launch")).toHaveLength(launches);
    expect(world.service.deployments).toMatchObject([
      { rolloutState: "FAILED", rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start." },
      { status: "ACTIVE", rolloutState: "COMPLETED" },
    ]);
    expect(world.running(1)).toBe(2);
    world.send({ type: "update-service", serviceArn, changes: { desiredCount: 0 } });
    world.run(100);
    expect(world.running()).toBe(0);
  });
});

describe("unhealthy tasks", () => {
  test("are left alone within the grace period, then replaced first and stopped afterwards", () => {
    const world = steady(new World(), { desiredCount: 1, healthCheckGracePeriod: 100 });
    const [first] = world.tasks();
    world.send({
      type: "target-health",
      taskArn: first?.arn ?? "",
      targetGroupArn,
      state: "unhealthy",
      reason: "Health checks failed with these codes: [500]",
    });
    world.run(30);
    expect(world.tasks()).toHaveLength(1);
    world.run(30);
    expect(world.tasks()).toMatchObject([{ desiredStatus: "RUNNING" }, { desiredStatus: "RUNNING" }]);
    world.run(30);
    expect(world.tasks()).toMatchObject([
      { desiredStatus: "STOPPED", stoppedReason: `Task failed ELB health checks in (target-group ${targetGroupArn})` },
      { desiredStatus: "RUNNING", lastStatus: "RUNNING" },
    ]);
    expect(world.messages().join("\n")).toContain(
      `(port 8080) is unhealthy in (target-group ${targetGroupArn}) due to (reason Health checks failed with these codes: [500])`,
    );
  });
});

describe("one-off tasks", () => {
  test("run outside of any service, end with their exit code, and are started once per client token", () => {
    const world = new World({ 1: { crashesAfter: 5, endsAfter: 1 } });
    const order = {
      clusterArn: newService().clusterArn,
      spec: revision(1),
      count: 1,
      group: "family:shop",
      startedBy: "migration",
      clientToken: "d1",
    };
    world.send({ type: "run-task", order });
    world.send({ type: "run-task", order });
    world.run(60);
    expect(world.tasks()).toMatchObject([
      {
        serviceArn: undefined,
        startedBy: "migration",
        lastStatus: "STOPPED",
        stopCode: "EssentialContainerExited",
        containers: [{ exitCode: 1 }],
      },
    ]);
  });
});

describe("limits of the account", () => {
  test("what the quota does not allow is said once, and started when there is room", () => {
    const world = steady(new World({}, { capacity: 3 }));
    world.send({ type: "update-service", serviceArn, changes: { spec: revision(2) } });
    world.run(10);
    expect(world.messages().filter((text) => text.includes("was unable to place a task"))).toHaveLength(1);
    world.run(300);
    expect([world.running(2), world.service.isSteady]).toEqual([2, true]);
  });
});

test("a deleted service drains its tasks and becomes INACTIVE", () => {
  const world = steady(new World());
  world.send({ type: "delete-service", serviceArn });
  expect(world.service.status).toBe("DRAINING");
  world.run(60);
  expect([world.service.status, world.running()]).toEqual(["INACTIVE", 0]);
});

test("the same events give the same ids", () => {
  const [one, other] = [steady(new World({ 1: wellBehaved })), steady(new World({ 1: wellBehaved }))];
  expect(one.state).toEqual(other.state);
});
