// The same decisions some time after the deployment began: what is told is how long ago, never since when.
import { awaitHealthy, short, whyStopped } from "../../src/decide/await-healthy.ts";
import { finalize } from "../../src/decide/finalize.ts";
import { phaseAfter } from "../../src/decide/flow.ts";
import { rollingBack } from "../../src/decide/roll-back.ts";
import { scale } from "../../src/decide/scale.ts";
import { deployment, greenTargets, plan, progress, revision, route, service, snapshot, stoppedTask, task, told, wayBack } from "./build.ts";

const since = 1000;
const waiting = progress({ phase: "await-healthy", since, started: 500 });
const events = (...given: readonly (readonly [at: number, message: string])[]) => ({
  tasks: [],
  services: { green: service("green", { running: 0, events: given.map(([at, message]) => ({ at, message })) }) },
});

describe("waiting for the new colour, begun 1,000 s ago", () => {
  test.each([
    [
      "another revision is primary in a read that may be stale",
      { services: { green: service("green", { deployments: [deployment({ revision: "x/shop:1", running: 0 })] }) } },
      1020,
      "goes to shift: 2 of 2 targets are healthy",
    ],
    [
      "an older deployment that failed is listed first",
      {
        services: {
          green: service("green", {
            deployments: [deployment({ revision: "x/shop:1", status: "ACTIVE", rolloutState: "FAILED", running: 0 }), deployment()],
          }),
        },
      },
      1060,
      "goes to shift: 2 of 2 targets are healthy",
    ],
    [
      "the third task stops: the last one is told, and how long it took",
      { tasks: [stoppedTask(1, 1004), stoppedTask(2, 1009), stoppedTask(3, 1012, { stoppedReason: "the last" })] },
      1014,
      'rolls back as failed: shop:2 keeps stopping, 3 times in 14 s: task 7d1f0030: the last, container "app" exited with 1',
    ],
    ["ECS counts tasks that it does not list yet", { tasks: [] }, 1030, "waits for healthy targets, 0 of 2 (0 tasks run) until 4100"],
    [
      "the time is over",
      { targets: { green: greenTargets("unhealthy", "healthy") } },
      4100,
      "rolls back as failed: only 1 of 2 targets became healthy in 52 min (2 tasks run)",
    ],
    [
      "others run, and ours are not healthy yet",
      {
        targets: { green: greenTargets("initial", "healthy") },
        services: {
          green: service("green", { deployments: [deployment(), deployment({ revision: "x/shop:1", status: "ACTIVE", running: 1 })] }),
        },
      },
      1005,
      "waits for healthy targets, 1 of 2 (2 tasks run) until 4100",
    ],
    [
      "one task is enough of one target, not of two",
      { tasks: [task(1)], targets: { green: greenTargets("healthy", "healthy") } },
      1005,
      "waits for healthy targets, 1 of 2 (1 tasks run) until 4100",
    ],
    [
      "ECS says why it starts none",
      events([1000, "service was unable to place a task"]),
      1005,
      "waits for healthy targets, 0 of 2 (0 tasks run) until 4100 [service was unable to place a task]",
    ],
    [
      "a quota",
      events([1001, "(service x) has started 1 tasks"], [1002, "You've reached the limit on vCPUs"]),
      1005,
      "waits for healthy targets, 0 of 2 (0 tasks run) until 4100 [You've reached the limit on vCPUs]",
    ],
    [
      "what ECS said before says nothing about this",
      events([999, "service was unable to place a task"]),
      1005,
      "waits for healthy targets, 0 of 2 (0 tasks run) until 4100",
    ],
    [
      "an event of no trouble",
      events([1001, "(service x) has started 1 tasks"]),
      1005,
      "waits for healthy targets, 0 of 2 (0 tasks run) until 4100",
    ],
  ])("%s", (_, seen, now, expected) => {
    expect(told(awaitHealthy(plan(), snapshot(seen), waiting, now))).toBe(expected);
  });
});

test("a container of which no exit code is known is not the culprit while another has one", () => {
  const container = (name: string, exitCode: number | undefined) => ({ name, exitCode, reason: "", health: "UNKNOWN" });
  const why = whyStopped(task(1, { containers: [container("sidecar", undefined), container("app", 2)], stoppedReason: "stopped" }));
  expect(why).toBe('task 7d1f0010: stopped, container "app" exited with 2');
});

test("a revision in a longer path is called by its end", () => {
  expect(short(`a/b/${revision}`)).toBe("shop:2");
});

test("a deployment is watched after the switch, also without a window of its own", () => {
  expect(phaseAfter(plan({ watch: 0 }), "shift", progress())).toBe("watch");
});

describe("a colour that has users", () => {
  const onGreen = snapshot({ routes: [route(0, 100)], services: { green: service("green", { desired: 0, running: 0, deployments: [] }) } });
  test("gets no new revision", () => {
    expect(told(scale(plan(), onGreen, progress()))).not.toContain("updates green");
  });
  test.each([
    ["is scaled up again when users were moved there before", plan(), progress({ switchedAt: 10 })],
    ["is scaled up on the way back", wayBack(), progress()],
  ])("%s", (_, given, at) => {
    expect(told(scale(given, onGreen, at))).toContain("updates green to 2 of the same revision");
  });
});

describe("going back", () => {
  const back = progress({ phase: "rolling-back", backAt: 1000 });
  const sees = (blue: number | null, green: number | null) =>
    told(rollingBack(plan(), snapshot({ routes: [route(blue, green)] }), back, 1001));
  test("users that were never moved need no time to be known elsewhere", () => {
    expect(sees(100, 0)).toBe("updates green to 0 of the same revision: green is scaled down: users do not need it");
  });
  test.each([
    ["both at nothing: nobody is back", 0, 0],
    ["the old colour out of the action", null, 0],
  ])("%s", (_, blue, green) => {
    expect(sees(blue, green)).toBe("sets listener-443 to blue 100, green 0: listener :443: all new connections back to blue");
  });
});

describe("the end", () => {
  const after = progress({ phase: "finalize", since: 1000, stepSince: 900, switchedAt: 800 });
  const drained = { services: { blue: service("blue", { desired: 0, running: 0 }) } };
  test("a colour that is drained already is not told to end again", () => {
    expect(told(finalize(plan(), snapshot({ routes: [route(0, 100)], targets: { blue: [] }, ...drained }), after, 1001))).toBe(
      "stops as succeeded: shop:2 serves all traffic",
    );
  });
  test("without a time of the last step, the phase's own counts", () => {
    const seen = snapshot({ routes: [route(0, 100)] });
    expect(told(finalize(plan(), seen, { ...after, stepSince: undefined }, 1000))).toMatch(/^updates blue to 0 of the same revision/);
  });
});
