import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { createInternal } from "./aws-internal.ts";
import { createBalancer } from "./balancer/balancer.ts";
import type { Balancer, BalancerFaults } from "./balancer/types.ts";
import { createAddresses } from "./ecs/addresses.ts";
import { definitionHandlers, type EcsApi } from "./ecs/api.ts";
import { startAutoscaler } from "./ecs/autoscaler.ts";
import { type ContainerRuntime, createContainerRuntime } from "./ecs/containers.ts";
import { createEcsDriver, type EcsDriver, type TargetRegistry } from "./ecs/driver.ts";
import { createImages, type Images } from "./ecs/images.ts";
import { createLogShipper } from "./ecs/logs.ts";
import { type EcsTiming, fargateTiming } from "./ecs/model.ts";
import { createRecords } from "./ecs/records.ts";
import { serviceHandlers } from "./ecs/service-api.ts";
import { taskHandlers } from "./ecs/task-api.ts";
import { createElbGlue, type ElbGlue } from "./elb/glue.ts";
import { metricHandlers } from "./metrics/api.ts";
import { startPublisher } from "./metrics/publisher.ts";
import { createMetricStore, type MetricStore } from "./metrics/store.ts";
import type { Keeper } from "./process/keeper.ts";
import type { Handler } from "./proxy/server.ts";
import type { Upstream } from "./proxy/upstream.ts";
import { unknownToMoto } from "./unknown-to-moto.ts";

export interface DataPlaneOptions {
  /** How long a change at the load balancer needs to reach a node, in cloud seconds. Default: 1 s and 2.5 s. */
  readonly propagation?: (node: number) => Seconds;
  /** Balancer nodes. Default: 2. */
  readonly nodes?: number;
  readonly balancerFaults?: BalancerFaults;
  /** How long Fargate takes for what, in cloud seconds. */
  readonly timing?: Partial<EcsTiming>;
  /** Tasks that may run at the same time. Default: 200. */
  readonly capacity?: number;
  /** How old ECS's answers are, in cloud seconds. Default: 0. */
  readonly staleness?: () => Seconds;
  /** Seconds from a minute's end until CloudWatch shows its metrics; 60 to 180 on AWS. Default: 90. */
  readonly metricsDelay?: (minute: Instant) => Seconds;
  /** So much later a minute is complete; until then about half of it is shown. Default: 30. */
  readonly metricsCompleteAfter?: Seconds;
  /** Application Auto Scaling keeps services between their limits, in cloud seconds between two looks. Default: it does nothing. */
  readonly autoscaling?: Seconds;
  /** Decides ids and the balancer's choices. Default: 1. */
  readonly seed?: number;
}

export interface DataPlane {
  readonly balancer: Balancer;
  readonly ecs: EcsDriver;
  readonly containers: ContainerRuntime;
  readonly images: Images;
  readonly elb: ElbGlue;
  readonly metrics: MetricStore;
  readonly handlers: readonly (readonly [string, Handler])[];
  /** Sends the log lines that wait. */
  flushLogs(): Promise<void>;
  stop(): Promise<void>;
}

export interface DataPlaneBase {
  readonly clock: Clock;
  readonly keeper: Keeper;
  readonly upstream: Upstream;
  readonly motoEndpoint: string;
  readonly accountId: string;
  readonly region: string;
  readonly timeFactor: number;
  /** What containers find in their environment; read when one starts. */
  readonly environment: () => Readonly<Record<string, string>>;
}

/** Puts the parts together that make tasks run and requests flow. */
export async function createDataPlane(base: DataPlaneBase, options: DataPlaneOptions): Promise<DataPlane> {
  const { clock, keeper, upstream, region, accountId, timeFactor } = base;
  const seed = options.seed ?? 1;
  const internal = createInternal(upstream, region);
  const balancer = createBalancer({
    clock,
    seed,
    propagation: options.propagation ?? ((node) => 1 + 1.5 * node),
    ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
    ...(options.balancerFaults === undefined ? {} : { faults: options.balancerFaults }),
  });
  const elbClient = new ElasticLoadBalancingV2({
    endpoint: base.motoEndpoint,
    region,
    credentials: { accessKeyId: "internal", secretAccessKey: "internal" },
  });
  const elb = createElbGlue(elbClient, balancer);
  const records = createRecords();
  const definitionOf = (arn: string) => records.definitions.get(arn);
  const addresses = await createAddresses();
  const images = createImages(internal, accountId, region);
  const logs = createLogShipper(internal, clock);
  const { environment } = base;
  const containers = createContainerRuntime({ clock, keeper, internal, images, logs, addresses, definitionOf, environment });
  const ecs = createEcsDriver({
    clock,
    settings: { timing: { ...fargateTiming, ...options.timing }, capacity: options.capacity ?? 200 },
    seed,
    runtime: containers,
    // A fast clock must not turn the look into a busy loop: 20 times a real second at most.
    healthInterval: Math.max(1, timeFactor / 20),
    targets: registry(balancer, containers),
    ...(options.staleness === undefined ? {} : { staleness: options.staleness }),
  });
  const api: EcsApi = {
    clock,
    driver: ecs,
    records,
    region,
    timeFactor,
    isAttached: (arn) => elb.isAttached(arn),
    view: {
      definitionOf,
      addressOf: (arn) => containers.addressOf(arn)?.privateAddress,
      digestOf: (arn, name) => containers.digestOf(arn, name),
      settingsOf: (arn) => records.settings.get(arn) ?? {},
    },
  };
  const metrics = createMetricStore({ delay: options.metricsDelay ?? (() => 90), completeAfter: options.metricsCompleteAfter ?? 30 });
  // A quarter of a real second at least: a fast clock must not turn the look into a busy loop.
  const publisher = startPublisher({ clock, balancer, store: metrics, internal, interval: Math.max(5, timeFactor / 4), timeFactor });
  const autoscaler =
    options.autoscaling === undefined ? undefined : startAutoscaler(ecs, internal, clock, Math.max(options.autoscaling, timeFactor / 4));
  return {
    balancer,
    ecs,
    metrics,
    containers,
    images,
    elb,
    handlers: [
      ...definitionHandlers(api),
      ...serviceHandlers(api),
      ...taskHandlers(api),
      ...elb.handlers,
      ...metricHandlers(metrics, clock),
      ...unknownToMoto,
    ],
    flushLogs: () => logs.flush(),
    stop: async () => {
      ecs.stop();
      publisher.stop();
      autoscaler?.stop();
      await balancer.stop();
      await logs.stop();
      addresses.close();
      elbClient.destroy();
    },
  };
}

/** Tasks as the balancer's targets. */
function registry(balancer: Balancer, containers: ContainerRuntime): TargetRegistry {
  return {
    register: (task, { targetGroupArn, containerPort }) => {
      const address = containers.addressOf(task.arn);
      if (address === undefined) return;
      const endpoint = { host: address.host, port: address.portOf(containerPort) };
      balancer.registerTarget(targetGroupArn, { id: address.privateAddress, port: containerPort, endpoint });
    },
    deregister: (task, { targetGroupArn, containerPort }) => {
      const address = containers.addressOf(task.arn);
      if (address !== undefined) balancer.deregisterTarget(targetGroupArn, { id: address.privateAddress, port: containerPort });
    },
    health: (task, { targetGroupArn, containerPort }) => {
      const id = containers.addressOf(task.arn)?.privateAddress;
      const found = balancer.targetHealth(targetGroupArn).find((target) => target.id === id && target.port === containerPort);
      if (found === undefined) return { state: "gone" };
      return {
        state: found.state,
        ...(found.description === undefined || found.state !== "unhealthy" ? {} : { reason: found.description }),
      };
    },
  };
}
