import { shift } from "../../src/decide/shift.ts";
import { greenTargets, judged, plan, progress, route, rule, scaling, service, snapshot, told } from "./build.ts";

const atFirst = progress({ phase: "shift" });
const steps = [
  { percent: 10, bake: 300 },
  { percent: 100, bake: 0 },
];
const canary = plan({ steps });
/** The first step's share is reached since second 100. */
const atTen = progress({ phase: "shift", switchedAt: 90, stepSince: 100 });
const tenSeen = { routes: [route(90, 10)] };
/** The second step has begun, and nobody has been moved yet. */
const nextStep = progress({ phase: "shift", step: 1, switchedAt: 90 });
const atAll = progress({ phase: "shift", switchedAt: 90, stepSince: 100 });
const allSeen = { routes: [route(0, 100)] };

describe("moving users to the new version", () => {
  test.each([
    [
      "all at once",
      plan(),
      {},
      atFirst,
      "sets listener-443 to blue 0, green 100 {switchedAt 120}: listener :443: 100 % of new connections to green",
    ],
    [
      "a canary's first step",
      canary,
      {},
      atFirst,
      "sets listener-443 to blue 90, green 10 {switchedAt 120}: listener :443: 10 % of new connections to green, step 1 of 2",
    ],
    [
      "each route by itself, and the first switch is noted once",
      plan(),
      { routes: [route(0, 100), rule(100, 0)] },
      progress({ phase: "shift", switchedAt: 90 }),
      "sets rule-10 to blue 0, green 100: rule 10 (/api/*): 100 % of new connections to green",
    ],
    [
      "a read that still shows the old weights",
      canary,
      { routes: [route(100, 0)] },
      progress({ phase: "shift", switchedAt: 104, stepSince: 106 }),
      "waits for the load balancer to show the weights that were set until 121",
    ],
    [
      "a read that shows the old weights for longer than any node needs",
      canary,
      { routes: [route(100, 0)] },
      progress({ phase: "shift", switchedAt: 104, stepSince: 105 }),
      "stops as failed: somebody else moved traffic: listener listener-443 gives green 0 % now. It was left so",
    ],
    [
      "the second route of the first step",
      canary,
      { routes: [route(90, 10), rule(100, 0)] },
      progress({ phase: "shift", switchedAt: 110 }),
      "sets rule-10 to blue 90, green 10: rule 10 (/api/*): 10 % of new connections to green, step 1 of 2",
    ],
    [
      "weights in other numbers than ours",
      canary,
      { routes: [route(9, 1)] },
      progress({ phase: "shift", switchedAt: 110 }),
      "notes {stepSince 120, switchedAt 110}: green has 10 %",
    ],
    [
      "the next step",
      canary,
      tenSeen,
      nextStep,
      "sets listener-443 to blue 0, green 100: listener :443: 100 % of new connections to green, step 2 of 2",
    ],
    [
      "the next step's second route",
      canary,
      { routes: [route(0, 100), rule(90, 10)] },
      nextStep,
      "sets rule-10 to blue 0, green 100: rule 10 (/api/*): 100 % of new connections to green, step 2 of 2",
    ],
    [
      "users that somebody put back before the next step stay there",
      canary,
      { routes: [route(100, 0)] },
      nextStep,
      "stops as failed: somebody else moved traffic: listener listener-443 gives green 0 % now. It was left so",
    ],
    [
      "users of another route that somebody put back stay there too",
      canary,
      { routes: [route(90, 10), rule(100, 0)] },
      nextStep,
      "stops as failed: somebody else moved traffic: rule rule-10 gives green 0 % now. It was left so",
    ],
    [
      "a share that this rollout never set, right after its own",
      canary,
      { routes: [route(50, 50)] },
      progress({ phase: "shift", switchedAt: 104, stepSince: 106 }),
      "stops as failed: somebody else moved traffic: listener listener-443 gives green 50 % now. It was left so",
    ],
    [
      "a share that somebody set before the first switch",
      canary,
      { routes: [route(70, 30)] },
      atFirst,
      "stops as failed: somebody else moved traffic: listener listener-443 gives green 30 % now. It was left so",
    ],
    [
      "users that somebody put back stay there",
      canary,
      { routes: [route(100, 0)] },
      atTen,
      "stops as failed: somebody else moved traffic: listener listener-443 gives green 0 % now. It was left so",
    ],
    [
      "autoscaling of where somebody put users goes on first",
      canary,
      { routes: [route(100, 0)], scaling: { blue: scaling(true, false, false), green: scaling(true) } },
      atTen,
      "gives back blue's autoscaling: autoscaling of blue goes on",
    ],
    [
      "a sticky group stays in the action on the way forward",
      plan(),
      { routes: [route(100, 0, { stickySeconds: 60 })] },
      atFirst,
      "sets listener-443 to blue 0, green 100 {switchedAt 120}: listener :443: 100 % of new connections to green",
    ],
    [
      "the share is reached",
      canary,
      tenSeen,
      progress({ phase: "shift", switchedAt: 90 }),
      "notes {stepSince 120, switchedAt 90}: green has 10 %",
    ],
    ["the answer to the first switch call was lost", canary, tenSeen, atFirst, "notes {stepSince 120, switchedAt 120}: green has 10 %"],
    ["the step is watched", canary, tenSeen, atTen, "waits for the step at 10 % to prove itself until 400 [0.1 % errors]"],
  ])("%s", (_, given, seen, at, expected) => {
    expect(told(shift(given, snapshot(seen), at, 120))).toBe(expected);
  });

  test.each([
    ["one second before its end", 399, judged("good"), "waits for the step at 10 % to prove itself until 400 [the evidence]"],
    ["at its end", 400, judged("good"), "notes {step 1, stepSince undefined}: no trigger in 5 min at 10 %"],
    ["a breach that runs is seen through", 450, judged("breaching"), "waits for the step at 10 % to prove itself until 450 [the evidence]"],
    ["a breach before the end", 200, judged("breaching"), "waits for the step at 10 % to prove itself until 400 [the evidence]"],
    [
      "no data at its end",
      400,
      judged("no-data"),
      "rolls back as inconclusive: nobody can say whether green is well at 10 %: the evidence",
    ],
    ["no data before its end", 399, judged("no-data"), "waits for the step at 10 % to prove itself until 400 [the evidence]"],
    ["an outage before its end", 399, judged("inconclusive"), "waits for the step at 10 % to prove itself until 400 [the evidence]"],
    ["a bad verdict goes back at once", 101, judged("bad", "12 % errors"), "rolls back as rolled-back: 12 % errors"],
  ])("a step: %s", (_, now, seen, expected) => {
    expect(told(shift(canary, snapshot({ ...tenSeen, ...seen }), atTen, now))).toBe(expected);
  });

  const short = (bake: number, over = {}): ReturnType<typeof plan> =>
    plan({
      steps: [
        { percent: 10, bake },
        { percent: 100, bake: 0 },
      ],
      ...over,
    });
  test.each([
    ["good after its minute", short(60), 160, judged("good"), "notes {step 1, stepSince undefined}: no trigger in 60 s at 10 %"],
    [
      "without a verdict, as long as CloudWatch may need",
      short(60),
      399,
      judged("no-data"),
      "waits for the step at 10 % to prove itself until 400 [the evidence]",
    ],
    [
      "without a verdict after that",
      short(60),
      400,
      judged("inconclusive"),
      "rolls back as inconclusive: nobody can say whether green is well at 10 %: the evidence",
    ],
    [
      "without a verdict, told to hold",
      short(60, { onInconclusive: "hold" }),
      400,
      judged("no-data"),
      "stops as inconclusive: nobody can say whether green is well at 10 %: the evidence. Both colours and the weights stay as they are (on-inconclusive: hold)",
    ],
    [
      "without a verdict, told to proceed",
      short(60, { onInconclusive: "proceed" }),
      400,
      judged("no-data"),
      "notes {step 1, stepSince undefined}: nobody can say whether green is well at 10 %: the evidence; going on (on-inconclusive: proceed)",
    ],
    ["no bake was asked for", short(0), 120, judged("no-data"), "notes {step 1, stepSince undefined}: 10 % was to be no stop"],
  ])("a step shorter than CloudWatch is late: %s", (_, given, now, seen, expected) => {
    expect(told(shift(given, snapshot({ ...tenSeen, ...seen }), atTen, now))).toBe(expected);
  });

  test("a bad verdict goes back at once, also when not all routes are moved yet", () => {
    const half = snapshot({ routes: [route(90, 10), rule(100, 0)], ...judged("bad", "12 % errors") });
    expect(told(shift(canary, half, progress({ phase: "shift", switchedAt: 110 }), 120))).toBe("rolls back as rolled-back: 12 % errors");
  });

  test("a verdict from before the switch says nothing about the new version", () => {
    expect(told(shift(plan(), snapshot(judged("bad")), atFirst, 120))).toMatch(/^sets listener-443/);
  });
});

describe("what stops a shift", () => {
  const none = { targets: { green: greenTargets("unhealthy", "initial") } };
  test.each([
    [
      "no healthy target before the switch: wait for them again",
      plan(),
      none,
      atFirst,
      "goes to await-healthy: the healthy targets of green are gone again",
    ],
    [
      "no healthy target after it",
      canary,
      { ...none, ...tenSeen },
      atTen,
      "rolls back as rolled-back: green has no healthy target any more",
    ],
    [
      "the old colour has grown before the switch",
      plan(),
      { services: { blue: service("blue", { running: 5 }) } },
      atFirst,
      "goes to scale: blue has grown to 5 tasks meanwhile",
    ],
    [
      "the old colour has grown after it: too late to wait",
      canary,
      { ...tenSeen, services: { blue: service("blue", { running: 5 }) } },
      atTen,
      "waits for the step at 10 % to prove itself until 400 [0.1 % errors]",
    ],
  ])("%s", (_, given, seen, at, expected) => {
    expect(told(shift(given, snapshot(seen), at, 120))).toBe(expected);
  });
});

describe("whether traffic really goes there", () => {
  const confirmed = { confirmation: { state: "confirmed" as const, by: "3 rounds passed" } };
  test.each([
    ["probes say so", 120, confirmed, "goes to watch {confirmedAt 120}: 3 rounds passed"],
    [
      "a bad verdict does not wait for that",
      120,
      { ...confirmed, ...judged("bad", "12 % errors") },
      "rolls back as rolled-back: 12 % errors",
    ],
    ["not yet", 159, {}, "waits for traffic to reach green until 160 [1 of 3 rounds passed]"],
    ["never", 160, {}, "rolls back as rolled-back: traffic did not reach green within 60 s: 1 of 3 rounds passed"],
  ])("%s", (_, now, seen, expected) => {
    expect(told(shift(plan(), snapshot({ ...allSeen, ...seen }), atAll, now))).toBe(expected);
  });

  test("is asked at the last of several steps only", () => {
    const last = progress({ phase: "shift", step: 1, switchedAt: 90, stepSince: 100 });
    expect(told(shift(canary, snapshot({ ...allSeen, ...confirmed }), last, 120))).toBe("goes to watch {confirmedAt 120}: 3 rounds passed");
  });

  test("a step beyond the plan moves nobody who is not where the last one left them", () => {
    const beyond = progress({ phase: "shift", step: 2, switchedAt: 90 });
    expect(told(shift(canary, snapshot(tenSeen), beyond, 120))).toMatch(
      /^stops as failed: somebody else moved traffic: .* gives green 10 %/,
    );
  });

  test("a step beyond the plan means everybody", () => {
    const beyond = progress({ phase: "shift", step: 2, switchedAt: 90 });
    expect(told(shift(canary, snapshot(allSeen), beyond, 120))).toBe("notes {stepSince 120, switchedAt 90}: green has 100 %");
  });
});
