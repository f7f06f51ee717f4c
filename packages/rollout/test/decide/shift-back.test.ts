import { shiftBack } from "../../src/decide/return.ts";
import { blueTargets, deployment, greenTargets, judged, progress, route, rule, service, snapshot, told, wayBack } from "./build.ts";

const atFirst = progress({ phase: "shift" });
const atAll = progress({ phase: "shift", switchedAt: 90, stepSince: 100 });
const allSeen = { routes: [route(0, 100)] };

describe("moving users back", () => {
  const ready = { services: { green: service("green") } };
  test.each([
    [
      "what they return to is there",
      ready,
      atFirst,
      "sets listener-443 to blue 0, green 100 {switchedAt 120}: listener :443: all new connections to green",
    ],
    [
      "a sticky group leaves the action, since its cookies beat the weights",
      { ...ready, routes: [route(100, 0, { stickySeconds: 60 })] },
      atFirst,
      "sets listener-443 to blue out, green 100 {switchedAt 120}: listener :443: all new connections to green",
    ],
    [
      "nothing healthy there yet",
      { targets: { green: greenTargets("initial") } },
      atFirst,
      "goes to scale: green has no healthy target: it is scaled up first",
    ],
    [
      "another revision runs there",
      { services: { green: service("green", { revision: "x/shop:1" }) } },
      atFirst,
      "goes to scale: green does not run shop:2 alone: that is started there first",
    ],
    [
      "another revision runs there and is not healthy",
      { services: { green: service("green", { revision: "x/shop:1" }) }, targets: { green: [] } },
      atFirst,
      "goes to scale: green does not run shop:2 alone: that is started there first",
    ],
    [
      "another revision still runs beside it",
      {
        services: {
          green: service("green", { deployments: [deployment(), deployment({ revision: "x/shop:1", status: "ACTIVE", running: 1 })] }),
        },
      },
      atFirst,
      "goes to scale: green does not run shop:2 alone: that is started there first",
    ],
    [
      "another revision's deployment without tasks does not matter",
      {
        services: {
          green: service("green", { deployments: [deployment(), deployment({ revision: "x/shop:1", status: "ACTIVE", running: 0 })] }),
        },
      },
      atFirst,
      "sets listener-443 to blue 0, green 100 {switchedAt 120}: listener :443: all new connections to green",
    ],
    ["they arrived", allSeen, atAll, "goes to finalize: users are on green"],
    [
      "a verdict about the colour they leave does not matter",
      { ...allSeen, ...judged("bad") },
      atAll,
      "goes to finalize: users are on green",
    ],
    [
      "the colour they leave may have grown: nobody waits for that",
      { ...ready, services: { blue: service("blue", { running: 9 }) } },
      atFirst,
      "sets listener-443 to blue 0, green 100 {switchedAt 120}: listener :443: all new connections to green",
    ],
  ])("%s", (_, seen, at, expected) => {
    expect(told(shiftBack(wayBack(), snapshot(seen), at, 120))).toBe(expected);
  });

  test.each([
    [
      "each route by itself, and the first switch is noted once",
      { routes: [route(0, 100), rule(100, 0)] },
      progress({ phase: "shift", switchedAt: 90 }),
      "sets rule-10 to blue 0, green 100: rule 10 (/api/*): all new connections to green",
    ],
    [
      "a weight of another scale is as good",
      { routes: [route(0, 7)] },
      progress({ phase: "shift", switchedAt: 90 }),
      "notes {stepSince 120, switchedAt 90}: green has all routes",
    ],
    ["users were there already", allSeen, atFirst, "notes {stepSince 120, switchedAt 120}: green has all routes"],
    [
      "a sticky group with weight 0 must leave",
      { routes: [route(0, 100, { stickySeconds: 60 })] },
      progress({ phase: "shift", switchedAt: 90 }),
      "sets listener-443 to blue out, green 100: listener :443: all new connections to green",
    ],
    [
      "a sticky group that left is away",
      { routes: [route(null, 100, { stickySeconds: 60 })] },
      progress({ phase: "shift", switchedAt: 90 }),
      "notes {stepSince 120, switchedAt 90}: green has all routes",
    ],
    [
      "nobody answers there any more, but where they came from",
      { ...allSeen, targets: { green: greenTargets("unhealthy"), blue: blueTargets("healthy") } },
      atAll,
      "rolls back as rollback-failed: green has no healthy target any more",
    ],
  ])("%s", (_, seen, at, expected) => {
    expect(told(shiftBack(wayBack(), snapshot(seen), at, 120))).toBe(expected);
  });

  test.each([
    ["five minutes are waited", 399, {}, 3600, "waits for a healthy target on green until 400"],
    ["and no longer", 400, {}, 3600, "rolls back as rollback-failed: green has no healthy target, and neither way is safe"],
    ["from the switch, not from the phase", 399, { since: 10 }, 3600, "waits for a healthy target on green until 400"],
    ["from the phase, when that is later", 449, { since: 150 }, 3600, "waits for a healthy target on green until 450"],
    ["nor longer than the whole rollout may take", 299, {}, 300, "waits for a healthy target on green until 300"],
  ])("nobody answers on either side: %s", (_, now, at, timeout, expected) => {
    const seen = snapshot({ ...allSeen, targets: { green: [], blue: [] } });
    expect(told(shiftBack(wayBack({ timeout }), seen, { ...atAll, ...at }, now))).toBe(expected);
  });

  test("an urgent way scales after users were moved", () => {
    expect(told(shiftBack(wayBack({ urgent: true }), snapshot(allSeen), atAll, 120))).toBe("goes to scale: users are on green");
  });
});
