import type { Service, Task } from "../ecs/model.ts";
import { accountId, region, specOf, type VirtualAccount } from "./account.ts";
import { notFound, VirtualAwsError } from "./errors.ts";
import { metricHandlers } from "./metric-handlers.ts";
import { trafficHandlers } from "./traffic-handlers.ts";

type Input = Readonly<Record<string, unknown>>;
export type Handler = (account: VirtualAccount, input: Input) => unknown;

const shortName = (revision: unknown): string => String(revision).split("/").at(-1) ?? "";
const date = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at * 1000));

function serviceOf(account: VirtualAccount, nameOrArn: unknown) {
  const name = String(nameOrArn).split("/").at(-1) ?? "";
  const one = account.services.get(name);
  const service = one === undefined ? undefined : account.world.ecs().services.get(one.arn);
  if (one === undefined || service === undefined) throw notFound("ServiceNotFoundException", `Service ${name} not found.`);
  return { one, service };
}

function describeService(account: VirtualAccount, service: Service): object {
  const one = account.services.get(service.name);
  const tasks = [...account.world.ecs().tasks.values()].filter((task) => task.serviceArn === service.arn);
  const count = (revision: string | undefined, status: string): number =>
    tasks.filter(
      (task) =>
        (revision === undefined || task.spec.taskDefinitionArn === revision) &&
        (status === "RUNNING" ? task.lastStatus === "RUNNING" : ["PROVISIONING", "PENDING", "ACTIVATING"].includes(task.lastStatus)),
    ).length;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: count(undefined, "RUNNING"),
    pendingCount: count(undefined, "PENDING"),
    taskDefinition: service.deployments[0]?.spec.taskDefinitionArn,
    deploymentController: { type: one?.controller ?? "ECS" },
    launchType: "FARGATE",
    loadBalancers: one?.attachments,
    networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"], assignPublicIp: "DISABLED" } },
    deployments: service.deployments.map((deployment) => ({
      id: deployment.id,
      status: deployment.status,
      taskDefinition: deployment.spec.taskDefinitionArn,
      desiredCount: service.desiredCount,
      runningCount: count(deployment.spec.taskDefinitionArn, "RUNNING"),
      pendingCount: count(deployment.spec.taskDefinitionArn, "PENDING"),
      failedTasks: deployment.failedTasks,
      rolloutState: deployment.rolloutState,
      rolloutStateReason: deployment.rolloutStateReason,
    })),
    events: service.events.map((event) => ({ id: event.id, createdAt: date(event.createdAt), message: event.message })),
    tags: [...(one?.tags ?? [])].map(([key, value]) => ({ key, value })),
  };
}

const describeTask = (account: VirtualAccount, task: Task): object => ({
  taskArn: task.arn,
  taskDefinitionArn: task.spec.taskDefinitionArn,
  lastStatus: task.lastStatus,
  desiredStatus: task.desiredStatus,
  healthStatus: "UNKNOWN",
  stopCode: task.stopCode,
  stoppedReason: task.stoppedReason,
  startedBy: task.startedBy,
  createdAt: date(task.createdAt),
  stoppedAt: date(task.stoppedAt),
  attachments: [{ type: "ElasticNetworkInterface", details: [{ name: "privateIPv4Address", value: account.world.addressOf(task) }] }],
  containers: task.containers.map((one) => ({
    name: one.name,
    lastStatus: one.lastStatus,
    exitCode: one.exitCode,
    reason: one.reason,
    healthStatus: one.health,
  })),
});

function latestRevision(account: VirtualAccount, family: string): string {
  const numbers = [...account.definitions.keys()].filter((name) => name.startsWith(`${family}:`)).map((name) => Number(name.split(":")[1]));
  return `${family}:${Math.max(0, ...numbers)}`;
}

const ecsHandlers: Readonly<Record<string, Handler>> = {
  "ecs:DescribeServices": (account, { services }) => ({
    services: (services as readonly string[]).map((name) => describeService(account, serviceOf(account, name).service)),
    failures: [],
  }),
  "ecs:UpdateService": (account, { service, desiredCount, taskDefinition }) => {
    const { one } = serviceOf(account, service);
    const changes = {
      ...(desiredCount === undefined ? {} : { desiredCount: Number(desiredCount) }),
      ...(taskDefinition === undefined ? {} : { spec: specOf(account, shortName(taskDefinition)) }),
    };
    account.world.send({ type: "update-service", serviceArn: one.arn, changes });
    return { service: describeService(account, serviceOf(account, service).service) };
  },
  "ecs:ListTasks": (account, { serviceName, desiredStatus, startedBy }) => ({
    taskArns: [...account.world.ecs().tasks.values()]
      .filter((task) => serviceName === undefined || task.serviceArn?.endsWith(`/${String(serviceName)}`))
      .filter((task) => startedBy === undefined || task.startedBy === startedBy)
      .filter((task) => task.desiredStatus === (desiredStatus ?? "RUNNING"))
      .map((task) => task.arn),
  }),
  "ecs:DescribeTasks": (account, { tasks }) => ({
    tasks: (tasks as readonly string[]).flatMap((arn) => {
      const task = account.world.ecs().tasks.get(arn);
      return task === undefined ? [] : [describeTask(account, task)];
    }),
    failures: [],
  }),
  "ecs:RunTask": (account, { taskDefinition, startedBy, clientToken, overrides }) => {
    const before = new Set(account.world.ecs().tasks.keys());
    account.world.send({
      type: "run-task",
      order: {
        clusterArn: account.clusterArn,
        spec: specOf(account, shortName(taskDefinition)),
        count: 1,
        group: "family:shop",
        overrides,
        ...(startedBy === undefined ? {} : { startedBy: String(startedBy) }),
        ...(clientToken === undefined ? {} : { clientToken: String(clientToken) }),
      },
    });
    const tasks = [...account.world.ecs().tasks.values()];
    const started = tasks.filter((task) => !before.has(task.arn));
    const same = started.length > 0 ? started : tasks.filter((task) => task.startedBy === startedBy);
    return { tasks: same.map((task) => describeTask(account, task)), failures: [] };
  },
  "ecs:StopTask": (account, { task, reason }) => {
    const taskArn = [...account.world.ecs().tasks.keys()].find((arn) => arn === task || arn.endsWith(`/${String(task)}`));
    if (taskArn === undefined) throw notFound("InvalidParameterException", "The referenced task was not found.");
    account.world.send({ type: "stop-task", taskArn, reason: String(reason) });
    return {};
  },
  "ecs:DescribeTaskDefinition": (account, { taskDefinition }) => {
    const name = shortName(taskDefinition);
    const found = account.definitions.get(name.includes(":") ? name : latestRevision(account, name));
    if (found === undefined) throw notFound("ClientException", "Unable to describe task definition.");
    return { taskDefinition: found, tags: [] };
  },
  "ecs:RegisterTaskDefinition": (account, input) => {
    const family = String(input["family"]);
    const revision = Number(latestRevision(account, family).split(":")[1]) + 1;
    const name = `${family}:${revision}`;
    const { tags: _, ...body } = input;
    const stored = { ...body, revision, status: "ACTIVE", taskDefinitionArn: `arn:aws:ecs:${region}:${accountId}:task-definition/${name}` };
    account.definitions.set(name, stored);
    return { taskDefinition: stored };
  },
  "ecs:ListTagsForResource": (account, { resourceArn }) => ({
    tags: [...serviceOf(account, resourceArn).one.tags].map(([key, value]) => ({ key, value })),
  }),
  "ecs:TagResource": (account, { resourceArn, tags }) => {
    const { one } = serviceOf(account, resourceArn);
    for (const { key, value } of tags as readonly { key: string; value: string }[]) {
      if (value.length > 256 || /[^\p{L}\p{N} +\-=._:/@]/u.test(value))
        throw new VirtualAwsError("InvalidParameterException", 400, `tag value not allowed: ${value}`);
      one.tags.set(key, value);
    }
    return {};
  },
};

const otherHandlers: Readonly<Record<string, Handler>> = {
  "autoscaling:DescribeScalableTargets": (account, { ResourceIds }) => ({
    ScalableTargets: (ResourceIds as readonly string[]).flatMap((id) => {
      const target = account.scaling.get(id);
      return target === undefined ? [] : [{ ResourceId: id, SuspendedState: target.suspended }];
    }),
  }),
  "autoscaling:RegisterScalableTarget": (account, { ResourceId, SuspendedState }) => {
    const target = account.scaling.get(String(ResourceId));
    if (target !== undefined) target.suspended = { ...target.suspended, ...(SuspendedState as object) };
    return {};
  },
  "ecr:BatchGetImage": (account, { repositoryName, imageIds }) => {
    const [{ imageTag, imageDigest }] = imageIds as [{ imageTag?: string; imageDigest?: string }];
    const digest = imageDigest ?? account.images.get(`${String(repositoryName)}:${imageTag}`);
    return digest === undefined
      ? { images: [], failures: [{ failureCode: "ImageNotFound", failureReason: "Requested image not found" }] }
      : { images: [{ imageId: { imageDigest: digest } }] };
  },
  "logs:GetLogEvents": () => ({ events: [] }),
  "logs:FilterLogEvents": () => ({ events: [] }),
  "secrets:DescribeSecret": () => ({}),
  "sts:GetCallerIdentity": () => ({ Account: accountId, Arn: `arn:aws:sts::${accountId}:assumed-role/deploy/run` }),
  "s3:GetObject": (account, { Key }) => {
    const object = account.objects.get(String(Key));
    if (object === undefined) throw new VirtualAwsError("NoSuchKey", 404, "The specified key does not exist.");
    const { body, etag } = object;
    return { Body: { transformToString: async () => body }, ETag: etag };
  },
  "s3:PutObject": (account, { Key, Body, IfMatch, IfNoneMatch }) => {
    const present = account.objects.get(String(Key));
    const refused = (IfNoneMatch === "*" && present !== undefined) || (IfMatch !== undefined && present?.etag !== IfMatch);
    if (refused) throw new VirtualAwsError("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold");
    const etag = `"${account.calls.length}-${Math.floor(account.random() * 1e9)}"`;
    account.objects.set(String(Key), { body: String(Body), etag });
    return { ETag: etag };
  },
  "s3:ListObjectsV2": (account, { Prefix }) => ({
    Contents: [...account.objects.keys()].filter((key) => key.startsWith(String(Prefix))).map((Key) => ({ Key })),
  }),
};

/** Every operation that the virtual account answers. */
export const handlers: Readonly<Record<string, Handler>> = { ...ecsHandlers, ...trafficHandlers, ...metricHandlers, ...otherHandlers };
