import type { Trouble } from "@aws-deploy-actions/shared/problems";
import { frozenBy } from "../src/freeze.ts";
import { read } from "../src/inputs.ts";
import { registryProblems } from "../src/prepare.ts";
import { stepsFor } from "../src/steps.ts";

const digest = `sha256:${"a".repeat(64)}`;
const given = (inputs: Record<string, string>) =>
  read({ application: "shop", environment: "staging", image: "shop:v2", ...inputs }, { AWS_REGION: "eu-central-1" });
const says = (inputs: Record<string, string>): readonly string[] => {
  try {
    given(inputs);
    return [];
  } catch (error) {
    return (error as Trouble).problems.map((one) => one.what);
  }
};

describe("inputs that do not fit together", () => {
  test.each`
    why                                    | inputs                                                    | message
    ${"nothing new to deploy"}             | ${{ image: "" }}                                          | ${/^image: nothing new is given/}
    ${"two ways to say the image"}         | ${{ images: "app=shop:v2" }}                              | ${/^image and images/}
    ${"a container twice"}                 | ${{ image: "", images: "app=shop:v2\napp=shop:v3" }}      | ${/app stands there twice/}
    ${"steps that go down"}                | ${{ strategy: "canary", steps: "10%:5m,5%:5m" }}          | ${/goes from 10 % to 5 %/}
    ${"steps without a strategy"}          | ${{ steps: "10%:5m" }}                                    | ${/all-at-once has none/}
    ${"a test route without checks"}       | ${{ "test-header": "X-Preview: green" }}                  | ${/nothing to check through it/}
    ${"checks without a test route"}       | ${{ "test-checks": "page https://shop.example/" }}        | ${/they need test-listener-arn/}
    ${"a time-out shorter than the watch"} | ${{ timeout: "5", "rollback-window": "10" }}              | ${/^timeout: 5 min are shorter/}
    ${"an image with a space"}             | ${{ image: "shop v2" }}                                   | ${/^image: "shop v2" is not accepted/}
    ${"a shell in an image"}               | ${{ image: "shop:$(id)" }}                                | ${/^image: /}
    ${"a secret that is no ARN"}           | ${{ secrets: "app/KEY=plain" }}                           | ${/^secrets: .*in item 1/}
    ${"a metadata address to probe"}       | ${{ "health-checks": "x http://169.254.169.254/latest" }} | ${/^health-checks: /}
  `("$why", ({ inputs, message }) => {
    expect(says(inputs)).toEqual([expect.stringMatching(message)]);
  });

  test("status needs neither image nor anything new", () => {
    expect(says({ mode: "status", image: "" })).toEqual([]);
  });
});

describe("steps", () => {
  test.each`
    strategy         | steps                          | percents
    ${"all-at-once"} | ${undefined}                   | ${[100]}
    ${"canary"}      | ${undefined}                   | ${[10, 100]}
    ${"canary"}      | ${[{ percent: 5, bake: 60 }]}  | ${[5, 100]}
    ${"linear"}      | ${[{ percent: 25, bake: 60 }]} | ${[25, 50, 75, 100]}
    ${"linear"}      | ${[{ percent: 30, bake: 60 }]} | ${[30, 60, 90, 100]}
  `("$strategy with $steps moves $percents", ({ strategy, steps, percents }) => {
    const result = stepsFor(strategy, steps);
    expect("steps" in result && result.steps.map((step) => step.percent)).toEqual(percents);
  });
});

describe("a freeze window", () => {
  const windows =
    given({ "freeze-windows": "Fri 16:00-Mon 08:00 Europe/Berlin\n2026-12-20 - 2027-01-03 UTC" }).given["freeze-windows"] ?? [];
  test.each`
    at                        | frozen
    ${"2026-11-20T14:59:00Z"} | ${false}
    ${"2026-11-20T15:00:00Z"} | ${true}
    ${"2026-11-22T12:00:00Z"} | ${true}
    ${"2026-11-23T06:59:00Z"} | ${true}
    ${"2026-11-23T07:00:00Z"} | ${false}
    ${"2026-07-03T14:00:00Z"} | ${true}
    ${"2026-07-03T13:59:00Z"} | ${false}
    ${"2026-12-23T10:00:00Z"} | ${true}
    ${"2027-01-05T10:00:00Z"} | ${false}
  `("at $at it is frozen: $frozen", ({ at, frozen }) => {
    expect(frozenBy(windows, Date.parse(at) / 1000) !== undefined).toBe(frozen);
  });
});

describe("allowed registries", () => {
  test.each`
    image                                                                     | allowed                                                | ok
    ${`123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@${digest}`}       | ${["123456789012.dkr.ecr.eu-central-1.amazonaws.com"]} | ${true}
    ${"123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:v1"}                 | ${["123456789012.dkr.ecr.*.amazonaws.com"]}            | ${true}
    ${"evil.example/123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v1"} | ${["123456789012.dkr.ecr.*.amazonaws.com"]}            | ${false}
    ${"docker.io/library/nginx:1"}                                            | ${["ghcr.io/shop"]}                                    | ${false}
    ${"docker.io/library/nginx:1"}                                            | ${[]}                                                  | ${true}
  `("$image from $allowed is allowed: $ok", ({ image, allowed, ok }) => {
    expect(registryProblems(image, allowed).length === 0).toBe(ok);
  });
});
