import { Budgets } from "@aws-sdk/client-budgets";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPI } from "@aws-sdk/client-resource-groups-tagging-api";
import { S3 } from "@aws-sdk/client-s3";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { jest } from "@jest/globals";
import { type BareCloud, startBareCloud } from "./cloud.ts";
import { runAction } from "./harness.ts";

jest.setTimeout(120_000);

let cloud: BareCloud;
const functions = 6;

const assume = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const secret = ["Zk3vQ9xT7m", "Wp2LrN8sYb"].join("");

/** A stack in order but for what is given: functions with a role each, a table, a bucket, a topic, alarms, logs. */
function template(worse: { readonly password?: string; readonly tableName?: string } = {}): string {
  const each = Array.from({ length: functions }, (_, at) => at);
  const resources = Object.fromEntries(
    each.flatMap((at) => [
      [
        `Role${at}`,
        {
          Type: "AWS::IAM::Role",
          Properties: {
            RoleName: `shop-staging-role-${at}`,
            AssumeRolePolicyDocument: assume,
          },
        },
      ],
      [
        `Function${at}`,
        {
          Type: "AWS::Lambda::Function",
          Properties: {
            FunctionName: `shop-staging-f${at}`,
            Runtime: "nodejs22.x",
            Handler: "index.handler",
            Role: { "Fn::GetAtt": [`Role${at}`, "Arn"] },
            Code: { ZipFile: "exports.handler = async () => 1" },
            Timeout: 15,
            MemorySize: 512,
            Environment: { Variables: at === 0 && worse.password !== undefined ? { DB_PASSWORD: worse.password } : { LOG_LEVEL: "info" } },
          },
        },
      ],
      [`Logs${at}`, { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: `/aws/lambda/shop-staging-f${at}`, RetentionInDays: 30 } }],
    ]),
  );
  return JSON.stringify({
    Resources: {
      ...resources,
      Table: {
        Type: "AWS::DynamoDB::Table",
        Properties: {
          TableName: worse.tableName ?? "shop-staging-orders",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
          BillingMode: "PAY_PER_REQUEST",
        },
      },
      Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "shop-staging-files" } },
      Uploads: { Type: "AWS::S3::Bucket", Properties: { BucketName: "shop-staging-uploads" } },
    },
  });
}

/** What moto's CloudFormation does not make or keep as AWS would: secrets, policies, recovery, and the stack's tags on its resources. */
async function finish(name: string, table: string): Promise<void> {
  const iam = new IAM({});
  const own = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: `arn:aws:dynamodb:eu-central-1:123456789012:table/${table}` }],
  };
  for (let at = 0; at < functions; at++) {
    const RoleName = `${name}-role-${at}`;
    await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: JSON.stringify(assume) });
    await iam.putRolePolicy({ RoleName, PolicyName: "own", PolicyDocument: JSON.stringify(own) });
  }
  await new SecretsManager({}).createSecret({ Name: name, SecretString: "{}" });
  const at = (service: string, resource: string): string => `arn:aws:${service}:eu-central-1:123456789012:${resource}`;
  for (const arn of [
    ...Array.from({ length: functions }, (_, index) => at("lambda", `function:${name}-f${index}`)),
    ...Array.from({ length: functions }, (_, index) => at("logs", `log-group:/aws/lambda/${name}-f${index}`)),
    at("dynamodb", `table/${table}`),
    `arn:aws:s3:::${name}-files`,
    `arn:aws:s3:::${name}-uploads`,
  ])
    await new ResourceGroupsTaggingAPI({}).tagResources({ ResourceARNList: [arn], Tags: { Project: "shop" } });
  await new DynamoDB({}).updateContinuousBackups({
    TableName: table,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
}

/** The client would put the account before the host's name, which an address does not allow. */
async function blockAccount(settings: Readonly<Record<string, boolean>> | undefined): Promise<void> {
  const inner = Object.entries(settings ?? {}).map(([name, on]) => `<${name}>${on}</${name}>`);
  const answer = await fetch(`${cloud.endpoint}/v20180820/configuration/publicAccessBlock`, {
    method: settings === undefined ? "DELETE" : "PUT",
    headers: {
      "x-amz-account-id": "123456789012",
      authorization: "AWS4-HMAC-SHA256 Credential=localcloud/20261122/eu-central-1/s3/aws4_request",
    },
    ...(settings === undefined ? {} : { body: `<PublicAccessBlockConfiguration>${inner.join("")}</PublicAccessBlockConfiguration>` }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

beforeAll(async () => {
  cloud = await startBareCloud();
  const s3 = new S3({ forcePathStyle: true });
  await s3.createBucket({ Bucket: "trail", CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } });
  const trail = new CloudTrail({});
  await trail.createTrail({
    Name: "account",
    S3BucketName: "trail",
    IsMultiRegionTrail: true,
    EnableLogFileValidation: true,
    KmsKeyId: "alias/trail",
  });
  await trail.startLogging({ Name: "account" });
  await new Budgets({}).createBudget({
    AccountId: "123456789012",
    Budget: { BudgetName: "shop-staging-monthly", BudgetType: "COST", TimeUnit: "MONTHLY", BudgetLimit: { Amount: "200", Unit: "USD" } },
    NotificationsWithSubscribers: [
      {
        Notification: { NotificationType: "ACTUAL", ComparisonOperator: "GREATER_THAN", Threshold: 80 },
        Subscribers: [{ SubscriptionType: "EMAIL", Address: "a@example.com" }],
      },
    ],
  });
  await new CloudFormation({}).createStack({
    StackName: "shop-staging",
    TemplateBody: template(),
    Tags: [{ Key: "Project", Value: "shop" }],
    Capabilities: ["CAPABILITY_NAMED_IAM"],
  });
  await finish("shop-staging", "shop-staging-orders");
  const cloudwatch = new CloudWatch({});
  // More than a page of them.
  for (let at = 0; at < 120; at++)
    await cloudwatch.putMetricAlarm({
      AlarmName: `shop-staging-errors-${at}`,
      MetricName: "Errors",
      Namespace: "AWS/Lambda",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanThreshold",
      AlarmActions: ["arn:aws:sns:eu-central-1:123456789012:alarms"],
    });
  await s3.putPublicAccessBlock({
    Bucket: "shop-staging-files",
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
  });
  for (const Bucket of ["shop-staging-files", "shop-staging-uploads"])
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
  // The other bucket has no block of its own and relies on the account's.
  await blockAccount({ BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true });
});
afterAll(async () => await cloud.stop());
beforeEach(() => {
  cloud.calls.clear();
  cloud.faults.clear();
});

test("a stack in order passes in at most 60 calls", async () => {
  const seen = await runAction({ profile: "serverless" });
  expect(seen.evidence.checks.filter(({ remarks }) => remarks.length > 0)).toEqual([]);
  expect(seen.outputs).toMatchObject({ outcome: "passed", score: "13/13 (100%)", failed: "0", unknown: "0" });
  expect(cloud.calls.length).toBeLessThanOrEqual(60);
});

test("whatever is denied makes the run incomplete, never green", async () => {
  cloud.calls.clear();
  await runAction({ profile: "serverless" });
  const operations = [...new Map(cloud.calls.all().map((call) => [`${call.service}:${call.operation}`, call])).values()].filter(
    // Without the listing of all roles each is read by itself: the next test.
    ({ service, operation }) => service !== "sts" && operation !== "GetAccountAuthorizationDetails",
  );
  expect(operations.length).toBeGreaterThanOrEqual(16);
  for (const { service, operation } of operations) {
    cloud.faults.clear();
    cloud.faults.inject({ service, operation, times: Number.POSITIVE_INFINITY, fault: { kind: "access-denied" } });
    const seen = await runAction({ profile: "serverless" });
    const told = `${service}:${operation} ${JSON.stringify(seen.states)}`;
    expect([told, seen.outputs["outcome"], seen.failed]).toEqual([told, "incomplete", true]);
    expect(Number(seen.outputs["unknown"])).toBeGreaterThan(0);
    expect(seen.outputs["score"]).not.toContain("100%");
  }
});

test("a bucket relies on the account's block while there is one", async () => {
  const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
  await blockAccount({ ...all, RestrictPublicBuckets: false });
  const partly = await runAction({ profile: "serverless", checks: "s3-public-access-blocked" });
  await blockAccount(undefined);
  const none = await runAction({ profile: "serverless", checks: "s3-public-access-blocked" });
  await blockAccount(all);
  const found = ({ evidence }: typeof none) => evidence.checks.flatMap(({ remarks }) => remarks.map((one) => one.found));
  expect(found(partly)).toEqual(["RestrictPublicBuckets off"]);
  expect(found(none)).toEqual(["no public access block"]);
});

test("a resource that lost its tags is told", async () => {
  const arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop-staging-f0";
  const tagging = new ResourceGroupsTaggingAPI({});
  await new Lambda({}).untagResource({ Resource: arn, TagKeys: ["Project"] });
  const seen = await runAction({ profile: "serverless", checks: "tags", "required-tags": "Project" });
  await tagging.tagResources({ ResourceARNList: [arn], Tags: { Project: "shop" } });
  expect(seen.states).toEqual({ tags: "failed" });
  expect(seen.visible.includes(`aws resourcegroupstaggingapi tag-resources --resource-arn-list ${arn} --tags Project=VALUE`)).toBe(true);
});

test("a stack that is not there is incomplete", async () => {
  const seen = await runAction({ profile: "serverless", "stack-name": "nowhere" });
  expect(seen.outputs["outcome"]).toBe("incomplete");
  expect(seen.failed).toBe(true);
});

test("a listing of all roles that is denied leaves each to be read by itself", async () => {
  cloud.faults.inject({
    service: "iam",
    operation: "GetAccountAuthorizationDetails",
    times: Number.POSITIVE_INFINITY,
    fault: { kind: "access-denied" },
  });
  const seen = await runAction({ profile: "serverless", checks: "least-privilege-roles" });
  expect(seen.states).toEqual({ "least-privilege-roles": "passed" });
});

test("a password in a function is named, and not shown", async () => {
  await new CloudFormation({}).createStack({
    StackName: "bad-staging",
    TemplateBody: template({ password: secret, tableName: "orders" }).replaceAll("shop-staging", "bad-staging"),
  });
  await finish("bad-staging", "orders");
  await blockAccount(undefined);
  const seen = await runAction({ profile: "serverless", application: "bad" });
  expect(seen.states).toMatchObject({
    "no-hardcoded-credentials": "failed",
    naming: "failed",
    tags: "failed",
    "s3-public-access-blocked": "failed",
    backups: "warning",
  });
  expect(seen.visible.includes("DB_PASSWORD")).toBe(true);
  expect(seen.visible.includes(secret)).toBe(false);
});
