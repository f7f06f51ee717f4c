import { join } from "node:path";
import { jest } from "@jest/globals";
import { cloudClients } from "../src/environment/clients.ts";
import { createEnvironment } from "../src/environment/create.ts";
import type { EnvironmentInfo } from "../src/environment/options.ts";
import { type LocalCloud, startLocalCloud } from "../src/start.ts";

// A machine that does much else at the same time may take long to start all this.
jest.setTimeout(120_000);

const folder = join(import.meta.dirname, "app");
const image = (tag: string, ...args: string[]) => ({ repository: "app", tag, folder, command: ["node", "app.js", ...args] });

let cloud: LocalCloud;
let environment: EnvironmentInfo;
let clients: ReturnType<typeof cloudClients>;
let registry: string;

beforeAll(async () => {
  cloud = await startLocalCloud({
    timeFactor: 20,
    timing: { provisioning: 1, pulling: 1, deprovisioning: 1 },
    images: [image("v1", "one"), image("v2", "two"), image("crash", "--exit=3"), image("stubborn", "--ignore-sigterm")],
  });
  registry = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com`;
  clients = cloudClients(cloud);
  environment = await createEnvironment(cloud, {
    containers: [
      {
        name: "app",
        image: `${registry}/app:v1`,
        port: 8080,
        healthCheckPath: "/health",
        environment: { GREETING: "hello" },
        secrets: { SESSION_SECRET: "secret:SESSION_SECRET" },
        definition: { notYetKnownToAnySdk: { kept: true } },
      },
    ],
    secret: { SESSION_SECRET: "from the secret" },
    deregistrationDelay: 5,
    healthCheck: { interval: 5 },
    taskDefinition: { enableFaultInjection: true },
  });
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await cloud.stop();
});

/** Looks until something is true, for 50 s at most. */
async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (let turn = 0; turn < 1000; turn++) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it never came");
}

const service = async (colour: "blue" | "green" = "blue") => {
  const { services = [] } = await clients.ecs.describeServices({ cluster: environment.cluster, services: [environment.services[colour]] });
  return services[0];
};
const tasksOf = async (colour: "blue" | "green", desiredStatus: "RUNNING" | "STOPPED" = "RUNNING") => {
  const { cluster } = environment;
  const { taskArns = [] } = await clients.ecs.listTasks({ cluster, serviceName: environment.services[colour], desiredStatus });
  return taskArns.length === 0 ? [] : ((await clients.ecs.describeTasks({ cluster, tasks: taskArns })).tasks ?? []);
};
const health = async (colour: "blue" | "green") => {
  const { TargetHealthDescriptions = [] } = await clients.elb.describeTargetHealth({
    TargetGroupArn: environment.routes[0]?.targetGroups[colour],
  });
  return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
    id: Target?.Id,
    state: TargetHealth?.State,
    reason: TargetHealth?.Reason,
  }));
};
const revisionWith = async (tag: string, container: object = {}): Promise<string> => {
  const { taskDefinition } = await clients.ecs.describeTaskDefinition({ taskDefinition: environment.taskDefinitionArn });
  const [app] = taskDefinition?.containerDefinitions ?? [];
  const { taskDefinition: next } = await clients.ecs.registerTaskDefinition({
    family: "shop-staging",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: [{ ...app, image: `${registry}/app:${tag}`, ...container }],
  });
  return next?.taskDefinitionArn ?? "";
};

describe("an environment", () => {
  test("serves requests from real tasks, with environment and secrets from the task definition", async () => {
    const answers = await Promise.all(environment.urls.map(async (url) => (await fetch(url)).json()));
    expect(answers).toEqual(answers.map(() => ({ version: "one", greeting: "hello", secret: "from the secret" })));
    expect(answers).toHaveLength(2);
  });

  test("shows tasks, targets and services as they are", async () => {
    expect(await service()).toMatchObject({
      runningCount: 2,
      pendingCount: 0,
      deployments: [{ rolloutState: "COMPLETED", failedTasks: 0 }],
    });
    expect(await service("green")).toMatchObject({ desiredCount: 0, runningCount: 0 });
    const tasks = await tasksOf("blue");
    expect(tasks).toMatchObject([{ lastStatus: "RUNNING" }, { lastStatus: "RUNNING" }]);
    const addresses = tasks.map(({ attachments }) => attachments?.[0]?.details?.find(({ name }) => name === "privateIPv4Address")?.value);
    expect((await health("blue")).map(({ id }) => id).sort()).toEqual(addresses.sort());
    expect(await health("green")).toEqual([]);
  });

  test("keeps every field of a task definition, also those that nobody knows", async () => {
    const answer = await fetch(cloud.endpoint, {
      method: "POST",
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=localcloud/20200101/eu-central-1/ecs/aws4_request, SignedHeaders=host, Signature=0",
        "x-amz-target": "AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition",
        "content-type": "application/x-amz-json-1.1",
      },
      body: JSON.stringify({ taskDefinition: environment.taskDefinitionArn, include: ["TAGS"] }),
    });
    expect(await answer.json()).toMatchObject({
      taskDefinition: { enableFaultInjection: true, containerDefinitions: [{ name: "app", notYetKnownToAnySdk: { kept: true } }] },
      tags: [{ key: "application", value: "shop" }],
    });
  });

  test("writes task output to the stream prefix/container/task", async () => {
    await cloud.flushLogs();
    const [task] = await tasksOf("blue");
    const { events = [] } = await clients.logs.getLogEvents({
      logGroupName: environment.logGroup,
      logStreamName: `ecs/app/${task?.taskArn?.split("/").at(-1)}`,
    });
    expect(events.map(({ message }) => message)).toContain("one listens");
  });
});

describe("a deployment on the inactive colour", () => {
  test("its targets are unused until its group is attached, even at weight 0; then they become healthy and get their share", async () => {
    const taskDefinition = await revisionWith("v2");
    await clients.ecs.updateService({ cluster: environment.cluster, service: environment.services.green, taskDefinition, desiredCount: 1 });
    const unused = await until(async () => (await health("green")).find(({ state }) => state === "unused"));
    expect(unused.reason).toBe("Target.NotInUse");
    const [route] = environment.routes;
    const weights = (blue: number, green: number) =>
      clients.elb.modifyListener({
        ListenerArn: route?.listenerArn,
        DefaultActions: [
          {
            Type: "forward",
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: route?.targetGroups.blue, Weight: blue },
                { TargetGroupArn: route?.targetGroups.green, Weight: green },
              ],
            },
          },
        ],
      });
    await weights(100, 0);
    await until(async () => (await health("green")).find(({ state }) => state === "healthy"));
    const [url = ""] = environment.urls;
    expect(await (await fetch(url)).json()).toMatchObject({ version: "one" });
    await weights(0, 100);
    await until(async () => ((await (await fetch(url)).json()) as { version: string }).version === "two");
    await weights(100, 0);
    await until(async () => ((await (await fetch(url)).json()) as { version: string }).version === "one");
    await clients.ecs.updateService({ cluster: environment.cluster, service: environment.services.green, desiredCount: 0 });
    const draining = await until(async () => (await health("green")).find(({ state }) => state === "draining"));
    expect(draining.reason).toBe("Target.DeregistrationInProgress");
    await until(async () => (await tasksOf("green", "STOPPED")).find(({ lastStatus }) => lastStatus === "STOPPED"));
    expect(await health("green")).toEqual([]);
  });

  test.each`
    version      | container                                                                                                                                                | stopCode                      | reason                                                      | exitCode
    ${"crash"}   | ${{}}                                                                                                                                                    | ${"EssentialContainerExited"} | ${/^Essential container in task exited$/}                   | ${3}
    ${"unknown"} | ${{}}                                                                                                                                                    | ${"TaskFailedToStart"}        | ${/^CannotPullContainerError.*app:unknown/}                 | ${undefined}
    ${"v2"}      | ${{ command: ["no-program"] }}                                                                                                                           | ${"TaskFailedToStart"}        | ${/^CannotStartContainerError.*no-program/}                 | ${undefined}
    ${"v2"}      | ${{ secrets: [{ name: "X", valueFrom: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-AbCdEf" }] }}                                        | ${"TaskFailedToStart"}        | ${/^ResourceInitializationError.*none-AbCdEf/}              | ${undefined}
    ${"v2"}      | ${{ logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/none", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "x" } } }} | ${"TaskFailedToStart"}        | ${/^ResourceInitializationError.*log group does not exist/} | ${undefined}
  `("of $version with $container stops with $reason", async ({ version, container, stopCode, reason, exitCode }) => {
    const taskDefinition = await revisionWith(version, container);
    await clients.ecs.updateService({ cluster: environment.cluster, service: environment.services.green, taskDefinition, desiredCount: 1 });
    const stopped = await until(async () =>
      (await tasksOf("green", "STOPPED")).find(
        ({ taskDefinitionArn, lastStatus }) => taskDefinitionArn === taskDefinition && lastStatus === "STOPPED",
      ),
    );
    await clients.ecs.updateService({ cluster: environment.cluster, service: environment.services.green, desiredCount: 0 });
    expect(stopped).toMatchObject({ stopCode, stoppedReason: expect.stringMatching(reason) });
    expect(stopped.containers?.[0]?.exitCode).toBe(exitCode);
  });
});

describe("one-off tasks", () => {
  const network = () => ({ awsvpcConfiguration: { subnets: [...environment.subnets], securityGroups: [environment.securityGroup] } });

  test("run with the caller's command and environment, and tell their exit code", async () => {
    const { cluster } = environment;
    const order = {
      cluster,
      taskDefinition: environment.taskDefinitionArn,
      networkConfiguration: network(),
      startedBy: "migration-1",
      clientToken: "deployment-1-migrate",
      overrides: {
        containerOverrides: [
          { name: "app", command: ["node", "app.js", "--exit=7"], environment: [{ name: "GREETING", value: "migrating" }] },
        ],
      },
    };
    const { tasks: first } = await clients.ecs.runTask(order);
    const { tasks: again } = await clients.ecs.runTask(order);
    expect(again?.[0]?.taskArn).toBe(first?.[0]?.taskArn);
    const stopped = await until(async () => {
      const { tasks = [] } = await clients.ecs.describeTasks({ cluster, tasks: [first?.[0]?.taskArn ?? ""] });
      return tasks.find(({ lastStatus }) => lastStatus === "STOPPED");
    });
    expect(stopped).toMatchObject({ startedBy: "migration-1", group: "family:shop-staging", containers: [{ exitCode: 7 }] });
  });

  test("have the health that their container's own check finds; localhost is the task's own address", async () => {
    const { cluster } = environment;
    const check = 'test "$GREETING" = hello && node -e "fetch(\\"http://localhost:8080/health\\").then((r) => process.exit(r.ok ? 0 : 1))"';
    const taskDefinition = await revisionWith("v1", {
      healthCheck: { command: ["CMD-SHELL", check], interval: 5, retries: 2, timeout: 30 },
    });
    const run = async (greeting: string) => {
      const overrides = { containerOverrides: [{ name: "app", environment: [{ name: "GREETING", value: greeting }] }] };
      const { tasks = [] } = await clients.ecs.runTask({ cluster, taskDefinition, networkConfiguration: network(), overrides });
      return tasks[0]?.taskArn ?? "";
    };
    const tasks = [await run("hello"), await run("nobody")];
    const healthOf = async () => (await clients.ecs.describeTasks({ cluster, tasks })).tasks?.map(({ healthStatus }) => healthStatus) ?? [];
    await until(async () => !(await healthOf()).includes("UNKNOWN"));
    expect(await healthOf()).toEqual(["HEALTHY", "UNHEALTHY"]);
    for (const task of tasks) await clients.ecs.stopTask({ cluster, task });
  });

  test("that ignore SIGTERM are killed", async () => {
    const { cluster } = environment;
    const taskDefinition = await revisionWith("stubborn", { stopTimeout: 1 });
    const { tasks = [] } = await clients.ecs.runTask({ cluster, taskDefinition, networkConfiguration: network() });
    const wanted = { cluster, tasks: [tasks[0]?.taskArn ?? ""] };
    await until(async () => (await clients.ecs.describeTasks(wanted)).tasks?.find(({ lastStatus }) => lastStatus === "RUNNING"));
    // RUNNING is told when the process runs: it must also have got as far as its signal handler.
    await until(async () => {
      await cloud.flushLogs();
      const { events = [] } = await clients.logs.filterLogEvents({ logGroupName: environment.logGroup, filterPattern: "sigterm" });
      return events.length > 0;
    });
    await clients.ecs.stopTask({ cluster, task: wanted.tasks[0], reason: "by hand" });
    const stopped = await until(async () =>
      (await clients.ecs.describeTasks(wanted)).tasks?.find(({ lastStatus }) => lastStatus === "STOPPED"),
    );
    expect(stopped).toMatchObject({ stopCode: "UserInitiated", stoppedReason: "by hand", containers: [{ exitCode: 137 }] });
  });
});

describe("what AWS refuses", () => {
  test.each`
    what                             | call                                                                                                                                                                                                                                                                 | error
    ${"an unknown cluster"}          | ${() => clients.ecs.listTasks({ cluster: "none" })}                                                                                                                                                                                                                  | ${/ClusterNotFoundException/}
    ${"an unknown service"}          | ${() => clients.ecs.updateService({ cluster: environment.cluster, service: "none", desiredCount: 1 })}                                                                                                                                                               | ${/ServiceNotFoundException/}
    ${"eleven services at once"}     | ${() => clients.ecs.describeServices({ cluster: environment.cluster, services: Array(11).fill("x") })}                                                                                                                                                               | ${/InvalidParameterException/}
    ${"an unknown target group"}     | ${() => clients.elb.describeTargetHealth({ TargetGroupArn: "arn:none" })}                                                                                                                                                                                            | ${/TargetGroupNotFound/}
    ${"an override of no container"} | ${() => clients.ecs.runTask({ cluster: environment.cluster, taskDefinition: "shop-staging", networkConfiguration: { awsvpcConfiguration: { subnets: ["x"] } }, overrides: { containerOverrides: [{ name: "none" }] } })}                                             | ${/InvalidParameterException.*none/}
    ${"a group that nobody uses"}    | ${() => clients.ecs.createService({ cluster: environment.cluster, serviceName: "x", taskDefinition: "shop-staging", loadBalancers: [{ targetGroupArn: environment.routes[0]?.targetGroups.green.replace(/.$/, "x"), containerName: "app", containerPort: 8080 }] })} | ${/does not have an associated load balancer/}
  `("$what is refused", async ({ call, error }: { call: () => Promise<unknown>; error: RegExp }) => {
    const thrown = await call().then(
      () => "nothing",
      (reason) => `${reason.name}: ${reason.message}`,
    );
    expect(thrown).toMatch(error);
  });
});
