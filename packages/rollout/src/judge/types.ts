import type { MetricsSeen } from "@aws-deploy-actions/shared/aws/metrics-types";
import type { ProbeSample } from "@aws-deploy-actions/shared/health/prober-types";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";

/** What the watch has seen. Nothing in it is a verdict. */
export interface Evidence {
  /** When the deployment began: an alarm that fires since before then is not the new version's doing. */
  readonly begun: Instant;
  /**
   * Since when users may meet the new version, unchanged through all steps; what happened earlier says nothing about it, but about
   * the old version: half an hour of it is what the comparison learns noise from.
   */
  readonly since: Instant;
  /** undefined: CloudWatch is not watched. */
  readonly metrics: MetricsSeen | undefined;
  /** Of the new version, rising by time; undefined: no health checks are given. */
  readonly probes: readonly ProbeSample[] | undefined;
}

/** The fixed limits. None is reached by equality: 10 % is not over 10 %. */
export interface Thresholds {
  /** Percent of a minute's requests. */
  readonly maxErrorRate: number;
  readonly maxResponseTime: Seconds;
  /** For sentences: `p95`, `Average`. */
  readonly statistic: string;
  /** How long error rate or response time must be over their limit without a break. */
  readonly breachDuration: Seconds;
  /** So many failures in a row of one health check are allowed. */
  readonly maxConsecutiveHealthFailures: number;
  /** Percent. */
  readonly minDatabaseSuccessRate: number;
  /** Requests a minute; a minute with fewer says nothing. At least 1. */
  readonly minimumRequests: number;
}

export type Trigger = "error-rate" | "response-time" | "health-checks" | "database" | "alarm" | "comparison";

/** Who says so. `prober` is this run's own requests, at up to one a second. */
export type Source = "cloudwatch" | "prober" | "alarm";

/** What one trigger says by one source. */
export interface Finding {
  readonly trigger: Trigger;
  readonly source: Source;
  /** What it is about: a target group, a health check, an alarm. */
  readonly subject: string;
  /**
   * `fired`: fulfilled. `running`: over the limit, not for long enough yet. `clear`: looked at, under the limit.
   * `unknown`: too little or nothing to look at.
   */
  readonly state: "fired" | "running" | "clear" | "unknown";
  /** A sentence with numbers, times and source. */
  readonly says: string;
  /** For `fired`: when the data that fulfils it could first be read. For `running`: when the breach began. */
  readonly at: Instant | undefined;
}

/**
 * good       everything that should be seen was seen, and is under its limits
 * breaching  a limit is passed, but not for long enough yet: watch on, also beyond the window
 * bad        a trigger is fulfilled: roll back. It stays so for as long as the same evidence is given.
 * no-data    too little was seen to say anything
 * inconclusive  AWS or the runner's own network is in trouble, so nothing can be said about the version
 */
export type Verdict = "good" | "breaching" | "bad" | "no-data" | "inconclusive";

export interface Judgement {
  readonly verdict: Verdict;
  /** A sentence or two for the engineer on call, with numbers, times (UTC) and source. Plain text, sanitised parts. */
  readonly evidence: string;
  /** The trigger that decided, for `bad` and `breaching`. */
  readonly trigger?: Trigger;
  readonly source?: Source;
  /** For `bad`: when the data that fulfils the trigger could first be read. */
  readonly readableAt?: Instant;
  /** Everything that was looked at, those that decided first. */
  readonly findings: readonly Finding[];
}

/** How the new version is compared with the old one. */
export interface ComparisonSettings {
  /** Chance of a false rollback in one canary, whatever its length. */
  readonly falseRollbacks: number;
  /** Percentage points of errors that are tolerated beyond the old version's. */
  readonly tolerableErrors: number;
  /** Factor of the old version's response time that is tolerated. */
  readonly tolerableSlowdown: number;
  /** A response time that is longer by less than this does not matter, whatever the factor. */
  readonly noticeable: Seconds;
  /** Requests of the new version, all minutes together, below which nothing is compared. */
  readonly minimumRequests: number;
}
