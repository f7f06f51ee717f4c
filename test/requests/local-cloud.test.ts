// Requests of deployments, rollbacks and health checks with everything that they look at on the way, held against AWS's own description.
import { cloudClients } from "@aws-deploy-actions/local-cloud/environment/clients";
import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { exampleContainers, exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import type { EnvironmentInfo } from "@aws-deploy-actions/local-cloud/environment/options";
import { type LocalCloud, startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { ElastiCache } from "@aws-sdk/client-elasticache";
import { RDS } from "@aws-sdk/client-rds";
import { S3 } from "@aws-sdk/client-s3";
import { SNS } from "@aws-sdk/client-sns";
import { jest } from "@jest/globals";
import { runAction } from "../../actions/health-check/test/harness.ts";
import { type Request, violations } from "./check.ts";
import { deployHere, rollBackHere } from "./here.ts";
import { record } from "./recorder.ts";

jest.setTimeout(180_000);

const before = { ...process.env };
let cloud: LocalCloud;
let environment: EnvironmentInfo;
let topic: string;
let clients: ReturnType<typeof cloudClients>;

beforeAll(async () => {
  cloud = await startLocalCloud({ timeFactor: 40, images: exampleImages() });
  Object.assign(process.env, cloud.environment);
  clients = cloudClients(cloud);
  environment = await createEnvironment(cloud, { containers: exampleContainers(cloud, "v1"), healthCheck: { interval: 10 } });
  const [rds, cache, s3, sns] = [new RDS({}), new ElastiCache({}), new S3({ forcePathStyle: true }), new SNS({})];
  await rds.createDBInstance({ DBInstanceIdentifier: "shop-staging", DBInstanceClass: "db.t4g.micro", Engine: "postgres" });
  await cache.createReplicationGroup({ ReplicationGroupId: "shop-staging", ReplicationGroupDescription: "cache" });
  await s3.createBucket({ Bucket: "shop-state", CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } });
  await s3.putBucketVersioning({ Bucket: "shop-state", VersioningConfiguration: { Status: "Enabled" } });
  topic = (await sns.createTopic({ Name: "deployments.fifo", Attributes: { FifoTopic: "true" } })).TopicArn ?? "";
  for (const client of [rds, cache, s3, sns]) client.destroy();
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await cloud.stop();
  for (const name of Object.keys(cloud.environment)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

/** What is asked while something is done: each operation, and each mistake once. */
async function requestsOf(work: () => Promise<unknown>) {
  const recorded = record();
  try {
    await work();
  } finally {
    recorded.stop();
  }
  const each = (of: (request: Request) => readonly string[]) => [...new Set(recorded.requests.flatMap(of))];
  return { asked: each(({ operation }) => [operation]), wrong: each(violations) };
}

const image = (version: string): string =>
  ["frontend", "backend"]
    .map((name) => `${name}=${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:${version}`)
    .join("\n");
const quick = { "rollback-window": "1", "on-inconclusive": "proceed", "max-response-time": "60s" };

test("a deployment looks at data, addresses, quota, secrets and permissions first, and tells its end", async () => {
  const { asked, wrong } = await requestsOf(async () => {
    const run = await deployHere(cloud.environment, {
      ...quick,
      images: image("v2"),
      "state-bucket": "shop-state",
      "notify-sns-topic-arn": topic,
      "expected-account-id": cloud.accountId,
    });
    expect([run.outcome, run.log]).toEqual(["succeeded", run.log]);
  });
  expect(wrong).toEqual([]);
  expect(asked).toEqual(
    expect.arrayContaining([
      ...["ec2:DescribeSubnets", "service-quotas:GetServiceQuota", "iam:SimulatePrincipalPolicy", "rds:DescribeDBInstances"],
      ...["elasticache:DescribeReplicationGroups", "secretsmanager:GetSecretValue", "cloudwatch:GetMetricData", "s3:PutObject"],
      ...["elbv2:ModifyRule", "sns:Publish", "sts:GetCallerIdentity"],
    ]),
  );
});

test("a graceful rollback to a version by its name", async () => {
  const { asked, wrong } = await requestsOf(async () => {
    const run = await rollBackHere(cloud.environment, {
      ...{ type: "graceful", confirm: "staging", reason: "the check of requests", "rollback-window": "0", to: "shop-staging:1" },
      ...{ "state-bucket": "shop-state", "notify-sns-topic-arn": topic },
    });
    expect([run.outcome, run.log]).toEqual(["succeeded", run.log]);
  });
  expect(wrong).toEqual([]);
  expect(asked).toEqual(expect.arrayContaining(["ecs:UpdateService", "s3:PutObject", "sns:Publish"]));
});

describe("a health check", () => {
  const unreachable = { component: "database", subject: "the server", state: "unreachable", detail: "not from here." } as const;
  const inputs = (more: Readonly<Record<string, string>> = {}) => ({ application: "shop", environment: "staging", retries: "0", ...more });
  const time = () => ({ DEPLOY_TIME_FACTOR: cloud.environment["DEPLOY_TIME_FACTOR"] ?? "" });

  test("of every component", async () => {
    const { asked, wrong } = await requestsOf(async () => {
      const checks = `frontend ${environment.urls[0]}/api/health $.status=ok`;
      const seen = await runAction({
        inputs: inputs({ "health-checks": checks }),
        ports: () => ({ logins: { check: async () => unreachable } }),
      });
      expect(Object.keys(seen.status)).toEqual(["frontend", "database", "redis", "secrets", "ecs", "load-balancer"]);
    });
    expect(wrong).toEqual([]);
    expect(asked).toEqual(
      expect.arrayContaining([
        ...["ecs:DescribeServices", "elbv2:DescribeTargetHealth", "rds:DescribeDBInstances"],
        ...["elasticache:DescribeReplicationGroups", "secretsmanager:DescribeSecret"],
      ]),
    );
  });

  test("of data stores that are clusters and serverless", async () => {
    const { asked, wrong } = await requestsOf(async () => {
      await runAction({ inputs: inputs({ environment: "nowhere", components: "database,redis" }) });
    });
    expect(wrong).toEqual([]);
    expect(asked).toEqual(expect.arrayContaining(["rds:DescribeDBClusters", "elasticache:DescribeServerlessCaches"]));
  });

  test.each([
    ["that ends without a word", "process.exit(3)", "logs:GetLogEvents"],
    ["that never ends", "setInterval(() => undefined, 1000)", "ecs:StopTask"],
  ])("by a task %s", async (_, program, last) => {
    const { taskDefinition } = await clients.ecs.registerTaskDefinition({
      family: "health-check",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      containerDefinitions: [
        {
          name: "health-check",
          image: image("v1").split("=").at(-1),
          command: ["node", "-e", program],
          memory: 512,
          logConfiguration: {
            logDriver: "awslogs",
            options: { "awslogs-group": environment.logGroup, "awslogs-region": cloud.region, "awslogs-stream-prefix": "check" },
          },
        },
      ],
    });
    const definition = taskDefinition?.taskDefinitionArn ?? "";
    const { asked, wrong } = await requestsOf(async () => {
      const more = { components: "database", via: "task", timeout: "20s", "check-task-definition": definition };
      const seen = await runAction({ inputs: inputs(more), environment: time() });
      expect(seen.outcome).toBe("incomplete");
    });
    expect(wrong).toEqual([]);
    expect(asked).toEqual(expect.arrayContaining(["ecs:RunTask", "ecs:DescribeTasks", last]));
  });
});
