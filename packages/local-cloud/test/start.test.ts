import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import * as ecsSdk from "@aws-sdk/client-ecs";
import { ECSClient } from "@aws-sdk/client-ecs";
import * as elbSdk from "@aws-sdk/client-elastic-load-balancing-v2";
import * as secretsSdk from "@aws-sdk/client-secrets-manager";
import { jest } from "@jest/globals";
import type { Fault } from "../src/proxy/faults.ts";
import { type LocalCloud, startLocalCloud } from "../src/start.ts";

// A machine that does much else at the same time may take long to start all this.
jest.setTimeout(120_000);

let cloud: LocalCloud;
let settings: object;
let ecs: ECSClient;

beforeAll(async () => {
  cloud = await startLocalCloud({ timeFactor: 20 });
  settings = {
    endpoint: cloud.endpoint,
    region: cloud.region,
    maxAttempts: 1,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  ecs = new ECSClient(settings);
  await ecs.send(new ecsSdk.CreateClusterCommand({ clusterName: "shop-staging" }));
});
afterAll(async () => {
  await cloud.stop();
});
beforeEach(() => {
  cloud.faults.clear();
  cloud.calls.clear();
});

const failure = async (work: Promise<unknown>): Promise<{ name: string; $metadata?: { httpStatusCode?: number } }> =>
  work.then(
    () => ({ name: "none" }),
    (error) => error,
  );

describe("the endpoint", () => {
  test("writes every call down with service, operation and parameters, whatever the protocol", async () => {
    await ecs.send(new ecsSdk.DescribeClustersCommand({ clusters: ["shop-staging"] }));
    const elb = new elbSdk.ElasticLoadBalancingV2Client(settings);
    await failure(elb.send(new elbSdk.DescribeTargetGroupsCommand({ Names: ["shop-blue-staging", "shop-green-staging"] })));
    const secrets = new secretsSdk.SecretsManagerClient(settings);
    await secrets.send(new secretsSdk.CreateSecretCommand({ Name: "shop-staging", SecretString: "{}" }));
    expect(cloud.calls.all()).toMatchObject([
      { service: "ecs", operation: "DescribeClusters", params: { clusters: ["shop-staging"] }, status: 200, applied: true },
      {
        service: "elasticloadbalancing",
        operation: "DescribeTargetGroups",
        params: { Names: ["shop-blue-staging", "shop-green-staging"] },
        status: 400,
      },
      { service: "secretsmanager", operation: "CreateSecret", params: { Name: "shop-staging" }, status: 200 },
    ]);
    expect(cloud.calls.mutating().map((call) => call.operation)).toEqual(["CreateSecret"]);
  });

  test.each`
    fault                               | error                                         | status       | because
    ${{ kind: "throttle" }}             | ${/ThrottlingException: Rate exceeded/}       | ${400}       | ${"the rate is exceeded"}
    ${{ kind: "server-error" }}         | ${/ServerException/}                          | ${500}       | ${"the service is in trouble"}
    ${{ kind: "access-denied" }}        | ${/AccessDeniedException.*ecs:CreateCluster/} | ${400}       | ${"the policy lacks it"}
    ${{ kind: "cut" }}                  | ${/socket hang up/}                           | ${undefined} | ${"the connection was cut"}
    ${{ kind: "reply-lost" }}           | ${/socket hang up/}                           | ${undefined} | ${"the answer was lost"}
    ${{ kind: "silence", seconds: 1 }}  | ${/socket hang up/}                           | ${undefined} | ${"nobody answered"}
    ${{ kind: "delay", seconds: 0.02 }} | ${/none/}                                     | ${undefined} | ${"it was only late"}
  `(
    "fails a call with $fault.kind: $because",
    async ({ fault, error: wanted, status }: { fault: Fault; error: RegExp; status?: number }) => {
      cloud.faults.inject({ service: "ecs", operation: "CreateCluster", fault });
      const error = await failure(ecs.send(new ecsSdk.CreateClusterCommand({ clusterName: `with-${fault.kind}` })));
      expect(`${error.name}: ${(error as Error).message}`).toMatch(wanted);
      expect(error.$metadata?.httpStatusCode).toBe(status);
      const applied = fault.kind === "reply-lost" || fault.kind === "delay";
      expect(cloud.calls.all()).toMatchObject([{ operation: "CreateCluster", fault: fault.kind, applied }]);
      const { clusterArns = [] } = await ecs.send(new ecsSdk.ListClustersCommand({}));
      expect(clusterArns.some((arn) => arn.endsWith(`with-${fault.kind}`))).toBe(applied);
    },
  );

  test("meets the second and third matching call, and no other", async () => {
    cloud.faults.inject({ operation: /^List/, nth: 2, times: 2, fault: { kind: "throttle" } });
    const names: string[] = [];
    for (let call = 0; call < 4; call++) names.push((await failure(ecs.send(new ecsSdk.ListClustersCommand({})))).name);
    expect(names).toEqual(["none", "ThrottlingException", "ThrottlingException", "none"]);
  });

  test("speaks of a throttled load balancer call in its own protocol", async () => {
    cloud.faults.inject({ service: "elasticloadbalancing", fault: { kind: "throttle" } });
    const elb = new elbSdk.ElasticLoadBalancingV2Client(settings);
    expect(await failure(elb.send(new elbSdk.DescribeLoadBalancersCommand({})))).toMatchObject({
      name: "ThrottlingException",
      message: "Rate exceeded",
    });
  });
});

test("moto's dates are in the cloud's compressed time", async () => {
  const secrets = new secretsSdk.SecretsManagerClient(settings);
  const before = cloud.clock.now();
  await secrets.send(new secretsSdk.CreateSecretCommand({ Name: "dated", SecretString: "x" }));
  const after = cloud.clock.now();
  const { CreatedDate } = await secrets.send(new secretsSdk.DescribeSecretCommand({ SecretId: "dated" }));
  const created = (CreatedDate?.getTime() ?? 0) / 1000;
  // Secrets Manager's dates are whole seconds here.
  expect(created).toBeGreaterThanOrEqual(Math.floor(before));
  expect(created).toBeLessThanOrEqual(Math.ceil(after));
  expect(cloud.environment["DEPLOY_TIME_FACTOR"]).toMatch(/^20@\d+/);
});

test("a cloud whose parent is killed leaves no process behind", async () => {
  const start = join(import.meta.dirname, "..", "src", "start.ts");
  const program = `const { startLocalCloud } = await import(${JSON.stringify(start)}); await startLocalCloud(); console.log("ready");`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => parent.stdout.once("data", resolve));
  const { stdout } = await promisify(execFile)("ps", ["-o", "pid=", "--ppid", String(parent.pid)]);
  const children = stdout.trim().split(/\s+/).map(Number);
  expect(children).toHaveLength(2);
  parent.kill("SIGKILL");
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  for (let look = 0; look < 1000 && children.some(isAlive); look++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(children.filter(isAlive)).toEqual([]);
});
