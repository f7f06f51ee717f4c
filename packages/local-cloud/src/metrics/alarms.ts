import type { Instant } from "@aws-deploy-actions/shared/units";
import type { Internal } from "../aws-internal.ts";
import { isRecord, type Params } from "../proxy/params.ts";
import { type AlarmRule, type AlarmState, alarmState, evaluationRange } from "./alarm-state.ts";
import { balancerNamespace, dimensionsOf } from "./api.ts";
import { evaluateMath } from "./math.ts";
import type { Datapoint, MetricStore } from "./store.ts";

const cloudwatch = (internal: Internal, operation: string, params: Params) =>
  internal.json("monitoring", `GraniteServiceVersion20100801.${operation}`, params);

/** Looks at every metric alarm once and sets the states that changed: moto keeps alarms, and evaluates none. */
export async function evaluateAlarms(internal: Internal, store: MetricStore, now: Instant): Promise<void> {
  const { MetricAlarms: alarms } = await cloudwatch(internal, "DescribeAlarms", { AlarmTypes: ["MetricAlarm"] });
  for (const alarm of Array.isArray(alarms) ? alarms.filter(isRecord) : []) {
    const rule = ruleOf(alarm);
    const from = Math.floor((now - evaluationRange(rule)) / rule.period) * rule.period;
    const points = await pointsOf(internal, store, alarm, rule, from, now);
    if (points === undefined) continue;
    const before = String(alarm["StateValue"]) as AlarmState;
    const state = alarmState(rule, points, before, now);
    if (state === before) continue;
    await cloudwatch(internal, "SetAlarmState", {
      AlarmName: alarm["AlarmName"],
      StateValue: state,
      StateReason: reasonOf(state, rule, points),
    });
  }
}

const ruleOf = (alarm: Params): AlarmRule => {
  const evaluationPeriods = Number(alarm["EvaluationPeriods"] ?? 1);
  const periods = queriesOf(alarm).map(({ stat }) => Number(stat?.["Period"] ?? 60));
  return {
    period: Number(alarm["Period"] ?? Math.max(60, ...periods)),
    evaluationPeriods,
    datapointsToAlarm: Number(alarm["DatapointsToAlarm"] ?? evaluationPeriods),
    threshold: Number(alarm["Threshold"]),
    comparison: String(alarm["ComparisonOperator"]),
    treatMissing: String(alarm["TreatMissingData"] ?? "missing"),
  };
};

interface AlarmQuery {
  readonly id: string;
  readonly expression: string | undefined;
  readonly returns: boolean;
  readonly stat: Params | undefined;
}

function queriesOf(alarm: Params): readonly AlarmQuery[] {
  const given = Array.isArray(alarm["Metrics"]) ? alarm["Metrics"].filter(isRecord) : [];
  return given.map((one) => ({
    id: String(one["Id"]),
    expression: typeof one["Expression"] === "string" ? one["Expression"] : undefined,
    returns: one["ReturnData"] !== false,
    stat: isRecord(one["MetricStat"]) ? one["MetricStat"] : undefined,
  }));
}

/** The alarm's series; undefined where it cannot be computed here. */
async function pointsOf(
  internal: Internal,
  store: MetricStore,
  alarm: Params,
  rule: AlarmRule,
  from: Instant,
  now: Instant,
): Promise<readonly Datapoint[] | undefined> {
  const queries = queriesOf(alarm);
  if (queries.length === 0) {
    return seriesOf(internal, store, alarm, String(alarm["ExtendedStatistic"] ?? alarm["Statistic"]), rule, from, now);
  }
  const known = new Map<string, readonly Datapoint[]>();
  for (const { id, stat } of queries) {
    if (isRecord(stat?.["Metric"])) known.set(id, await seriesOf(internal, store, stat["Metric"], String(stat["Stat"]), rule, from, now));
  }
  // The newest minutes are not there yet: FILL must not take them for zero.
  const to = Math.max(from, ...[...known.values()].flatMap((points) => points.map(({ at }) => at + rule.period)));
  const result = queries.find(({ returns }) => returns);
  try {
    return result?.expression === undefined
      ? known.get(result?.id ?? "")
      : evaluateMath(result.expression, known, { from, to, period: rule.period });
  } catch {
    return undefined;
  }
}

async function seriesOf(
  internal: Internal,
  store: MetricStore,
  metric: Params,
  statistic: string,
  rule: AlarmRule,
  from: Instant,
  now: Instant,
): Promise<readonly Datapoint[]> {
  if (metric["Namespace"] === balancerNamespace) {
    return store.query(String(metric["MetricName"]), dimensionsOf(metric), statistic, rule.period, from, now, now);
  }
  const { Datapoints: points } = await cloudwatch(internal, "GetMetricStatistics", {
    Namespace: metric["Namespace"],
    MetricName: metric["MetricName"],
    Dimensions: metric["Dimensions"] ?? [],
    StartTime: from,
    EndTime: now,
    Period: rule.period,
    Statistics: [statistic],
  });
  return (Array.isArray(points) ? points.filter(isRecord) : []).map((one) => ({
    at: Number(one["Timestamp"]),
    value: Number(one[statistic]),
  }));
}

function reasonOf(state: AlarmState, rule: AlarmRule, points: readonly Datapoint[]): string {
  const newest = points.slice(-rule.evaluationPeriods).map(({ value }) => value);
  if (state === "INSUFFICIENT_DATA") return "Insufficient Data: no datapoints were received.";
  return `Threshold Crossed: the last datapoints [${newest.join(", ")}] were ${state === "ALARM" ? "" : "not "}${rule.comparison} (${rule.threshold}).`;
}
