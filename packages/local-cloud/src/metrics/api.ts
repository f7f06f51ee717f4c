import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import { type ApiAnswer, AwsError, valueAnswer } from "../proxy/answers.ts";
import type { ApiCall } from "../proxy/identify.ts";
import { isRecord, type Params } from "../proxy/params.ts";
import type { CallContext, Handler } from "../proxy/server.ts";
import { evaluateMath } from "./math.ts";
import type { Datapoint, Dimensions, MetricStore } from "./store.ts";

/** Load balancer metrics are answered from what the balancer really saw; everything else by moto. */
export const balancerNamespace = "AWS/ApplicationELB";

/** Handlers for GetMetricData and GetMetricStatistics: moto's percentiles and metric math are wrong. */
export function metricHandlers(store: MetricStore, clock: Clock): [string, Handler][] {
  return [
    [
      "cloudwatch.GetMetricData",
      (call, context) => (call.protocol === "json-1.0" ? getMetricData(store, clock.now(), call, context) : context.forward()),
    ],
    [
      "cloudwatch.GetMetricStatistics",
      (call, context) => (call.protocol === "json-1.0" ? getMetricStatistics(store, clock.now(), call, context) : context.forward()),
    ],
  ];
}

interface Query {
  readonly id: string;
  readonly given: Params;
  readonly stat: Params | undefined;
  readonly metric: Params | undefined;
}

async function getMetricData(store: MetricStore, now: Instant, call: ApiCall, context: CallContext): Promise<ApiAnswer> {
  const queries = recordsOf(call.params["MetricDataQueries"]).map((given): Query => {
    const stat = isRecord(given["MetricStat"]) ? given["MetricStat"] : undefined;
    return { id: String(given["Id"]), given, stat, metric: isRecord(stat?.["Metric"]) ? stat["Metric"] : undefined };
  });
  const isOurs = ({ metric }: Query): boolean => metric?.["Namespace"] === balancerNamespace;
  if (!queries.some(isOurs)) return context.forward();
  const [from, to] = [timeOf(call.params["StartTime"]), timeOf(call.params["EndTime"])];
  if (from >= to) throw new AwsError("ValidationError", "The parameter EndTime must be greater than StartTime.");
  const known = new Map<string, readonly Datapoint[]>();
  for (const query of queries.filter(isOurs)) {
    const { stat = {}, metric = {} } = query;
    known.set(
      query.id,
      store.query(String(metric["MetricName"]), dimensionsOf(metric), String(stat["Stat"]), periodOf(stat), from, to, now),
    );
  }
  for (const [id, points] of await byMoto(
    queries.filter((query) => query.metric !== undefined && !isOurs(query)),
    call,
    context,
  ))
    known.set(id, points);
  for (const { id, given } of queries) {
    const expression = given["Expression"];
    if (typeof expression === "string") known.set(id, evaluateMath(expression, known, { from, to, period: shortestPeriod(queries) }));
  }
  const ascending = call.params["ScanBy"] === "TimestampAscending";
  const results = queries
    .filter(({ given }) => given["ReturnData"] !== false)
    .map(({ id, given, metric }) => {
      const points = ascending ? (known.get(id) ?? []) : [...(known.get(id) ?? [])].reverse();
      return {
        Id: id,
        Label: given["Label"] ?? metric?.["MetricName"] ?? id,
        Timestamps: points.map(({ at }) => at),
        Values: points.map(({ value }) => value),
        StatusCode: "Complete",
      };
    });
  return valueAnswer(call.protocol, { MetricDataResults: results, Messages: [] });
}

/** The queries that are not about load balancers. */
async function byMoto(queries: readonly Query[], call: ApiCall, context: CallContext): Promise<ReadonlyMap<string, readonly Datapoint[]>> {
  if (queries.length === 0) return new Map();
  const body = { ...call.params, MetricDataQueries: queries.map(({ given }) => ({ ...given, ReturnData: true })) };
  const answer = await context.forward(Buffer.from(JSON.stringify(body)));
  const value: unknown = JSON.parse(answer.body.toString("utf8"));
  const results = isRecord(value) ? recordsOf(value["MetricDataResults"]) : [];
  return new Map(
    results.map((result) => {
      const [times, values] = [numbersOf(result["Timestamps"]), numbersOf(result["Values"])];
      return [String(result["Id"]), times.map((at, index) => ({ at, value: values[index] ?? 0 }))];
    }),
  );
}

async function getMetricStatistics(store: MetricStore, now: Instant, call: ApiCall, context: CallContext): Promise<ApiAnswer> {
  const { params } = call;
  if (params["Namespace"] !== balancerNamespace) return context.forward();
  const name = String(params["MetricName"]);
  const [from, to, period] = [timeOf(params["StartTime"]), timeOf(params["EndTime"]), periodOf(params)];
  const of = (statistic: string) => store.query(name, dimensionsOf(params), statistic, period, from, to, now);
  const unit = name === "TargetResponseTime" ? "Seconds" : "Count";
  const points = new Map<Instant, Record<string, unknown>>();
  const at = (time: Instant) => {
    const point = points.get(time) ?? { Timestamp: time, Unit: unit };
    points.set(time, point);
    return point;
  };
  for (const statistic of textsOf(params["Statistics"])) for (const point of of(statistic)) at(point.at)[statistic] = point.value;
  for (const statistic of textsOf(params["ExtendedStatistics"])) {
    for (const point of of(statistic)) {
      const entry = at(point.at);
      entry["ExtendedStatistics"] = { ...(entry["ExtendedStatistics"] as object | undefined), [statistic]: point.value };
    }
  }
  return valueAnswer(call.protocol, { Label: name, Datapoints: [...points.values()] });
}

const recordsOf = (value: unknown): readonly Params[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const numbersOf = (value: unknown): readonly number[] => (Array.isArray(value) ? value.map(timeOf) : []);
const periodOf = (params: Params): Seconds => Math.max(60, Number(params["Period"] ?? 60));
const shortestPeriod = (queries: readonly Query[]): Seconds =>
  Math.min(...queries.flatMap(({ stat }) => (stat === undefined ? [] : [periodOf(stat)])));

export const dimensionsOf = (params: Params): Dimensions =>
  Object.fromEntries(recordsOf(params["Dimensions"]).map((one) => [String(one["Name"]), String(one["Value"])]));

/** Seconds since the epoch, or ISO 8601. */
const timeOf = (value: unknown): Instant =>
  typeof value === "string" && !/^[\d.]+$/.test(value) ? Date.parse(value) / 1000 : Number(value);
