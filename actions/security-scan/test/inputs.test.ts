import { Trouble } from "@aws-deploy-actions/shared/problems";
import fc from "fast-check";
import { readConfig, spec } from "../src/inputs.ts";

const wrong = (raw: Readonly<Record<string, string>>): string => {
  try {
    readConfig(raw, {});
  } catch (error) {
    if (error instanceof Trouble) return error.message;
    throw error;
  }
  return "";
};

test("with nothing given, everything is scanned by what fits, and high findings fail", () => {
  expect(readConfig({}, {})).toMatchObject({
    paths: [],
    scanners: undefined,
    failOn: "high",
    changedOnly: false,
    sarifPath: "security-scan.sarif",
    reportPath: "security-scan.json",
    scannerTimeout: 600,
  });
});

test.each`
  raw                                                         | says
  ${{ "fail-on": "hihg" }}                                    | ${'fail-on: "hihg" is not accepted; accepted: "high", "critical", "medium", "low", "never"'}
  ${{ scanners: "bandit,banditt" }}                           | ${"scanners: "}
  ${{ scanners: "auto,bandit" }}                              | ${'"auto" stands alone'}
  ${{ scanners: "bandit", "required-scanners": "gitleaks" }}  | ${"gitleaks would not run"}
  ${{ paths: "../other" }}                                    | ${"paths: "}
  ${{ "sarif-path": "/etc/passwd" }}                          | ${"sarif-path: "}
  ${{ "sarif-path": "a/../../b" }}                            | ${"sarif-path: "}
  ${{ "sarif-path": "x.json", "report-json-path": "x.json" }} | ${"two different files"}
  ${{ image: "--help" }}                                      | ${"image: "}
  ${{ image: "shop; rm -rf /" }}                              | ${"image: "}
  ${{ "scanner-timeout": "0s" }}                              | ${"scanner-timeout: "}
  ${{ baseline: "~/x" }}                                      | ${"baseline: "}
`("refuses $raw, naming the input", ({ raw, says }) => {
  expect(wrong(raw)).toContain(says);
});

test("reports every wrong input at once", () => {
  const text = wrong({ "fail-on": "x", "changed-only": "maybe", paths: "/" });
  for (const name of ["fail-on", "changed-only", "paths"]) expect(text).toContain(`${name}: `);
});

test("takes a scanner asked for by name, and trivy for an image, as required", () => {
  expect([...readConfig({ scanners: "bandit\nzizmor", image: "shop:1" }, {}).required].sort()).toEqual(["bandit", "trivy-image", "zizmor"]);
});

test("never ends in anything but a configuration or a problem that names an input", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.constantFrom("auto", "true", "high", "src", "5m", "..", "-", "\u0000", "a".repeat(70_000)),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(spec)), value), (raw) => {
      const text = wrong(raw);
      if (text !== "") expect(text).toMatch(new RegExp(Object.keys(spec).join("|")));
    }),
    { seed: 5, numRuns: 1000 },
  );
});
