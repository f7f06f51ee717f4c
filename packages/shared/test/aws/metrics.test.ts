import * as sdk from "@aws-sdk/client-cloudwatch";
import type { Aws } from "../../src/aws/connect.ts";
import { awsTrouble } from "../../src/aws/errors.ts";
import { type MetricsQuery, watchMetrics } from "../../src/aws/metrics.ts";
import { alarmsField, databaseMetricField, responseTimeStatisticField } from "../../src/aws/metrics-fields.ts";
import { type VirtualClock, virtualClock } from "../health/virtual-clock.ts";

const t0 = 1_793_880_000;
const arn = (kind: string) => `arn:aws:elasticloadbalancing:eu-central-1:123456789012:${kind}`;
const group = (name: string) => ({
  name,
  arn: arn(`targetgroup/${name}/73e2d6bc24d8a067`),
  balancerArn: arn("loadbalancer/app/shop-alb/50dc6c495c0c9188"),
});
const query = (over: Partial<MetricsQuery> = {}): MetricsQuery => ({
  groups: { next: [group("shop-green")], previous: [group("shop-blue")] },
  statistic: "p95",
  alarms: { names: [], prefix: undefined },
  ...over,
});

type Input = Record<string, unknown>;
type Answer = (input: Input) => unknown;

/** CloudWatch, answered by functions; every request is kept. */
function cloudWatch(answers: { data?: Answer; alarms?: Answer }) {
  const calls: { operation: string; input: Input }[] = [];
  const cloudwatch = async (make: (module: typeof sdk) => { input: object }) => {
    const command = make(sdk);
    const operation = command.constructor.name.replace(/Command$/, "");
    const input = command.input as Input;
    calls.push({ operation, input });
    const answer = operation === "GetMetricData" ? answers.data : answers.alarms;
    try {
      return await (answer?.(input) ?? {});
    } catch (error) {
      throw awsTrouble(`cloudwatch:${operation}`, error);
    }
  };
  return { aws: { cloudwatch } as unknown as Pick<Aws<"cloudwatch">, "cloudwatch">, calls };
}

interface Wanted {
  readonly metric: string;
  readonly of: string;
  readonly at: number;
  readonly value: number;
}

/** An answer of GetMetricData with the points that a test names, by metric and the last dimension's value. */
const data =
  (points: readonly Wanted[], status = "Complete"): Answer =>
  (input) => ({
    MetricDataResults: (input["MetricDataQueries"] as sdk.MetricDataQuery[]).map(({ Id, MetricStat }) => {
      const of = MetricStat?.Metric?.Dimensions?.[0]?.Value?.split("/")[1] ?? "";
      const mine = points.filter((point) => point.metric === MetricStat?.Metric?.MetricName && point.of === of);
      return {
        Id,
        StatusCode: status,
        Timestamps: mine.map((point) => new Date(point.at * 1000)),
        Values: mine.map((point) => point.value),
      };
    }),
  });

/** A look, with the clock moving as far as the look may wait. */
async function look(port: ReturnType<typeof watchMetrics>, clock: VirtualClock, from = t0 - 600, moving = 0) {
  const seen = port.look(from, true);
  await clock.advance(moving);
  return seen;
}

describe("looking at CloudWatch", () => {
  test("asks for all series of both sides in one call, in full minutes", async () => {
    const { aws, calls } = cloudWatch({});
    const clock = virtualClock(t0 + 125);
    await look(watchMetrics(aws, query(), clock), clock, t0 - 590);
    expect(calls.map((call) => call.operation)).toEqual(["GetMetricData"]);
    const input = calls[0]?.input ?? {};
    expect(input).toMatchObject({ StartTime: new Date((t0 - 600) * 1000), EndTime: new Date((t0 + 120) * 1000) });
    const asked = (input["MetricDataQueries"] as sdk.MetricDataQuery[]).map(({ MetricStat }) =>
      [MetricStat?.Metric?.MetricName, MetricStat?.Stat, ...(MetricStat?.Metric?.Dimensions ?? []).map(({ Value }) => Value)].join(" "),
    );
    const green = "targetgroup/shop-green/73e2d6bc24d8a067 app/shop-alb/50dc6c495c0c9188";
    expect(asked.filter((one) => one.includes("green"))).toEqual([
      `RequestCount Sum ${green}`,
      `HTTPCode_Target_5XX_Count Sum ${green}`,
      `TargetConnectionErrorCount Sum ${green}`,
      `TargetResponseTime p95 ${green}`,
    ]);
    expect(asked.slice(8)).toEqual([
      "HTTPCode_ELB_5XX_Count Sum app/shop-alb/50dc6c495c0c9188",
      "RequestCount Sum app/shop-alb/50dc6c495c0c9188",
    ]);
  });

  test("tells absent errors (none) from absent requests (nothing is known)", async () => {
    const { aws } = cloudWatch({
      data: data([
        { metric: "RequestCount", of: "shop-green", at: t0, value: 500 },
        { metric: "TargetResponseTime", of: "shop-green", at: t0, value: 0.3 },
        { metric: "TargetConnectionErrorCount", of: "shop-green", at: t0 + 60, value: 7 },
        { metric: "HTTPCode_ELB_5XX_Count", of: "shop-alb", at: t0, value: 3 },
        { metric: "RequestCount", of: "shop-alb", at: t0, value: 900 },
      ]),
    });
    const clock = virtualClock(t0 + 200);
    const seen = await look(watchMetrics(aws, query(), clock), clock);
    expect(seen.groups).toEqual({
      next: [
        {
          group: "shop-green",
          minutes: [
            { start: t0, requests: 500, targetErrors: 0, connectionErrors: 0, responseTime: 0.3, readableAt: t0 + 200 },
            { start: t0 + 60, requests: undefined, targetErrors: 0, connectionErrors: 7, responseTime: undefined, readableAt: t0 + 200 },
          ],
        },
      ],
      previous: [{ group: "shop-blue", minutes: [] }],
    });
    expect(seen.balancers).toEqual([{ balancer: "shop-alb", minutes: [{ start: t0, errors: 3, requests: 900, readableAt: t0 + 200 }] }]);
    expect(seen.database).toBeUndefined();
  });

  test("a load balancer that refuses everybody shows as errors without any request", async () => {
    const { aws } = cloudWatch({ data: data([{ metric: "HTTPCode_ELB_5XX_Count", of: "shop-alb", at: t0, value: 40 }]) });
    const clock = virtualClock(t0 + 200);
    const seen = await look(watchMetrics(aws, query(), clock), clock);
    expect(seen.balancers[0]?.minutes).toEqual([{ start: t0, errors: 40, requests: undefined, readableAt: t0 + 200 }]);
  });

  test("remembers when a minute became readable, and when it changed", async () => {
    const points: Wanted[] = [{ metric: "RequestCount", of: "shop-green", at: t0, value: 100 }];
    const { aws } = cloudWatch({ data: (input) => data(points)(input) });
    const clock = virtualClock(t0 + 100);
    const port = watchMetrics(aws, query(), clock);
    const readable = async () =>
      (await look(port, clock)).groups.next[0]?.minutes.map(({ start, readableAt }) => [start - t0, readableAt - t0]);
    expect(await readable()).toEqual([[0, 100]]);
    await clock.advance(50);
    points.push({ metric: "RequestCount", of: "shop-green", at: t0 + 60, value: 80 });
    expect(await readable()).toEqual([
      [0, 100],
      [60, 150],
    ]);
    await clock.advance(20);
    points.push({ metric: "HTTPCode_Target_5XX_Count", of: "shop-green", at: t0, value: 50 });
    expect(await readable()).toEqual([
      [0, 170],
      [60, 150],
    ]);
  });

  test("follows pages", async () => {
    const first = data([{ metric: "RequestCount", of: "shop-green", at: t0, value: 1 }]);
    const second = data([{ metric: "RequestCount", of: "shop-green", at: t0 + 60, value: 2 }]);
    const { aws, calls } = cloudWatch({
      data: (input) => (input["NextToken"] === "more" ? second(input) : { ...(first(input) as object), NextToken: "more" }),
    });
    const clock = virtualClock(t0 + 200);
    const seen = await look(watchMetrics(aws, query(), clock), clock);
    expect(seen.groups.next[0]?.minutes.map((minute) => minute.requests)).toEqual([1, 2]);
    expect(calls).toHaveLength(2);
  });

  test("a metric of database connections is watched where one is named", async () => {
    const { aws } = cloudWatch({ data: data([{ metric: "ConnectionSuccess", of: "", at: t0, value: 97 }]) });
    const clock = virtualClock(t0 + 200);
    const database = databaseMetricField.parse("Shop/Database ConnectionSuccess");
    const seen = await look(watchMetrics(aws, query({ database }), clock), clock);
    expect(seen.database).toEqual([{ start: t0, percent: 97, readableAt: t0 + 200 }]);
  });
});

describe("CloudWatch in trouble", () => {
  const failing =
    (error: object): Answer =>
    () =>
      Promise.reject(Object.assign(new Error("no"), error));

  test.each`
    trouble                  | error                                                                  | says
    ${"throttling"}          | ${{ name: "ThrottlingException", $metadata: { httpStatusCode: 400 } }} | ${/cloudwatch:GetMetricData failed: ThrottlingException/}
    ${"an error of its own"} | ${{ name: "InternalFailure", $metadata: { httpStatusCode: 500 } }}     | ${/InternalFailure/}
    ${"no network"}          | ${{ name: "Error", code: "ECONNRESET" }}                               | ${/failed/}
  `("$trouble: what was seen stays, and since when nothing is answered", async ({ error, says }) => {
    let answer = data([{ metric: "RequestCount", of: "shop-green", at: t0, value: 9 }]);
    const { aws } = cloudWatch({ data: (input) => answer(input) });
    const clock = virtualClock(t0 + 200);
    const port = watchMetrics(aws, query(), clock);
    await look(port, clock);
    answer = failing(error);
    await clock.advance(10);
    await look(port, clock);
    await clock.advance(30);
    const seen = await look(port, clock);
    expect(seen.groups.next[0]?.minutes).toHaveLength(1);
    expect(seen.metricsSource).toMatchObject({ lastAnswer: t0 + 200, failing: { since: t0 + 210, says: expect.stringMatching(says) } });
    answer = data([]);
    await clock.advance(30);
    expect((await look(port, clock)).metricsSource).toEqual({ lastAnswer: t0 + 270, failing: undefined });
  });

  test("silence holds no look up for longer than 0.5 s, and is given up after 10 s", async () => {
    const { aws, calls } = cloudWatch({ data: () => new Promise(() => undefined) });
    const clock = virtualClock(t0);
    // A call that ends only when it is told to, as the SDK's does.
    const silent = {
      cloudwatch: (make: never, options: { signal: AbortSignal }) =>
        Promise.race([
          aws.cloudwatch(make),
          new Promise((_, reject) => options.signal.addEventListener("abort", () => reject(options.signal.reason))),
        ]),
    };
    const port = watchMetrics(silent as never, query(), clock);
    const seen = await look(port, clock, t0, 0.5);
    expect(seen.metricsSource).toEqual({ lastAnswer: undefined, failing: undefined });
    await look(port, clock, t0, 0.5);
    expect(calls).toHaveLength(1);
    await clock.advance(9);
    expect((await look(port, clock, t0, 0.5)).metricsSource).toMatchObject({ failing: { since: t0, says: "no answer within 10 s" } });
    expect(calls).toHaveLength(2);
  });

  test("an answer speaks for the moment at which it was asked for", async () => {
    const clock = virtualClock(t0);
    const { aws } = cloudWatch({ data: (input) => clock.sleep(0.4).then(() => data([])(input)) });
    expect((await look(watchMetrics(aws, query(), clock), clock, t0, 0.5)).metricsSource).toEqual({ lastAnswer: t0, failing: undefined });
  });

  test("after throttling it asks less often, up to every 16 s", async () => {
    const { aws, calls } = cloudWatch({ data: failing({ name: "ThrottlingException" }) });
    const clock = virtualClock(t0);
    const port = watchMetrics(aws, query(), clock);
    for (let second = 0; second < 100; second++) {
      await look(port, clock);
      await clock.advance(1);
    }
    expect(calls.length).toBeGreaterThan(6);
    expect(calls.length).toBeLessThan(12);
  });

  test("when throttling ends it becomes quick again step by step: others may need the rate too", async () => {
    let answer = failing({ name: "ThrottlingException" });
    const { aws, calls } = cloudWatch({ data: (input) => answer(input) });
    const clock = virtualClock(t0);
    const port = watchMetrics(aws, query(), clock);
    const callsIn = async (seconds: number): Promise<number> => {
      const before = calls.length;
      for (let second = 0; second < seconds; second++) {
        await look(port, clock);
        await clock.advance(1);
      }
      return calls.length - before;
    };
    await callsIn(60);
    answer = data([]);
    expect(await callsIn(14)).toBe(2);
    await callsIn(10);
    expect(await callsIn(30)).toBe(30);
  });

  test("a series that fails inside of an answer is a failure", async () => {
    const { aws } = cloudWatch({ data: data([], "InternalError") });
    const clock = virtualClock(t0);
    expect((await look(watchMetrics(aws, query(), clock), clock)).metricsSource.failing?.says).toBe(
      "cloudwatch:GetMetricData answered InternalError",
    );
  });
});

describe("how often it looks", () => {
  /** Two hours of minutes, each shown so many seconds after its end; the calls of the second hour, and how late each minute was noticed. */
  async function hour(lateBy: (minute: number) => number, closely: boolean, traffic = true) {
    const clock = virtualClock(t0);
    const { aws, calls } = cloudWatch({
      data: (input) => {
        const shown = Array.from({ length: 130 }, (_, index) => index).filter(
          (index) => t0 + index * 60 + 60 + lateBy(index) <= clock.now(),
        );
        return data(traffic ? shown.map((index) => ({ metric: "RequestCount", of: "shop-green", at: t0 + index * 60, value: 1 })) : [])(
          input,
        );
      },
    });
    const port = watchMetrics(aws, query(), clock);
    let before = 0;
    let worst = 0;
    const noticed = new Set<number>();
    for (let now = t0; now < t0 + 7200; now += 1.7) {
      if (now < t0 + 3600) before = calls.length;
      const seen = await port.look(t0, closely);
      for (const { start } of seen.groups.next[0]?.minutes ?? []) {
        if (!noticed.has(start) && now > t0 + 3600) worst = Math.max(worst, now - (start + 60 + lateBy((start - t0) / 60)));
        noticed.add(start);
      }
      await clock.advance(1.7);
    }
    return { calls: calls.length - before, worst };
  }

  test.each`
    shown                       | lateBy                                        | closely  | traffic  | worst | most
    ${"90 s late"}              | ${() => 90}                                   | ${true}  | ${true}  | ${2}  | ${660}
    ${"61 to 130 s late"}       | ${(minute: number) => 61 + (minute % 4) * 23} | ${true}  | ${true}  | ${2}  | ${2200}
    ${"90 s late, not closely"} | ${() => 90}                                   | ${false} | ${true}  | ${17} | ${240}
    ${"never: no traffic"}      | ${() => 90}                                   | ${true}  | ${false} | ${0}  | ${2200}
  `(
    "minutes that come $shown are noticed within $worst s, with at most $most calls an hour",
    async ({ lateBy, closely, traffic, worst, most }) => {
      const found = await hour(lateBy, closely, traffic);
      expect(found.worst).toBeLessThanOrEqual(worst);
      expect(found.calls).toBeLessThanOrEqual(most);
    },
  );

  test("a minute that comes earlier than every one before is noticed within 17 s, and the next one like it at once", async () => {
    const jump = (from: number) => (minute: number) => (minute < from ? 120 : 70);
    expect((await hour(jump(80), true)).worst).toBeLessThanOrEqual(17);
    expect((await hour(jump(40), true)).worst).toBeLessThanOrEqual(2);
  });
});

describe("looking at alarms", () => {
  const alarm = (name: string, StateValue: string) => ({
    AlarmName: name,
    StateValue,
    StateReason: "over\u001b[31m 10\n::error::x",
    StateTransitionedTimestamp: new Date((t0 + 5) * 1000),
    StateUpdatedTimestamp: new Date((t0 + 50) * 1000),
  });

  test("by name and by prefix, metric and composite ones, with those that do not exist", async () => {
    const { aws, calls } = cloudWatch({
      alarms: (input) =>
        input["AlarmNames"] === undefined
          ? { MetricAlarms: [alarm("shop-staging-errors", "ALARM"), alarm("b", "INSUFFICIENT_DATA")] }
          : { MetricAlarms: [], CompositeAlarms: [alarm("b", "OK")] },
    });
    const clock = virtualClock(t0);
    const port = watchMetrics(
      aws,
      query({ groups: { next: [], previous: [] }, alarms: { names: ["b", "gone"], prefix: "shop-staging-" } }),
      clock,
    );
    const seen = await look(port, clock);
    expect(seen.alarms).toEqual([
      { name: "b", state: "insufficient-data", since: t0 + 5, reason: "over 10 ::error::x" },
      { name: "shop-staging-errors", state: "alarm", since: t0 + 5, reason: "over 10 ::error::x" },
      { name: "gone", state: "missing", since: undefined, reason: undefined },
    ]);
    expect(calls.map((call) => call.operation)).toEqual(["DescribeAlarms", "DescribeAlarms"]);
    expect(calls[0]?.input).toMatchObject({ AlarmNames: ["b", "gone"], AlarmTypes: ["MetricAlarm", "CompositeAlarm"] });
    expect(calls[1]?.input).toMatchObject({ AlarmNamePrefix: "shop-staging-" });
    // Without target groups there are no metrics to ask for, and their source is not in trouble.
    expect(seen.metricsSource).toEqual({ lastAnswer: t0, failing: undefined });
  });

  test.each`
    alarms                                  | perMinute | because
    ${[alarm("shop-staging-errors", "OK")]} | ${60}     | ${"any alarm may fire any moment"}
    ${[]}                                   | ${2}      | ${"without an alarm none can fire"}
  `("$perMinute looks a minute: $because", async ({ alarms, perMinute }) => {
    const { aws, calls } = cloudWatch({ alarms: () => ({ MetricAlarms: alarms }) });
    const clock = virtualClock(t0);
    const port = watchMetrics(aws, query({ groups: { next: [], previous: [] }, alarms: { names: [], prefix: "shop-" } }), clock);
    for (let second = 0; second < 60; second++) {
      await look(port, clock);
      await clock.advance(1);
    }
    expect(calls).toHaveLength(perMinute);
  });

  test("150 names take two calls, and pages are followed", async () => {
    const { aws, calls } = cloudWatch({
      alarms: (input) => (input["NextToken"] === undefined ? { NextToken: "more" } : { MetricAlarms: [alarm("a149", "OK")] }),
    });
    const clock = virtualClock(t0);
    const names = Array.from({ length: 150 }, (_, index) => `a${index}`);
    const seen = await look(watchMetrics(aws, query({ alarms: { names, prefix: undefined } }), clock), clock);
    expect(
      calls.filter((call) => call.operation === "DescribeAlarms").map((call) => (call.input["AlarmNames"] as string[]).length),
    ).toEqual([100, 100, 50, 50]);
    expect(seen.alarms.filter((one) => one.state === "missing")).toHaveLength(149);
  });
});

describe("the inputs about metrics", () => {
  test.each`
    field                         | given                                        | value
    ${responseTimeStatisticField} | ${"p99.9"}                                   | ${"p99.9"}
    ${responseTimeStatisticField} | ${"average"}                                 | ${"Average"}
    ${alarmsField}                | ${"one, two\nthree"}                         | ${["one, two", "three"]}
    ${databaseMetricField}        | ${"Shop/Db Success"}                         | ${{ namespace: "Shop/Db", name: "Success", dimensions: {}, statistic: "Average" }}
    ${databaseMetricField}        | ${'"My Shop" Success Service="a b" Minimum'} | ${{ namespace: "My Shop", name: "Success", dimensions: { Service: "a b" }, statistic: "Minimum" }}
  `("$given", ({ field, given, value }) => {
    expect(field.parse(given)).toEqual(value);
  });

  test.each`
    field                         | given
    ${responseTimeStatisticField} | ${"p0"}
    ${responseTimeStatisticField} | ${"p101"}
    ${responseTimeStatisticField} | ${"Sum"}
    ${alarmsField}                | ${"a".repeat(256)}
    ${databaseMetricField}        | ${"Shop/Db"}
    ${databaseMetricField}        | ${"Shop/Db Success Sum"}
    ${databaseMetricField}        | ${"Shop/Db Success Service="}
    ${databaseMetricField}        | ${"Shop/Db Success Average Service=a"}
  `("$given is refused", ({ field, given }) => {
    expect(() => field.parse(given)).toThrow();
  });
});
