// Actions that ask AWS for nothing of their own: they notify, and take the role that others use.
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalCloud, startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { jest } from "@jest/globals";
import { actionNames } from "../../scripts/build.ts";
import { callsOf, policyOf } from "../../scripts/policies.ts";
import { runAction } from "../support/run-action.ts";
import { deniedIn, type Enforced, type Enforcement, endings, enforcement } from "./enforcement.ts";

jest.setTimeout(120_000);

const root = join(import.meta.dirname, "..", "..");
let cloud: LocalCloud;
let policies: Enforcement;

beforeAll(async () => {
  cloud = await startLocalCloud();
  const settings = { endpoint: cloud.endpoint, region: cloud.region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  await new SNSClient(settings).send(new CreateTopicCommand({ Name: "shop-alarms-staging" }));
  policies = enforcement(
    cloud,
    { account: cloud.accountId, region: cloud.region },
    { TOPIC: "shop-alarms-staging", APPLICATION: "shop", ENVIRONMENT: "staging" },
  );
});
afterAll(() => cloud?.stop());

test("what every action may do beside its own calls is the same everywhere: notify, and take the role of another account", () => {
  const common = policyOf("terraform-stack").Statement.map((statement) => JSON.stringify(statement));
  expect(common).toHaveLength(3);
  for (const action of actionNames()) {
    const statements = policyOf(action).Statement.map((statement) => JSON.stringify(statement));
    const missing = common.filter((one) => !statements.includes(one) && !(action === "security-scan" && one.includes("sts:AssumeRole")));
    expect({ action, missing }).toEqual({ action, missing: [] });
  }
});

test.each`
  action               | calls
  ${"security-scan"}   | ${["GetCallerIdentity", "Publish"]}
  ${"terraform-stack"} | ${["AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity", "Publish"]}
`("$action has no call of its own in its reach", ({ action, calls }) => {
  expect(callsOf(action)).toEqual(calls);
});

/** Runs it in a folder with a configuration of Terraform's own resources. A scan takes no role: it tells a topic with the job's credentials. */
async function enforced(action: string, runs: readonly Readonly<Record<string, string>>[], ...expected: readonly string[]): Promise<void> {
  const policy = policies.policyFor(action);
  const workspace = mkdtempSync(join(tmpdir(), "enforced-"));
  writeFileSync(join(workspace, "main.tf"), `resource "terraform_data" "token" { input = "ghp_${"a1B2c3D4e5F6".repeat(3)}" }\n`);
  const environment = { ...cloud.environment, HOME: workspace, PATH: `${join(root, ".tools", "scanners", "bin")}:${process.env["PATH"]}` };
  const topic = { "notify-sns-topic-arn": `arn:aws:sns:${cloud.region}:${cloud.accountId}:shop-alarms-staging` };
  const ended: Enforced[] = [];
  for (const inputs of runs) {
    const digest = ended.at(-1)?.run.outputs["plan-digest"];
    const given = { ...topic, ...(digest === undefined ? {} : { "plan-digest": digest }), ...inputs };
    ended.push(await policies.under(policy, () => runAction(action, workspace, environment, given)));
  }
  expect({ endings: endings(ended), denied: deniedIn(ended), idle: policies.idle(policy, ended) }).toEqual({
    endings: expected.map((outcome) => expect.stringMatching(`^${outcome}`)),
    denied: [],
    idle: [],
  });
}

test("security-scan tells of a token in the code, and needs every statement of its policy for that", async () => {
  await enforced("security-scan", [{ scanners: "gitleaks" }], "findings");
});

const withTerraform = spawnSync("terraform", ["version"]).status === 0 ? test : test.skip;
withTerraform("terraform-stack tells what it applied with the role, and needs every statement of its policy for that", async () => {
  const given = { environment: "staging", "role-to-assume": `arn:aws:iam::${cloud.accountId}:role/shop-target-staging-${cloud.region}` };
  await enforced("terraform-stack", [given, { ...given, mode: "apply" }], "planned", "applied");
});
