import { matchesStatus, slowStartShare, type TargetView } from "../../src/balancer/health.ts";
import type { TargetState } from "../../src/balancer/types.ts";
import { afterChecks } from "./builders.ts";

function target(state: TargetState, changes: Partial<TargetView> = {}): TargetView {
  return {
    ...{ id: "a", port: 80, endpoint: { host: "127.0.0.1", port: 80 }, state, passes: 0, failures: 0, nextCheckAt: 0 },
    ...{ slowSince: undefined, drainEndsAt: undefined, inFlight: 0, reason: undefined, description: undefined, ...changes },
  };
}

describe("health checks, with five to be healthy and two to be unhealthy", () => {
  test.each`
    from           | checks      | to             | because
    ${"initial"}   | ${""}       | ${"initial"}   | ${"nothing was asked yet"}
    ${"initial"}   | ${"p"}      | ${"healthy"}   | ${"the first pass suffices for a new target"}
    ${"initial"}   | ${"f"}      | ${"initial"}   | ${"one failure says nothing"}
    ${"initial"}   | ${"ff"}     | ${"unhealthy"} | ${"two failures do"}
    ${"initial"}   | ${"fp"}     | ${"healthy"}   | ${"it only took a little longer to start"}
    ${"healthy"}   | ${"f"}      | ${"healthy"}   | ${"one failure says nothing"}
    ${"healthy"}   | ${"fpf"}    | ${"healthy"}   | ${"failures count in a row"}
    ${"healthy"}   | ${"ff"}     | ${"unhealthy"} | ${"two in a row"}
    ${"unhealthy"} | ${"pppp"}   | ${"unhealthy"} | ${"four passes are too few after a failure"}
    ${"unhealthy"} | ${"ppppfp"} | ${"unhealthy"} | ${"passes count in a row"}
    ${"unhealthy"} | ${"ppppp"}  | ${"healthy"}   | ${"five in a row"}
    ${"draining"}  | ${"ppppp"}  | ${"draining"}  | ${"it is leaving"}
    ${"unused"}    | ${"ppppp"}  | ${"unused"}    | ${"no listener uses its group"}
  `("$from, then '$checks', is $to: $because", ({ from, checks, to }) => {
    expect(afterChecks(target(from), checks)).toBe(to);
  });
});

test.each`
  matcher          | status | matches
  ${"200"}         | ${200} | ${true}
  ${"200"}         | ${201} | ${false}
  ${"200-299"}     | ${299} | ${true}
  ${"200-299"}     | ${300} | ${false}
  ${"200,202"}     | ${202} | ${true}
  ${"200,202"}     | ${201} | ${false}
  ${"200-202,404"} | ${404} | ${true}
`("a health check for $matcher takes $status: $matches", ({ matcher, status, matches }) => {
  expect(matchesStatus(matcher, status)).toBe(matches);
});

test.each`
  since        | now    | share   | because
  ${undefined} | ${0}   | ${1}    | ${"it is warm"}
  ${100}       | ${100} | ${0}    | ${"it has just begun"}
  ${100}       | ${130} | ${0.25} | ${"a quarter of 120 s has passed"}
  ${100}       | ${220} | ${1}    | ${"the slow start is over"}
`("a target in slow start since $since takes $share of a full share at $now: $because", ({ since, now, share }) => {
  expect(slowStartShare(target("healthy", { slowSince: since }), 120, now)).toBe(share);
});
