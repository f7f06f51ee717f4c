import { finalize } from "../../src/decide/finalize.ts";
import { blueTargets, greenTargets, plan, progress, route, scaling, service, snapshot, told, wayBack } from "./build.ts";

const cleaning = progress({ phase: "finalize", since: 1000, switchedAt: 90, confirmedAt: 95 });
const onGreen = { routes: [route(0, 100)] };
const drained = { ...onGreen, services: { blue: service("blue", { desired: 0, running: 0 }) }, targets: { blue: [] } };

describe("cleaning up after a deployment", () => {
  test.each([
    [
      "the old colour is kept when nobody answers on the new one",
      { ...onGreen, targets: { green: greenTargets("unhealthy") } },
      "stops as failed: green lost its healthy targets before blue was scaled down; blue was kept",
    ],
    [
      "users that somebody put back keep the old colour",
      { routes: [route(100, 0)] },
      "stops as failed: somebody else moved traffic: listener listener-443 gives green 0 % now. It was left so",
    ],
    [
      "users that somebody put back in part keep it too",
      { routes: [route(0, 100), route(10, 90, { id: "rule-10", kind: "rule" })] },
      "stops as failed: somebody else moved traffic: rule rule-10 gives green 90 % now. It was left so",
    ],
    ["the old colour is scaled down", onGreen, "updates blue to 0 of the same revision: blue is drained and scaled down"],
    [
      "its autoscaling is held first, or it would bring the old version up again",
      { ...onGreen, scaling: { blue: scaling(true, false) } },
      "suspends all of blue's autoscaling: autoscaling must not bring blue up again",
    ],
    [
      "its autoscaling held in part is held in full: the schedule",
      { ...onGreen, scaling: { blue: scaling(true, true, false) } },
      "suspends all of blue's autoscaling: autoscaling must not bring blue up again",
    ],
    [
      "its autoscaling held in part is held in full: scaling in",
      { ...onGreen, scaling: { blue: scaling(false, true, true) } },
      "suspends all of blue's autoscaling: autoscaling must not bring blue up again",
    ],
    [
      "held autoscaling is left alone",
      { ...onGreen, scaling: { blue: scaling(true) } },
      "updates blue to 0 of the same revision: blue is drained and scaled down",
    ],
    [
      "a sticky group leaves the listener before its tasks are gone",
      { routes: [route(0, 100, { stickySeconds: 60 })] },
      "sets listener-443 to blue out, green 100 {since 1010}: blue leaves the listener: stickiness would send users to it after its tasks are gone",
    ],
    [
      "a sticky group that has left stays out",
      { routes: [route(null, 100, { stickySeconds: 60 })] },
      "waits for every node of the load balancer to know where users are until 1015",
    ],
    [
      "running tasks are waited for",
      { ...drained, services: { blue: service("blue", { desired: 0, running: 2 }) } },
      "waits for 2 tasks of blue to finish their requests and stop until 1420",
    ],
    [
      "draining targets are waited for",
      { ...drained, targets: { blue: blueTargets("draining", "draining", "draining", "healthy") } },
      "waits for 3 tasks of blue to finish their requests and stop until 1420",
    ],
    ["nothing is left to do", drained, "stops as succeeded: shop:2 serves all traffic"],
    [
      "autoscaling goes on where users are, and only there",
      { ...drained, scaling: { blue: scaling(true), green: scaling(true) } },
      "gives back green's autoscaling: autoscaling of green goes on",
    ],
    [
      "autoscaling goes on, scaling in",
      { ...drained, scaling: { green: scaling(true, false, false) } },
      "gives back green's autoscaling: autoscaling of green goes on",
    ],
    [
      "autoscaling goes on, scaling out",
      { ...drained, scaling: { green: scaling(false, true, false) } },
      "gives back green's autoscaling: autoscaling of green goes on",
    ],
    [
      "autoscaling goes on, its schedule",
      { ...drained, scaling: { green: scaling(false, false, true) } },
      "gives back green's autoscaling: autoscaling of green goes on",
    ],
    [
      "autoscaling that goes on already",
      { ...drained, scaling: { green: scaling(false) } },
      "stops as succeeded: shop:2 serves all traffic",
    ],
  ])("%s", (_, seen, expected) => {
    expect(told(finalize(plan(), snapshot(seen), cleaning, 1010))).toBe(expected);
  });

  test.each([
    [
      "a node may still send users by the old weights",
      1014,
      "waits for every node of the load balancer to know where users are until 1015",
    ],
    ["every node knows the new ones", 1015, "updates blue to 0 of the same revision: blue is drained and scaled down"],
  ])("%s: a colour that users left just now is scaled down in time", (_, now, expected) => {
    expect(told(finalize(plan(), snapshot(onGreen), { ...cleaning, stepSince: 1000 }, now))).toBe(expected);
    expect(told(finalize(plan(), snapshot({ routes: [route(null, 100, { stickySeconds: 60 })] }), cleaning, now))).toBe(expected);
  });

  test.each([
    [
      "two routes, of which one is sticky: both count from when it left",
      [route(0, 100), route(null, 100, { id: "rule-10", stickySeconds: 60 })],
      2,
      1014,
      "waits for every node of the load balancer to know where users are until 1015",
    ],
    [
      "two routes that are not: the last step was long ago",
      [route(0, 100), route(0, 100, { id: "rule-10" })],
      2,
      1000,
      "updates blue to 0 of the same revision: blue is drained and scaled down",
    ],
    [
      "a colour that is down already has nobody to wait for",
      [route(null, 100, { stickySeconds: 60 })],
      0,
      1001,
      "stops as succeeded: shop:2 serves all traffic",
    ],
  ])("when every node knows: %s", (_, routes, desired, now, expected) => {
    const seen = snapshot({ routes, services: { blue: service("blue", { desired, running: desired }) } });
    expect(told(finalize(plan(), seen, { ...cleaning, stepSince: 900 }, now))).toBe(expected);
  });

  test.each([
    ["just in time", 1419, "waits for 1 tasks of blue to finish their requests and stop until 1420"],
    ["longer than anybody should wait", 1420, "stops as succeeded: shop:2 serves all traffic"],
  ])("draining takes %s", (_, now, expected) => {
    const seen = snapshot({ ...drained, services: { blue: service("blue", { desired: 0, running: 1 }) } });
    expect(told(finalize(plan(), seen, cleaning, now))).toBe(expected);
  });

  test("draining never takes longer than the whole rollout may", () => {
    const seen = snapshot({ ...drained, services: { blue: service("blue", { desired: 0, running: 1 }) } });
    expect(told(finalize(plan({ timeout: 1100 }), seen, cleaning, 1010))).toMatch(/until 1100$/);
  });

  test.each([
    ["blue stays scaled", onGreen, "stops as succeeded: shop:2 serves all traffic; blue is kept for 10 min"],
    [
      "autoscaling goes on first",
      { ...onGreen, scaling: { green: scaling(true) } },
      "gives back green's autoscaling: autoscaling of green goes on",
    ],
  ])("keep-previous: %s", (_, seen, expected) => {
    expect(told(finalize(plan({ keepPrevious: 600 }), snapshot(seen), cleaning, 1010))).toBe(expected);
  });
});

describe("cleaning up after a way back", () => {
  const unproved = progress({ phase: "finalize", since: 1000, switchedAt: 90 });
  test.each([
    ["nothing is left to do", wayBack(), drained, cleaning, 1010, "stops as succeeded: users are back on green (shop:2)"],
    [
      "keep-previous is for deployments",
      wayBack({ keepPrevious: 600 }),
      onGreen,
      cleaning,
      1010,
      "updates blue to 0 of the same revision: blue is drained and scaled down",
    ],
    [
      "nobody answers",
      wayBack(),
      { ...onGreen, targets: { green: [] } },
      cleaning,
      1010,
      "stops as rollback-failed: green lost its healthy targets before blue was scaled down; blue was kept",
    ],
    [
      "health checks have not passed yet: nothing is taken down",
      wayBack(),
      onGreen,
      unproved,
      1059,
      "waits for health checks of green to pass until 1060 [1 of 3 rounds passed]",
    ],
    [
      "health checks never pass",
      wayBack(),
      onGreen,
      unproved,
      1060,
      "rolls back as rollback-failed: users are on green, but its health checks did not pass within 60 s: 1 of 3 rounds passed",
    ],
  ])("%s", (_, given, seen, at, now, expected) => {
    expect(told(finalize(given, snapshot(seen), at, now))).toBe(expected);
  });

  test("a deployment needs no second proof: it was watched", () => {
    expect(told(finalize(plan(), snapshot(onGreen), unproved, 1010))).toMatch(/^updates blue to 0/);
  });
});
