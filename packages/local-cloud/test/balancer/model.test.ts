import { become } from "../../src/balancer/health.ts";
import { applyConfig, createModel, deregisterTarget, registerTarget, targetHealth } from "../../src/balancer/model.ts";
import { advance, finishCheck, nextEvent, takeDueChecks } from "../../src/balancer/state.ts";
import {
  config,
  destination,
  failed,
  firstNode,
  forward,
  listenerArn,
  modelOf,
  passed,
  route,
  settle,
  spread,
  targetGroup,
  viewsOf,
} from "./builders.ts";

const blueGreen = (blue: number, green: number, stickyFor?: number) =>
  config([forward({ blue, green }, stickyFor)], [targetGroup("blue"), targetGroup("green")]);

const cookieOf = (routing: ReturnType<typeof route>): { headers: { cookie: string; host: string } } => {
  const cookie = routing.kind === "forward" ? routing.cookies.map((each) => each.split(";")[0]).join("; ") : "";
  return { headers: { cookie, host: "shop.test" } };
};

describe("weights", () => {
  test("spread requests within four standard deviations", () => {
    const { blue = 0, green = 0 } = spread(firstNode(modelOf(blueGreen(90, 10), { blue: 2, green: 2 })), 0, 10_000);
    expect(blue + green).toBe(10_000);
    expect(Math.abs(green - 1000)).toBeLessThan(4 * Math.sqrt(10_000 * 0.1 * 0.9));
  });

  test("of 0 get nothing", () => {
    const node = firstNode(modelOf(blueGreen(0, 1), { blue: 2, green: 2 }));
    expect(spread(node, 0, 1000)).toEqual({ green: 1000 });
    for (const edge of [0, 1 - 2 ** -32]) expect(spread({ ...node, random: () => edge }, 0, 10)).toEqual({ green: 10 });
  });

  test("do not heed health: an empty group answers 503 although the other is well", () => {
    expect(spread(firstNode(modelOf(blueGreen(0, 1), { blue: 2 })), 0, 10)).toEqual({ "503": 10 });
  });

  test("that are all 0 answer 503", () => {
    expect(spread(firstNode(modelOf(blueGreen(0, 0), { blue: 2 })), 0, 10)).toEqual({ "503": 10 });
  });
});

describe("a group's cookie", () => {
  const stuckToBlue = () => {
    const model = modelOf(blueGreen(1, 0, 600), { blue: 1, green: 1 });
    return { model, cookie: cookieOf(route(firstNode(model), 0)) };
  };

  test("beats the weights, even weight 0", () => {
    const { model, cookie } = stuckToBlue();
    applyConfig(model, blueGreen(0, 100, 600), 1);
    settle(model, 1);
    expect(spread(firstNode(model), 2, 100)).toEqual({ green: 100 });
    expect(spread(firstNode(model), 2, 100, cookie)).toEqual({ blue: 100 });
  });

  test("leads to 503 when its group is empty", () => {
    const { model, cookie } = stuckToBlue();
    applyConfig(model, blueGreen(0, 100, 600), 1);
    deregisterTarget(model, "blue", { id: "blue-0", port: 80 }, 1);
    settle(model, 1);
    expect(destination(route(firstNode(model), 2, cookie))).toBe("503");
  });

  test("means nothing once the group has left the action", () => {
    const { model, cookie } = stuckToBlue();
    applyConfig(model, config([forward({ green: 100 }, 600)], [targetGroup("blue"), targetGroup("green")]), 1);
    settle(model, 1);
    expect(destination(route(firstNode(model), 2, cookie))).toBe("green/green-0");
  });

  test("ends with its duration, and is renewed with each answer", () => {
    const { model, cookie } = stuckToBlue();
    applyConfig(model, blueGreen(0, 100, 600), 1);
    settle(model, 1);
    const renewed = cookieOf(route(firstNode(model), 599, cookie));
    expect(destination(route(firstNode(model), 600, cookie))).toBe("green/green-0");
    expect(destination(route(firstNode(model), 1198, renewed))).toBe("blue/blue-0");
  });

  test.each(["AWSALBTG=", "AWSALBTG=%%%", "AWSALBTG=bm9uc2Vuc2U", "AWSALBTG=OTk5OTk5OTk5OTl8b3RoZXI"])(
    "that is not ours is ignored: %s",
    (cookie) => {
      const model = modelOf(blueGreen(1, 0, 600), { blue: 1 });
      expect(destination(route(firstNode(model), 0, { headers: { cookie } }))).toBe("blue/blue-0");
    },
  );
});

describe("a target's cookie", () => {
  const sticky = config([forward({ blue: 1 })], [targetGroup("blue", { stickiness: { type: "lb_cookie", durationSeconds: 60 } })]);

  test("leads to the same target until that is unhealthy or draining", () => {
    const model = modelOf(sticky, { blue: 3 });
    const node = firstNode(model);
    const first = route(node, 0);
    const cookie = cookieOf(first);
    for (let count = 0; count < 20; count += 1) expect(destination(route(node, 1, cookie))).toBe(destination(first));
    const [, id = ""] = destination(first).split("/");
    deregisterTarget(model, "blue", { id, port: 80 }, 2);
    settle(model, 2);
    for (let count = 0; count < 20; count += 1) expect(destination(route(node, 3, cookie))).not.toBe(destination(first));
  });
});

describe("round robin", () => {
  test("takes healthy targets in turn and leaves out the others", () => {
    const model = modelOf(config([forward({ blue: 1 })], [targetGroup("blue")]), { blue: 3 });
    const node = firstNode(model);
    const [unhealthy] = node.groups.get("blue")?.targets.values() ?? [];
    if (unhealthy !== undefined) become(unhealthy, "unhealthy");
    const seen = Array.from({ length: 10 }, () => destination(route(node, 0)));
    expect(seen.filter((each) => each === "blue/blue-1")).toHaveLength(5);
    expect(seen.filter((each) => each === "blue/blue-2")).toHaveLength(5);
  });

  test("takes all when none is healthy, but never one that drains", () => {
    const model = modelOf(config([forward({ blue: 1 })], [targetGroup("blue")]), { blue: 3 });
    for (const target of viewsOf(model, "blue")) become(target, "unhealthy");
    deregisterTarget(model, "blue", { id: "blue-0", port: 80 }, 0);
    settle(model, 0);
    const seen = new Set(Array.from({ length: 20 }, () => destination(route(firstNode(model), 0))));
    expect([...seen].sort()).toEqual(["blue/blue-1", "blue/blue-2"]);
  });
});

describe("slow start", () => {
  const slow = config([forward({ blue: 1 })], [targetGroup("blue", { slowStartSeconds: 100 })]);

  test("gives a new target a rising share while others are warm", () => {
    const model = modelOf(slow, { blue: 1 });
    const node = firstNode(model);
    registerTarget(model, "blue", { id: "new", port: 80 }, 0);
    advance(node, 0);
    const group = node.groups.get("blue");
    const target = group?.targets.get("new:80");
    if (group === undefined || target === undefined) throw new Error("the target was registered");
    finishCheck({ group, target }, passed, 0);
    const shareAt = (now: number) =>
      Array.from({ length: 4000 }, () => destination(route(node, now))).filter((each) => each === "blue/new").length / 4000;
    // 25 of 125 and 75 of 175 parts.
    expect(shareAt(25)).toBeCloseTo(0.2, 1);
    expect(shareAt(75)).toBeCloseTo(0.43, 1);
    expect(shareAt(100)).toBe(0.5);
  });

  test("does not hold back the first targets of a group", () => {
    const model = modelOf(slow);
    registerTarget(model, "blue", { id: "first", port: 80 }, 0);
    settle(model, 0);
    for (const node of model.nodes) for (const due of takeDueChecks(node, 30)) finishCheck(due, passed, 30);
    expect(viewsOf(model, "blue").map((target) => [target.state, target.slowSince])).toEqual([
      ["healthy", undefined],
      ["healthy", undefined],
    ]);
  });
});

describe("target health, as the API tells it", () => {
  const check = (model: ReturnType<typeof modelOf>, now: number, nodes = model.nodes, result = passed) => {
    for (const node of nodes) for (const due of takeDueChecks(node, now)) finishCheck(due, result, now);
  };
  const states = (model: ReturnType<typeof modelOf>, group: string, now: number) =>
    targetHealth(model, group, now).map(({ state, reason }) => `${state} ${reason ?? ""}`.trim());

  test("is unused, and nothing is checked, until a listener or rule uses the group; weight 0 is use", () => {
    const model = modelOf(config([forward({ blue: 1 })], [targetGroup("blue"), targetGroup("green")]));
    registerTarget(model, "green", { id: "a", port: 80 }, 0);
    settle(model, 0);
    check(model, 1000);
    expect(states(model, "green", 1000)).toEqual(["unused Target.NotInUse"]);
    applyConfig(model, blueGreen(1, 0), 1000);
    settle(model, 1000);
    expect(states(model, "green", 1000)).toEqual(["initial Elb.InitialHealthChecking"]);
    check(model, 1030);
    expect(states(model, "green", 1030)).toEqual(["healthy"]);
    applyConfig(model, config([forward({ blue: 1 })], [targetGroup("blue"), targetGroup("green")]), 1031);
    expect(states(model, "green", 1031)).toEqual(["unused Target.NotInUse"]);
  });

  test("is healthy once every node says so", () => {
    const model = modelOf(blueGreen(1, 0), {}, (node) => 1 + 4 * node);
    registerTarget(model, "blue", { id: "a", port: 80 }, 10);
    settle(model, 11);
    expect(states(model, "blue", 11)).toEqual(["initial Elb.RegistrationInProgress"]);
    settle(model, 15);
    expect(states(model, "blue", 15)).toEqual(["initial Elb.InitialHealthChecking"]);
    check(model, 50, model.nodes.slice(0, 1));
    expect(states(model, "blue", 50)).toEqual(["initial Elb.InitialHealthChecking"]);
    check(model, 50);
    expect(states(model, "blue", 50)).toEqual(["healthy"]);
    for (const now of [90, 130]) check(model, now, model.nodes.slice(1), failed);
    expect(states(model, "blue", 130)).toEqual(["unhealthy Target.FailedHealthChecks"]);
  });

  test("is draining for the whole deregistration delay, then gone", () => {
    const model = modelOf(blueGreen(1, 0), { blue: 1 });
    deregisterTarget(model, "blue", { id: "blue-0", port: 80 }, 100);
    expect(states(model, "blue", 100)).toEqual(["draining Target.DeregistrationInProgress"]);
    expect(states(model, "blue", 399.9)).toEqual(["draining Target.DeregistrationInProgress"]);
    expect(states(model, "blue", 400)).toEqual([]);
    settle(model, 100);
    const [node] = model.nodes;
    expect(node && advance(node, 399.9)).toEqual([]);
    expect(node && advance(node, 400).map((target) => target.id)).toEqual(["blue-0"]);
  });

  test("has nothing to drain in a group that is not used", () => {
    const model = modelOf(config([forward({ blue: 1 })], [targetGroup("blue"), targetGroup("green")]));
    registerTarget(model, "green", { id: "a", port: 80 }, 0);
    deregisterTarget(model, "green", { id: "a", port: 80 }, 10);
    expect(states(model, "green", 10)).toEqual([]);
  });

  test("begins anew when a draining target is registered again", () => {
    const model = modelOf(blueGreen(1, 0), { blue: 1 });
    deregisterTarget(model, "blue", { id: "blue-0", port: 80 }, 100);
    registerTarget(model, "blue", { id: "blue-0", port: 80 }, 110);
    settle(model, 110);
    expect(states(model, "blue", 110)).toEqual(["initial Elb.InitialHealthChecking"]);
    settle(model, 500);
    expect(viewsOf(model, "blue")).toHaveLength(2);
  });

  test("of an unknown group is empty, and a target cannot be registered there", () => {
    const model = modelOf(blueGreen(1, 0));
    expect(targetHealth(model, "red", 0)).toEqual([]);
    expect(() => registerTarget(model, "red", { id: "a", port: 80 }, 0)).toThrow("not told of target group red");
  });
});

describe("propagation", () => {
  test("a change takes effect on each node in its own time, and never before an earlier one", () => {
    const delays = [5, 1];
    const model = createModel({ nodes: 1, seed: 1, propagation: () => delays.shift() ?? 0 });
    applyConfig(model, blueGreen(1, 0), 0);
    registerTarget(model, "blue", { id: "a", port: 80 }, 0);
    const node = firstNode(model);
    expect(nextEvent(node)).toBe(5);
    advance(node, 4.9);
    expect(node.config.listeners.has(listenerArn)).toBe(false);
    advance(node, 5);
    expect(viewsOf(model, "blue").map((target) => target.id)).toEqual(["a"]);
  });

  test("a node that has not heard of the switch goes on with the old weights", () => {
    const slow = createModel({ nodes: 2, seed: 1, propagation: (node) => 2 + node * 6 });
    applyConfig(slow, blueGreen(1, 0), 0);
    for (const group of ["blue", "green"]) registerTarget(slow, group, { id: group, port: 80 }, 0);
    settle(slow, 10);
    applyConfig(slow, blueGreen(0, 1), 10);
    settle(slow, 12);
    expect(slow.nodes.map((node) => spread(node, 12, 10))).toEqual([{ green: 10 }, { blue: 10 }]);
    settle(slow, 18);
    expect(slow.nodes.map((node) => spread(node, 18, 10))).toEqual([{ green: 10 }, { green: 10 }]);
  });
});
