import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Instant } from "../units.ts";
import type { MetricRef } from "./metrics-fields.ts";
import type { BalancerMinute, BalancerSeries, GroupSeries, MetricMinute, RateMinute, Sides } from "./metrics-types.ts";

/** A target group and the load balancer whose listeners forward to it. */
export interface WatchedGroup {
  /** As people know it. */
  readonly name: string;
  readonly arn: string;
  readonly balancerArn: string;
}

/** What of one thing is asked for. */
type Part = "requests" | "targetErrors" | "connectionErrors" | "responseTime" | "balancerErrors" | "balancerRequests" | "database";

/** One series of numbers, and where they belong. */
export interface Asked {
  readonly part: Part;
  /** The target group's or load balancer's dimension; empty for the database metric. */
  readonly of: string;
  readonly query: MetricDataQuery;
}

/** `targetgroup/shop/73e2d6bc24d8a067`, the value of the dimension TargetGroup. */
export const groupDimension = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);
/** `app/shop/50dc6c495c0c9188`, the value of the dimension LoadBalancer. */
export const balancerDimension = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1).replace(/^loadbalancer\//, "");

/**
 * The queries of one look.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function askFor(groups: Sides<readonly WatchedGroup[]>, statistic: string, database: MetricRef | undefined): readonly Asked[] {
  const asked: Asked[] = [];
  const ask = (
    part: Part,
    of: string,
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    stat: string,
  ): void => {
    const metric = {
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    };
    // Ids must begin with a small letter, and be used once in a request.
    asked.push({ part, of, query: { Id: `m${asked.length}`, MetricStat: { Metric: metric, Period: 60, Stat: stat } } });
  };
  const elb = "AWS/ApplicationELB";
  const all = [...groups.next, ...groups.previous];
  for (const arn of new Set(all.map((group) => group.arn))) {
    const group = all.find((one) => one.arn === arn);
    if (group === undefined) continue;
    const of = groupDimension(arn);
    const dimensions = { TargetGroup: of, LoadBalancer: balancerDimension(group.balancerArn) };
    ask("requests", of, elb, "RequestCount", dimensions, "Sum");
    ask("targetErrors", of, elb, "HTTPCode_Target_5XX_Count", dimensions, "Sum");
    ask("connectionErrors", of, elb, "TargetConnectionErrorCount", dimensions, "Sum");
    ask("responseTime", of, elb, "TargetResponseTime", dimensions, statistic);
  }
  for (const of of new Set(all.map((group) => balancerDimension(group.balancerArn)))) {
    // No target-group dimension exists for these: what a crashing target causes is mixed with everything else of the load balancer.
    ask("balancerErrors", of, elb, "HTTPCode_ELB_5XX_Count", { LoadBalancer: of }, "Sum");
    ask("balancerRequests", of, elb, "RequestCount", { LoadBalancer: of }, "Sum");
  }
  if (database !== undefined) ask("database", "", database.namespace, database.name, database.dimensions, database.statistic);
  return asked;
}

interface Point {
  readonly value: number;
  /** When it first had this value. */
  readonly readableAt: Instant;
}

/** All points ever seen, by part, thing and minute. */
export interface Points {
  /** Takes a point in; one that says what was known keeps the time at which it became known. */
  readonly put: (asked: Asked, minute: Instant, value: number, now: Instant) => void;
  readonly groups: (watched: Sides<readonly WatchedGroup[]>) => Sides<readonly GroupSeries[]>;
  readonly balancers: (watched: Sides<readonly WatchedGroup[]>) => readonly BalancerSeries[];
  readonly database: () => readonly RateMinute[];
}

export function createPoints(): Points {
  const series = new Map<string, Map<Instant, Point>>();
  const row = (part: Part, of: string): Map<Instant, Point> => {
    const key = `${part} ${of}`;
    const found = series.get(key) ?? new Map<Instant, Point>();
    series.set(key, found);
    return found;
  };
  const minutesOf = (...rows: readonly Map<Instant, Point>[]): readonly Instant[] =>
    [...new Set(rows.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b);
  const latest = (minute: Instant, ...rows: readonly Map<Instant, Point>[]): Instant =>
    Math.max(...rows.map((one) => one.get(minute)?.readableAt ?? 0));

  const groupSeries = (group: WatchedGroup): GroupSeries => {
    const of = groupDimension(group.arn);
    const rows = [row("requests", of), row("targetErrors", of), row("connectionErrors", of), row("responseTime", of)] as const;
    const [requests, targetErrors, connectionErrors, responseTime] = rows;
    const minutes = minutesOf(...rows).map(
      (start): MetricMinute => ({
        start,
        requests: requests.get(start)?.value,
        targetErrors: targetErrors.get(start)?.value ?? 0,
        connectionErrors: connectionErrors.get(start)?.value ?? 0,
        responseTime: responseTime.get(start)?.value,
        readableAt: latest(start, ...rows),
      }),
    );
    return { group: group.name, minutes };
  };

  const balancer = (of: string): BalancerSeries => {
    const [errors, requests] = [row("balancerErrors", of), row("balancerRequests", of)];
    const minutes = minutesOf(errors, requests).map(
      (start): BalancerMinute => ({
        start,
        errors: errors.get(start)?.value ?? 0,
        requests: requests.get(start)?.value,
        readableAt: latest(start, errors, requests),
      }),
    );
    return { balancer: of.split("/")[1] ?? of, minutes };
  };

  return {
    put: ({ part, of }, minute, value, now) => {
      const points = row(part, of);
      if (points.get(minute)?.value !== value) points.set(minute, { value, readableAt: now });
    },
    groups: ({ next, previous }) => ({ next: next.map(groupSeries), previous: previous.map(groupSeries) }),
    balancers: ({ next, previous }) =>
      [...new Set([...next, ...previous].map((group) => balancerDimension(group.balancerArn)))].map(balancer),
    database: () =>
      [...row("database", "")]
        .map(([start, { value, readableAt }]) => ({ start, percent: value, readableAt }))
        .sort((a, b) => a.start - b.start),
  };
}
