import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { deploymentTrouble } from "@aws-deploy-actions/shared/problems";
import type { Deployment, Service, Task } from "@aws-sdk/client-ecs";
import { type Colour, colours, type PerColour, perColour } from "../colours.ts";
import type { ServiceSeen, TaskSeen } from "../model.ts";
import type { ServicesPort } from "../ports.ts";

const instant = (date: Date | undefined): number => (date === undefined ? 0 : date.getTime() / 1000);

/** The two ECS services of an environment. */
export function ecsServices(aws: Aws<"ecs">, cluster: string, names: PerColour<string>): ServicesPort {
  return {
    look: async () => {
      const { found, missing } = await describeServices(
        aws,
        cluster,
        colours.map((colour) => names[colour]),
      );
      const service = (colour: Colour): ServiceSeen => {
        const one = found.find((candidate) => isNamed(candidate, names[colour]));
        if (one === undefined)
          throw deploymentTrouble(`service ${names[colour]} is not in cluster ${cluster}: ${missing.get(names[colour]) ?? "not found"}`);
        return one;
      };
      return perColour(service);
    },
    update: async (colour, { revision, count }) => {
      const answer = await aws.ecs(
        (sdk) =>
          new sdk.UpdateServiceCommand({
            cluster,
            service: names[colour],
            desiredCount: count,
            ...(revision === undefined ? {} : { taskDefinition: revision }),
          }),
      );
      if (answer.service === undefined) throw deploymentTrouble(`ECS gave no answer about service ${names[colour]}`);
      return toService(answer.service);
    },
    tasks: async (colour) => await serviceTasks(aws, cluster, names[colour]),
  };
}

const isNamed = (service: ServiceSeen, nameOrArn: string): boolean => service.name === nameOrArn || service.arn === nameOrArn;

/** Up to ten services with their tags, and why others are missing. */
export async function describeServices(
  aws: Aws<"ecs">,
  cluster: string,
  services: readonly string[],
): Promise<{ found: readonly ServiceSeen[]; missing: ReadonlyMap<string, string> }> {
  const answer = await aws.ecs((sdk) => new sdk.DescribeServicesCommand({ cluster, services: [...services], include: ["TAGS"] }));
  const missing = new Map((answer.failures ?? []).map((failure) => [failure.arn?.split("/").at(-1) ?? "", failure.reason ?? ""]));
  return { found: (answer.services ?? []).map(toService), missing };
}

function toService(service: Service): ServiceSeen {
  const network = service.networkConfiguration?.awsvpcConfiguration;
  return {
    arn: service.serviceArn ?? "",
    name: service.serviceName ?? "",
    status: service.status ?? "",
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    revision: service.taskDefinition ?? "",
    controller: service.deploymentController?.type ?? "ECS",
    strategy: service.deploymentConfiguration?.strategy ?? "ROLLING",
    attachments: (service.loadBalancers ?? []).map((one) => ({
      group: one.targetGroupArn ?? "",
      container: one.containerName ?? "",
      port: one.containerPort ?? 0,
    })),
    subnets: network?.subnets ?? [],
    securityGroups: network?.securityGroups ?? [],
    assignPublicIp: network?.assignPublicIp === "ENABLED",
    launchType: service.launchType ?? service.capacityProviderStrategy?.[0]?.capacityProvider ?? "",
    deployments: (service.deployments ?? []).map(toDeployment),
    events: (service.events ?? []).slice(0, 20).map((event) => ({ at: instant(event.createdAt), message: event.message ?? "" })),
    tags: Object.fromEntries((service.tags ?? []).map((tag) => [tag.key ?? "", tag.value ?? ""])),
  };
}

const toDeployment = (one: Deployment): ServiceSeen["deployments"][number] => ({
  id: one.id ?? "",
  status: one.status ?? "",
  revision: one.taskDefinition ?? "",
  desired: one.desiredCount ?? 0,
  running: one.runningCount ?? 0,
  pending: one.pendingCount ?? 0,
  failed: one.failedTasks ?? 0,
  rolloutState: one.rolloutState ?? "",
  reason: one.rolloutStateReason ?? "",
});

/** A service's tasks. ListTasks shows stopped ones only when asked for them, so it is asked twice. */
async function serviceTasks(aws: Aws<"ecs">, cluster: string, service: string): Promise<readonly TaskSeen[]> {
  const name = service.split("/").at(-1) ?? service;
  const list = async (desiredStatus: "RUNNING" | "STOPPED"): Promise<readonly string[]> => {
    const answer = await aws.ecs((sdk) => new sdk.ListTasksCommand({ cluster, serviceName: name, desiredStatus, maxResults: 100 }));
    return answer.taskArns ?? [];
  };
  const [running, stopped] = await Promise.all([list("RUNNING"), list("STOPPED")]);
  return await describeTasks(aws, cluster, [...running, ...stopped.slice(0, 100)]);
}

/** Any number of tasks, a hundred a call. */
export async function describeTasks(aws: Aws<"ecs">, cluster: string, arns: readonly string[]): Promise<readonly TaskSeen[]> {
  const pages = Array.from({ length: Math.ceil(arns.length / 100) }, (_, page) => arns.slice(page * 100, page * 100 + 100));
  const answers = await Promise.all(pages.map((tasks) => aws.ecs((sdk) => new sdk.DescribeTasksCommand({ cluster, tasks: [...tasks] }))));
  return answers.flatMap((answer) => (answer.tasks ?? []).map(toTask));
}

export function toTask(task: Task): TaskSeen {
  const interfaces = task.containers?.flatMap((container) => container.networkInterfaces ?? []) ?? [];
  const fromContainers = interfaces.flatMap((one) => (one.privateIpv4Address === undefined ? [] : [one.privateIpv4Address]));
  const fromAttachments = (task.attachments ?? []).flatMap((attachment) =>
    (attachment.details ?? []).flatMap((detail) =>
      detail.name === "privateIPv4Address" && detail.value !== undefined ? [detail.value] : [],
    ),
  );
  return {
    id: task.taskArn?.split("/").at(-1) ?? "",
    revision: task.taskDefinitionArn ?? "",
    status: task.lastStatus ?? "",
    health: task.healthStatus ?? "UNKNOWN",
    addresses: [...new Set([...fromContainers, ...fromAttachments])],
    stopCode: task.stopCode ?? "",
    stoppedReason: task.stoppedReason ?? "",
    stoppedAt: task.stoppedAt === undefined ? undefined : instant(task.stoppedAt),
    createdAt: instant(task.createdAt),
    containers: (task.containers ?? []).map((container) => ({
      name: container.name ?? "",
      exitCode: container.exitCode,
      reason: container.reason ?? "",
      health: container.healthStatus ?? "UNKNOWN",
    })),
  };
}
