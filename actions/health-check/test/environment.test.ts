import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cacheSdk from "@aws-sdk/client-elasticache";
import * as rdsSdk from "@aws-sdk/client-rds";
import { jest } from "@jest/globals";
import { cloudClients } from "../../../packages/local-cloud/src/environment/clients.ts";
import { createEnvironment } from "../../../packages/local-cloud/src/environment/create.ts";
import { exampleImages } from "../../../packages/local-cloud/src/environment/example.ts";
import type { EnvironmentInfo } from "../../../packages/local-cloud/src/environment/options.ts";
import { type LocalCloud, startLocalCloud } from "../../../packages/local-cloud/src/start.ts";
import { type Authority, makeAuthority } from "../../../packages/shared/test/health/servers/certificates.ts";
import { type Postgres, startPostgres } from "../../../packages/shared/test/health/servers/postgres.ts";
import { startValkey, type Valkey } from "../../../packages/shared/test/health/servers/valkey.ts";
import { runAction } from "./harness.ts";

jest.setTimeout(120_000);

const before = { ...process.env };
let cloud: LocalCloud;
let clients: ReturnType<typeof cloudClients>;
let environment: EnvironmentInfo;
let authority: Authority;
let postgres: Postgres;
let valkey: Valkey;
let trusted: string;
let registry: string;

beforeAll(async () => {
  authority = await makeAuthority();
  const identity = await authority.sign(["localhost"]);
  trusted = join(mkdtempSync(join(tmpdir(), "ca-")), "ca.pem");
  writeFileSync(trusted, authority.certificate);
  const checker = {
    repository: "health-check",
    tag: "v1",
    folder: join(import.meta.dirname, "../../.."),
    command: ["node", "actions/health-check/src/main.ts"],
  };
  [postgres, valkey, cloud] = await Promise.all([
    startPostgres(identity),
    startValkey(identity),
    startLocalCloud({ timeFactor: 10, timing: { provisioning: 1, pulling: 1, deprovisioning: 1 }, images: [...exampleImages(), checker] }),
  ]);
  Object.assign(process.env, cloud.environment);
  registry = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com`;
  clients = cloudClients(cloud);
  environment = await createEnvironment(cloud, {
    containers: [{ name: "frontend", image: `${registry}/containers-app:v1`, port: 8080, healthCheckPath: "/api/health" }],
    secret: {
      DATABASE_URL: `postgresql://${postgres.user}:${postgres.password}@localhost:${postgres.port}/postgres`,
      REDIS_URL: `rediss://:${valkey.password}@localhost:${valkey.port}`,
      SESSION_SECRET: "kX0vR2mJq8sT5yWb1nZc4hLd7fGp3aUe",
    },
  });
  const rds = new rdsSdk.RDSClient({});
  await rds.send(
    new rdsSdk.CreateDBInstanceCommand({
      DBInstanceIdentifier: "shop-staging",
      DBInstanceClass: "db.t3.micro",
      Engine: "postgres",
      AllocatedStorage: 20,
      MasterUsername: "shop",
      MasterUserPassword: "Zk3vQ9xT7mWp2LrN",
    }),
  );
  rds.destroy();
  const elasticache = new cacheSdk.ElastiCacheClient({});
  await elasticache.send(
    new cacheSdk.CreateReplicationGroupCommand({ ReplicationGroupId: "shop-staging", ReplicationGroupDescription: "cache" }),
  );
  elasticache.destroy();
});
afterAll(async () => {
  for (const client of Object.values(clients ?? {})) client.destroy();
  await Promise.all([postgres?.stop(), valkey?.stop(), cloud?.stop()]);
  rmSync(join(trusted, ".."), { recursive: true, force: true });
  for (const name of Object.keys(cloud?.environment ?? {})) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});
beforeEach(() => cloud.faults.clear());

const shop = { application: "shop", environment: "staging" };
const inputs = (more: Record<string, string> = {}) => ({
  ...shop,
  "ca-file": trusted,
  retries: "0",
  "health-checks": `frontend ${environment.urls[0]}/api/health $.status=ok`,
  ...more,
});

test("all of an environment is healthy, each part looked at for real", async () => {
  const seen = await runAction({ inputs: inputs() });
  expect(seen.reason).toBe("All 6 components are healthy.");
  expect(seen).toMatchObject({ outcome: "healthy", failed: false });
  expect(Object.entries(seen.status).map(([name, { state, checks }]) => `${name} ${state} ${checks.length}`)).toEqual([
    "frontend healthy 1",
    "database healthy 2",
    "redis healthy 2",
    "secrets healthy 1",
    "ecs healthy 2",
    "load-balancer healthy 2",
  ]);
  expect(seen.summary).toMatch(/\| ✔ healthy \| database \| the server in DATABASE.*login over TLS and select 1 worked; it is the primary/);
  expect(seen.visible).not.toContain(postgres.password);
  expect(seen.visible).not.toContain(valkey.password);
});

test("one component alone is asked for", async () => {
  cloud.calls.clear();
  const seen = await runAction({ inputs: inputs({ components: "ecs" }) });
  expect(Object.keys(seen.status)).toEqual(["ecs"]);
  expect(cloud.calls.all().map(({ operation }) => operation)).toEqual(["DescribeServices"]);
});

test("what AWS will not say is incomplete, not healthy", async () => {
  cloud.faults.inject({ service: "rds", operation: /Describe/, times: 9, fault: { kind: "access-denied" } });
  cloud.faults.inject({ service: "secretsmanager", operation: "DescribeSecret", times: 9, fault: { kind: "access-denied" } });
  const seen = await runAction({ inputs: inputs({ components: "database,secrets" }) });
  expect(seen).toMatchObject({ outcome: "incomplete", failed: true });
  expect(seen.reason).toMatch(/^Not known: database, secrets\./);
});

test("what is not there is unhealthy where it was asked for by name", async () => {
  const seen = await runAction({ inputs: { ...shop, environment: "nowhere", components: "ecs,load-balancer,secrets", retries: "0" } });
  expect(seen).toMatchObject({ outcome: "unhealthy", failed: true });
  expect(Object.values(seen.status).map(({ state }) => state)).toEqual(["unhealthy", "unhealthy", "unhealthy"]);
  expect(seen.visible).toMatch(/service shop-blue-nowhere: it does not exist in cluster shop-nowhere/);
});

test("a check that passes at the second try is healthy, and is said to have failed before", async () => {
  let tries = 0;
  const seen = await runAction({
    inputs: inputs({ components: "frontend", retries: "2", timeout: "300s" }),
    environment: { DEPLOY_TIME_FACTOR: "50" },
    ports: (real) => ({
      http: async (check) => (tries++ === 0 ? { state: "unhealthy", detail: "status 503 instead of 200." } : await real.http(check)),
    }),
  });
  expect(seen.outcome).toBe("healthy");
  expect(seen.visible).toMatch(/check frontend: status 503 instead of 200\. Again in 1 s \(1 of 2\)/);
});

describe("from inside the VPC", () => {
  let definition: string;
  beforeAll(async () => {
    const { taskDefinition } = await clients.ecs.registerTaskDefinition({
      family: "health-check",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      containerDefinitions: [
        {
          name: "health-check",
          image: `${registry}/health-check:v1`,
          essential: true,
          memory: 512,
          environment: [{ name: "NODE_EXTRA_CA_CERTS", value: trusted }],
          logConfiguration: {
            logDriver: "awslogs",
            options: { "awslogs-group": environment.logGroup, "awslogs-region": cloud.region, "awslogs-stream-prefix": "check" },
          },
        },
      ],
    });
    definition = taskDefinition?.taskDefinitionArn ?? "";
  });
  const time = () => ({ DEPLOY_TIME_FACTOR: cloud.environment["DEPLOY_TIME_FACTOR"] ?? "" });

  test("a one-off task makes the same checks, and its answer comes back through its log", async () => {
    const seen = await runAction({
      inputs: inputs({ components: "database,redis,frontend", via: "task", "check-task-definition": definition }),
      environment: time(),
    });
    expect(seen.visible).toMatch(
      /database · the server in DATABASE_URL of secret shop-staging: from inside the VPC: login over TLS and select 1 worked/,
    );
    expect(seen).toMatchObject({ outcome: "healthy", failed: false });
    const [run] = cloud.calls
      .all()
      .filter(({ operation }) => operation === "RunTask")
      .slice(-1);
    expect(JSON.stringify(run?.params)).not.toMatch(new RegExp(`${postgres.password}|${valkey.password}`));
  });

  test("the task looks where the runner cannot, and what it finds bad is bad", async () => {
    const unreachable = {
      component: "database",
      subject: "the server",
      state: "unreachable",
      detail: "it cannot be reached from here.",
    } as const;
    const good = await runAction({
      inputs: inputs({ components: "database", "check-task-definition": definition }),
      environment: time(),
      ports: () => ({ logins: { check: async () => unreachable } }),
    });
    expect(good.visible).toContain("database cannot be reached from the runner: looking from inside the VPC.");
    expect(good.outcome).toBe("healthy");
    const none = await runAction({
      inputs: inputs({ components: "database" }),
      ports: () => ({ logins: { check: async () => unreachable } }),
    });
    expect(none.outcome).toBe("incomplete");
    const strict = await runAction({
      inputs: inputs({ components: "database", via: "runner" }),
      ports: () => ({ logins: { check: async () => unreachable } }),
    });
    expect(strict.outcome).toBe("unhealthy");
  });

  test.each`
    fault                                                                                        | because                     | why
    ${{ service: "ecs", operation: "RunTask", fault: { kind: "access-denied" } }}                | ${"it may not be started"}  | ${/the task could not be run: ecs:RunTask failed: AccessDenied/}
    ${{ service: "ecs", operation: "DescribeTaskDefinition", fault: { kind: "access-denied" } }} | ${"it cannot be looked up"} | ${/the task could not be run/}
  `("is incomplete when $because", async ({ fault, why }) => {
    cloud.faults.inject({ ...fault, times: 9 });
    const seen = await runAction({
      inputs: inputs({ components: "database", via: "task", "check-task-definition": definition }),
      environment: time(),
    });
    expect(seen).toMatchObject({ outcome: "incomplete", failed: true });
    expect(seen.reason).toMatch(why);
  });

  test("is incomplete when the task crashes, and says where to look", async () => {
    const { taskDefinition } = await clients.ecs.registerTaskDefinition({
      family: "broken",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      containerDefinitions: [
        {
          name: "broken",
          image: `${registry}/health-check:v1`,
          command: ["node", "-e", "process.exit(3)"],
          memory: 512,
          essential: true,
          logConfiguration: {
            logDriver: "awslogs",
            options: { "awslogs-group": environment.logGroup, "awslogs-region": cloud.region, "awslogs-stream-prefix": "check" },
          },
        },
      ],
    });
    const seen = await runAction({
      inputs: inputs({ components: "database", via: "task", "check-task-definition": taskDefinition?.taskDefinitionArn ?? "" }),
      environment: time(),
    });
    expect(seen).toMatchObject({ outcome: "incomplete", failed: true });
    expect(seen.reason).toMatch(/ended with exit 3 and left no result in its log/);
  });
});
