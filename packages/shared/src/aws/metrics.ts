import type { MetricDataResult } from "@aws-sdk/client-cloudwatch";
import type { Clock } from "../clock.ts";
import { problemsOf, Trouble } from "../problems.ts";
import { oneLine } from "../text/sanitise.ts";
import type { Instant, Seconds } from "../units.ts";
import type { Aws, CallOptions } from "./connect.ts";
import { causeKind } from "./errors.ts";
import { describeAlarms, type WatchedAlarms } from "./metrics-alarms.ts";
import type { MetricRef } from "./metrics-fields.ts";
import { type Asked, askFor, createPoints, type WatchedGroup } from "./metrics-series.ts";
import type { AlarmSeen, MetricsPort, Sides, SourceStatus } from "./metrics-types.ts";

export interface MetricsQuery {
  readonly groups: Sides<readonly WatchedGroup[]>;
  /** `p95`, `Average`: see responseTimeStatisticField. */
  readonly statistic: string;
  readonly database?: MetricRef;
  readonly alarms: WatchedAlarms;
}

/** No look holds the caller up for longer: the prober's verdict must not wait for a CloudWatch that is silent. */
const patience: Seconds = 1.5;
/** A call is given up after this; the next look asks again. */
const callLimit: Seconds = 10;
/**
 * What was answered is good for so long: CloudWatch has a new minute every minute, and each series asked for is paid for. Alarms may change
 * every 10 s, and users wait for what follows from them.
 */
const goodFor: { readonly metrics: Seconds; readonly alarms: Seconds } = { metrics: 6, alarms: 4 };
/** After throttling, pauses between calls grow up to this. */
const longestPause: Seconds = 16;

/**
 * CloudWatch behind {@link MetricsPort}. Keeps what it saw, and when it saw it, for as long as it lives.
 *
 * @param clock the one that the SDK's calls and the judge share
 */
export function watchMetrics(aws: Pick<Aws<"cloudwatch">, "cloudwatch">, query: MetricsQuery, clock: Clock): MetricsPort {
  const points = createPoints();
  const asked = askFor(query.groups, query.statistic, query.database);
  let alarms: readonly AlarmSeen[] = [];
  const watchesAlarms = query.alarms.names.length > 0 || query.alarms.prefix !== undefined;
  const metricsSource = createSource(clock, goodFor.metrics);
  const alarmsSource = createSource(clock, goodFor.alarms);

  return {
    look: async (from, signal) => {
      const both = Promise.all([
        asked.length === 0
          ? metricsSource.rest()
          : metricsSource.ask(async (options) => {
              const end = Math.floor(clock.now() / 60) * 60;
              const begin = Math.min(Math.floor(from / 60) * 60, end - 60);
              for (const [series, minute, value] of await readData(aws, asked, begin, end, options))
                points.put(series, minute, value, clock.now());
            }, signal),
        watchesAlarms
          ? alarmsSource.ask(async (options) => {
              alarms = await describeAlarms(aws, query.alarms, options);
            }, signal)
          : alarmsSource.rest(),
      ]);
      await atMost(clock, patience, both);
      return {
        groups: points.groups(query.groups),
        balancers: points.balancers(query.groups),
        database: query.database === undefined ? undefined : points.database(),
        alarms,
        metricsSource: metricsSource.status(),
        alarmsSource: alarmsSource.status(),
      };
    },
  };
}

/** Every point of every series in [begin, end), full minutes only. */
async function readData(
  aws: Pick<Aws<"cloudwatch">, "cloudwatch">,
  asked: readonly Asked[],
  begin: Instant,
  end: Instant,
  options: CallOptions,
): Promise<readonly (readonly [Asked, Instant, number])[]> {
  const byId = new Map(asked.map((one) => [one.query.Id, one]));
  const found: (readonly [Asked, Instant, number])[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await aws.cloudwatch(
      (sdk) =>
        new sdk.GetMetricDataCommand({
          MetricDataQueries: asked.map((one) => one.query),
          StartTime: new Date(begin * 1000),
          EndTime: new Date(end * 1000),
          ScanBy: "TimestampAscending",
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      options,
    );
    for (const result of answer.MetricDataResults ?? []) {
      refuseFailure(result);
      const one = byId.get(result.Id);
      for (const [index, time] of (result.Timestamps ?? []).entries()) {
        const [start, value] = [time.getTime() / 1000, result.Values?.[index]];
        if (one !== undefined && value !== undefined && start >= begin && start < end)
          found.push([one, Math.floor(start / 60) * 60, value]);
      }
    }
    NextToken = answer.NextToken;
  } while (NextToken !== undefined && NextToken !== "");
  return found;
}

/** A series can fail inside an answer of status 200: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html */
function refuseFailure(result: MetricDataResult): void {
  if (result.StatusCode !== "InternalError" && result.StatusCode !== "Forbidden") return;
  const said = result.Messages?.map((message) => message.Value ?? "").join(" ") ?? "";
  throw new Trouble({
    kind: "cloud",
    what: `cloudwatch:GetMetricData answered ${result.StatusCode}${said === "" ? "" : `: ${oneLine(said, 200)}`}`,
  });
}

interface Source {
  /** Makes the call, unless one is under way, the last answer is still good, or a pause is due; settles when the call does, and never rejects. */
  readonly ask: (call: (options: CallOptions) => Promise<void>, signal: AbortSignal | undefined) => Promise<void>;
  /** There is nothing to ask: that is answered too. */
  readonly rest: () => Promise<void>;
  readonly status: () => SourceStatus;
}

/** Keeps track of one kind of call: whether it is answered, and since when not. */
function createSource(clock: Clock, answerLasts: Seconds): Source {
  let status: SourceStatus = { lastAnswer: undefined, failing: undefined };
  let underWay: Promise<void> | undefined;
  let pause: Seconds = 0;
  let notBefore: Instant = 0;

  const attempt = async (call: (options: CallOptions) => Promise<void>, signal: AbortSignal | undefined): Promise<void> => {
    const begin = clock.now();
    const limit = new AbortController();
    const done = new AbortController();
    const ends = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
    clock.sleep(callLimit, done.signal).then(
      () => limit.abort(),
      () => undefined,
    );
    try {
      // The next look is the retry: waiting inside of one would only hide for how long nothing was answered.
      await call({ signal: ends, retry: { attempts: 1, budget: 0 } });
      status = { lastAnswer: begin, failing: undefined };
      pause = 0;
      notBefore = begin + answerLasts;
    } catch (error) {
      const says = limit.signal.aborted ? `no answer within ${callLimit} s` : (problemsOf(error)[0]?.what ?? "failed");
      status = { ...status, failing: { since: status.failing?.since ?? begin, says: oneLine(says, 300) } };
      pause = causeKind(error) === "throttled" ? Math.min(longestPause, Math.max(2, pause * 2)) : 0;
      notBefore = clock.now() + pause;
    } finally {
      done.abort();
    }
  };

  return {
    ask: (call, signal) => {
      if (underWay === undefined && clock.now() < notBefore) return Promise.resolve();
      underWay ??= attempt(call, signal).finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    rest: async () => {
      status = { lastAnswer: clock.now(), failing: undefined };
    },
    status: () => status,
  };
}

/** Waits for the work, but no longer than the time given; the work goes on. */
async function atMost(clock: Clock, time: Seconds, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, clock.sleep(time, done.signal).catch(() => undefined)]);
  done.abort();
}
