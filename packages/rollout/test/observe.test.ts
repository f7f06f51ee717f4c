import { cloudTrouble } from "@aws-deploy-actions/shared/problems";
import { createObserver, firstLook } from "../src/observe.ts";
import type { Ports } from "../src/ports.ts";
import { plan, progress, route, snapshot } from "./decide/build.ts";

const denied = cloudTrouble("ecs:DescribeServices failed", "", Object.assign(new Error("no"), { name: "AccessDeniedException" }));
const seen = snapshot({});

/** Ports that answer what they are told to, and count what they are asked. */
function portsOf(answers: { readonly routes?: () => unknown; readonly services?: () => unknown; readonly tasks?: () => unknown }) {
  const asked: string[] = [];
  const ask =
    (name: string, answer: () => unknown): (() => Promise<never>) =>
    async () => {
      asked.push(name);
      return (await answer()) as never;
    };
  const ports = {
    traffic: { routes: ask("routes", answers.routes ?? (() => seen.routes)), health: ask("health", () => []) },
    services: { look: ask("services", answers.services ?? (() => seen.services)), tasks: ask("tasks", answers.tasks ?? (() => [])) },
    scaling: { look: ask("scaling", () => seen.scaling) },
    evidence: { judge: ask("judge", () => seen.judgement), confirmation: ask("confirmation", () => seen.confirmation) },
    migration: { look: ask("migration", () => seen.migration) },
    tests: { look: ask("tests", () => seen.tests) },
  } as unknown as Ports;
  return { ports, asked };
}

const clock = { now: () => 1000, sleep: async () => undefined };

describe("an emergency's first look, which left out the rules of the listeners", () => {
  const [some, whole] = [[route(0, 100, { id: "listener" })], [route(0, 100, { id: "listener" }), route(0, 100, { id: "rule" })]];
  const first = firstLook({ routes: some, services: seen.services, targets: seen.targets }, 1000);
  const back = plan({ goal: "return", urgent: true });

  test("does not count as all there is to see", async () => {
    const { ports } = portsOf({});
    const observer = createObserver(back, ports, clock, first);
    await observer.look(progress({ phase: "shift" }));
    expect(observer.knowsRoutes).toBe(false);
  });

  test("gives way to the next one, also when another part of that cannot be read", async () => {
    const { ports } = portsOf({ routes: () => whole, services: () => Promise.reject(denied) });
    const observer = createObserver(back, ports, clock, first);
    await observer.look(progress({ phase: "shift" }));
    await expect(observer.look(progress({ phase: "shift" }))).rejects.toThrow("DescribeServices");
    // What was read counts, and what is denied holds nothing up: the services were seen with the first look.
    expect(observer.knowsRoutes).toBe(true);
    expect((await observer.look(progress({ phase: "shift" }))).routes.map((one) => one.id)).toEqual(["listener", "rule"]);
  });

  test("is asked for again as long as the routes themselves cannot be read", async () => {
    const { ports, asked } = portsOf({ routes: () => Promise.reject(denied) });
    const observer = createObserver(back, ports, clock, first);
    await observer.look(progress({ phase: "shift" }));
    for (let turn = 0; turn < 3; turn += 1) await expect(observer.look(progress({ phase: "shift" }))).rejects.toThrow("DescribeServices");
    expect(asked.filter((one) => one === "routes")).toHaveLength(3);
    expect(observer.knowsRoutes).toBe(false);
  });
});

test("tasks that could not be listed are not taken for none", async () => {
  const { ports } = portsOf({ tasks: () => Promise.reject(denied) });
  const observer = createObserver(plan({}), ports, clock);
  for (let turn = 0; turn < 3; turn += 1) await expect(observer.look(progress({ phase: "await-healthy" }))).rejects.toThrow();
});

test("what is read by a look that nobody waits for any more does not count", async () => {
  let answer: (routes: unknown) => void = () => undefined;
  const { ports } = portsOf({});
  const observer = createObserver(plan({}), ports, clock);
  await observer.look(progress({ phase: "scale" }));
  const slow = {
    ...ports,
    traffic: { ...ports.traffic, routes: async () => await new Promise<never>((resolve) => (answer = resolve as typeof answer)) },
  };
  Object.assign(ports, slow);
  const look = observer.look(progress({ phase: "scale" }));
  observer.abandon();
  const own = [route(0, 100, { id: "own" })];
  observer.amend({ routes: own });
  answer([route(0, 100, { id: "older" })]);
  await expect(look).rejects.toThrow("abandoned");
  expect(observer.last?.routes).toEqual(own);
});
