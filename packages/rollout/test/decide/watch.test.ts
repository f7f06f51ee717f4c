import { watch } from "../../src/decide/watch.ts";
import { greenTargets, judged, plan, progress, route, rule, snapshot, told } from "./build.ts";

const watching = progress({ phase: "watch", since: 100, switchedAt: 90 });
const onGreen = { routes: [route(0, 100)] };

describe("watching the new version", () => {
  test.each([
    ["good, before the end", 699, judged("good"), "waits for the rollback window to end until 700 [the evidence]"],
    ["good, at the end", 700, judged("good"), "goes to finalize: no trigger in 10 min: the evidence"],
    ["bad at any time", 101, judged("bad", "12 % errors"), "rolls back as rolled-back: 12 % errors"],
    ["bad at the end", 700, judged("bad", "12 % errors"), "rolls back as rolled-back: 12 % errors"],
    ["a breach that runs", 101, judged("breaching"), "waits for a breach to end, or to last long enough until 700 [the evidence]"],
    [
      "a breach that runs extends the window",
      720,
      judged("breaching"),
      "waits for a breach to end, or to last long enough until 720 [the evidence]",
    ],
    ["no data, before the end", 699, judged("no-data"), "waits for the rollback window to end until 700 [the evidence]"],
    [
      "no data at the end is no success",
      700,
      judged("no-data"),
      "rolls back as inconclusive: nobody can say whether green is well: the evidence",
    ],
    [
      "AWS in trouble at the end is no success",
      700,
      judged("inconclusive"),
      "rolls back as inconclusive: nobody can say whether green is well: the evidence",
    ],
    ["AWS in trouble before the end", 699, judged("inconclusive"), "waits for the rollback window to end until 700 [the evidence]"],
  ])("%s", (_, now, seen, expected) => {
    expect(told(watch(plan(), snapshot({ ...onGreen, ...seen }), watching, now))).toBe(expected);
  });

  test.each([
    ["rollback", "rolls back as inconclusive: nobody can say whether green is well: the evidence"],
    [
      "hold",
      "stops as inconclusive: nobody can say whether green is well: the evidence. Both colours stay as they are (on-inconclusive: hold)",
    ],
    ["proceed", "goes to finalize: nobody can say whether green is well: the evidence; going on (on-inconclusive: proceed)"],
  ] as const)("on-inconclusive: %s", (onInconclusive, expected) => {
    expect(told(watch(plan({ onInconclusive }), snapshot({ ...onGreen, ...judged("no-data") }), watching, 700))).toBe(expected);
  });

  test.each([
    [
      "nobody answers",
      { ...onGreen, targets: { green: greenTargets("unhealthy") } },
      "rolls back as rolled-back: green has no healthy target any more",
    ],
    [
      "somebody else moved a listener",
      { routes: [route(75, 25)] },
      "stops as failed: somebody else moved traffic: listener listener-443 gives green 25 % now. It was left so",
    ],
    [
      "somebody else moved one rule of several",
      { routes: [route(0, 100), rule(100, 0)] },
      "stops as failed: somebody else moved traffic: rule rule-10 gives green 0 % now. It was left so",
    ],
    [
      "somebody else took both groups' weights away",
      { routes: [route(0, 0)] },
      "stops as failed: somebody else moved traffic: listener listener-443 gives green 0 % now. It was left so",
    ],
  ])("%s", (_, seen, expected) => {
    expect(told(watch(plan(), snapshot(seen), watching, 200))).toBe(expected);
  });
});
