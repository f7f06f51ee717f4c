import { group } from "@aws-deploy-actions/shared/findings/group";
import fc from "fast-check";
import { identified } from "./finding-builder.ts";

const grouping = { preference: ["gitleaks", "bandit", "checkov"], sameRules: [["cfn-lint/E2531", "checkov/CKV_AWS_363"]] };
const grouped = (...findings: Parameters<typeof group>[0]) =>
  group(findings, grouping).map(({ source, also }) => [source, ...also.map((one) => one.source)]);

const secret = { category: "secret", cwe: [] } as const;
const advisory = (name: string, ...advisories: string[]) =>
  ({ category: "dependency", dependency: { name, version: "1.0", advisories }, line: 4 }) as const;

describe("what two tools say", () => {
  test("about a secret on one line is one defect, the preferred tool first, with the worst severity", () => {
    const [one, ...rest] = group(
      [
        identified({ ...secret, source: "bandit", severity: "low" }),
        identified({ ...secret, source: "gitleaks", severity: "critical", line: 1 }),
      ],
      grouping,
    );
    expect(rest).toEqual([]);
    expect(one).toMatchObject({ source: "gitleaks", severity: "critical", also: [{ source: "bandit" }] });
  });

  test.each([
    ["different lines", { ...secret, line: 2 }],
    ["different files", { ...secret, path: "b.py" }],
    ["different kinds", { category: "code", cwe: [] }],
  ] as const)("on %s is two", (_, own) => {
    expect(grouped(identified({ ...secret, source: "gitleaks" }), identified({ ...own, source: "bandit" }))).toHaveLength(2);
  });

  test("about one advisory by different names and spellings of the package is one", () => {
    const one = identified({ source: "pip-audit", ...advisory("Ruamel.yaml", "PYSEC-1", "CVE-2020-1") });
    const other = identified({ source: "trivy", ...advisory("ruamel-yaml", "CVE-2020-1"), line: 1 });
    expect(grouped(one, other)).toHaveLength(1);
    expect(grouped(one, identified({ source: "trivy", ...advisory("ruamel-yaml", "CVE-2020-2") }))).toHaveLength(2);
  });

  test("with one weakness on overlapping lines, or by rules known to be the same, is one", () => {
    const configuration = { category: "configuration", line: 3, endLine: 9 } as const;
    expect(
      grouped(identified({ ...configuration, source: "checkov" }), identified({ ...configuration, source: "zizmor", line: 9 })),
    ).toHaveLength(1);
    const lint = identified({ ...configuration, source: "cfn-lint", rule: "E2531", cwe: [], line: 5, endLine: 5 });
    expect(grouped(lint, identified({ ...configuration, source: "checkov", rule: "CKV_AWS_363", cwe: [] }))).toHaveLength(1);
    expect(grouped(lint, identified({ ...configuration, source: "checkov", rule: "CKV_AWS_45", cwe: [] }))).toHaveLength(2);
  });
});

test("one tool's findings on one line stay apart", () => {
  expect(grouped(identified({ rule: "B602" }), identified({ rule: "B607" }))).toHaveLength(2);
});

test("nothing is lost and nothing invented, whatever comes", () => {
  const any = fc.record({
    source: fc.constantFrom("gitleaks", "bandit", "checkov", "cfn-lint"),
    category: fc.constantFrom("secret", "code", "configuration") as fc.Arbitrary<"secret" | "code" | "configuration">,
    path: fc.constantFrom("a", "b"),
    line: fc.integer({ min: 1, max: 6 }),
    endLine: fc.integer({ min: 6, max: 8 }),
    cwe: fc.subarray([1, 2]),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 30 }), (list) => {
      const findings = list.map(identified);
      const members = group(findings, grouping).flatMap((defect) => [defect, ...defect.also].map(({ fingerprint }) => fingerprint));
      expect([...members].sort()).toEqual(findings.map(({ fingerprint }) => fingerprint).sort());
    }),
    { seed: 11, numRuns: 300 },
  );
});

test("ten thousand findings of each of two tools in one file take no quadratic time", () => {
  const findings = Array.from({ length: 20_000 }, (_, index) =>
    identified({ ...secret, source: index % 2 === 0 ? "bandit" : "gitleaks", line: 1 + Math.floor(index / 2) }),
  );
  expect(group(findings, grouping)).toHaveLength(10_000);
});
