// health-check under its own policy: with a real database and Redis, from the runner and from a task inside the VPC.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloudClients } from "@aws-deploy-actions/local-cloud/environment/clients";
import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import type { EnvironmentInfo } from "@aws-deploy-actions/local-cloud/environment/options";
import { type LocalCloud, startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { CreateReplicationGroupCommand, ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateDBInstanceCommand, RDSClient } from "@aws-sdk/client-rds";
import { SecretsManagerClient, UpdateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { jest } from "@jest/globals";
import { makeAuthority } from "../../packages/shared/test/health/servers/certificates.ts";
import { type Postgres, startPostgres } from "../../packages/shared/test/health/servers/postgres.ts";
import { startValkey, type Valkey } from "../../packages/shared/test/health/servers/valkey.ts";
import type { Policy } from "../../scripts/policies.ts";
import { runAction } from "../support/run-action.ts";
import { deniedIn, type Enforced, type Enforcement, endings, enforcement } from "./enforcement.ts";
import { without } from "./iam.ts";

jest.setTimeout(240_000);

const root = join(import.meta.dirname, "..", "..");
const workspace = mkdtempSync(join(tmpdir(), "enforced-"));
const trusted = join(workspace, "ca.pem");
let cloud: LocalCloud;
let environment: EnvironmentInfo;
let postgres: Postgres;
let valkey: Valkey;
let policies: Enforcement;

beforeAll(async () => {
  const authority = await makeAuthority();
  writeFileSync(trusted, authority.certificate);
  const identity = await authority.sign(["localhost"]);
  const checker = { repository: "health-check", tag: "v1", folder: root, command: ["node", "actions/health-check/src/main.ts"] };
  [postgres, valkey, cloud] = await Promise.all([
    startPostgres(identity),
    startValkey(identity),
    startLocalCloud({ timeFactor: 10, timing: { provisioning: 1, pulling: 1, deprovisioning: 1 }, images: [...exampleImages(), checker] }),
  ]);
  const registry = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com`;
  environment = await createEnvironment(cloud, {
    containers: [{ name: "frontend", image: `${registry}/containers-app:v1`, port: 8080, healthCheckPath: "/api/health" }],
    secret: {
      DATABASE_URL: `postgresql://${postgres.user}:${postgres.password}@localhost:${postgres.port}/postgres`,
      REDIS_URL: `rediss://:${valkey.password}@localhost:${valkey.port}`,
    },
  });
  const settings = { endpoint: cloud.endpoint, region: cloud.region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  const { KeyMetadata } = await new KMSClient(settings).send(new CreateKeyCommand({}));
  await new SecretsManagerClient(settings).send(new UpdateSecretCommand({ SecretId: "shop-staging", KmsKeyId: KeyMetadata?.Arn }));
  await new RDSClient(settings).send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: "shop-staging",
      DBInstanceClass: "db.t3.micro",
      Engine: "postgres",
      AllocatedStorage: 20,
      MasterUsername: "shop",
      MasterUserPassword: "Zk3vQ9xT7mWp2LrN",
    }),
  );
  await new ElastiCacheClient(settings).send(
    new CreateReplicationGroupCommand({ ReplicationGroupId: "shop-staging", ReplicationGroupDescription: "cache" }),
  );
  await new SNSClient(settings).send(new CreateTopicCommand({ Name: "shop-alarms-staging" }));
  // One that never ends, then the one that checks.
  for (const command of [["sleep", "600"], undefined]) await registerCheck(`${registry}/health-check:v1`, command);
  const roles = { "shop-health-check-staging": [checkRole()] };
  policies = enforcement(
    cloud,
    { account: cloud.accountId, region: cloud.region, roles },
    { TOPIC: "shop-alarms-staging", APPLICATION: "shop", ENVIRONMENT: "staging" },
  );
});
afterAll(() => Promise.all([postgres?.stop(), valkey?.stop(), cloud?.stop()]));

const checkRole = (): string => `arn:aws:iam::${cloud.accountId}:role/shop-health-check-staging-${cloud.region}`;

/** A revision as examples/health-check-task makes it. */
async function registerCheck(image: string, command?: string[]): Promise<void> {
  const clients = cloudClients(cloud);
  await clients.ecs.registerTaskDefinition({
    family: "shop-health-check-staging",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    taskRoleArn: checkRole(),
    executionRoleArn: checkRole(),
    containerDefinitions: [
      {
        name: "health-check",
        image,
        essential: true,
        memory: 512,
        ...(command === undefined ? {} : { command }),
        environment: [{ name: "NODE_EXTRA_CA_CERTS", value: trusted }],
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": environment.logGroup, "awslogs-region": cloud.region, "awslogs-stream-prefix": "health-check" },
        },
      },
    ],
  });
  for (const client of Object.values(clients)) client.destroy();
}

const check = async (policy: Policy, inputs: Readonly<Record<string, string>>): Promise<Enforced> =>
  await policies.under(policy, () =>
    runAction("health-check", workspace, cloud.environment, {
      application: "shop",
      environment: "staging",
      "ca-file": trusted,
      retries: "0",
      "health-checks": `frontend ${environment.urls[0]}/api/health $.status=ok`,
      "check-task-definition": "shop-health-check-staging",
      "notify-sns-topic-arn": `arn:aws:sns:${cloud.region}:${cloud.accountId}:shop-alarms-staging`,
      "role-to-assume": `arn:aws:iam::${cloud.accountId}:role/shop-target-staging-${cloud.region}`,
      ...inputs,
    }),
  );
const inside = { components: "database,redis,frontend", via: "task" };

test("health-check looks at every component, from the runner and from a task, and every statement is needed", async () => {
  const policy = policies.policyFor("health-check");
  const runs = [
    await check(policy, {}),
    await check(policy, inside),
    await check(policy, { ...inside, "check-task-definition": "shop-health-check-staging:1", "task-timeout": "1m" }),
  ];
  expect(deniedIn(runs)).toEqual([]);
  expect(endings(runs)).toEqual([
    "healthy: All 6 components are healthy.",
    "healthy: All 3 components are healthy.",
    expect.stringMatching(/^incomplete: .*did not end within 60 s/),
  ]);
  expect(policies.idle(policy, runs)).toEqual([]);
});

test.each(["ecs:RunTask", "iam:PassRole", "logs:GetLogEvents"])("without %s what only a task can see is not known", async (action) => {
  const policy = policies.policyFor("health-check");
  const index = policy.Statement.findIndex(({ Action }) => Action.includes(action));
  const { run, denied } = await check(without(policy, index), inside);
  expect({ outcome: run.outputs["outcome"], code: run.code }).toEqual({ outcome: "incomplete", code: 1 });
  // Passing a role is asked for with the call that passes it.
  expect(denied).toEqual([action === "iam:PassRole" ? "ecs:RunTask" : action]);
});
