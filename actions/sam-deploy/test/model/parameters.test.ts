import fc from "fast-check";
import { isSecretParameter, mergeParameters, parseOverrides, valuesToMask } from "../../src/model/parameters.ts";
import { parseTemplate } from "../../src/model/template.ts";

const values = (raw: string) => Object.fromEntries(parseOverrides(raw).values);

describe("parameter-overrides", () => {
  test.each`
    raw                                         | value
    ${"A=hello world"}                          | ${{ A: "hello world" }}
    ${"A=a,b=c"}                                | ${{ A: "a,b=c" }}
    ${"A= leading and trailing "}               | ${{ A: " leading and trailing " }}
    ${"A="}                                     | ${{ A: "" }}
    ${'A="quoted"'}                             | ${{ A: '"quoted"' }}
    ${"A=$(id) `id` $HOME"}                     | ${{ A: "$(id) `id` $HOME" }}
    ${"A=--force"}                              | ${{ A: "--force" }}
    ${"  A=1\n\n\tB=2\r\nC=3\n"}                | ${{ A: "1", B: "2", C: "3" }}
    ${'{"A":"line 1\\nline 2","B":5,"C":true}'} | ${{ A: "line 1\nline 2", B: "5", C: "true" }}
  `("$raw", ({ raw, value }) => {
    const parsed = parseOverrides(raw);
    expect(parsed.wrong).toEqual([]);
    expect(Object.fromEntries(parsed.values)).toEqual(value);
  });

  test.each`
    raw                        | says
    ${"A=1\nsecret value"}     | ${"line 2"}
    ${"A=1\nA=2"}              | ${"given twice"}
    ${"A-B=1"}                 | ${"no parameter name"}
    ${"=1"}                    | ${"no parameter name"}
    ${"{broken"}               | ${"no JSON object"}
    ${'{"A":{"b":1}}'}         | ${"is no text"}
    ${`A=${"é".repeat(2049)}`} | ${"4096 bytes"}
  `("refuses $raw, without repeating a value", ({ raw, says }) => {
    const { wrong } = parseOverrides(raw);
    expect(wrong.join()).toContain(says);
    expect(wrong.join()).not.toMatch(/secret value|ééé/);
  });

  test("a value of 4,096 bytes is accepted", () => {
    expect(parseOverrides(`A=${"a".repeat(4096)}`).wrong).toEqual([]);
  });

  test("any text that fits on a line arrives as it is, and any text at all in JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        expect(values(JSON.stringify({ A: text }))).toEqual({ A: text });
        const line = text.replace(/[\r\n]/g, " ");
        expect(values(`A=${line}`)).toEqual({ A: line });
      }),
      { seed: 8, numRuns: 1000 },
    );
  });
});

const template = parseTemplate(
  `
Parameters:
  Given: { Type: String }
  Configured: { Type: String }
  Kept: { Type: String, NoEcho: true }
  Defaulted: { Type: String, Default: d }
  ApiKey: { Type: String, Default: x }
Resources: {}
`,
  "t",
);

describe("where a value comes from", () => {
  test("the workflow, then samconfig, then the stack, then the template's default", () => {
    const merged = mergeParameters(
      template,
      new Map([["Given", "workflow"]]),
      new Map([
        ["Given", "config"],
        ["Configured", "config"],
      ]),
      [{ name: "Kept", value: "****" }],
    );
    expect(merged.settings).toEqual([
      { name: "Given", value: "workflow" },
      { name: "Configured", value: "config" },
      { name: "Kept", previous: true },
    ]);
    expect(merged.problems).toEqual([]);
  });

  test("what nobody gives, and what the template does not know, are named together", () => {
    const { problems, warnings } = mergeParameters(template, new Map([["Typo", "1"]]), new Map([["Old", "1"]]), undefined);
    expect(problems.map(({ what }) => what)).toEqual([
      expect.stringContaining("no parameter Typo"),
      expect.stringContaining("Given, Configured, Kept have no value"),
    ]);
    expect(warnings).toEqual([expect.stringContaining("samconfig sets Old")]);
  });

  test("an empty value is a value", () => {
    expect(mergeParameters(template, new Map([["Given", ""]]), new Map(), undefined).settings).toContainEqual({ name: "Given", value: "" });
  });
});

test.each`
  name                     | noEcho   | secret
  ${"DatabasePassword"}    | ${false} | ${true}
  ${"StripeWebhookSecret"} | ${false} | ${true}
  ${"GreetingText"}        | ${true}  | ${true}
  ${"GreetingText"}        | ${false} | ${false}
  ${"SecretArn"}           | ${false} | ${false}
  ${"TokenTableName"}      | ${false} | ${false}
  ${"StripeApiKey"}        | ${false} | ${true}
`("$name with NoEcho $noEcho is secret: $secret", ({ name, noEcho, secret }) => {
  expect(isSecretParameter({ name, noEcho })).toBe(secret);
});

test("secret values are masked, except words that stand everywhere", () => {
  const mask = (value: string) =>
    valuesToMask(template, [
      { name: "Kept", value },
      { name: "Given", value: "visible" },
    ]);
  expect(mask("s3cr3t-value")).toEqual(["s3cr3t-value"]);
  expect(mask("prod")).toEqual([]);
  expect(mask("true")).toEqual([]);
});
