import { groupsOf, healthyInEachGroup, share, trafficOn, weightsFor } from "../../src/traffic.ts";
import { greenTargets, route, rule, snapshot, targets } from "./build.ts";

test.each([
  ["everything", route(0, 100), 100],
  ["nothing", route(100, 0), 0],
  ["a part, whatever the scale of the weights", route(3, 1), 25],
  ["everything, the other being out", route(null, 1), 100],
  ["nothing, being out itself", route(1, null), 0],
  ["undefined where the pair has no weight", route(0, 0), undefined],
])("green's share is %s", (_, one, expected) => {
  expect(share(one, "green")).toBe(expected);
});

test.each([
  ["blue", [route(100, 0), rule(1, null)]],
  ["green", [route(0, 100), rule(0, 7)]],
  ["split", [route(100, 0), rule(0, 100)]],
  ["split", [route(99, 1)]],
  ["unknown", [route(0, 0), rule(100, 0)]],
  ["unknown", []],
] as const)("users are on %s: %#", (expected, routes) => {
  expect(trafficOn(routes)).toBe(expected);
});

test.each([
  [weightsFor("green", 10), { green: 10, blue: 90 }],
  [weightsFor("blue", 10), { blue: 10, green: 90 }],
  [weightsFor("green", 100, true), { green: 100, blue: undefined }],
  [weightsFor("blue", 100, true), { blue: 100, green: undefined }],
  // Who still gets users stays in the action, sticky or not.
  [weightsFor("green", 50, true), { green: 50, blue: 50 }],
])("weights %#", (given, expected) => {
  expect(given).toEqual(expected);
});

describe("healthy targets", () => {
  const two = { routes: [route(100, 0), rule(100, 0, { groups: { blue: "b", green: "api" } }), rule(0, 1)] };
  test.each([
    [
      "the worst group decides",
      snapshot({ ...two, targets: { green: [...greenTargets("healthy", "healthy"), ...targets("api", "healthy", "draining")] } }),
      undefined,
      1,
    ],
    ["no group, nobody", snapshot({ routes: [] }), undefined, 0],
    ["only those at the given addresses", snapshot(), new Set(["10.0.0.2", "10.0.0.9"]), 1],
    [
      "no other state is healthy",
      snapshot({ targets: { green: greenTargets("initial", "unhealthy", "unused", "draining", "unavailable") } }),
      undefined,
      0,
    ],
  ])("%s", (_, seen, addresses, expected) => {
    expect(healthyInEachGroup(seen, "green", addresses)).toBe(expected);
  });

  test("each group is named once", () => {
    expect(groupsOf(two.routes, "green")).toEqual(["green-group", "api"]);
  });
});
