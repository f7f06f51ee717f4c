import { readInputs } from "@aws-deploy-actions/shared/action/inputs";
import { connectAws } from "@aws-deploy-actions/shared/aws/connect";
import { awsFields, awsSettings } from "@aws-deploy-actions/shared/aws/settings";
import { systemClock } from "@aws-deploy-actions/shared/clock";
import { awsHolders } from "@aws-deploy-actions/shared/secrets/adapters/holders";
import { judgeHolders } from "@aws-deploy-actions/shared/secrets/holders";
import * as logsSdk from "@aws-sdk/client-cloudwatch-logs";
import * as iamSdk from "@aws-sdk/client-iam";
import * as lambdaSdk from "@aws-sdk/client-lambda";
import { jest } from "@jest/globals";
import { cloudClients } from "../../../packages/local-cloud/src/environment/clients.ts";
import { createEnvironment } from "../../../packages/local-cloud/src/environment/create.ts";
import { exampleImages } from "../../../packages/local-cloud/src/environment/example.ts";
import type { EnvironmentInfo } from "../../../packages/local-cloud/src/environment/options.ts";
import { type LocalCloud, startLocalCloud } from "../../../packages/local-cloud/src/start.ts";
import { logGroupHistory } from "../src/adapter-history.ts";

jest.setTimeout(90_000);

const before = { ...process.env };
let cloud: LocalCloud;
let environment: EnvironmentInfo;
let clients: ReturnType<typeof cloudClients>;
let aws: ReturnType<typeof connect>;

const connect = () =>
  connectAws(
    {
      ecs: () => import("@aws-sdk/client-ecs"),
      lambda: () => import("@aws-sdk/client-lambda"),
      logs: () => import("@aws-sdk/client-cloudwatch-logs"),
    },
    awsSettings(readInputs(awsFields, {}), process.env),
    systemClock(),
    undefined,
  );

beforeAll(async () => {
  cloud = await startLocalCloud({ timeFactor: 20, images: exampleImages() });
  Object.assign(process.env, cloud.environment);
  clients = cloudClients(cloud);
  aws = connect();
  const image = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:v1`;
  environment = await createEnvironment(cloud, {
    containers: [
      { name: "frontend", image, port: 8080, healthCheckPath: "/api/health", secrets: { SESSION_SECRET: "secret:SESSION_SECRET" } },
    ],
    alarms: false,
  });
  const iam = new iamSdk.IAMClient({});
  const { Role } = await iam.send(
    new iamSdk.CreateRoleCommand({
      RoleName: "function",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      }),
    }),
  );
  iam.destroy();
  const lambda = new lambdaSdk.LambdaClient({});
  const variables: Record<string, Record<string, string>> = {
    reader: { SECRET_ARN: environment.secretArn },
    holder: { SESSION: "the-old-session-value" },
    stranger: { OTHER: "nothing" },
  };
  for (const [FunctionName, Variables] of Object.entries(variables)) {
    await lambda.send(
      new lambdaSdk.CreateFunctionCommand({
        FunctionName,
        Role: Role?.Arn,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Code: { ZipFile: Buffer.from("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==", "base64") },
        Environment: { Variables },
      }),
    );
  }
  lambda.destroy();
});
afterAll(async () => {
  for (const client of Object.values(clients ?? {})) client.destroy();
  await cloud?.stop();
  for (const name of Object.keys(cloud?.environment ?? {})) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

test("services whose tasks took the secret at their start are found, by whole and short ARN alike", async () => {
  const holders = awsHolders(aws);
  const found = await holders.tasks(environment.secretArn, []);
  expect(found).toMatchObject({ state: "found", value: [{ cluster: "shop-staging", service: "shop-blue-staging" }] });
  if (found.state !== "found") throw new Error("not found");
  expect(found.value[0]?.started).toHaveLength(2);
  expect(await holders.tasks(environment.secretArn.replace("shop", "other"), ["shop-staging"])).toEqual({ state: "found", value: [] });
});

test("functions that name the secret, or hold its old value, are found", async () => {
  const found = await awsHolders(aws).functions(environment.secretArn, "shop-staging", (text) => text === "the-old-session-value");
  expect(found).toMatchObject({
    state: "found",
    value: expect.arrayContaining([
      expect.objectContaining({ name: "reader", names: ["SECRET_ARN"], holds: [] }),
      expect.objectContaining({ name: "holder", names: [], holds: ["SESSION"] }),
    ]),
  });
  expect(found.state === "found" && found.value).toHaveLength(2);
});

test("what may not be looked through is unknown, with the reason", async () => {
  cloud.faults.inject({ service: "ecs", operation: "ListTasks", times: 9, fault: { kind: "access-denied" } });
  const tasks = await awsHolders(aws).tasks(environment.secretArn, ["shop-staging"]);
  expect(judgeHolders(tasks, { state: "found", value: [] }, 1, 2)).toMatchObject([
    { rule: "old-value-in-use", severity: "unknown", message: expect.stringMatching(/AWS denied ecs:ListTasks/) },
  ]);
});

test("a rotation is kept in a log group, which is made with a year's retention", async () => {
  const history = logGroupHistory(aws, "/aws/shop/secrets-rotation-staging");
  const record = {
    at: Date.now() / 1000,
    secret: "shop-staging",
    outcome: "rotated",
    reason: "done",
    from: "a",
    to: "b",
    actor: "octocat",
    run: "",
  };
  await history.keep(record);
  await history.keep({ ...record, to: "c" });
  const logs = new logsSdk.CloudWatchLogsClient({});
  const { logGroups = [] } = await logs.send(new logsSdk.DescribeLogGroupsCommand({ logGroupNamePrefix: "/aws/shop/secrets-rotation" }));
  const { events = [] } = await logs.send(new logsSdk.FilterLogEventsCommand({ logGroupName: "/aws/shop/secrets-rotation-staging" }));
  logs.destroy();
  expect(logGroups).toMatchObject([{ retentionInDays: 365 }]);
  expect(events.map(({ message }) => JSON.parse(message ?? "{}"))).toEqual([record, { ...record, to: "c" }]);
});
