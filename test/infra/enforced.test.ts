// Actions under their own policy of infra/policies: they do all of their work, and need every statement of it.

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
import type { Policy } from "../../scripts/policies.ts";
import { runAction } from "../support/run-action.ts";
import { deniedIn, type Enforced, type Enforcement, endings, enforcement } from "./enforcement.ts";
import { without } from "./iam.ts";

jest.setTimeout(240_000);

const workspace = mkdtempSync(join(tmpdir(), "enforced-"));
let cloud: LocalCloud;
let environment: EnvironmentInfo;
let policies: Enforcement;

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
  const roles = { "shop-staging": [`arn:aws:iam::${cloud.accountId}:role/shop-execution-staging-${cloud.region}`] };
  policies = enforcement(
    cloud,
    { account: cloud.accountId, region: cloud.region, roles },
    {
      // The example's images lie in a repository that is not named after the application.
      "repository/APPLICATION": "repository/containers-app",
      STATE_BUCKET: "shop-state",
      TOPIC: "shop-alarms-staging",
      APPLICATION: "shop",
      ENVIRONMENT: "staging",
    },
  );
});
afterAll(() => cloud?.stop());

/** Runs it with enforcement on. */
async function enforced(
  action: string,
  policy: Policy,
  inputs: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Promise<Enforced> {
  const given = action === "validate-secrets" ? { environment: "staging" } : { application: "shop", environment: "staging" };
  return await policies.under(policy, () => runAction(action, workspace, { ...cloud.environment, ...more }, { ...given, ...inputs }));
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

test("blue-green-deploy and emergency-rollback do all of their work, and every statement is needed", async () => {
  const policy = policies.policyFor("blue-green-deploy");
  const deployed = await enforced("blue-green-deploy", policy, {
    ...deployment("v2"),
    "migration-command": '["node", "-e", "0"]',
    "migration-container": "backend",
    "test-header": "x-test: 1",
    "test-checks": `frontend ${environment.urls[0]}/api/health`,
  });
  expect({ ended: endings([deployed]), denied: deployed.denied }).toEqual({ ended: [expect.stringMatching(/^succeeded/)], denied: [] });
  const endless = await enforced("blue-green-deploy", policy, {
    ...deployment("v4"),
    "migration-command": '["sleep", "600"]',
    "migration-container": "backend",
    "migration-timeout": "1m",
  });
  expect({ failed: endless.run.code !== 0, denied: endless.denied }).toEqual({ failed: true, denied: [] });
  expect(policies.idle(policy, [deployed, endless])).toEqual([]);

  const rescue = policies.policyFor("emergency-rollback");
  const asked = { ...everywhere(), confirm: "staging", reason: "wrong prices", "state-bucket": "shop-state" };
  const rescued = await enforced("emergency-rollback", rescue, asked);
  expect({ ended: endings([rescued]), denied: rescued.denied }).toEqual({ ended: [expect.stringMatching(/^succeeded/)], denied: [] });
  // Only where a lost deployment left its test route open.
  expect(policies.idle(rescue, [rescued])).toEqual(["elasticloadbalancing:DeleteRule"]);
});

test("without the statement on listeners nobody is moved, and the message says what is missing", async () => {
  const policy = policies.policyFor("blue-green-deploy");
  const index = policy.Statement.findIndex(({ Action }) => Action.includes("elasticloadbalancing:ModifyListener"));
  const { run, denied } = await enforced("blue-green-deploy", without(policy, index), deployment("v2"));
  expect(run.code).toBe(1);
  expect(denied).toContain("elasticloadbalancing:ModifyListener");
  expect(run.outputs["reason"]).toMatch(/ModifyListener/);
});

test("security-posture sees all that it looks at", async () => {
  const policy = policies.policyFor("security-posture");
  const runs = [];
  for (const profile of ["container", "serverless"]) runs.push(await enforced("security-posture", policy, { ...everywhere(), profile }));
  expect(deniedIn(runs)).toEqual([]);
  // There is no function here.
  expect(policies.idle(policy, runs)).toEqual(["lambda:GetFunctionConfiguration"]);
});

test("validate-secrets looks, rotates and sets, and every statement is needed", async () => {
  const policy = policies.policyFor("validate-secrets");
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
  expect(deniedIn(runs)).toEqual([]);
  expect(runs.map(({ run }) => run.outputs["outcome"])).toEqual(["incomplete", "updated", "failed"]);
  expect(policies.idle(policy, runs)).toEqual([]);
});
