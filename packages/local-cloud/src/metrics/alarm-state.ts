import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { Datapoint } from "./store.ts";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface AlarmRule {
  readonly period: Seconds;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: string;
  readonly treatMissing: string;
}

/**
 * An alarm's state by the points of its metric.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: more periods than it evaluates are looked at,
 * and where they hold enough real points the newest of them decide; only what is still missing is filled.
 */
export function alarmState(rule: AlarmRule, points: readonly Datapoint[], before: AlarmState, now: Instant): AlarmState {
  const newest = [...points]
    .filter(({ at }) => at + rule.period <= now)
    .sort((a, b) => b.at - a.at)
    .slice(0, rule.evaluationPeriods);
  const breaching = newest.filter(({ value }) => breaches(rule, value)).length;
  const missing = rule.evaluationPeriods - newest.length;
  if (newest.length === 0) {
    if (rule.treatMissing === "breaching") return "ALARM";
    if (rule.treatMissing === "notBreaching") return "OK";
    return rule.treatMissing === "ignore" ? before : "INSUFFICIENT_DATA";
  }
  if (breaching >= rule.datapointsToAlarm) return "ALARM";
  if (missing === 0 || rule.treatMissing === "notBreaching") return "OK";
  if (rule.treatMissing === "breaching") return breaching + missing >= rule.datapointsToAlarm ? "ALARM" : "OK";
  if (rule.treatMissing === "ignore") return before;
  // Missing: what is there decides as far as it can.
  return breaching > 0 && before === "ALARM" ? "ALARM" : "OK";
}

/** How far back an alarm looks: its own periods and as many again. */
export const evaluationRange = (rule: AlarmRule): Seconds => rule.period * (rule.evaluationPeriods + Math.max(3, rule.evaluationPeriods));

function breaches({ comparison, threshold }: AlarmRule, value: number): boolean {
  switch (comparison) {
    case "GreaterThanThreshold":
      return value > threshold;
    case "GreaterThanOrEqualToThreshold":
      return value >= threshold;
    case "LessThanThreshold":
      return value < threshold;
    case "LessThanOrEqualToThreshold":
      return value <= threshold;
    default:
      return false;
  }
}
