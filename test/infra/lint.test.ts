import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { infraFolder, loadTemplate, templateNames } from "./template.ts";

const cfnLint = join(infraFolder, "..", ".tools", "cfn-lint", "bin", "cfn-lint");

interface Finding {
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Start: { readonly LineNumber: number } };
  readonly Filename: string;
}

/** Every finding of cfn-lint, its informational rules included, one line each. */
async function findings(): Promise<readonly string[]> {
  if (!existsSync(cfnLint)) throw new Error("cfn-lint is missing. Run: node scripts/bootstrap.mjs cfn-lint");
  const files = templateNames().map((name) => join(infraFolder, `${name}.yaml`));
  const args = ["--format", "json", "--include-checks", "I", "--regions", "us-east-1", "eu-west-1", "--", ...files];
  const json = await promisify(execFile)(cfnLint, args, { maxBuffer: 64 * 1024 * 1024 }).then(
    (done) => done.stdout,
    // It exits with a number when it has findings; anything else is its own failure.
    (failed: { readonly code?: unknown; readonly stdout: string; readonly message: string }) => {
      if (typeof failed.code === "number" && failed.stdout.trim().startsWith("[")) return failed.stdout;
      throw new Error(`cfn-lint did not run: ${failed.message}`);
    },
  );
  return (JSON.parse(json || "[]") as readonly Finding[]).map(
    (finding) => `${finding.Filename}:${finding.Location.Start.LineNumber} ${finding.Rule.Id} ${finding.Message}`,
  );
}

test("cfn-lint finds nothing in any template, not even by its informational rules", async () => {
  expect(await findings()).toEqual([]);
}, 120_000);

describe.each(templateNames())("%s", (name) => {
  const template = loadTemplate(name);

  test("every parameter says what it is for", () => {
    const silent = Object.entries(template.Parameters).filter(([, parameter]) => (parameter.Description ?? "").length < 10);
    expect(silent.map(([id]) => id)).toEqual([]);
  });

  test("every parameter is bounded: by a type of AWS, by values, by a range or by a pattern that is explained", () => {
    const loose = Object.entries(template.Parameters).filter(([, parameter]) => {
      if (/^(List<)?AWS::/.test(parameter.Type) || parameter.Type === "CommaDelimitedList" || parameter.AllowedValues !== undefined)
        return false;
      if (parameter.Type === "Number") return parameter.MinValue === undefined || parameter.MaxValue === undefined;
      return parameter.AllowedPattern === undefined || parameter.ConstraintDescription === undefined;
    });
    expect(loose.map(([id]) => id)).toEqual([]);
  });

  test("every pattern is anchored at both ends, and takes the parameter's own default", () => {
    for (const [id, { AllowedPattern, Default }] of Object.entries(template.Parameters)) {
      if (AllowedPattern === undefined) continue;
      expect(`${id} ${AllowedPattern}`).toMatch(/^\w+ \^.*\$$/);
      if (Default !== undefined) expect(`${id}=${Default}`).toMatch(new RegExp(`^${id}=${AllowedPattern.slice(1)}`));
    }
  });

  test("every output says what it is for", () => {
    const silent = Object.entries(template.Outputs).filter(([, output]) => (output.Description ?? "").length < 10);
    expect(silent.map(([id]) => id)).toEqual([]);
  });

  test("data and logs outlive their stack", () => {
    const stateful =
      /^AWS::(RDS::DBInstance|ElastiCache::ReplicationGroup|DynamoDB::Table|S3::Bucket|KMS::Key|SecretsManager::Secret|Logs::LogGroup|ECR::Repository|Backup::BackupVault)$/;
    const lost = Object.entries(template.Resources).filter(
      ([, resource]) =>
        stateful.test(resource.Type) &&
        !(/^(Retain|Snapshot)$/.test(resource.DeletionPolicy ?? "") && resource.UpdateReplacePolicy === resource.DeletionPolicy),
    );
    expect(lost.map(([id]) => id)).toEqual([]);
  });
});
