import { afterReturning, isReady, retreat, unproved, watchReturn } from "../../src/decide/return.ts";
import {
  blueTargets,
  deployment,
  greenTargets,
  judged,
  plan,
  progress,
  route,
  rule,
  scaling,
  service,
  snapshot,
  told,
  wayBack,
} from "./build.ts";

const onGreen = { routes: [route(0, 100)] };
const moved = progress({ phase: "scale", switchedAt: 100, stepSince: 101 });
const sentence = (step: ReturnType<typeof afterReturning>): string => (step === undefined ? "nothing" : told(step));

describe("once users were moved back", () => {
  const confirmed = { confirmation: { state: "confirmed" as const, by: "3 rounds passed" } };
  const nobodyOnGreen = { targets: { green: greenTargets("unhealthy") } };
  test.each([
    ["nobody was moved yet", onGreen, progress(), 110, "nothing"],
    ["nobody was moved yet, and users are where they were", {}, progress(), 110, "nothing"],
    ["the switch was called and not seen yet", onGreen, progress({ switchedAt: 100 }), 110, "nothing"],
    ["the switch was called on one route of two", { routes: [route(0, 100), rule(100, 0)] }, progress({ switchedAt: 100 }), 110, "nothing"],
    ["all is well and not confirmed", onGreen, moved, 110, "nothing"],
    ["probes see it for the first time", { ...onGreen, ...confirmed }, moved, 110, "notes {confirmedAt 110}: 3 rounds passed"],
    ["probes have seen it before", { ...onGreen, ...confirmed }, { ...moved, confirmedAt: 105 }, 110, "nothing"],
    [
      "the run that was taken over moves users once more",
      { routes: [route(100, 0)] },
      moved,
      400,
      "sets listener-443 to blue 0, green 100: listener :443 was moved again by somebody else: all users to green",
    ],
    [
      "a rule moved alone",
      { routes: [route(0, 100), rule(50, 50)] },
      moved,
      110,
      "sets rule-10 to blue 0, green 100: rule 10 (/api/*) was moved again by somebody else: all users to green",
    ],
    [
      "a sticky group stays out",
      { routes: [route(100, 0, { stickySeconds: 60 })] },
      moved,
      110,
      "sets listener-443 to blue out, green 100: listener :443 was moved again by somebody else: all users to green",
    ],
    [
      "later it is no echo but somebody's wish",
      { routes: [route(75, 25)] },
      moved,
      401,
      "rolls back as rollback-failed: somebody else moved traffic: listener :443 gives green 25 %",
    ],
    [
      "a route without any weight is told as 0",
      { routes: [route(0, 0)] },
      moved,
      401,
      "rolls back as rollback-failed: somebody else moved traffic: listener :443 gives green 0 %",
    ],
    [
      "nobody answers there, but where they came from",
      { ...onGreen, ...nobodyOnGreen },
      moved,
      110,
      "rolls back as rollback-failed: green has no healthy target any more",
    ],
    [
      "nobody answers anywhere: they stay",
      { ...onGreen, targets: { green: [], blue: [] } },
      moved,
      110,
      "waits for a healthy target on green until 401",
    ],
  ])("%s", (_, seen, at, now, expected) => {
    expect(sentence(afterReturning(wayBack(), snapshot(seen), at, now))).toBe(expected);
  });
});

describe("whether users are well where they are", () => {
  const at = progress({ phase: "finalize", since: 200 });
  test.each([
    ["a deployment was watched", plan(), at, 210, "nothing"],
    ["probes have seen it", wayBack(), { ...at, confirmedAt: 205 }, 210, "nothing"],
    ["not yet", wayBack(), at, 259, "waits for health checks of green to pass until 260 [1 of 3 rounds passed]"],
    [
      "never",
      wayBack(),
      at,
      260,
      "rolls back as rollback-failed: users are on green, but its health checks did not pass within 60 s: 1 of 3 rounds passed",
    ],
  ])("%s", (_, given, progressed, now, expected) => {
    expect(sentence(unproved(given, snapshot(onGreen), progressed, now))).toBe(expected);
  });
});

describe("watching users where they are back", () => {
  const at = progress({ phase: "watch", since: 100, switchedAt: 90 });
  test.each([
    ["good, before the end", 219, judged("good"), "waits for the watch to end until 220 [the evidence]"],
    ["good, at the end", 220, judged("good"), "goes to finalize: 2 min on green: the evidence"],
    ["no data at the end: there is no further way back", 220, judged("no-data"), "goes to finalize: 2 min on green: the evidence"],
    ["a breach is seen through", 230, judged("breaching"), "waits for the watch to end until 230 [the evidence]"],
    ["bad", 110, judged("bad"), "rolls back as rollback-failed: users are on green, but it is not well either: the evidence"],
  ])("%s", (_, now, seen, expected) => {
    expect(told(watchReturn(wayBack({ watch: 120 }), snapshot({ ...onGreen, ...seen }), at, now))).toBe(expected);
  });
});

describe("a way back that failed", () => {
  const failed = progress({ phase: "rolling-back", rollbackReason: "it crashes", rollbackAs: "rollback-failed", switchedAt: 90 });
  const notMoved = { ...failed, switchedAt: undefined };
  const nobodyOnGreen = { targets: { green: greenTargets("unhealthy") } };
  test.each([
    [
      "users go where somebody answers",
      { ...onGreen, ...nobodyOnGreen },
      failed,
      "sets listener-443 to blue 100, green 0: listener :443: all new connections back to blue",
    ],
    [
      "a few users too",
      { routes: [route(90, 10)], ...nobodyOnGreen },
      failed,
      "sets listener-443 to blue 100, green 0: listener :443: all new connections back to blue",
    ],
    [
      "users stay where nobody answers anywhere",
      { ...onGreen, targets: { green: [], blue: [] } },
      failed,
      "stops as rollback-failed: it crashes",
    ],
    [
      "users that somebody else moved there are not cut off, though nobody answers anywhere",
      { ...onGreen, targets: { green: [], blue: [] } },
      notMoved,
      "stops as rollback-failed: it crashes",
    ],
    ["users stay where somebody answers", onGreen, failed, "stops as rollback-failed: it crashes"],
    [
      "a colour that never came up is scaled down again",
      nobodyOnGreen,
      notMoved,
      "updates green to 0 of the same revision: green did not come up: it is scaled down again",
    ],
    [
      "it is down already",
      { ...nobodyOnGreen, services: { green: service("green", { desired: 0 }) } },
      notMoved,
      "stops as rollback-failed: it crashes",
    ],
    ["what users were on is never taken down", nobodyOnGreen, failed, "stops as rollback-failed: it crashes"],
    ["what came up is never taken down", {}, notMoved, "stops as rollback-failed: it crashes"],
    [
      "autoscaling goes on where users are: scaling in",
      { scaling: { blue: scaling(true, false, false), green: scaling(true) } },
      failed,
      "gives back blue's autoscaling: autoscaling of blue goes on",
    ],
    [
      "autoscaling goes on where users are: scaling out",
      { scaling: { blue: scaling(false, true, false) } },
      failed,
      "gives back blue's autoscaling: autoscaling of blue goes on",
    ],
    [
      "autoscaling goes on where users are: its schedule",
      { scaling: { blue: scaling(false, false, true) } },
      failed,
      "gives back blue's autoscaling: autoscaling of blue goes on",
    ],
    [
      "autoscaling goes on for both where users are split",
      { routes: [route(50, 50)], scaling: { green: scaling(true) } },
      failed,
      "gives back green's autoscaling: autoscaling of green goes on",
    ],
    [
      "autoscaling of the colour without users stays held",
      { scaling: { green: scaling(true), blue: scaling(false) } },
      failed,
      "stops as rollback-failed: it crashes",
    ],
    [
      "a record without a reason still ends",
      {},
      { ...failed, rollbackAs: undefined, rollbackReason: undefined },
      "stops as rollback-failed: the way back failed",
    ],
    ["as what it ends was decided before", {}, { ...failed, rollbackAs: "cancelled" as const }, "stops as cancelled: it crashes"],
  ])("%s", (_, seen, at, expected) => {
    expect(told(retreat(wayBack(), snapshot(seen), at))).toBe(expected);
  });
});

test.each([
  ["it runs alone and answers", {}, true],
  ["nobody answers", { targets: { green: blueTargets("healthy") } }, false],
  ["another revision is there", { services: { green: service("green", { revision: "x/shop:1" }) } }, false],
  [
    "another revision still runs",
    { services: { green: service("green", { deployments: [deployment(), deployment({ revision: "x", running: 1 })] }) } },
    false,
  ],
  ["without a load balancer nobody can be moved", { routes: [] }, false],
])("ready for users: %s", (_, seen, expected) => {
  expect(isReady(wayBack(), snapshot(seen))).toBe(expected);
});
