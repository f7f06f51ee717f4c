import { problemsOf } from "@aws-deploy-actions/shared/problems";
import fc from "fast-check";
import { readConfig, spec } from "../src/inputs.ts";

const wrong = (raw: Readonly<Record<string, string>>): readonly string[] => {
  try {
    readConfig(raw);
    return [];
  } catch (error) {
    const problems = problemsOf(error);
    expect(problems.every(({ kind }) => kind === "input")).toBe(true);
    return problems.map(({ what }) => what);
  }
};

test.each`
  raw                                                                        | says
  ${{ mode: "execute" }}                                                     | ${["change-set is required", "change-set-digest is required"]}
  ${{ mode: "rollback" }}                                                    | ${["state-bucket is required"]}
  ${{ mode: "status", "build-digest": "0".repeat(64) }}                      | ${["build-digest is only taken with mode: deploy or plan"]}
  ${{ release: "abcdef1" }}                                                  | ${["release is only taken with mode: rollback"]}
  ${{ "stack-name": "1api" }}                                                | ${['stack-name: "1api"']}
  ${{ "verify-urls": "ftp://x" }}                                            | ${["verify-urls"]}
  ${{ tags: "novalue" }}                                                     | ${["tags"]}
  ${{ "stack-name": "-", timeout: "0", "parameter-overrides": "no equals" }} | ${["stack-name", "timeout", "parameter-overrides: line 1"]}
`("$raw: $says", ({ raw, says }) => {
  const found = wrong(raw);
  expect(found).toHaveLength(says.length);
  says.forEach((part: string, index: number) => void expect(found[index]).toContain(part));
});

test("the environment decides its class, unless it is said", () => {
  expect(readConfig({ "config-env": "prod-eu" }).environmentClass).toBe("production");
  expect(readConfig({ "config-env": "staging" }).environmentClass).toBe("non-production");
  expect(readConfig({ "config-env": "staging", "environment-class": "production" }).environmentClass).toBe("production");
});

test("an output's name may stand at the beginning of a URL to verify", () => {
  expect(
    readConfig({ "verify-urls": "{ApiUrl}/health $.status=healthy\nhttps://example.com status=204" }).values["verify-urls"],
  ).toHaveLength(2);
});

test("no text in any input does anything but be taken, or be refused by name", () => {
  const names = Object.keys(spec);
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.string({ unit: "binary", maxLength: 120 }), { maxKeys: 6 }), (raw) => {
      for (const sentence of wrong(raw)) expect(names.some((name) => sentence.includes(name))).toBe(true);
    }),
    { seed: 8, numRuns: 3000 },
  );
});
