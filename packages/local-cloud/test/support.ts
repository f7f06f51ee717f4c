import type { Deployment } from "@aws-sdk/client-ecs";
import { type CloudClients, cloudClients } from "../src/environment/clients.ts";
import { createEnvironment } from "../src/environment/create.ts";
import { exampleImages } from "../src/environment/example.ts";
import type { Colour, EnvironmentInfo, EnvironmentOptions } from "../src/environment/options.ts";
import { startLoad } from "../src/load/start.ts";
import type { Load } from "../src/load/types.ts";
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from "../src/start.ts";

export type ClusterOptions = LocalCloudOptions & Partial<EnvironmentOptions>;

/** An environment of the example's front end, with the handful of moves that a deployment is made of. */
export interface Stage {
  readonly cloud: LocalCloud;
  readonly clients: CloudClients;
  readonly environment: EnvironmentInfo;
  cluster(
    colour: Colour,
  ): Promise<{ readonly deployments: readonly Deployment[]; readonly runningCount: number; readonly healthy: number }>;
  deploy(colour: Colour, tag: string, desiredCount?: number): Promise<string>;
  weights(blue: number, green: number): Promise<unknown>;
  scale(colour: Colour, desiredCount: number): Promise<unknown>;
  until(look: () => Promise<boolean>): Promise<void>;
  load(requestsPerSecond: number): Load;
}

/** Makes the environment, lets the work happen, and ends everything. */
export async function withEnvironment<T>(options: ClusterOptions, work: (stage: Stage) => Promise<T>): Promise<T> {
  const cloud = await startLocalCloud({ timeFactor: 25, images: exampleImages(), ...options });
  const clients = cloudClients(cloud);
  const image = (tag: string) => `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:${tag}`;
  try {
    const containers = [{ name: "frontend", image: image("v1"), port: 8080, healthCheckPath: "/api/health" }];
    const environment = await createEnvironment(cloud, { containers, deregistrationDelay: 25, alarms: false, ...options });
    return await work(stageOf(cloud, clients, environment, image));
  } finally {
    for (const client of Object.values(clients)) client.destroy();
    await cloud.stop();
  }
}

function stageOf(cloud: LocalCloud, clients: CloudClients, environment: EnvironmentInfo, image: (tag: string) => string): Stage {
  const { cluster, services, routes } = environment;
  const [route] = routes;
  if (route === undefined) throw new Error("the environment has no route");
  return {
    cloud,
    clients,
    environment,
    cluster: async (colour) => {
      const [described, targets] = await Promise.all([
        clients.ecs.describeServices({ cluster, services: [services[colour]] }),
        clients.elb.describeTargetHealth({ TargetGroupArn: route.targetGroups[colour] }),
      ]);
      const { deployments = [], runningCount = 0 } = described.services?.[0] ?? {};
      const healthy = (targets.TargetHealthDescriptions ?? []).filter(({ TargetHealth }) => TargetHealth?.State === "healthy").length;
      return { deployments, runningCount, healthy };
    },
    deploy: async (colour, tag, desiredCount) => {
      const { taskDefinition } = await clients.ecs.describeTaskDefinition({ taskDefinition: environment.taskDefinitionArn });
      const { family, networkMode, requiresCompatibilities, cpu, memory, containerDefinitions = [] } = taskDefinition ?? {};
      const next = await clients.ecs.registerTaskDefinition({
        family,
        networkMode,
        requiresCompatibilities,
        cpu,
        memory,
        containerDefinitions: containerDefinitions.map((container) => ({ ...container, image: image(tag) })),
      });
      const taskDefinitionArn = next.taskDefinition?.taskDefinitionArn ?? "";
      const count = desiredCount === undefined ? {} : { desiredCount };
      await clients.ecs.updateService({ cluster, service: services[colour], taskDefinition: taskDefinitionArn, ...count });
      return taskDefinitionArn;
    },
    weights: (blue, green) =>
      clients.elb.modifyListener({
        ListenerArn: route.listenerArn,
        DefaultActions: [
          {
            Type: "forward",
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: route.targetGroups.blue, Weight: blue },
                { TargetGroupArn: route.targetGroups.green, Weight: green },
              ],
            },
          },
        ],
      }),
    scale: (colour, desiredCount) => clients.ecs.updateService({ cluster, service: services[colour], desiredCount }),
    until: async (look) => {
      const end = Date.now() + 50_000;
      while (!(await look())) {
        if (Date.now() > end) throw new Error("it never came");
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    load: (requestsPerSecond) => {
      const addresses = environment.urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }));
      return startLoad({ addresses, requestsPerSecond, maxSeconds: 60, slow: { share: 0.2, path: "/work?ms=400" } });
    },
  };
}
