import { readFileSync } from "node:fs";
import { problemsOf, Trouble } from "@aws-deploy-actions/shared/problems";
import fc from "fast-check";
import { parse } from "yaml";
import { read, spec } from "../src/inputs.ts";

const good = { application: "shop", environment: "staging", confirm: "staging", reason: "it fails", "aws-region": "eu-central-1" };
const wrong = (inputs: Record<string, string>, environment = {}): readonly string[] => {
  try {
    read({ ...good, ...inputs }, environment);
    return [];
  } catch (error) {
    return problemsOf(error).map((one) => one.what);
  }
};

describe("the inputs", () => {
  test.each([
    ["all is well", {}, []],
    ["force instead of the confirmation", { confirm: "", force: "true" }, []],
    ["status needs neither", { mode: "status", confirm: "", reason: "" }, []],
    ["no reason", { reason: " " }, ["reason is required and was not given; accepted: why users have to go back, in your own words."]],
    [
      "another environment's name",
      { confirm: "production" },
      ['confirm: "production" is not the environment\'s name; accepted: "staging", or force: true.'],
    ],
    ["another case", { confirm: "Staging" }, ['confirm: "Staging" is not the environment\'s name; accepted: "staging", or force: true.']],
    ["a type that is none", { type: "quick" }, ['type: "quick" is not accepted; accepted: "immediate", "graceful".']],
    [
      "a window that is longer than the time-out",
      { "rollback-window": "60" },
      ["timeout: 30 min are shorter than the rollback window (60 min)."],
    ],
    ["several at once", { force: "yes", "break-lock": "1", to: "x" }, [/^force/, /^break-lock/, /^to/]],
  ])("%s", (_, inputs, expected) => {
    const found = wrong(inputs as Record<string, string>);
    expect(found).toHaveLength(expected.length);
    for (const [index, one] of expected.entries()) expect(found[index]).toEqual(typeof one === "string" ? one : expect.stringMatching(one));
  });

  test.each([
    ["d-20261122034801-1234-1", { kind: "deployment", id: "d-20261122034801-1234-1" }],
    ["r-20261122034801-1234-1", { kind: "deployment", id: "r-20261122034801-1234-1" }],
    ["shop:41", { kind: "revision", name: "shop:41" }],
    [
      "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:41",
      { kind: "revision", name: "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:41" },
    ],
  ])("to: %s", (to, expected) => {
    expect(read({ ...good, to }, {}).given.to).toEqual(expected);
  });

  test.each([
    [{ "expected-account-id": "111111111111" }, "111111111111"],
    [{ "role-to-assume": "arn:aws:iam::222222222222:role/rescue" }, "222222222222"],
    [{}, undefined],
  ])("%o tells the account without a call: %s", (inputs, account) => {
    expect(read({ ...good, ...inputs }, {}).account).toBe(account);
  });

  test("anything else ends in a sentence that names the input", () => {
    const names = Object.keys(spec);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.json()), (name, value) => {
        try {
          read({ ...good, [name]: value }, {});
        } catch (error) {
          expect(error).toBeInstanceOf(Trouble);
          const told = problemsOf(error)
            .map((one) => one.what)
            .join(" ");
          expect(told).toMatch(new RegExp(`${name}|confirm|region`));
        }
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  test("the outputs are those of blue-green-deploy", () => {
    const outputs = (action: string) =>
      Object.keys((parse(readFileSync(`${import.meta.dirname}/../../${action}/action.yml`, "utf8")) as { outputs: object }).outputs);
    expect(outputs("emergency-rollback")).toEqual(outputs("blue-green-deploy"));
  });
});
