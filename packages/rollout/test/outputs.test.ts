import { mostBytes, statusOfEnvironment, statusOfRollout } from "../src/outputs.ts";
import type { StatusSeen } from "../src/status.ts";
import { progress, route, snapshot } from "./decide/build.ts";

const bytes = (text: string): number => Buffer.byteLength(text);
const listener = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop-alb-staging/0123456789abcdef/0123456789abcdef";
const image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:".padEnd(130, "a");
const task = (revision: number): string => `arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:${revision}`;

/** What `mode: status` sees of a pair with so many routes, deployments and containers. */
function environment({ routes = 1, history = 1, containers = 1 } = {}): StatusSeen {
  const colour = (name: "blue" | "green") => ({
    service: `shop-${name}-staging`,
    revision: task(name === "blue" ? 41 : 42),
    images: Array.from({ length: containers }, () => image),
    desired: 2,
    running: 2,
    pending: 0,
    shares: Array.from({ length: routes }, () => (name === "blue" ? 33.3333 : 66.6667)),
    targets: { healthy: 2 },
  });
  const last = {
    deployment: "d-20261122081500-17000000000-1",
    goal: "deploy" as const,
    from: "blue" as const,
    to: "green" as const,
    revision: task(42),
    previousRevision: task(41),
    image,
    commit: "c".repeat(40),
    progress: progress({ rollbackReason: "x".repeat(2000) }),
    outcome: "rolled-back" as const,
    endedAt: 1_800_000_000,
    keepUntil: undefined,
    watch: 600,
    reason: undefined,
  };
  return {
    trafficOn: "split",
    routes: Array.from({ length: routes }, () => listener),
    colours: { blue: colour("blue"), green: colour("green") },
    lease: undefined,
    last,
    history: Array.from({ length: history }, () => last),
  };
}

test("a usual pair with ten deployments behind it fits whole", () => {
  const text = statusOfEnvironment(environment({ routes: 2, history: 10, containers: 2 }));
  expect(bytes(text)).toBeLessThan(mostBytes);
  expect(JSON.parse(text)).toEqual({
    trafficOn: "split",
    routes: [
      { id: listener, blue: 33, green: 67 },
      { id: listener, blue: 33, green: 67 },
    ],
    colours: {
      blue: {
        service: "shop-blue-staging",
        revision: "shop:41",
        images: [image, image],
        desired: 2,
        running: 2,
        pending: 0,
        targets: { healthy: 2 },
      },
      green: {
        service: "shop-green-staging",
        revision: "shop:42",
        images: [image, image],
        desired: 2,
        running: 2,
        pending: 0,
        targets: { healthy: 2 },
      },
    },
    last: expect.objectContaining({ deployment: "d-20261122081500-17000000000-1", revision: "shop:42", outcome: "rolled-back" }),
    history: expect.arrayContaining([expect.objectContaining({ commit: "c".repeat(40) })]),
  });
});

test.each`
  what                    | size                                              | leftOut
  ${"many containers"}    | ${{ routes: 2, history: 10, containers: 20 }}     | ${["history"]}
  ${"very many routes"}   | ${{ routes: 100, history: 10, containers: 2 }}    | ${["history", "images", "80 routes"]}
  ${"everything at once"} | ${{ routes: 2000, history: 500, containers: 50 }} | ${["history", "images", "1980 routes"]}
`("$what: what does not fit is left out and named", ({ size, leftOut }) => {
  const text = statusOfEnvironment(environment(size));
  expect(bytes(text)).toBeLessThanOrEqual(mostBytes);
  expect(JSON.parse(text)).toMatchObject({ trafficOn: "split", leftOut });
});

test("a rollout tells what it saw last, without ECS's events and deployments", () => {
  const seen = snapshot({ routes: [route(0, 100, { id: listener })] });
  expect(JSON.parse(statusOfRollout("succeeded", seen))).toEqual({
    trafficOn: "green",
    outcome: "succeeded",
    routes: [{ id: listener, blue: 0, green: 100 }],
    colours: {
      blue: { service: "shop-blue-staging", revision: "shop:1", desired: 2, running: 2, pending: 0, targets: { healthy: 2 } },
      green: { service: "shop-green-staging", revision: "shop:2", desired: 2, running: 2, pending: 0, targets: { healthy: 2 } },
    },
  });
  expect(statusOfRollout("failed", undefined)).toBe('{"outcome":"failed","trafficOn":"unknown"}');
});
