import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { MetricSample } from "./types.ts";

type CountName =
  | "RequestCount"
  | "HTTPCode_Target_2XX_Count"
  | "HTTPCode_Target_3XX_Count"
  | "HTTPCode_Target_4XX_Count"
  | "HTTPCode_Target_5XX_Count"
  | "HTTPCode_ELB_3XX_Count"
  | "HTTPCode_ELB_4XX_Count"
  | "HTTPCode_ELB_5XX_Count"
  | "HTTPCode_ELB_502_Count"
  | "HTTPCode_ELB_503_Count"
  | "HTTPCode_ELB_504_Count"
  | "TargetConnectionErrorCount";

/** Counts what CloudWatch shows of a load balancer: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
export interface Metrics {
  /** A target answered. `time` from the request's departure to the answer's first byte, in real seconds. */
  answered(loadBalancerArn: string, groupArn: string, status: number, time: Seconds): void;
  /** The balancer answered instead of a target; `groupArn` when one was chosen. */
  refused(loadBalancerArn: string, groupArn: string | undefined, status: number): void;
  connectionFailed(loadBalancerArn: string, groupArn: string): void;
  take(): MetricSample[];
}

interface Series {
  readonly at: Instant;
  readonly loadBalancerArn: string;
  readonly groupArn: string | undefined;
  readonly counts: Map<CountName, number>;
  readonly times: Map<number, number>;
}

// PutMetricData's limit for Values: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
const valuesPerDatum = 150;

export function createMetrics(clock: Clock): Metrics {
  let series = new Map<string, Series>();
  const seriesOf = (loadBalancerArn: string, groupArn?: string): Series => {
    const at = Math.floor(clock.now() / 60) * 60;
    const key = `${at} ${groupArn ?? loadBalancerArn}`;
    const found = series.get(key) ?? { at, loadBalancerArn, groupArn, counts: new Map(), times: new Map() };
    series.set(key, found);
    return found;
  };
  return {
    answered: (loadBalancerArn, groupArn, status, time) => {
      const group = seriesOf(loadBalancerArn, groupArn);
      add(group.counts, "RequestCount");
      if (status >= 200) add(group.counts, targetCount(status));
      add(group.times, rounded(time));
    },
    refused: (loadBalancerArn, groupArn, status) => {
      // Requests refused before a target was chosen are not in RequestCount, and the ELB codes have no target group dimension.
      if (groupArn !== undefined) add(seriesOf(loadBalancerArn, groupArn).counts, "RequestCount");
      const whole = seriesOf(loadBalancerArn).counts;
      const all = elbCount(status);
      if (all !== undefined) add(whole, all);
      const exact = exactCounts[status];
      if (exact !== undefined) add(whole, exact);
    },
    connectionFailed: (loadBalancerArn, groupArn) => add(seriesOf(loadBalancerArn, groupArn).counts, "TargetConnectionErrorCount"),
    take: () => {
      const taken = series;
      series = new Map();
      return [...withTotals(taken.values())].flatMap(samplesOf);
    },
  };
}

/** CloudWatch shows what targets did twice: per target group, and for the load balancer as a whole. */
function withTotals(all: Iterable<Series>): Iterable<Series> {
  const groups: Series[] = [];
  const totals = new Map<string, Series>();
  for (const one of all) {
    if (one.groupArn !== undefined) groups.push(one);
    const key = `${one.at} ${one.loadBalancerArn}`;
    const total = totals.get(key) ?? { ...one, groupArn: undefined, counts: new Map(), times: new Map() };
    totals.set(key, total);
    for (const [name, count] of one.counts) add(total.counts, name, count);
    for (const [time, count] of one.times) add(total.times, time, count);
  }
  return [...totals.values(), ...groups];
}

function samplesOf(series: Series): MetricSample[] {
  const dimensions = {
    LoadBalancer: arnSuffix(series.loadBalancerArn),
    ...(series.groupArn === undefined ? {} : { TargetGroup: arnSuffix(series.groupArn) }),
  };
  const counts = [...series.counts].map(([name, count]): MetricSample => {
    return { name, unit: "Count", at: series.at, dimensions, values: [count], counts: [1] };
  });
  const times = [...series.times];
  for (let start = 0; start < times.length; start += valuesPerDatum) {
    const part = times.slice(start, start + valuesPerDatum);
    const [values, seen] = [part.map(([time]) => time), part.map(([, count]) => count)];
    counts.push({ name: "TargetResponseTime", unit: "Seconds", at: series.at, dimensions, values, counts: seen });
  }
  return counts;
}

/** One sample that shows how things are now, such as HealthyHostCount. */
export function gauge(name: string, value: number, loadBalancerArn: string, groupArn: string, now: Instant): MetricSample {
  const dimensions = { LoadBalancer: arnSuffix(loadBalancerArn), TargetGroup: arnSuffix(groupArn) };
  return { name, unit: "Count", at: Math.floor(now / 60) * 60, dimensions, values: [value], counts: [1] };
}

/** `app/name/id` or `targetgroup/name/id`, as the dimensions want it. */
function arnSuffix(arn: string): string {
  const resource = arn.split(":").slice(5).join(":");
  return resource === "" ? arn : resource.replace(/^loadbalancer\//, "");
}

function add<K>(counts: Map<K, number>, key: K, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function targetCount(status: number): CountName {
  if (status >= 500) return "HTTPCode_Target_5XX_Count";
  if (status >= 400) return "HTTPCode_Target_4XX_Count";
  return status >= 300 ? "HTTPCode_Target_3XX_Count" : "HTTPCode_Target_2XX_Count";
}

function elbCount(status: number): CountName | undefined {
  if (status >= 500) return "HTTPCode_ELB_5XX_Count";
  if (status >= 400) return "HTTPCode_ELB_4XX_Count";
  return status >= 300 ? "HTTPCode_ELB_3XX_Count" : undefined;
}

const exactCounts: Readonly<Record<number, CountName>> = {
  502: "HTTPCode_ELB_502_Count",
  503: "HTTPCode_ELB_503_Count",
  504: "HTTPCode_ELB_504_Count",
};

/** Two digits below a second and milliseconds above: few distinct values, and none that a threshold in seconds could notice. */
function rounded(time: Seconds): Seconds {
  if (time >= 1) return Math.round(time * 1000) / 1000;
  return time <= 0 ? 0 : Number(time.toPrecision(2));
}
