import { awaitHealthy, crashes, short, whyStopped } from "../../src/decide/await-healthy.ts";
import {
  deployment,
  greenTargets,
  plan,
  progress,
  revision,
  route,
  rule,
  service,
  snapshot,
  stoppedTask,
  task,
  told,
  wayBack,
} from "./build.ts";

const waiting = progress({ phase: "await-healthy" });

describe("waiting for the new colour", () => {
  test.each([
    ["every task runs and is healthy", {}, 10, "goes to shift: 2 of 2 targets are healthy"],
    [
      "one target is not healthy yet",
      { targets: { green: greenTargets("healthy", "initial") } },
      10,
      "waits for healthy targets, 1 of 2 (2 tasks run) until 3600",
    ],
    [
      "a healthy target of somebody else's address is none of ours",
      { tasks: [task(1), task(3)] },
      10,
      "waits for healthy targets, 1 of 2 (2 tasks run) until 3600",
    ],
    [
      "one task that is two targets is one task",
      {
        tasks: [task(1)],
        targets: { green: [...greenTargets("healthy"), ...greenTargets("healthy").map((one) => ({ ...one, port: 9090 }))] },
      },
      10,
      "waits for healthy targets, 2 of 2 (1 tasks run) until 3600",
    ],
    ["one task is missing", { tasks: [task(1)] }, 10, "waits for healthy targets, 1 of 2 (1 tasks run) until 3600"],
    [
      "a task of another revision does not count",
      { tasks: [task(1), task(2, { revision: "shop:1" })] },
      10,
      "waits for healthy targets, 1 of 2 (1 tasks run) until 3600",
    ],
    [
      "a task whose container is unhealthy does not count",
      { tasks: [task(1), task(2, { health: "UNHEALTHY" })] },
      10,
      "waits for healthy targets, 1 of 2 (1 tasks run) until 3600",
    ],
    [
      "a pending task does not count",
      { tasks: [task(1), task(2, { status: "PENDING" })] },
      10,
      "waits for healthy targets, 1 of 2 (1 tasks run) until 3600",
    ],
    [
      "with two groups the worse one decides",
      { routes: [route(100, 0), rule(100, 0, { groups: { blue: "b", green: "api" } })] },
      10,
      "waits for healthy targets, 0 of 2 (2 tasks run) until 3600",
    ],
    ["without a load balancer running is enough", { routes: [] }, 10, "goes to shift: 2 of 2 targets are healthy"],
    [
      "without a load balancer every task must run",
      { routes: [], tasks: [task(1)] },
      10,
      "waits for healthy targets, 1 of 2 (1 tasks run) until 3600",
    ],
    [
      "tasks without addresses are looked for by group alone",
      { tasks: [task(1, { addresses: [] }), task(2, { addresses: [] })] },
      10,
      "goes to shift: 2 of 2 targets are healthy",
    ],
  ])("%s", (_, seen, now, expected) => {
    expect(told(awaitHealthy(plan(), snapshot(seen), waiting, now))).toBe(expected);
  });

  test.each([
    ["in time", 3599, "waits for healthy targets, 1 of 2 (1 tasks run) until 3600"],
    ["too late", 3600, "rolls back as failed: only 1 of 2 targets became healthy in 1 h (1 tasks run)"],
  ])("the whole rollout's limit ends the wait: %s", (_, now, expected) => {
    expect(told(awaitHealthy(plan(), snapshot({ tasks: [task(1)] }), waiting, now))).toBe(expected);
  });

  test("what ECS said last is told when time is over", () => {
    const green = service("green", {
      events: [
        { at: 5, message: "was unable to place a task" },
        { at: 1, message: "older" },
      ],
    });
    expect(told(awaitHealthy(plan(), snapshot({ tasks: [task(1, { status: "PENDING" })], services: { green } }), waiting, 4000))).toBe(
      "rolls back as failed: only 0 of 2 targets became healthy in 1 h 7 min (0 tasks run); ECS says: was unable to place a task",
    );
  });
});

describe("giving up early", () => {
  const green = (...deployments: Parameters<typeof deployment>[0][]) => ({
    services: { green: service("green", { deployments: deployments.map((one) => deployment(one)) }) },
  });
  test.each([
    [
      "ECS's circuit breaker gave up on it",
      green({ rolloutState: "FAILED", reason: "tasks failed to start" }),
      5,
      "rolls back as failed: ECS gave up on shop:2: tasks failed to start",
    ],
    [
      "another revision became primary: the circuit breaker rolled back by itself",
      green({ revision: "x/shop:1" }, { status: "ACTIVE" }),
      21,
      "rolls back as failed: service shop-green-staging went to shop:1 instead of shop:2: its circuit breaker, or somebody else, changed it",
    ],
    [
      "the service has our revision, and neither a deployment nor a task of it shows: plain moto",
      { tasks: [], services: { green: service("green", { running: 0, deployments: [deployment({ revision: "x/shop:1" })] }) } },
      21,
      "rolls back as failed: ECS says that shop-green-staging has shop:2, its deployments show only shop:1, and no task is listed: nobody can tell which version runs. An emulator without tasks answers like this",
    ],
    [
      "no task is listed while another revision has the service: it is taken for what it says",
      { tasks: [], services: { green: service("green", { revision: "x/shop:1", deployments: [deployment({ revision: "x/shop:1" })] }) } },
      21,
      "rolls back as failed: service shop-green-staging went to shop:1 instead of shop:2: its circuit breaker, or somebody else, changed it",
    ],
    [
      "another revision is primary in a read that may be stale",
      green({ revision: "x/shop:1", running: 0 }, { status: "ACTIVE" }),
      20,
      "goes to shift: 2 of 2 targets are healthy",
    ],
    [
      "no deployment is primary: nothing can be said",
      green({ revision: "x/shop:1", status: "ACTIVE", running: 0 }),
      60,
      "goes to shift: 2 of 2 targets are healthy",
    ],
    [
      "an older deployment's failure is not ours",
      green({}, { revision: "x/shop:1", status: "ACTIVE", rolloutState: "FAILED", running: 0 }),
      60,
      "goes to shift: 2 of 2 targets are healthy",
    ],
    [
      "tasks of another revision still run: users would be sent to them too",
      green({}, { revision: "x/shop:1", status: "ACTIVE", running: 1 }, { revision: "x/shop:0", status: "ACTIVE", running: 3 }),
      5,
      "waits for 4 tasks of another revision on green to stop until 3600",
    ],
    ["ECS counts tasks that it does not list yet", { tasks: [] }, 30, "waits for healthy targets, 0 of 2 (0 tasks run) until 3600"],
    [
      "ECS counts tasks and lists none",
      { tasks: [] },
      31,
      "rolls back as failed: ECS says that 2 tasks of shop-green-staging run, and lists none: nobody can tell which version runs. An emulator without tasks answers like this",
    ],
    [
      "ECS counts fewer than are needed, and lists none",
      { tasks: [], services: { green: service("green", { running: 1 }) } },
      31,
      "waits for healthy targets, 0 of 2 (0 tasks run) until 3600",
    ],
    [
      "the second task stops",
      { tasks: [stoppedTask(1, 4), stoppedTask(2, 9)] },
      14,
      'rolls back as failed: shop:2 keeps stopping, 2 times in 14 s: task 7d1f0020: Essential container in task exited, container "app" exited with 1',
    ],
    [
      "one task that stops may be an accident",
      { tasks: [stoppedTask(1, 4), task(2)] },
      14,
      "waits for healthy targets, 1 of 2 (1 tasks run) until 3600",
    ],
    [
      "tasks of another revision that stop are not ours",
      { tasks: [stoppedTask(1, 4, { revision: "x/shop:1" }), stoppedTask(2, 5, { revision: "x/shop:1" })] },
      14,
      "waits for healthy targets, 0 of 2 (0 tasks run) until 3600",
    ],
  ])("%s", (_, seen, now, expected) => {
    expect(told(awaitHealthy(plan(), snapshot(seen), waiting, now))).toBe(expected);
  });

  test("on the way back it means that the rollback failed", () => {
    const seen = snapshot(green({ rolloutState: "FAILED", reason: "why" }));
    expect(told(awaitHealthy(wayBack(), seen, waiting, 5))).toBe("rolls back as rollback-failed: ECS gave up on shop:2: why");
  });
});

describe("which stopped tasks count as crashed", () => {
  test.each([
    ["its essential container exited", {}, true],
    ["it could not start", { stopCode: "TaskFailedToStart" }, true],
    ["it is on its way out already", { status: "DEPROVISIONING" }, true],
    ["it is being stopped, and may have been asked to", { status: "STOPPING" }, false],
    ["ECS scaled it in", { stopCode: "ServiceSchedulerInitiated", stoppedReason: "Scaling activity initiated by deployment" }, false],
    ["somebody stopped it", { stopCode: "UserInitiated", stoppedReason: "Task stopped by user" }, false],
    ["Spot took it", { stopCode: "SpotInterruption", stoppedReason: "Your Spot Task was interrupted." }, false],
    [
      "ECS stopped it for failed health checks",
      { stopCode: "ServiceSchedulerInitiated", stoppedReason: "Task failed ELB health checks" },
      true,
    ],
    ["it stopped before the phase began", { stoppedAt: 99 }, false],
    ["it stopped just when the phase began", { stoppedAt: 100 }, true],
    ["when it stopped is not told yet", { stoppedAt: undefined }, true],
  ])("%s: %#", (_, over, counts) => {
    expect(crashes([stoppedTask(1, 150, over)], 100)).toHaveLength(counts ? 1 : 0);
  });

  test("they come oldest first", () => {
    const found = crashes([stoppedTask(3, 30), stoppedTask(1, 10), stoppedTask(2, 20)], 0);
    expect(found.map((one) => one.stoppedAt)).toEqual([10, 20, 30]);
  });

  test("one whose time is unknown is the oldest", () => {
    const found = crashes([stoppedTask(1, 10), stoppedTask(2, 0, { stoppedAt: undefined })], 0);
    expect(found.map((one) => one.stoppedAt)).toEqual([undefined, 10]);
  });
});

describe("why a task stopped", () => {
  const container = (name: string, exitCode: number | undefined, reason = "") => ({ name, exitCode, reason, health: "UNKNOWN" });
  test.each([
    ["its exit code", [container("app", 3)], "stopped", "", ', container "app" exited with 3'],
    [
      "not the sidecar that was only told to stop",
      [container("sidecar", 143), container("app", 1)],
      "stopped",
      "",
      ', container "app" exited with 1',
    ],
    ["not the sidecar that was killed", [container("sidecar", 137), container("app", 1)], "stopped", "", ', container "app" exited with 1'],
    ["killed, where nothing else is known", [container("app", 137)], "stopped", "", ', container "app" exited with 137'],
    [
      "killed with a reason",
      [container("app", 137, "OutOfMemoryError")],
      "stopped",
      "",
      ', container "app" exited with 137 (OutOfMemoryError)',
    ],
    [
      "a container that never started",
      [container("app", undefined, "CannotPullContainerError")],
      "stopped",
      "",
      ', container "app" (CannotPullContainerError)',
    ],
    [
      "a reason counts more than a kill",
      [container("sidecar", 137), container("app", undefined, "CannotPull")],
      "stopped",
      "",
      ', container "app" (CannotPull)',
    ],
    ["a clean exit is no culprit", [container("app", 0)], "stopped", "", ""],
    ["the stop code where no reason is given", [container("app", 0)], "", "TaskFailedToStart", ""],
  ])("%s", (_, containers, stoppedReason, stopCode, expected) => {
    const why = whyStopped(task(1, { containers, stoppedReason, stopCode }));
    expect(why).toBe(`task 7d1f0010: ${stoppedReason || stopCode}${expected}`);
  });

  test("nothing at all is said so", () => {
    expect(whyStopped(task(1, { containers: [] }))).toBe("task 7d1f0010: stopped without a reason");
  });
});

test.each([
  [revision, "shop:2"],
  ["shop:2", "shop:2"],
])("%s is called %s", (long, name) => {
  expect(short(long)).toBe(name);
});
