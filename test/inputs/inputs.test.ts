// Generated input sets for every action. Many more an action: npm run bench -- --only inputs.

import { secret, text } from "@aws-deploy-actions/shared/action/fields";
import { Trouble } from "@aws-deploy-actions/shared/problems";
import fc from "fast-check";
import { allInputs } from "./actions.ts";
import { inputSets } from "./generate.ts";
import { judgeInputs } from "./judge.ts";

const sets = 500;
const all = await allInputs();

describe.each(all.map((one) => [one.action, one] as const))("%s", (_, action) => {
  test("whatever is given is accepted, or refused in sentences that name the input", () => {
    fc.assert(
      fc.property(inputSets(action), (given) => {
        const verdict = judgeInputs(action, given);
        if (!verdict.ok) throw new Error(verdict.why);
      }),
      { numRuns: sets, seed: 20261122 },
    );
  });

  test("nothing given is told, or enough", () => {
    expect(judgeInputs(action, {}).ok).toBe(true);
  });

  test("each input by itself, at its longest", () => {
    for (const name of Object.keys(action.spec)) {
      const verdict = judgeInputs(action, { [name]: "a".repeat(70_000) });
      expect(`${name}: ${verdict.ok ? (verdict.accepted ? "accepted" : "refused") : verdict.why}`).toBe(`${name}: refused`);
    }
  });
});

describe("the judge of inputs", () => {
  const spec = { name: text(), token: secret(text()) };
  const reading = (read: (raw: Readonly<Record<string, string | undefined>>) => unknown) => ({ action: "x", spec, read });
  const trouble = (what: string, kind: "input" | "cloud" = "input") => {
    throw new Trouble([{ kind, what }]);
  };
  test.each([
    [
      "a crash",
      () => {
        throw new TypeError("boom");
      },
      /crashed/,
    ],
    [
      "a refusal without a reason",
      () => {
        throw new Trouble([]);
      },
      /without a reason/,
    ],
    ["a sentence that names nothing", () => trouble("wrong."), /no input is named/],
    ["a secret in a sentence", (raw: Readonly<Record<string, string | undefined>>) => trouble(`token: ${raw["token"]}`), /secret value/],
    ["somebody else's fault", () => trouble("name is wrong", "cloud"), /kind cloud/],
  ])("finds %s", (_, read, why) => {
    const verdict = judgeInputs(reading(read), { token: "abc" });
    expect(verdict.ok ? "" : verdict.why).toMatch(why);
  });
});
