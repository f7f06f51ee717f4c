import { scale, wantedCount } from "../../src/decide/scale.ts";
import { plan, progress, route, rule, scaling, service, snapshot, told, wayBack } from "./build.ts";

const empty = { desired: 0, running: 0 };
const preparing = { routes: [route(100, 0)], services: { green: service("green", empty) } };

describe("preparing the new colour", () => {
  test.each([
    [
      "a group outside of the listener joins it with weight 0 before anything else",
      snapshot({ ...preparing, routes: [route(100, null)], scaling: { green: scaling(false) } }),
      "sets listener-443 to blue 100, green 0: the green target group joins the listener with weight 0, so that its health is checked",
    ],
    [
      "a colour that has users meanwhile is left alone: they would get the new revision at once",
      snapshot({ routes: [route(0, 100)] }),
      "stops as failed: somebody else moved traffic: listener listener-443 gives green 100 % now. It was left so",
    ],
    [
      "a colour that has some of the users by one rule is left alone too",
      snapshot({ routes: [route(100, 0), rule(95, 5)] }),
      "stops as failed: somebody else moved traffic: rule rule-10 gives green 5 % now. It was left so",
    ],
    [
      "of several routes, the one that lacks it",
      snapshot({ ...preparing, routes: [route(100, 0), rule(100, null)] }),
      "sets rule-10 to blue 100, green 0: the green target group joins the rule with weight 0, so that its health is checked",
    ],
    [
      "its own autoscaling is held before it is scaled",
      snapshot({ ...preparing, scaling: { green: scaling(false) } }),
      "suspends all of green's autoscaling: autoscaling must not change green while it takes over",
    ],
    [
      "its own autoscaling held in part is held in full: scaling out is missing",
      snapshot({ ...preparing, scaling: { green: scaling(true, false, true) } }),
      "suspends all of green's autoscaling: autoscaling must not change green while it takes over",
    ],
    [
      "its own autoscaling held in part is held in full: scaling in is missing",
      snapshot({ ...preparing, scaling: { green: scaling(false, true, true) } }),
      "suspends all of green's autoscaling: autoscaling must not change green while it takes over",
    ],
    [
      "its own autoscaling held in part is held in full: the schedule is missing",
      snapshot({ ...preparing, scaling: { green: scaling(true, true, false) } }),
      "suspends all of green's autoscaling: autoscaling must not change green while it takes over",
    ],
    [
      "the colour that users are on must not shrink, but may grow",
      snapshot({ ...preparing, scaling: { green: scaling(true), blue: scaling(false) } }),
      "suspends scale-in of blue's autoscaling: blue must keep the tasks that users need until green has proved itself",
    ],
    [
      "the old colour's scale-in alone is held, so nothing is left to hold",
      snapshot({ ...preparing, scaling: { green: scaling(true), blue: scaling(true, false, false) } }),
      "updates green to 2 of the same revision {count 2}: 2 tasks of shop:2 on green",
    ],
    [
      "another revision is replaced and scaled in one call",
      snapshot({ services: { green: service("green", { revision: "x/shop:1", ...empty }) } }),
      "updates green to 2 of shop:2 {count 2}: 2 tasks of shop:2 on green",
    ],
    [
      "another revision is replaced though the count is right",
      snapshot({ services: { green: service("green", { revision: "x/shop:1" }) } }),
      "updates green to 2 of shop:2 {count 2}: 2 tasks of shop:2 on green",
    ],
    [
      "users need more by now",
      snapshot({ services: { blue: service("blue", { running: 5 }) } }),
      "updates green to 5 of the same revision {count 5}: 5 tasks of shop:2 on green",
    ],
    ["everything is asked for", snapshot(), "goes to await-healthy {count 2}: green is asked for 2 tasks of shop:2"],
  ])("%s", (_, seen, expected) => {
    expect(told(scale(plan(), seen, progress()))).toBe(expected);
  });
});

describe("how many tasks users need", () => {
  const services = (blue: object, green: object) => snapshot({ services: { blue: service("blue", blue), green: service("green", green) } });
  test.each([
    ["as many as the old colour runs", plan(), services({ running: 4, desired: 9 }, empty), 2, 4],
    ["never fewer than asked for before", plan(), services({ running: 1 }, empty), 3, 3],
    ["at least one", plan(), services({ running: 0 }, empty), 0, 1],
    ["a given count stands, also when it is smaller", plan({ count: 1 }), services({ running: 9 }, empty), 3, 1],
    ["a given count of 0 is still one task", plan({ count: 0 }), services({ running: 9 }, empty), 0, 1],
    ["the new colour's own count does not matter in a deployment", plan(), services({ running: 2, desired: 8 }, { desired: 7 }), 1, 2],
    ["on the way back a crashing colour's desired count counts", wayBack(), services({ running: 1, desired: 6 }, { desired: 2 }), 1, 6],
    ["on the way back its running tasks count", wayBack(), services({ running: 8, desired: 6 }, { desired: 2 }), 1, 8],
    [
      "on the way back nobody takes tasks from the colour users return to",
      wayBack(),
      services({ running: 1, desired: 1 }, { desired: 7 }),
      1,
      7,
    ],
  ])("%s", (_, given, seen, before, expected) => {
    expect(wantedCount(given, seen, progress({ count: before }))).toBe(expected);
  });
});
