import fc from "fast-check";
import { applyConfig, type BalancerModel, createModel, deregisterTarget, registerTarget, targetHealth } from "../../src/balancer/model.ts";
import { advance, finishCheck, takeDueChecks, targetKey } from "../../src/balancer/state.ts";
import { config, failed, forward, passed, route, targetGroup } from "./builders.ts";

// Only so that a busy machine does not fail it.

const groups = ["blue", "green"] as const;
const longestPropagation = 8;
const drain = 20;

type Event =
  | { readonly do: "weights"; readonly blue: number; readonly green: number; readonly sticky: boolean }
  | { readonly do: "detach"; readonly group: (typeof groups)[number] }
  | { readonly do: "register" | "deregister"; readonly group: (typeof groups)[number]; readonly target: number }
  | { readonly do: "break" | "mend"; readonly target: number }
  | { readonly do: "wait"; readonly seconds: number };

const group = fc.constantFrom(...groups);
const target = fc.integer({ min: 0, max: 3 });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("weights" as const), blue: weight(), green: weight(), sticky: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("detach" as const), group }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom("register" as const, "deregister" as const), group, target }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("break" as const, "mend" as const), target }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 60 }) }) },
);

function weight() {
  return fc.constantFrom(0, 0, 1, 100);
}

const groupConfigs = groups.map((arn) =>
  targetGroup(arn, { deregistrationDelaySeconds: drain, healthCheck: { intervalSeconds: 5, healthyThreshold: 2 } }),
);

/** Lets the model live through the events, second by second, and looks at it after each. */
function live(seed: number, events: readonly Event[], look: (model: BalancerModel, now: number, world: World) => void): void {
  const model = createModel({ nodes: 2, seed, propagation: (node) => (seed * (node + 3)) % (longestPropagation + 1) });
  const world: World = { broken: new Set(), deregisteredAt: new Map() };
  let now = 0;
  const second = (): void => {
    now += 1;
    for (const node of model.nodes) {
      advance(node, now);
      for (const due of takeDueChecks(node, now)) finishCheck(due, world.broken.has(due.target.id) ? failed : passed, now);
    }
    look(model, now, world);
  };
  applyConfig(model, config([forward({ blue: 1, green: 0 })], groupConfigs), now);
  for (const each of events) {
    happen(model, world, each, now);
    for (let left = each.do === "wait" ? each.seconds : 1; left > 0; left -= 1) second();
  }
}

interface World {
  readonly broken: Set<string>;
  /** `group id:port` → when. */
  readonly deregisteredAt: Map<string, number>;
}

function happen(model: BalancerModel, world: World, each: Event, now: number): void {
  switch (each.do) {
    case "weights":
      applyConfig(model, config([forward({ blue: each.blue, green: each.green }, each.sticky ? 30 : undefined)], groupConfigs), now);
      break;
    case "detach":
      applyConfig(model, config([forward({ [each.group === "blue" ? "green" : "blue"]: 1 })], groupConfigs), now);
      break;
    case "register":
      registerTarget(model, each.group, { id: `t${each.target}`, port: 80 }, now);
      world.deregisteredAt.delete(`${each.group} t${each.target}:80`);
      break;
    case "deregister": {
      const key = `${each.group} t${each.target}:80`;
      if (model.registered.get(each.group)?.has(`t${each.target}:80`) && !world.deregisteredAt.has(key)) world.deregisteredAt.set(key, now);
      deregisterTarget(model, each.group, { id: `t${each.target}`, port: 80 }, now);
      break;
    }
    case "break":
      world.broken.add(`t${each.target}`);
      break;
    case "mend":
      world.broken.delete(`t${each.target}`);
      break;
    case "wait":
      break;
  }
}

const property = (look: Parameters<typeof live>[2]) =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), fc.array(event, { minLength: 5, maxLength: 40 }), (seed, events) =>
      live(seed, events, look),
    ),
    { seed: 20_261_122, numRuns: 60 },
  );

describe("whatever happens", () => {
  test("a request goes to a registered target that is not draining, to a healthy one when there is one, and never to weight 0", () => {
    let forwarded = 0;
    property((model, now) => {
      for (const node of model.nodes) {
        if (node.config.listeners.size === 0) continue;
        const routing = route(node, now);
        if (routing.kind !== "forward") continue;
        forwarded += 1;
        const registered = [...routing.group.targets.values()];
        expect(registered).toContain(routing.target);
        expect(routing.target.state).not.toBe("draining");
        if (registered.some((each) => each.state === "healthy")) expect(routing.target.state).toBe("healthy");
        const [listener] = node.config.listeners.values();
        const fallback = listener?.fallback;
        const weights = fallback?.kind === "forward" ? fallback.groups : [];
        expect(weights.find((each) => each.arn === routing.group.arn)?.weight).toBeGreaterThan(0);
      }
    });
    expect(forwarded).toBeGreaterThan(2000);
  });

  test("503 is answered only when no weight is above 0 or the chosen group is empty", () => {
    let refused = 0;
    property((model, now) => {
      for (const node of model.nodes) {
        const routing = node.config.listeners.size === 0 ? undefined : route(node, now);
        if (routing?.kind !== "unavailable") continue;
        refused += 1;
        const [listener] = node.config.listeners.values();
        const weighted = listener?.fallback.kind === "forward" ? listener.fallback.groups.filter((each) => each.weight > 0) : [];
        const empty = weighted.filter((each) =>
          [...(node.groups.get(each.arn)?.targets.values() ?? [])].every((one) => one.state === "draining"),
        );
        expect(weighted.length === 0 || empty.length > 0).toBe(true);
      }
    });
    expect(refused).toBeGreaterThan(100);
  });

  test("a target that the API calls healthy was found healthy by every node, and gets traffic only in a used group", () => {
    let healthy = 0;
    property((model, now) => {
      for (const arn of groups) {
        for (const each of targetHealth(model, arn, now)) {
          if (each.state !== "healthy") continue;
          healthy += 1;
          expect(model.config.usedBy.has(arn)).toBe(true);
          for (const node of model.nodes) expect(node.groups.get(arn)?.targets.get(targetKey(each))?.state).toBe("healthy");
        }
      }
    });
    expect(healthy).toBeGreaterThan(500);
  });

  test("a deregistered target is gone from every node after the deregistration delay and the propagation", () => {
    let gone = 0;
    property((model, now, { deregisteredAt }) => {
      for (const [key, at] of deregisteredAt) {
        if (now < at + Math.max(drain, longestPropagation) + longestPropagation) continue;
        const [arn = "", target = ""] = key.split(" ");
        gone += 1;
        expect(targetHealth(model, arn, now).map(targetKey)).not.toContain(target);
        for (const node of model.nodes) expect(node.groups.get(arn)?.targets.has(target)).toBe(false);
      }
    });
    expect(gone).toBeGreaterThan(100);
  });
});
