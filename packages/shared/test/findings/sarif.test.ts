import { gzipSync } from "node:zlib";
import { sarifLimits, toSarif } from "@aws-deploy-actions/shared/findings/sarif";
import type { Severity } from "@aws-deploy-actions/shared/findings/severity";
import { defect, identified } from "./finding-builder.ts";

const write = (defects: Parameters<typeof toSarif>[0]["defects"], own: Partial<Parameters<typeof toSarif>[0]> = {}) => {
  const tool = { name: "security-scan", version: "1.0.0", informationUri: "https://example.org" };
  const report = toSarif({ tool, category: "scan", defects, notes: [], complete: true, ...own });
  return (report["runs"] as readonly Run[])[0] as Run;
};
interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly Rule[] } };
  readonly results: readonly Result[];
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications: readonly { message: { text: string } }[];
  }[];
  readonly automationDetails: { readonly id: string };
}
interface Rule {
  readonly id: string;
  readonly help: { readonly text: string };
  readonly properties: { readonly tags: readonly string[]; readonly "security-severity": string };
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly message: { readonly text: string };
  readonly level: string;
  readonly locations: readonly { readonly physicalLocation: { artifactLocation: { uri: string }; region: Record<string, number> } }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

describe("the SARIF report", () => {
  test("gives GitHub what it needs of a rule and a result", () => {
    const run = write([defect({ line: 7, help: "Use a list of arguments." })]);
    const [rule] = run.tool.driver.rules;
    const [result] = run.results;
    expect(rule).toMatchObject({
      id: "bandit/B602",
      help: { text: "Use a list of arguments." },
      properties: { "security-severity": "8.0" },
    });
    expect(rule?.properties.tags).toContain("external/cwe/cwe-078");
    expect(result).toMatchObject({ ruleId: "bandit/B602", ruleIndex: 0, level: "error" });
    expect(result?.locations[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: "app.py" },
      region: { startLine: 7, startColumn: 1, endLine: 7, endColumn: 2 },
    });
    expect(run.automationDetails.id).toBe("scan/");
  });

  test.each([
    ["critical", "9.5", "error"],
    ["high", "8.0", "error"],
    ["medium", "5.5", "warning"],
    ["low", "2.0", "note"],
  ] as const)("says %s as %s and %s", (severity: Severity, number, level) => {
    const run = write([defect({ severity })]);
    expect(run.tool.driver.rules[0]?.properties["security-severity"]).toBe(number);
    expect(run.results[0]?.level).toBe(level);
  });

  test("gives a rule the worst severity of its findings, for GitHub knows one only", () => {
    const run = write([defect({ severity: "low" }), defect({ severity: "critical" })]);
    expect(run.tool.driver.rules).toHaveLength(1);
    expect(run.tool.driver.rules[0]?.properties["security-severity"]).toBe("9.5");
  });

  test("names every tool that saw the defect", () => {
    const run = write([defect({}, [identified({ source: "gitleaks", rule: "generic-api-key", message: "A key." })])]);
    expect(run.results[0]?.message.text).toContain("gitleaks/generic-api-key");
  });

  test("stays within GitHub's limits: the worst 5,000 of 6,000, and says that 1,000 are left out", () => {
    const many = Array.from({ length: 6000 }, (_, index) =>
      defect({
        rule: `R${index % 4000}`,
        severity: index === 5999 ? "critical" : "low",
        line: index + 1,
        message: "m".repeat(5000),
        help: "h".repeat(9000),
        cwe: Array.from({ length: 60 }, (__, one) => one),
      }),
    );
    const run = write(many);
    expect(run.results).toHaveLength(5000);
    expect(run.results[0]?.level).toBe("error");
    expect(run.invocations[0]?.toolExecutionNotifications[0]?.message.text).toContain("1000 findings over GitHub's limit of 5000");
    expect(Math.max(...run.tool.driver.rules.map(({ properties }) => properties.tags.length))).toBeLessThanOrEqual(sarifLimits.tags);
    expect(gzipSync(JSON.stringify(run)).length).toBeLessThan(10_000_000);
    expect(Math.max(...run.results.map(({ ruleIndex }) => ruleIndex))).toBeLessThan(run.tool.driver.rules.length);
  });

  test("never claims success for a run that was not complete, and says what is missing", () => {
    const run = write([], { complete: false, notes: [{ about: "trivy", text: "not on PATH", level: "error" }] });
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false, toolExecutionNotifications: [{ level: "error" }] });
  });

  test.each([
    ["spaces and percent signs", "a b%.py", "a%20b%25.py"],
    ["a colon at the beginning", "x:y/z.py", "x%3Ay/z.py"],
    ["half a surrogate pair", "a\ud800.py", "a%EF%BF%BD.py"],
  ])("encodes a path with %s", (_, path, uri) => {
    expect(write([defect({ path })]).results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(uri);
  });

  test("does not let a message make links or placeholders", () => {
    const text = write([defect({ message: "see [here](https://evil.example) {0} \u001b[31mred" })]).results[0]?.message.text;
    expect(text).toBe("see [here] (https://evil.example) { 0 } red.");
  });

  test("gives our fingerprint in place of the line's hash only where it is asked for", () => {
    const [own, line] = [write([defect()], { ownLineHash: true }), write([defect()])].map(
      ({ results }) => results[0]?.partialFingerprints ?? {},
    );
    expect(own).toHaveProperty("primaryLocationLineHash");
    expect(line).not.toHaveProperty("primaryLocationLineHash");
  });
});
