import fc from "fast-check";
import { duration, flag, list, number, oneOf, optional, required, secret, text, url, wholeNumber } from "../../src/action/fields.ts";
import { rawInputs, readInputs } from "../../src/action/inputs.ts";
import type { Trouble } from "../../src/problems.ts";

const spec = {
  mode: oneOf("deploy", "plan"),
  window: duration("m", 60, 3600),
  percent: optional(number(0, 100)),
  count: optional(wholeNumber(1, 10)),
  force: flag(),
  names: list(text(/^[a-z]+$/, "small letters")),
  hook: optional(secret(url())),
  application: required(text(/^[a-z]+$/, "small letters")),
} as const;

const messages = (raw: Record<string, string>): readonly string[] => {
  try {
    readInputs(spec, { application: "shop", window: "5m", ...raw });
    return [];
  } catch (error) {
    return (error as Trouble).problems.map((one) => one.what);
  }
};

describe("reading inputs", () => {
  test.each`
    name         | given                    | value
    ${"mode"}    | ${""}                    | ${"deploy"}
    ${"mode"}    | ${"plan"}                | ${"plan"}
    ${"window"}  | ${"90s"}                 | ${90}
    ${"window"}  | ${"5"}                   | ${300}
    ${"window"}  | ${"1h"}                  | ${3600}
    ${"percent"} | ${"0.5"}                 | ${0.5}
    ${"percent"} | ${""}                    | ${undefined}
    ${"force"}   | ${"true"}                | ${true}
    ${"names"}   | ${"a, b\nc\n\n"}         | ${["a", "b", "c"]}
    ${"names"}   | ${""}                    | ${[]}
    ${"hook"}    | ${"https://example.com"} | ${"https://example.com"}
  `("$name given as '$given' is $value", ({ name, given, value }) => {
    const values = readInputs(spec, { application: "shop", window: "5m", [name]: given });
    expect(values[name as keyof typeof values]).toEqual(value);
  });

  test.each`
    name             | given                          | says
    ${"mode"}        | ${"deplyo"}                    | ${'mode: "deplyo" is not accepted; accepted: "deploy", "plan".'}
    ${"window"}      | ${"59s"}                       | ${/^window: "59s" is not accepted; accepted: a duration/}
    ${"window"}      | ${"3601s"}                     | ${/^window: "3601s"/}
    ${"count"}       | ${"1.5"}                       | ${/a whole number from 1 to 10/}
    ${"percent"}     | ${"NaN"}                       | ${/a number from 0 to 100/}
    ${"force"}       | ${"yes"}                       | ${/"true" or "false"/}
    ${"names"}       | ${"a,B"}                       | ${/in item 2: small letters/}
    ${"hook"}        | ${"http://u:p@example.com"}    | ${"hook: the given value is not accepted; accepted: an https URL without a user name or password in it."}
    ${"application"} | ${""}                          | ${"application is required and was not given."}
    ${"application"} | ${"a\nb"}                      | ${/^application: "a b"/}
    ${"application"} | ${"\u001b[31m::error::\u202e"} | ${/^application: "::error::"/}
  `("$name given as '$given' is refused", ({ name, given, says }) => {
    const found = messages({ [name]: given });
    expect(found).toHaveLength(1);
    expect(found[0]).toEqual(typeof says === "string" ? says : expect.stringMatching(says));
  });

  test("a text of 70,000 characters is refused before it is looked at", () => {
    expect(messages({ application: "a".repeat(70_000) })).toEqual([expect.stringMatching(/70000 characters are too many/)]);
  });

  test("reports every wrong input at once", () => {
    expect(messages({ mode: "x", window: "x", count: "x", application: "" })).toHaveLength(4);
  });

  test("no text whatever makes reading throw anything but named refusals", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(spec)), fc.string({ unit: "binary", maxLength: 200 }), (name, given) => {
        for (const message of messages({ [name]: given })) expect(message).toContain(name);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test("finds inputs where the runner puts them", () => {
    expect(rawInputs({ "rollback-window": spec.window }, { "INPUT_ROLLBACK-WINDOW": "7" })).toEqual({ "rollback-window": "7" });
  });
});
