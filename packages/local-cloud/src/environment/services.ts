import type { Service } from "@aws-sdk/client-ecs";
import type { LocalCloud } from "../start.ts";
import type { CloudClients } from "./clients.ts";
import type { Network } from "./network.ts";
import type { Colour, ContainerOption, EnvironmentOptions, RouteInfo } from "./options.ts";

interface Names {
  readonly application: string;
  readonly environment: string;
}

/** The execution role that starts tasks: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html */
export async function createExecutionRole({ iam }: CloudClients, name: string): Promise<string> {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  const { Role } = await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) });
  return Role?.Arn ?? "";
}

/** Registers the first revision; by a raw request, so that fields that no SDK knows get through. */
export async function registerDefinition(
  cloud: LocalCloud,
  options: EnvironmentOptions,
  names: Names,
  parts: { readonly roleArn: string; readonly secretArn: string; readonly logGroup: string },
): Promise<string> {
  const body = {
    family: `${names.application}-${names.environment}`,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    executionRoleArn: parts.roleArn,
    ...options.taskDefinition,
    containerDefinitions: options.containers.map((container) => containerDefinition(container, cloud.region, parts)),
    tags: [{ key: "application", value: names.application }],
  };
  const response = await fetch(cloud.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition",
      authorization: `AWS4-HMAC-SHA256 Credential=localcloud/20200101/${cloud.region}/ecs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { taskDefinition?: { taskDefinitionArn?: string }; message?: string };
  if (!response.ok) throw new Error(`RegisterTaskDefinition was refused: ${answer.message}`);
  return answer.taskDefinition?.taskDefinitionArn ?? "";
}

function containerDefinition(container: ContainerOption, region: string, parts: { readonly secretArn: string; readonly logGroup: string }) {
  const { name, image, port, environment = {}, secrets = {}, command, essential = true } = container;
  return {
    name,
    image,
    essential,
    cpu: 0,
    portMappings: port === undefined ? [] : [{ containerPort: port, hostPort: port, protocol: "tcp" }],
    environment: Object.entries({ ...(port === undefined ? {} : { PORT: String(port) }), ...environment }).map(([key, value]) => ({
      name: key,
      value,
    })),
    secrets: Object.entries(secrets).map(([key, from]) => ({
      name: key,
      valueFrom: from.startsWith("secret:") ? `${parts.secretArn}:${from.slice("secret:".length)}::` : from,
    })),
    ...(command === undefined ? {} : { command: [...command] }),
    logConfiguration: {
      logDriver: "awslogs",
      options: { "awslogs-group": parts.logGroup, "awslogs-region": region, "awslogs-stream-prefix": "ecs" },
    },
    ...container.definition,
  };
}

/** The pair of services: the active one at its count, the other one empty. */
export async function createServices(
  { ecs }: CloudClients,
  options: EnvironmentOptions,
  names: Names & { readonly cluster: string; readonly taskDefinitionArn: string },
  network: Network,
  routes: readonly RouteInfo[],
): Promise<Readonly<Record<Colour, string>>> {
  const active = options.activeColour ?? "blue";
  const service = async (colour: Colour): Promise<string> => {
    const { service: made } = await ecs.createService({
      cluster: names.cluster,
      serviceName: `${names.application}-${colour}-${names.environment}`,
      taskDefinition: names.taskDefinitionArn,
      desiredCount: colour === active ? (options.desiredCount ?? 2) : 0,
      launchType: "FARGATE",
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [...network.subnets], securityGroups: [network.securityGroup], assignPublicIp: "DISABLED" },
      },
      healthCheckGracePeriodSeconds: options.healthCheckGracePeriod ?? 60,
      loadBalancers: routes.map(({ container, targetGroups }) => ({
        targetGroupArn: targetGroups[colour],
        containerName: container,
        containerPort: options.containers.find(({ name }) => name === container)?.port ?? 80,
      })),
      ...(options.deploymentConfiguration === undefined ? {} : { deploymentConfiguration: options.deploymentConfiguration }),
      tags: [{ key: "application", value: names.application }],
    });
    return made?.serviceName ?? "";
  };
  return { blue: await service("blue"), green: await service("green") };
}

/** Both services' scalable targets; the drained colour's is suspended, or it would be scaled up again. */
export async function createScaling(
  { autoscaling }: CloudClients,
  options: EnvironmentOptions,
  cluster: string,
  services: Readonly<Record<Colour, string>>,
): Promise<void> {
  const desired = options.desiredCount ?? 2;
  for (const colour of ["blue", "green"] as const) {
    const isDrained = colour !== (options.activeColour ?? "blue");
    await autoscaling.registerScalableTarget({
      ServiceNamespace: "ecs",
      ResourceId: `service/${cluster}/${services[colour]}`,
      ScalableDimension: "ecs:service:DesiredCount",
      MinCapacity: desired,
      MaxCapacity: desired * 5,
      SuspendedState: { DynamicScalingInSuspended: isDrained, DynamicScalingOutSuspended: isDrained, ScheduledScalingSuspended: isDrained },
    });
  }
}

/** Waits until a service shows its desired count running in one deployment and its targets healthy. */
export async function waitUntilSteady(cloud: LocalCloud, { ecs, elb }: CloudClients, cluster: string, service: string): Promise<void> {
  const end = cloud.clock.now() + 600;
  for (;;) {
    const { services = [] } = await ecs.describeServices({ cluster, services: [service] });
    const found = services[0];
    if (found !== undefined && (await isServing(elb, found))) return;
    if (cloud.clock.now() > end) throw new Error(`${service} is not steady after 10 min: ${found?.events?.[0]?.message ?? "no event"}`);
    // Real time counts here: a fast clock must not turn the wait into a busy loop.
    await cloud.clock.sleep(Math.max(0.5, 0.1 * cloud.timeFactor));
  }
}

async function isServing(elb: CloudClients["elb"], service: Service): Promise<boolean> {
  const desired = service.desiredCount ?? 0;
  if (service.runningCount !== desired || service.deployments?.length !== 1) return false;
  for (const { targetGroupArn } of service.loadBalancers ?? []) {
    const { TargetHealthDescriptions = [] } = await elb.describeTargetHealth({ TargetGroupArn: targetGroupArn });
    if (TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === "healthy").length < desired) return false;
  }
  return true;
}
