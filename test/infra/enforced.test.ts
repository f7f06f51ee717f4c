// Actions under their own policy of infra/policies, enforced by the local cloud's proxy: what the policy does not allow is denied.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { exampleContainers, exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import type { EnvironmentInfo } from "@aws-deploy-actions/local-cloud/environment/options";
import { type LocalCloud, startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient, UpdateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { jest } from "@jest/globals";
import { actionNames } from "../../scripts/build.ts";
import { type Policy, policyOf } from "../../scripts/policies.ts";
import { type RunResult, runAction, shown } from "../support/run-action.ts";
import { askedFor, type Call } from "./asked.ts";
import { allows, filledIn, without } from "./iam.ts";

jest.setTimeout(240_000);

const workspace = mkdtempSync(join(tmpdir(), "enforced-"));
let cloud: LocalCloud;
let environment: EnvironmentInfo;

beforeAll(async () => {
  cloud = await startLocalCloud({ timeFactor: 20, images: exampleImages() });
  environment = await createEnvironment(cloud, { containers: exampleContainers(cloud, "v1") });
  const settings = { endpoint: cloud.endpoint, region: cloud.region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  await new S3Client({ ...settings, forcePathStyle: true }).send(
    new CreateBucketCommand({ Bucket: "shop-state", CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
  );
  const { KeyMetadata } = await new KMSClient(settings).send(new CreateKeyCommand({}));
  await new SecretsManagerClient(settings).send(new UpdateSecretCommand({ SecretId: "shop-staging", KmsKeyId: KeyMetadata?.Arn }));
  await new SNSClient(settings).send(new CreateTopicCommand({ Name: "shop-alarms-staging" }));
});
afterAll(() => cloud?.stop());

const policyFor = (action: string): Policy =>
  filledIn(policyOf(action), {
    // The example's images lie in a repository that is not named after the application.
    "repository/APPLICATION": "repository/containers-app",
    STATE_BUCKET: "shop-state",
    ARTEFACT_BUCKET: "artefacts",
    TOPIC: "shop-alarms-staging",
    APPLICATION: "shop",
    ENVIRONMENT: "staging",
    REGION: cloud.region,
    ACCOUNT: cloud.accountId,
  });
const place = () => ({ account: cloud.accountId, region: cloud.region });
const permits = (policy: Policy, call: Call): boolean => askedFor(call, place()).every((asked) => allows(policy, asked));

/** Runs it with enforcement on. @returns how it ended, and the calls it made */
async function enforced(
  action: string,
  policy: Policy,
  inputs: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly run: RunResult; readonly calls: readonly Call[]; readonly denied: readonly string[] }> {
  const mark = cloud.calls.length;
  const end = cloud.faults.inject({
    when: (call) => /^[A-Z]\w+$/.test(call.operation) && !permits(policy, call),
    times: Number.POSITIVE_INFINITY,
    fault: { kind: "access-denied" },
  });
  try {
    const given = action === "validate-secrets" ? { environment: "staging" } : { application: "shop", environment: "staging" };
    const run = await runAction(action, workspace, { ...cloud.environment, ...more }, { ...given, ...inputs });
    const calls = cloud.calls.since(mark);
    const denied = calls.filter((call) => call.fault === "access-denied").map(({ service, operation }) => `${service}:${operation}`);
    return { run, calls, denied: [...new Set(denied)] };
  } finally {
    end();
  }
}

const image = (tag: string): string =>
  ["frontend", "backend"]
    .map((name) => `${name}=${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:${tag}`)
    .join("\n");
const everywhere = () => ({
  "notify-sns-topic-arn": `arn:aws:sns:${cloud.region}:${cloud.accountId}:shop-alarms-staging`,
  "role-to-assume": `arn:aws:iam::${cloud.accountId}:role/shop-target-staging-${cloud.region}`,
});
const deployment = (tag: string) => ({
  ...everywhere(),
  "health-checks": `frontend ${environment.urls[0]}/api/health $.status=ok`,
  images: image(tag),
  "state-bucket": "shop-state",
  "rollback-window": "1",
  "on-inconclusive": "proceed",
});

/** Of each statement, the first call that would be denied without it. */
const neededBy = (policy: Policy, calls: readonly Call[]): readonly string[] =>
  policy.Statement.map((statement, index) => {
    const rest = without(policy, index);
    const broken = calls.find((call) => !permits(rest, call));
    return broken === undefined ? `nothing needs ${statement.Action.join(" ")}` : `${broken.service}:${broken.operation}`;
  });
const idle = (policy: Policy, calls: readonly Call[]): readonly string[] =>
  neededBy(policy, calls).filter((one) => one.startsWith("nothing"));

test("blue-green-deploy and emergency-rollback do all of their work, and every statement is needed", async () => {
  const policy = policyFor("blue-green-deploy");
  const deployed = await enforced("blue-green-deploy", policy, {
    ...deployment("v2"),
    "migration-command": '["node", "-e", "0"]',
    "migration-container": "backend",
    "test-header": "x-test: 1",
    "test-checks": `frontend ${environment.urls[0]}/api/health`,
  });
  expect({ ended: shown(deployed.run).split("\n")[0], denied: deployed.denied }).toEqual({
    ended: expect.stringMatching(/^succeeded/),
    denied: [],
  });
  const endless = await enforced("blue-green-deploy", policy, {
    ...deployment("v4"),
    "migration-command": '["sleep", "600"]',
    "migration-container": "backend",
    "migration-timeout": "1m",
  });
  expect({ failed: endless.run.code !== 0, denied: endless.denied }).toEqual({ failed: true, denied: [] });
  expect(idle(policy, [...deployed.calls, ...endless.calls])).toEqual([]);

  const rescue = policyFor("emergency-rollback");
  const asked = { ...everywhere(), confirm: "staging", reason: "wrong prices", "state-bucket": "shop-state" };
  const rescued = await enforced("emergency-rollback", rescue, asked);
  expect({ ended: shown(rescued.run).split("\n")[0], denied: rescued.denied }).toEqual({
    ended: expect.stringMatching(/^succeeded/),
    denied: [],
  });
  // Only where a lost deployment left its test route open.
  expect(idle(rescue, rescued.calls)).toEqual(["nothing needs elasticloadbalancing:DeleteRule"]);
});

test("without the statement on listeners nobody is moved, and the message says what is missing", async () => {
  const policy = policyFor("blue-green-deploy");
  const index = policy.Statement.findIndex(({ Action }) => Action.includes("elasticloadbalancing:ModifyListener"));
  const { run, denied } = await enforced("blue-green-deploy", without(policy, index), deployment("v2"));
  expect(run.code).toBe(1);
  expect(denied).toContain("elasticloadbalancing:ModifyListener");
  expect(run.outputs["reason"]).toMatch(/ModifyListener/);
});

test("security-posture sees all that it looks at", async () => {
  const policy = policyFor("security-posture");
  const runs = [];
  for (const profile of ["container", "serverless"]) runs.push(await enforced("security-posture", policy, { ...everywhere(), profile }));
  expect(runs.flatMap(({ denied }) => denied)).toEqual([]);
  // There is no function here.
  expect(
    idle(
      policy,
      runs.flatMap(({ calls }) => calls),
    ),
  ).toEqual(["nothing needs lambda:GetFunctionConfiguration"]);
});

test("what every action may do beside its own calls is the same everywhere: notify, and take the role of another account", () => {
  const common = policyOf("security-scan").Statement.map((statement) => JSON.stringify(statement));
  expect(common).toHaveLength(3);
  for (const action of actionNames()) {
    const statements = policyOf(action).Statement.map((statement) => JSON.stringify(statement));
    expect({ action, missing: common.filter((one) => !statements.includes(one)) }).toEqual({ action, missing: [] });
  }
});

test("validate-secrets looks, rotates and sets, and every statement is needed", async () => {
  const policy = policyFor("validate-secrets");
  const given = { ...everywhere(), "secret-ids": "shop-staging" };
  const role = `arn:aws:iam::${cloud.accountId}:role/shop-execution-staging-${cloud.region}`;
  const runs = [
    await enforced("validate-secrets", policy, { ...given, "required-keys": "SESSION_SECRET", readers: role, encryption: "customer-key" }),
    await enforced(
      "validate-secrets",
      policy,
      { ...given, mode: "set", key: "SESSION_SECRET" },
      { SECRET_VALUE: "qZ8wV3nLr6tY1uKc5oHd9jMf2sXb7gTe" },
    ),
    await enforced("validate-secrets", policy, {
      ...given,
      mode: "rotate",
      rotate: "now",
      "history-log-group": "/aws/shop/rotations-staging",
    }),
  ];
  expect(runs.flatMap(({ denied }) => denied)).toEqual([]);
  expect(runs.map(({ run }) => run.outputs["outcome"])).toEqual(["incomplete", "updated", "failed"]);
  expect(
    idle(
      policy,
      runs.flatMap(({ calls }) => calls),
    ),
  ).toEqual([]);
});
