import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import type { Internal } from "../aws-internal.ts";
import type { Balancer, MetricSample } from "../balancer/types.ts";
import { evaluateAlarms } from "./alarms.ts";
import { balancerNamespace } from "./api.ts";
import { statisticOf } from "./statistics.ts";
import type { CompleteMinute, MetricStore } from "./store.ts";

export interface PublisherOptions {
  readonly clock: Clock;
  readonly balancer: Balancer;
  readonly store: MetricStore;
  readonly internal: Internal;
  /** Cloud seconds between two looks at the balancer; the store is then at most so much behind. */
  readonly interval: Seconds;
  /** How much faster the cloud's time runs: response times were measured in real seconds. */
  readonly timeFactor: number;
}

/** Takes what the balancer counted, gives it to CloudWatch when its time has come, and evaluates alarms every minute. */
export function startPublisher(options: PublisherOptions): { stop(): void } {
  const { clock, balancer, store, internal } = options;
  const stopped = new AbortController();
  let alarmsDue = 0;

  async function look(): Promise<void> {
    store.add(balancer.takeMetrics().map((sample) => inCloudTime(sample, options.timeFactor)));
    const now = clock.now();
    await publish(internal, store.takeComplete(now));
    if (now < alarmsDue) return;
    alarmsDue = now + 60;
    await evaluateAlarms(internal, store, now);
  }

  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await clock.sleep(options.interval, stopped.signal).catch(() => undefined);
      // moto may be going down already.
      if (!stopped.signal.aborted)
        await look().catch((error: unknown) => stopped.signal.aborted || process.stderr.write(`local cloud: ${String(error)}\n`));
    }
  };
  void run();
  return { stop: () => stopped.abort() };
}

const inCloudTime = (sample: MetricSample, factor: number): MetricSample =>
  sample.unit === "Seconds" ? { ...sample, values: sample.values.map((value) => value * factor) } : sample;

/** As statistic sets: moto would keep one object for each request otherwise. */
async function publish(internal: Internal, minutes: readonly CompleteMinute[]): Promise<void> {
  const data = minutes.map(({ name, unit, dimensions, at, values }) => ({
    MetricName: name,
    Unit: unit,
    Timestamp: at,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    StatisticValues: {
      Sum: statisticOf(values, "Sum"),
      SampleCount: statisticOf(values, "SampleCount"),
      Minimum: statisticOf(values, "Minimum"),
      Maximum: statisticOf(values, "Maximum"),
    },
  }));
  for (let start = 0; start < data.length; start += 100) {
    await internal.json("monitoring", "GraniteServiceVersion20100801.PutMetricData", {
      Namespace: balancerNamespace,
      MetricData: data.slice(start, start + 100),
    });
  }
}
