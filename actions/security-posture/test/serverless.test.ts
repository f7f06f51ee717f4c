import { Budgets } from "@aws-sdk/client-budgets";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
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
      Secret: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "shop-staging", SecretString: "{}" } },
    },
  });
}

/** What moto's CloudFormation does not keep as IAM and DynamoDB would. */
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
  await new DynamoDB({}).updateContinuousBackups({
    TableName: table,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
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
  await s3.putBucketVersioning({ Bucket: "shop-staging-files", VersioningConfiguration: { Status: "Enabled" } });
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
