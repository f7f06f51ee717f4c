import { decide } from "../../src/decide/decide.ts";
import { deadline, firstPhase, phaseAfter } from "../../src/decide/flow.ts";
import { type Phase, type Plan, phases } from "../../src/model.ts";
import { plan, progress, route, snapshot, told, wayBack } from "./build.ts";

describe("the migration", () => {
  const at = progress({ phase: "migrate", since: 100 });
  const running = { migration: { state: "running" as const, task: "t", stopping: false } };
  const stopping = { migration: { ...running.migration, stopping: true } };
  const stopped = (exitCode: number | undefined) => ({
    migration: { state: "stopped" as const, exitCode, reason: "exited with 3", task: "t" },
  });
  test.each([
    ["begins", {}, 100, "start-migration: the migration runs before users see the new version"],
    ["runs", running, 999, "waits for the migration task to end until 1000"],
    ["runs too long", running, 1000, "stop-migration: the migration did not end within 15 min: its task is stopped"],
    ["is being stopped", stopping, 1005, "waits for the migration task to stop until 1150"],
    [
      "is still being stopped after two and a half minutes less a second",
      stopping,
      1149,
      "waits for the migration task to stop until 1150",
    ],
    [
      "is still being stopped after that",
      stopping,
      1150,
      "rolls back as failed: the migration did not end within 15 min, and its task could not be stopped",
    ],
    ["fails in its last second", stopped(3), 999, "rolls back as failed: the migration failed: exited with 3"],
    [
      "fails when its time is over",
      stopped(3),
      1000,
      "rolls back as failed: the migration did not end within 15 min and was stopped: exited with 3",
    ],
    [
      "has been stopped",
      stopped(137),
      1035,
      "rolls back as failed: the migration did not end within 15 min and was stopped: exited with 3",
    ],
    [
      "cannot be stopped",
      running,
      1150,
      "rolls back as failed: the migration did not end within 15 min, and its task could not be stopped",
    ],
    ["ends well", stopped(0), 200, "goes to scale: the migration ended with exit code 0"],
    ["ends well after its limit: it did end", stopped(0), 2000, "goes to scale: the migration ended with exit code 0"],
    ["fails", stopped(3), 200, "rolls back as failed: the migration failed: exited with 3"],
    ["never ran", stopped(undefined), 200, "rolls back as failed: the migration failed: exited with 3"],
  ])("%s", (_, seen, now, expected) => {
    expect(told(decide(plan({ migration: true }), snapshot(seen), at, now))).toBe(expected);
  });
});

describe("the checks before users see it", () => {
  const at = progress({ phase: "test", since: 100 });
  test.each([
    ["run", { tests: { state: "pending" as const } }, 399, "waits for the checks through the test route until 400"],
    [
      "run too long",
      { tests: { state: "pending" as const } },
      400,
      "rolls back as failed: the checks through the test route did not end in 5 min",
    ],
    ["pass", { tests: { state: "passed" as const } }, 200, "goes to shift: the new version passed its checks before users see it"],
    [
      "fail",
      { tests: { state: "failed" as const, why: "status 500" } },
      200,
      "rolls back as failed: the new version failed its checks before users saw it: status 500",
    ],
  ])("%s", (_, seen, now, expected) => {
    expect(told(decide(plan({ test: true }), snapshot(seen), at, now))).toBe(expected);
  });
});

describe("each phase has its own question", () => {
  const onGreen = { routes: [route(0, 100)] };
  test.each<[Phase, Plan, object, RegExp]>([
    ["scale", plan(), {}, /^goes to await-healthy/],
    ["await-healthy", plan(), {}, /^goes to shift/],
    ["shift", plan(), {}, /^sets listener-443 to blue 0, green 100 .*: 100 % of new connections to green/],
    ["shift", wayBack(), {}, /^sets listener-443 to blue 0, green 100 .*: all new connections to green/],
    ["watch", plan(), onGreen, /^waits for the rollback window/],
    ["finalize", plan(), onGreen, /^updates blue to 0/],
    ["rolling-back", plan(), onGreen, /^sets listener-443 to blue 100, green 0/],
    ["watch", wayBack({ watch: 60 }), onGreen, /^waits for the watch to end/],
    ["rolling-back", wayBack(), {}, /^stops as rollback-failed: the way back failed/],
  ])("%s", (phase, given, seen, expected) => {
    expect(told(decide(given, snapshot(seen), progress({ phase }), 10))).toMatch(expected);
  });

  test("a way back first looks whether users are still where they were moved", () => {
    const moved = { switchedAt: 5, stepSince: 6 };
    const astray = snapshot({ routes: [route(100, 0)] });
    expect(told(decide(wayBack(), astray, progress({ phase: "scale", ...moved }), 10))).toMatch(/moved again by somebody else/);
    expect(told(decide(plan(), astray, progress({ phase: "scale", ...moved }), 10))).toMatch(/^goes to/);
    expect(told(decide(wayBack(), astray, progress({ phase: "rolling-back", ...moved }), 10))).toMatch(/^stops as rollback-failed/);
  });
});

describe("which phase follows", () => {
  const all = (given: Plan, switchedAt: number | undefined): string =>
    phases.map((phase) => `${phase} → ${phaseAfter(given, phase, { switchedAt })}`).join(", ");
  const ends = "finalize → finalize, rolling-back → rolling-back";
  test.each([
    [
      "in a deployment",
      plan(),
      undefined,
      `migrate → scale, scale → await-healthy, await-healthy → shift, test → shift, shift → watch, watch → finalize, ${ends}`,
    ],
    [
      "in a deployment with a test",
      plan({ test: true }),
      undefined,
      `migrate → scale, scale → await-healthy, await-healthy → test, test → shift, shift → watch, watch → finalize, ${ends}`,
    ],
    [
      "in a deployment with a test, once users were moved",
      plan({ test: true }),
      5,
      `migrate → scale, scale → await-healthy, await-healthy → shift, test → shift, shift → watch, watch → finalize, ${ends}`,
    ],
    [
      "on a graceful way back",
      wayBack(),
      undefined,
      `migrate → scale, scale → await-healthy, await-healthy → shift, test → shift, shift → finalize, watch → finalize, ${ends}`,
    ],
    [
      "on a graceful way back that is watched",
      wayBack({ watch: 60 }),
      undefined,
      `migrate → scale, scale → await-healthy, await-healthy → shift, test → shift, shift → watch, watch → finalize, ${ends}`,
    ],
    [
      "on an urgent way back",
      wayBack({ urgent: true }),
      5,
      `migrate → scale, scale → await-healthy, await-healthy → finalize, test → shift, shift → scale, watch → finalize, ${ends}`,
    ],
    [
      "on an urgent way back that is watched",
      wayBack({ urgent: true, watch: 60 }),
      5,
      `migrate → scale, scale → await-healthy, await-healthy → watch, test → shift, shift → scale, watch → finalize, ${ends}`,
    ],
  ])("%s", (_, given, switchedAt, expected) => {
    expect(all(given, switchedAt)).toBe(expected);
  });

  test.each<[string, Plan, Phase]>([
    ["a deployment begins with its tasks", plan(), "scale"],
    ["a migration comes first", plan({ migration: true }), "migrate"],
    ["an urgent way back begins with users", wayBack({ urgent: true }), "shift"],
    ["a graceful one with tasks", wayBack(), "scale"],
    ["a deployment is never urgent", plan({ urgent: true }), "scale"],
  ])("%s", (_, given, expected) => {
    expect(firstPhase(given)).toBe(expected);
  });

  test("the limit counts from the rollout's start, not the phase's", () => {
    expect(deadline(plan({ timeout: 60 }), progress({ started: 1000, since: 1500 }))).toBe(1060);
  });
});

test("an unknown phase, migration or check is a defect, and says so", () => {
  const odd = (over: object) => () => decide(plan(), snapshot(over), progress({ phase: "migrate" }), 1);
  expect(odd({ migration: { state: "odd" } })).toThrow('unhandled {"state":"odd"}');
  expect(() => decide(plan(), snapshot({ tests: { state: "odd" } as never }), progress({ phase: "test" }), 1)).toThrow(
    'unhandled {"state":"odd"}',
  );
  expect(() => decide(plan(), snapshot(), progress({ phase: "odd" as never }), 1)).toThrow('unhandled "odd"');
  expect(() => phaseAfter(plan(), "odd" as never, progress())).toThrow("unhandled phase odd");
});
