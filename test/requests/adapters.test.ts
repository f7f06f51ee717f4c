// Requests that need a state of AWS which no emulator has, held against AWS's own description: answers are made up, requests are not.
import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { publishToTopic } from "@aws-deploy-actions/shared/action/tell";
import { connectAws } from "@aws-deploy-actions/shared/aws/connect";
import { systemClock } from "@aws-deploy-actions/shared/clock";
import { awsAccess } from "@aws-deploy-actions/shared/secrets/adapters/access";
import { awsHolders } from "@aws-deploy-actions/shared/secrets/adapters/holders";
import { awsSecrets } from "@aws-deploy-actions/shared/secrets/adapters/secrets";
import { Hidden } from "@aws-deploy-actions/shared/secrets/hidden";
import type { SecretFacts } from "@aws-deploy-actions/shared/secrets/types";
import { logGroupHistory } from "../../actions/validate-secrets/src/adapter-history.ts";
import { clients } from "../../actions/validate-secrets/src/wiring.ts";
import { requestsOf } from "./made-up.ts";

const secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-staging-AbCdEf";
const key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const [older, newer] = ["EXAMPLE1-90ab-cdef-fedc-ba987EXAMPLE", "EXAMPLE2-90ab-cdef-fedc-ba987EXAMPLE"];
const settings = { region: "eu-central-1", sessionName: "shop-1", neededFor: 0 } as never;

test("a role taken with the job's token, and another one from there with an external id", async () => {
  const Credentials = {
    AccessKeyId: "ASIAEXAMPLE",
    SecretAccessKey: "secret",
    SessionToken: "token",
    Expiration: new Date(Date.now() + 3.6e6),
  };
  const { asked, wrong } = await requestsOf({ AssumeRoleWithWebIdentity: { Credentials }, AssumeRole: { Credentials } }, async () => {
    const role = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;
    const base = {
      runner: { oidcToken: async () => "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl", mask: () => undefined },
      journal: { annotate: () => undefined },
      clock: systemClock(),
      environment: {},
    } as never;
    const given = { region: "eu-central-1", sessionName: "octocat-shop-1", externalId: "shop-1234", neededFor: 3600 };
    const { environment } = await openAws({}, { ...given, oidcRole: role("oidc"), role: role("deploy") } as never, base);
    expect((await environment())["AWS_ACCESS_KEY_ID"]).toBe("ASIAEXAMPLE");
    const oidcOnly = await openAws({}, { ...given, oidcRole: role("oidc") } as never, base);
    await oidcOnly.environment();
  });
  expect(wrong).toEqual([]);
  expect(new Set(asked)).toEqual(new Set(["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]));
});

test.each([["deployments"], ["deployments.fifo"]])("news to the topic %s", async (topic) => {
  const { asked, wrong } = await requestsOf({}, async () => {
    const aws = connectAws({ sns: () => import("@aws-deploy-actions/shared/aws/clients/sns") }, settings, systemClock(), undefined);
    const message = { subject: "x".repeat(99), text: "shop/staging: users are back on blue." };
    await publishToTopic(aws, `arn:aws:sns:eu-west-1:123456789012:${topic}`, message, "rollback");
  });
  expect(wrong).toEqual([]);
  expect(asked).toEqual(["sns:Publish"]);
});

describe("validate-secrets", () => {
  const aws = connectAws(clients, settings, systemClock(), undefined);
  const facts = { arn: secret, name: "shop-staging", keyId: key, versions: new Map() } as unknown as SecretFacts;

  test("asks who may read a secret and its key", async () => {
    const keyFacts = { arn: key } as never;
    const { asked, wrong } = await requestsOf({ ListGrants: { Grants: [] }, GetKeyPolicy: { Policy: "{}" } }, async () => {
      const access = awsAccess(aws);
      await access.policy(secret);
      await access.keyPolicy(keyFacts);
      await access.granted(keyFacts);
      const context = { "kms:ViaService": ["secretsmanager.eu-central-1.amazonaws.com"], "aws:SecureTransport": ["true"] };
      await access.simulate("arn:aws:iam::123456789012:role/app", "secretsmanager:GetSecretValue", [secret, `${secret}2`], context);
    });
    expect(wrong).toEqual([]);
    expect(asked).toEqual(
      expect.arrayContaining(["secretsmanager:GetResourcePolicy", "kms:GetKeyPolicy", "kms:ListGrants", "iam:SimulatePrincipalPolicy"]),
    );
  });

  test("looks into secrets, moves labels and rotates", async () => {
    const { asked, wrong } = await requestsOf({ DescribeKey: { KeyMetadata: { Arn: key, KeyId: key } } }, async () => {
      const secrets = awsSecrets(aws);
      await secrets.facts(Array.from({ length: 30 }, (_, index) => `${secret}${index}`));
      await secrets.facts(["shop-staging"]);
      await secrets.values([secret, "shop-staging"]);
      await secrets.value(secret, { id: older });
      await secrets.value(secret, { stage: "AWSPENDING" });
      await secrets.key(facts);
      await secrets.propose(secret, new Hidden("{}"), newer);
      await secrets.moveLabel(secret, "AWSCURRENT", older, newer);
      await secrets.moveLabel(secret, "AWSPENDING", older, undefined);
      await secrets.rotate(secret, newer);
    });
    expect(wrong).toEqual([]);
    expect(asked).toEqual(
      expect.arrayContaining([
        ...["secretsmanager:ListSecrets", "secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue", "kms:DescribeKey"],
        ...["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage", "secretsmanager:RotateSecret"],
      ]),
    );
  });

  test("looks for who still holds an old value", async () => {
    const task = (id: string): string => `arn:aws:ecs:eu-central-1:123456789012:task/shop/${id}`;
    const taskDefinitionArn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:7";
    const answers = {
      ListClusters: { clusterArns: ["arn:aws:ecs:eu-central-1:123456789012:cluster/shop"] },
      ListTasks: { taskArns: Array.from({ length: 150 }, (_, index) => task(index.toString(16).padStart(32, "0"))) },
      DescribeTasks: { tasks: [{ taskDefinitionArn, group: "service:api", startedAt: new Date() }] },
    };
    const { asked, wrong } = await requestsOf(answers, async () => {
      const holders = awsHolders(aws);
      await holders.tasks(secret, []);
      await holders.functions(secret, "shop-staging", () => false);
    });
    expect(wrong).toEqual([]);
    expect(asked).toEqual(
      expect.arrayContaining([
        ...["ecs:ListClusters", "ecs:ListTasks", "ecs:DescribeTasks", "ecs:DescribeTaskDefinition", "lambda:ListFunctions"],
      ]),
    );
  });

  test("writes a rotation down in a log group that has to be made first", async () => {
    const missing = Object.assign(new Error("The specified log group does not exist."), { name: "ResourceNotFoundException" });
    const { asked, wrong } = await requestsOf({ CreateLogStream: missing }, async () => {
      const kept = { secret: "shop-staging", outcome: "rotated", from: older, to: newer, at: 1_800_000_000.25 } as never;
      await logGroupHistory(aws, "/shop/rotations").keep(kept);
    });
    expect(wrong).toEqual([]);
    expect(asked).toEqual([
      ...["logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:CreateLogStream", "logs:PutLogEvents"],
    ]);
  });
});
