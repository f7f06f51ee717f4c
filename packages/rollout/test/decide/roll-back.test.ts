import { rollingBack } from "../../src/decide/roll-back.ts";
import { blueTargets, greenTargets, plan, progress, route, rule, scaling, service, snapshot, told } from "./build.ts";

const goingBack = progress({
  phase: "rolling-back",
  since: 500,
  switchedAt: 90,
  rollbackSince: 500,
  rollbackReason: "12 % errors",
  rollbackAs: "rolled-back",
});
const isBack = { ...goingBack, backAt: 505 };
const green0 = { services: { green: service("green", { desired: 0 }) } };

describe("rolling a deployment back", () => {
  test.each([
    [
      "users first",
      { routes: [route(0, 100)] },
      goingBack,
      "sets listener-443 to blue 100, green 0: listener :443: all new connections back to blue",
    ],
    [
      "users first, also from a canary",
      { routes: [route(90, 10)] },
      goingBack,
      "sets listener-443 to blue 100, green 0: listener :443: all new connections back to blue",
    ],
    [
      "each route by itself",
      { routes: [route(100, 0), rule(0, 100)] },
      goingBack,
      "sets rule-10 to blue 100, green 0: rule 10 (/api/*): all new connections back to blue",
    ],
    [
      "a sticky group leaves: its cookies would hold users on the bad version",
      { routes: [route(0, 100, { stickySeconds: 60 })] },
      goingBack,
      "sets listener-443 to blue 100, green out: listener :443: all new connections back to blue",
    ],
    [
      "a sticky group with weight 0 must leave too",
      { routes: [route(100, 0, { stickySeconds: 60 })] },
      goingBack,
      "sets listener-443 to blue 100, green out: listener :443: all new connections back to blue",
    ],
    ["when users are back it is noted", {}, goingBack, "notes {backAt 510}: users are on blue"],
    [
      "a group that left the action is no traffic either",
      { routes: [route(100, null, { stickySeconds: 60 })] },
      goingBack,
      "notes {backAt 510}: users are on blue",
    ],
    [
      "then every balancer node must know where users are",
      {},
      { ...isBack, backAt: 496 },
      "waits for every node of the load balancer to know where users are until 511",
    ],
    [
      "then the bad version is scaled down",
      {},
      { ...isBack, backAt: 495 },
      "updates green to 0 of the same revision: green is scaled down: users do not need it",
    ],
    [
      "then autoscaling goes on: scaling in",
      { ...green0, scaling: { blue: scaling(true, false, false) } },
      isBack,
      "gives back blue's autoscaling: autoscaling of blue goes on",
    ],
    [
      "then autoscaling goes on: scaling out",
      { ...green0, scaling: { blue: scaling(false, true, false) } },
      isBack,
      "gives back blue's autoscaling: autoscaling of blue goes on",
    ],
    [
      "then autoscaling goes on: its schedule",
      { ...green0, scaling: { blue: scaling(false, false, true) } },
      isBack,
      "gives back blue's autoscaling: autoscaling of blue goes on",
    ],
    [
      "the bad version's autoscaling stays held",
      { ...green0, scaling: { blue: scaling(false), green: scaling(true) } },
      isBack,
      "stops as rolled-back: 12 % errors",
    ],
    ["and that is it", green0, isBack, "stops as rolled-back: 12 % errors"],
    [
      "as what it ends was decided when it began",
      green0,
      { ...isBack, rollbackAs: "cancelled" as const },
      "stops as cancelled: 12 % errors",
    ],
    [
      "a record without a reason still ends",
      green0,
      { ...isBack, rollbackAs: undefined, rollbackReason: undefined },
      "stops as rolled-back: rolled back",
    ],
    [
      "a migration that still runs is stopped",
      { ...green0, migration: { state: "running" as const, task: "t", stopping: false } },
      isBack,
      "stop-migration: the migration is stopped: the deployment that needs it is over",
    ],
    [
      "and nobody waits for its end",
      { ...green0, migration: { state: "running" as const, task: "t", stopping: true } },
      isBack,
      "stops as rolled-back: 12 % errors",
    ],
  ])("%s", (_, seen, at, expected) => {
    expect(told(rollingBack(plan(), snapshot(seen), at, 510))).toBe(expected);
  });
});

describe("going back to a colour where nobody answers", () => {
  const nobody = { routes: [route(0, 100)], targets: { blue: blueTargets("unhealthy") } };
  const scaledDown = { services: { blue: service("blue", { desired: 0, running: 0 }) } };
  test.each([
    [
      "it is scaled up while the new one still answers",
      { ...nobody, ...scaledDown },
      510,
      "updates blue to 2 of the same revision: blue has no healthy target: it is scaled up before users return",
    ],
    [
      "it has too few tasks",
      { ...nobody, services: { blue: service("blue", { desired: 1 }) } },
      510,
      "updates blue to 2 of the same revision: blue has no healthy target: it is scaled up before users return",
    ],
    ["its tasks are waited for", nobody, 510, "waits for a healthy target on blue before users return until 1400"],
    ["for a quarter of an hour", nobody, 1399, "waits for a healthy target on blue before users return until 1400"],
    ["and no longer", nobody, 1400, "stops as rollback-failed: blue did not become healthy, so traffic stays on green. 12 % errors"],
    [
      "where nobody answers on either side users go back: it can only get better",
      { ...nobody, targets: { blue: blueTargets("unhealthy"), green: greenTargets("unhealthy") } },
      510,
      "sets listener-443 to blue 100, green 0: listener :443: all new connections back to blue",
    ],
  ])("%s", (_, seen, now, expected) => {
    expect(told(rollingBack(plan(), snapshot(seen), goingBack, now))).toBe(expected);
  });

  test("a record that does not say since when counts from now, and needs no reason", () => {
    const unknown = { ...goingBack, rollbackSince: undefined };
    expect(told(rollingBack(plan(), snapshot(nobody), unknown, 5000))).toMatch(/until 5900$/);
    const silent = { ...goingBack, rollbackReason: undefined };
    expect(told(rollingBack(plan(), snapshot(nobody), silent, 1400))).toMatch(/traffic stays on green\.$/);
  });
});
