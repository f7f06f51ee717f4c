import { type Clock, systemClock } from "@aws-deploy-actions/shared/clock";
import type { Instant } from "@aws-deploy-actions/shared/units";
import type { Balancer } from "./balancer/types.ts";
import { createDataPlane, type DataPlane, type DataPlaneOptions } from "./data-plane.ts";
import type { ContainerRuntime } from "./ecs/containers.ts";
import type { ImageEntry, PushedImage } from "./ecs/images.ts";
import { createKeeper } from "./process/keeper.ts";
import { startMoto } from "./process/moto.ts";
import type { CallLog } from "./proxy/calls.ts";
import type { Faults } from "./proxy/faults.ts";
import { createRateLimits } from "./proxy/rate-limits.ts";
import { type Handler, startProxy } from "./proxy/server.ts";
import { createUpstream } from "./proxy/upstream.ts";

export interface LocalCloudOptions extends DataPlaneOptions {
  /** Default: 123456789012. */
  readonly accountId?: string;
  /** Default: eu-central-1. */
  readonly region?: string;
  /** How many of the cloud's seconds pass in one real second, 1 to 1000. Default: 1. */
  readonly timeFactor?: number;
  /** AWS's published token buckets per API. Default: false. */
  readonly rateLimits?: boolean;
  /** Pushed to ECR at the start; more with `pushImage`. */
  readonly images?: readonly ImageEntry[];
}

/** An AWS account on this machine. */
export interface LocalCloud {
  /** For AWS_ENDPOINT_URL: every service answers here. */
  readonly endpoint: string;
  readonly accountId: string;
  readonly region: string;
  /** The cloud's time. */
  readonly clock: Clock;
  readonly timeFactor: number;
  /** What a process needs in its environment to use this cloud, its time included. */
  readonly environment: Readonly<Record<string, string>>;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly balancer: Balancer;
  readonly containers: ContainerRuntime;
  /** Puts an image into ECR and says what it runs. */
  pushImage(image: ImageEntry): Promise<PushedImage>;
  /** Where clients reach a listener: one loopback address per balancer node. */
  addresses(listenerArn: string): Promise<readonly { readonly host: string; readonly port: number }[]>;
  /** Resolves when the balancer knows of every change made so far. */
  settled(): Promise<void>;
  /** Sends task output that waits to CloudWatch Logs. */
  flushLogs(): Promise<void>;
  /** Ends every process that it started. Safe to repeat. */
  stop(): Promise<void>;
}

/** Starts moto, the data plane, and the endpoint before both. Everything ends with `stop`, and when this process ends. */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const accountId = options.accountId ?? "123456789012";
  const region = options.region ?? "eu-central-1";
  const timeFactor = options.timeFactor ?? 1;
  const origin: Instant = Math.round(Date.now()) / 1000;
  const clock = systemClock(timeFactor, origin);
  const keeper = createKeeper();
  const opened: (() => Promise<void>)[] = [() => keeper.stop()];
  // Newest first: what stands on another part ends before it.
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    const moto = await startMoto(keeper, { accountId, timeFactor, origin });
    const upstream = createUpstream(moto.host, moto.port);
    opened.push(async () => upstream.close());
    const handlers = new Map<string, Handler>();
    const rateLimits = options.rateLimits === true ? { rateLimits: createRateLimits() } : {};
    const proxy = await startProxy({ clock, upstream, handlers, ...rateLimits });
    opened.push(proxy.stop);
    const aws = awsEnvironment(proxy.endpoint, region);
    const base = { clock, keeper, upstream, motoEndpoint: moto.endpoint, accountId, region, timeFactor, environment: () => aws };
    const plane = await createDataPlane(base, options);
    opened.push(plane.stop);
    for (const [name, handler] of plane.handlers) handlers.set(name, handler);
    for (const image of options.images ?? []) await plane.images.push(image);
    let stopping: Promise<void> | undefined;
    return {
      endpoint: proxy.endpoint,
      accountId,
      region,
      clock,
      timeFactor,
      environment: { ...aws, ...(timeFactor === 1 ? {} : { DEPLOY_TIME_FACTOR: `${timeFactor}@${origin}` }) },
      calls: proxy.calls,
      faults: proxy.faults,
      ...face(plane),
      stop: () => {
        stopping ??= close();
        return stopping;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const awsEnvironment = (endpoint: string, region: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: "localcloud",
  AWS_SECRET_ACCESS_KEY: "local",
});

/** What users of the cloud see of the data plane. */
const face = (plane: DataPlane) => ({
  balancer: plane.balancer,
  containers: plane.containers,
  pushImage: plane.images.push,
  addresses: async (listenerArn: string) => {
    await plane.elb.settled();
    return plane.balancer.addresses(listenerArn);
  },
  settled: () => plane.elb.settled(),
  flushLogs: plane.flushLogs,
});
