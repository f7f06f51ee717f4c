import { type Clock, systemClock } from "@aws-deploy-actions/shared/clock";
import type { Instant } from "@aws-deploy-actions/shared/units";
import { createKeeper } from "./process/keeper.ts";
import { startMoto } from "./process/moto.ts";
import type { CallLog } from "./proxy/calls.ts";
import type { Faults } from "./proxy/faults.ts";
import { createRateLimits } from "./proxy/rate-limits.ts";
import { type Handler, startProxy } from "./proxy/server.ts";
import { createUpstream } from "./proxy/upstream.ts";

export interface LocalCloudOptions {
  /** Default: 123456789012. */
  readonly accountId?: string;
  /** Default: eu-central-1. */
  readonly region?: string;
  /** How many of the cloud's seconds pass in one real second, 1 to 1000. Default: 1. */
  readonly timeFactor?: number;
  /** AWS's published token buckets per API. Default: false. */
  readonly rateLimits?: boolean;
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
  /** Ends every process that it started. Safe to repeat. */
  stop(): Promise<void>;
}

/** Starts moto and the proxy before it. Everything ends with `stop`, and when this process ends. */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const accountId = options.accountId ?? "123456789012";
  const region = options.region ?? "eu-central-1";
  const timeFactor = options.timeFactor ?? 1;
  const origin: Instant = Math.round(Date.now()) / 1000;
  const clock = systemClock(timeFactor, origin);
  const keeper = createKeeper();
  try {
    const moto = await startMoto(keeper, { accountId, timeFactor, origin });
    const upstream = createUpstream(moto.host, moto.port);
    const handlers = new Map<string, Handler>();
    const rateLimits = options.rateLimits === true ? { rateLimits: createRateLimits() } : {};
    const proxy = await startProxy({ clock, upstream, handlers, ...rateLimits });
    let stopping: Promise<void> | undefined;
    return {
      endpoint: proxy.endpoint,
      accountId,
      region,
      clock,
      timeFactor,
      environment: {
        AWS_ENDPOINT_URL: proxy.endpoint,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: "localcloud",
        AWS_SECRET_ACCESS_KEY: "local",
        ...(timeFactor === 1 ? {} : { DEPLOY_TIME_FACTOR: `${timeFactor}@${origin}` }),
      },
      calls: proxy.calls,
      faults: proxy.faults,
      stop: () => {
        stopping ??= proxy.stop().then(async () => {
          upstream.close();
          await keeper.stop();
        });
        return stopping;
      },
    };
  } catch (error) {
    await keeper.stop();
    throw error;
  }
}
