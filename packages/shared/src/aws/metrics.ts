import type { MetricDataResult } from "@aws-sdk/client-cloudwatch";
import type { Clock } from "../clock.ts";
import { problemsOf, Trouble } from "../problems.ts";
import { oneLine } from "../text/sanitise.ts";
import type { Instant, Seconds } from "../units.ts";
import type { Aws, CallOptions } from "./connect.ts";
import { causeKind } from "./errors.ts";
import { describeAlarms, type WatchedAlarms } from "./metrics-alarms.ts";
import type { MetricRef } from "./metrics-fields.ts";
import { createPace } from "./metrics-pace.ts";
import { type Asked, askFor, createPoints, type WatchedGroup } from "./metrics-series.ts";
import type { AlarmSeen, MetricsPort, Sides, SourceStatus } from "./metrics-types.ts";

export interface MetricsQuery {
  readonly groups: Sides<readonly WatchedGroup[]>;
  /** `p95`, `Average`: see responseTimeStatisticField. */
  readonly statistic: string;
  readonly database?: MetricRef;
  readonly alarms: WatchedAlarms;
}

/** No look holds the caller up for longer: other sources must not wait for a CloudWatch that is silent. */
const patience: Seconds = 0.5;
/** A call is given up after this; the next look asks again. */
const callLimit: Seconds = 10;
/** Where no alarm exists none can fire; one that is made meanwhile is seen after this. Any other may fire any moment. */
const withoutAlarms: Seconds = 30;
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
  const metricsSource = createSource(clock);
  const alarmsSource = createSource(clock);
  const paces = { balancer: createPace(), database: createPace() };

  const takeIn = (found: readonly Found[], at: Instant): void => {
    for (const [series, minute, value] of found) points.put(series, minute, value, clock.now());
    const minutes = (isDatabase: boolean): readonly Instant[] =>
      found.flatMap(([{ part }, minute]) => ((part === "database") === isDatabase ? minute : []));
    paces.balancer.answered(minutes(false), at);
    paces.database.answered(minutes(true), at);
  };
  const pauseOfMetrics = (closely: boolean): Seconds => {
    const pause = paces.balancer.pause(closely, clock.now());
    return query.database === undefined ? pause : Math.min(pause, paces.database.pause(closely, clock.now()));
  };

  return {
    look: async (from, closely, signal) => {
      const both = Promise.all([
        asked.length === 0
          ? metricsSource.rest()
          : metricsSource.ask(pauseOfMetrics(closely), signal, async (options) => {
              const at = clock.now();
              const end = Math.floor(at / 60) * 60;
              const begin = Math.min(Math.floor(from / 60) * 60, end - 60);
              takeIn(await readData(aws, asked, begin, end, options), at);
            }),
        watchesAlarms
          ? alarmsSource.ask(alarms.length > 0 ? 0 : withoutAlarms, signal, async (options) => {
              alarms = await describeAlarms(aws, query.alarms, options);
            })
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

/** One point of a series. */
type Found = readonly [series: Asked, minute: Instant, value: number];

/** Every point of every series in [begin, end), full minutes only. */
async function readData(
  aws: Pick<Aws<"cloudwatch">, "cloudwatch">,
  asked: readonly Asked[],
  begin: Instant,
  end: Instant,
  options: CallOptions,
): Promise<readonly Found[]> {
  const byId = new Map(asked.map((one) => [one.query.Id, one]));
  const found: Found[] = [];
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
  /**
   * Makes the call, unless one is under way or it is too early for one; settles when the call does, and never rejects.
   *
   * @param pause since the begin of the last call that was answered
   */
  readonly ask: (pause: Seconds, signal: AbortSignal | undefined, call: (options: CallOptions) => Promise<void>) => Promise<void>;
  /** There is nothing to ask: that is answered too. */
  readonly rest: () => Promise<void>;
  readonly status: () => SourceStatus;
}

/** Keeps track of one kind of call: whether it is answered, and since when not. */
function createSource(clock: Clock): Source {
  let status: SourceStatus = { lastAnswer: undefined, failing: undefined };
  let underWay: Promise<void> | undefined;
  /** Grows while calls are throttled, and shrinks again while they are answered. */
  let throttled: Seconds = 0;
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
      throttled = throttled > 2 ? throttled / 2 : 0;
      notBefore = begin + throttled;
    } catch (error) {
      const says = limit.signal.aborted ? `no answer within ${callLimit} s` : (problemsOf(error)[0]?.what ?? "failed");
      status = { ...status, failing: { since: status.failing?.since ?? begin, says: oneLine(says, 300) } };
      throttled = causeKind(error) === "throttled" ? Math.min(longestPause, Math.max(2, throttled * 2)) : 0;
      notBefore = clock.now() + throttled;
    } finally {
      done.abort();
    }
  };

  return {
    ask: (pause, signal, call) => {
      const last = status.failing === undefined ? (status.lastAnswer ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
      if (underWay === undefined && clock.now() < Math.max(notBefore, last + pause)) return Promise.resolve();
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
