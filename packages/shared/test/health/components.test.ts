import {
  judgeBalancer,
  judgeCache,
  judgeDatabase,
  judgeServices,
  type RouteSeen,
  type ServiceSeen,
} from "../../src/health/components/judge.ts";

const service = (more: Partial<ServiceSeen> = {}): ServiceSeen => ({
  name: "shop-blue-staging",
  status: "ACTIVE",
  desired: 2,
  running: 2,
  rollout: "COMPLETED",
  ...more,
});
const idle = service({ name: "shop-green-staging", desired: 0, running: 0 });

test.each`
  services                                       | states                        | because
  ${[service(), idle]}                           | ${["healthy", "healthy"]}     | ${"one colour works, the other waits"}
  ${[service({ running: 1 }), idle]}             | ${["unhealthy", "healthy"]}   | ${"a task is missing"}
  ${[service({ running: 3 }), idle]}             | ${["healthy", "healthy"]}     | ${"one more during a deployment"}
  ${[service({ rollout: "FAILED" }), idle]}      | ${["unhealthy", "healthy"]}   | ${"its deployment failed"}
  ${[service({ rollout: "IN_PROGRESS" }), idle]} | ${["healthy", "healthy"]}     | ${"a deployment is no fault"}
  ${[idle, idle]}                                | ${["unhealthy", "unhealthy"]} | ${"nobody serves"}
  ${[service({ status: undefined }), service()]} | ${["unhealthy", "healthy"]}   | ${"a colour does not exist"}
  ${[service({ status: "DRAINING" }), idle]}     | ${["unhealthy", "healthy"]}   | ${"it is leaving"}
`("services are $states: $because", ({ services, states }) => {
  expect(judgeServices("shop-staging", services).map(({ state }) => state)).toEqual(states);
});

const route = (...states: readonly string[]): RouteSeen => ({
  name: "shop-blue",
  targets: states.map((state) => ({ state, reason: state === "unhealthy" ? "Target.ResponseCodeMismatch" : "" })),
});

test.each`
  state             | routes                                       | states                      | because
  ${"active"}       | ${[route("healthy", "healthy")]}             | ${["healthy", "healthy"]}   | ${"all is well"}
  ${"active"}       | ${[route("healthy", "draining", "initial")]} | ${["healthy", "healthy"]}   | ${"targets come and go"}
  ${"active"}       | ${[route("healthy", "unhealthy")]}           | ${["healthy", "unhealthy"]} | ${"one target fails"}
  ${"active"}       | ${[route()]}                                 | ${["healthy", "unhealthy"]} | ${"traffic goes nowhere"}
  ${"active"}       | ${[route("unhealthy")]}                      | ${["healthy", "unhealthy"]} | ${"no target is healthy"}
  ${"active"}       | ${[route("unused")]}                         | ${["healthy", "unhealthy"]} | ${"an unused target serves nobody"}
  ${"provisioning"} | ${[]}                                        | ${["unhealthy"]}            | ${"it is not there yet"}
  ${undefined}      | ${[]}                                        | ${["unhealthy"]}            | ${"it does not exist"}
`("a load balancer $state is $states: $because", ({ state, routes, states }) => {
  expect(judgeBalancer("shop-alb-staging", state, routes).map((one) => one.state)).toEqual(states);
});

test("a target group says why its targets are not healthy", () => {
  expect(judgeBalancer("a", "active", [route("unhealthy", "unhealthy")])[1]?.detail).toBe(
    "it gets traffic and has no healthy target (2 in all): Target.ResponseCodeMismatch.",
  );
});

test.each`
  status                                   | state
  ${"available"}                           | ${"healthy"}
  ${"backing-up"}                          | ${"healthy"}
  ${"configuring-enhanced-monitoring"}     | ${"healthy"}
  ${"storage-optimization"}                | ${"healthy"}
  ${"rebooting"}                           | ${"unhealthy"}
  ${"storage-full"}                        | ${"unhealthy"}
  ${"stopped"}                             | ${"unhealthy"}
  ${"inaccessible-encryption-credentials"} | ${"unhealthy"}
  ${"a-state-of-tomorrow"}                 | ${"unhealthy"}
`("a database that is $status is $state", ({ status, state }) => {
  expect(judgeDatabase("instance", "shop", status).state).toBe(state);
});

test.each`
  status             | state
  ${"available"}     | ${"healthy"}
  ${"modifying"}     | ${"healthy"}
  ${"deleting"}      | ${"unhealthy"}
  ${"create-failed"} | ${"unhealthy"}
`("a cache that is $status is $state", ({ status, state }) => {
  expect(judgeCache("shop", status).state).toBe(state);
});
