import { Budgets } from "@aws-sdk/client-budgets";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { ResourceGroupsTaggingAPI } from "@aws-sdk/client-resource-groups-tagging-api";
import { S3 } from "@aws-sdk/client-s3";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { BareCloud } from "./cloud.ts";

const functions = 6;

const assume = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** A stack in order but for what is given: functions with a role each, a table, a bucket, a topic, alarms, logs. */
export function template(worse: { readonly password?: string; readonly tableName?: string } = {}): string {
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
export async function finish(name: string, table: string): Promise<void> {
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
export async function blockAccount({ endpoint }: BareCloud, settings: Readonly<Record<string, boolean>> | undefined): Promise<void> {
  const inner = Object.entries(settings ?? {}).map(([name, on]) => `<${name}>${on}</${name}>`);
  const answer = await fetch(`${endpoint}/v20180820/configuration/publicAccessBlock`, {
    method: settings === undefined ? "DELETE" : "PUT",
    headers: {
      "x-amz-account-id": "123456789012",
      authorization: "AWS4-HMAC-SHA256 Credential=localcloud/20261122/eu-central-1/s3/aws4_request",
    },
    ...(settings === undefined ? {} : { body: `<PublicAccessBlockConfiguration>${inner.join("")}</PublicAccessBlockConfiguration>` }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** A serverless application in order, and what its account has for it. */
export async function createStack(cloud: BareCloud): Promise<void> {
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
  await blockAccount(cloud, { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true });
}
