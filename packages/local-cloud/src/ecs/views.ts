import type { Params } from "../proxy/params.ts";
import type { Definition } from "./definition.ts";
import { taskHealth } from "./health.ts";
import type { Deployment, EcsState, Service, Task } from "./model.ts";

/** What the API shows beside the scheduler's state. */
export interface ViewContext {
  readonly definitionOf: (arn: string) => Definition | undefined;
  /** The task's private address, once it has one. */
  readonly addressOf: (taskArn: string) => string | undefined;
  /** The digest of a container's image, once it was pulled. */
  readonly digestOf: (taskArn: string, container: string) => string | undefined;
  /** The service's settings as they were given: network, platform, tags. */
  readonly settingsOf: (serviceArn: string) => Params;
}

const isPending = ({ lastStatus }: Task): boolean =>
  lastStatus === "PROVISIONING" || lastStatus === "PENDING" || lastStatus === "ACTIVATING";
const isRunning = ({ lastStatus }: Task): boolean => lastStatus === "RUNNING";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html, without what moto knows better. */
export function serviceView(state: EcsState, service: Service, context: ViewContext): Params {
  const tasks = [...state.tasks.values()].filter(({ serviceArn }) => serviceArn === service.arn);
  const primary = service.deployments[0];
  const settings = context.settingsOf(service.arn);
  return {
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: tasks.filter(isRunning).length,
    pendingCount: tasks.filter(isPending).length,
    createdAt: service.createdAt,
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriod,
    deploymentConfiguration: {
      deploymentCircuitBreaker: service.configuration.circuitBreaker,
      maximumPercent: service.configuration.maximumPercent,
      minimumHealthyPercent: service.configuration.minimumHealthyPercent,
      strategy: "ROLLING",
      bakeTimeInMinutes: 0,
    },
    events: service.events,
    ...(primary === undefined ? {} : { taskDefinition: primary.spec.taskDefinitionArn, loadBalancers: primary.loadBalancers }),
    deployments: service.deployments.map((deployment) => deploymentView(service, deployment, tasks, settings)),
  };
}

function deploymentView(service: Service, deployment: Deployment, tasks: readonly Task[], settings: Params): Params {
  const own = tasks.filter(({ startedBy }) => startedBy === deployment.id);
  const { id, status, failedTasks, createdAt, updatedAt, rolloutState, rolloutStateReason } = deployment;
  const desiredCount = status === "PRIMARY" ? service.desiredCount : own.filter(({ desiredStatus }) => desiredStatus === "RUNNING").length;
  return {
    id,
    status,
    taskDefinition: deployment.spec.taskDefinitionArn,
    desiredCount,
    pendingCount: own.filter(isPending).length,
    runningCount: own.filter(isRunning).length,
    failedTasks,
    createdAt,
    updatedAt,
    launchType: "FARGATE",
    platformVersion: "1.4.0",
    platformFamily: "Linux",
    ...(settings["networkConfiguration"] === undefined ? {} : { networkConfiguration: settings["networkConfiguration"] }),
    rolloutState,
    rolloutStateReason,
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export function taskView(task: Task, context: ViewContext, region: string): Params {
  const definition = context.definitionOf(task.spec.taskDefinitionArn);
  const address = context.addressOf(task.arn);
  const attachmentId = `${task.id.slice(0, 8)}-${task.id.slice(8, 12)}-4${task.id.slice(13, 16)}-a${task.id.slice(17, 20)}-${task.id.slice(20)}`;
  const times = {
    createdAt: task.createdAt,
    pullStartedAt: task.pullStartedAt,
    pullStoppedAt: task.pullStoppedAt,
    startedAt: task.startedAt,
    stoppingAt: task.stoppingAt,
    executionStoppedAt: task.executionStoppedAt,
    stoppedAt: task.stoppedAt,
  };
  return present({
    taskArn: task.arn,
    clusterArn: task.clusterArn,
    taskDefinitionArn: task.spec.taskDefinitionArn,
    group: task.group,
    startedBy: task.startedBy,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: taskHealth(task),
    connectivity: task.startedAt === undefined ? undefined : "CONNECTED",
    connectivityAt: task.startedAt,
    ...times,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    launchType: "FARGATE",
    platformVersion: "1.4.0",
    platformFamily: "Linux",
    availabilityZone: `${region}a`,
    cpu: definition?.["cpu"] ?? "256",
    memory: definition?.["memory"] ?? "512",
    enableExecuteCommand: false,
    overrides: task.overrides ?? { containerOverrides: [], inferenceAcceleratorOverrides: [] },
    tags: [],
    version: 1,
    attachments: [
      {
        id: attachmentId,
        type: "ElasticNetworkInterface",
        status: task.lastStatus === "STOPPED" ? "DELETED" : address === undefined ? "PRECREATED" : "ATTACHED",
        details: [
          { name: "networkInterfaceId", value: `eni-${task.id.slice(0, 17)}` },
          ...(address === undefined ? [] : [{ name: "privateIPv4Address", value: address }]),
        ],
      },
    ],
    containers: task.containers.map((container) =>
      present({
        containerArn: `${task.arn.replace(":task/", ":container/")}/${attachmentId}`,
        taskArn: task.arn,
        name: container.name,
        image: definition?.containerDefinitions.find((one) => one["name"] === container.name)?.["image"],
        imageDigest: context.digestOf(task.arn, container.name),
        runtimeId: task.isLaunched ? `${task.id}-${container.name}` : undefined,
        lastStatus: container.lastStatus,
        exitCode: container.exitCode,
        reason: container.reason,
        healthStatus: container.health,
        networkInterfaces: address === undefined ? [] : [{ attachmentId, privateIpv4Address: address }],
      }),
    ),
  });
}

/** Without what is undefined. */
const present = (value: Record<string, unknown>): Params =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
