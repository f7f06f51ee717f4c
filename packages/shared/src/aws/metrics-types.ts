import type { Instant, Seconds } from "../units.ts";

/** The two sides of a deployment, whatever their colours: the version that comes, and the one it replaces. */
export interface Sides<T> {
  readonly next: T;
  readonly previous: T;
}

/**
 * One target group's minute, as CloudWatch shows it.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export interface MetricMinute {
  /** Begin of the minute, a multiple of 60. */
  readonly start: Instant;
  /** Requests for which a target was chosen; undefined where nothing is known. CloudWatch shows no zeros: silence is no data, not no traffic. */
  readonly requests: number | undefined;
  /** 5xx that targets answered. Absent with requests present means none. */
  readonly targetErrors: number;
  /** Connections that no target took: a crashed target shows as this and as the balancer's own 502. */
  readonly connectionErrors: number;
  /** The chosen statistic of the targets' response time. */
  readonly responseTime: Seconds | undefined;
  /** When we first saw the minute: CloudWatch shows it 1 to 3 minutes late. */
  readonly readableAt: Instant;
}

/** The load balancer's own minute: these counts have no target-group dimension. */
export interface BalancerMinute {
  readonly start: Instant;
  /** 502, 503 and 504 that the balancer answered itself. */
  readonly errors: number;
  /** All requests of the load balancer, those of other target groups included; undefined where nothing is known. */
  readonly requests: number | undefined;
  readonly readableAt: Instant;
}

export interface GroupSeries {
  /** The target group's name. */
  readonly group: string;
  /** Rising by `start`; minutes without any data may be missing. */
  readonly minutes: readonly MetricMinute[];
}

export interface BalancerSeries {
  /** The load balancer's name. */
  readonly balancer: string;
  readonly minutes: readonly BalancerMinute[];
}

/** A measured share of good database connections. */
export interface RateMinute {
  readonly start: Instant;
  /** 0 to 100. */
  readonly percent: number;
  readonly readableAt: Instant;
}

export interface AlarmSeen {
  readonly name: string;
  /** `missing`: there is no alarm of this name. */
  readonly state: "ok" | "alarm" | "insufficient-data" | "missing";
  /** Since when it has this state. */
  readonly since: Instant | undefined;
  /** Why, in CloudWatch's words, as one sanitised line. */
  readonly reason: string | undefined;
}

/** Whether a source still answers. */
export interface SourceStatus {
  /** The begin of the last look that was answered; undefined before the first. */
  readonly lastAnswer: Instant | undefined;
  /** Set while looks fail: since when, and what AWS or the network says. */
  readonly failing: { readonly since: Instant; readonly says: string } | undefined;
}

/** Everything CloudWatch has shown so far. What one look could not read stays as it was seen before. */
export interface MetricsSeen {
  readonly groups: Sides<readonly GroupSeries[]>;
  readonly balancers: readonly BalancerSeries[];
  /** undefined: no such metric is watched. */
  readonly database: readonly RateMinute[] | undefined;
  readonly alarms: readonly AlarmSeen[];
  readonly metricsSource: SourceStatus;
  readonly alarmsSource: SourceStatus;
}

/** Looks at CloudWatch. */
export interface MetricsPort {
  /**
   * One look: at most one page of metric data and one of alarms in the common case; calls that could show nothing new are left out.
   * Never rejects because of AWS: trouble is in the answer's sources, beside what was seen before.
   *
   * @param from the earliest minute wanted; history before the switch feeds the comparison with the old version
   * @param closely a minute that may come any moment could decide: while it may come, every look asks for it
   */
  look(from: Instant, closely: boolean, signal?: AbortSignal): Promise<MetricsSeen>;
}
