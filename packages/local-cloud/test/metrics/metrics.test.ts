import type { MetricSample } from "../../src/balancer/types.ts";
import { type AlarmRule, alarmState } from "../../src/metrics/alarm-state.ts";
import { evaluateMath } from "../../src/metrics/math.ts";
import { statisticOf } from "../../src/metrics/statistics.ts";
import { createMetricStore } from "../../src/metrics/store.ts";

const minute = 1_800_000_000;
const sample = (name: string, at: number, values: readonly number[], counts = values.map(() => 1)): MetricSample => ({
  name,
  unit: name === "TargetResponseTime" ? "Seconds" : "Count",
  at,
  dimensions: { LoadBalancer: "app/x/1" },
  values,
  counts,
});

test.each`
  statistic        | value
  ${"Sum"}         | ${16}
  ${"SampleCount"} | ${10}
  ${"Average"}     | ${1.6}
  ${"Minimum"}     | ${1}
  ${"Maximum"}     | ${6}
  ${"p50"}         | ${1}
  ${"p90"}         | ${2}
  ${"p95"}         | ${6}
  ${"p99.9"}       | ${6}
  ${"p101"}        | ${undefined}
  ${"TM(10%:90%)"} | ${undefined}
`("$statistic of eight 1, one 2 and one 6 is $value", ({ statistic, value }) => {
  expect(
    statisticOf(
      new Map([
        [6, 1],
        [1, 8],
        [2, 1],
      ]),
      statistic,
    ),
  ).toBe(value);
});

describe("the metrics of a minute", () => {
  const store = createMetricStore({ delay: () => 90, completeAfter: 30 });
  store.add([sample("RequestCount", minute, [60]), sample("TargetResponseTime", minute, [0.1, 4], [8, 4])]);
  store.add([sample("RequestCount", minute, [40])]);
  const seen = (name: string, statistic: string, now: number) =>
    store.query(name, { LoadBalancer: "app/x/1" }, statistic, 60, minute - 600, minute + 600, now).map(({ value }) => value);

  test.each`
    secondsAfterItsEnd | sum      | because
    ${89}              | ${[]}    | ${"CloudWatch is late"}
    ${90}              | ${[50]}  | ${"half of it is there"}
    ${120}             | ${[100]} | ${"all of it is there"}
  `("$secondsAfterItsEnd s after its end show $sum: $because", ({ secondsAfterItsEnd, sum }) => {
    expect(seen("RequestCount", "Sum", minute + 60 + secondsAfterItsEnd)).toEqual(sum);
  });

  test("have true percentiles, and nothing where nothing was", () => {
    expect(seen("TargetResponseTime", "p50", minute + 300)).toEqual([0.1]);
    expect(seen("TargetResponseTime", "p95", minute + 300)).toEqual([4]);
    expect(seen("HTTPCode_Target_5XX_Count", "Sum", minute + 300)).toEqual([]);
  });

  test("are given to CloudWatch once", () => {
    expect(store.takeComplete(minute + 60 + 119)).toEqual([]);
    expect(store.takeComplete(minute + 60 + 120)).toHaveLength(2);
    expect(store.takeComplete(minute + 60 + 121)).toEqual([]);
  });
});

describe("metric math", () => {
  const range = { from: 0, to: 180, period: 60 };
  const points = (...values: (number | undefined)[]) =>
    values.flatMap((value, index) => (value === undefined ? [] : [{ at: index * 60, value }]));
  const series = new Map([
    ["requests", points(100, 50, undefined)],
    ["errors", points(10, undefined, undefined)],
  ]);

  test.each`
    expression                                     | values          | because
    ${"100 * errors / requests"}                   | ${[10]}         | ${"two series give a value where both have one"}
    ${"100 * FILL(errors, 0) / requests"}          | ${[10, 0]}      | ${"a missing count of errors is zero"}
    ${"100 * FILL(errors, 0) / FILL(requests, 0)"} | ${[10, 0]}      | ${"what is divided by zero is no data"}
    ${"FILL(requests, 0) - 1"}                     | ${[99, 49, -1]} | ${"every period is filled"}
    ${"MAX(requests, 60) + -ABS(0 - errors)"}      | ${[90]}         | ${"functions nest"}
  `("$expression gives $values: $because", ({ expression, values }) => {
    expect(evaluateMath(expression, series, range).map(({ value }) => value)).toEqual(values);
  });

  test.each(["ANOMALY_DETECTION_BAND(requests)", "requests ** 2", "nothing + 1", "requests[0]"])("%s is refused", (expression) => {
    expect(() => evaluateMath(expression, series, range)).toThrow(/metric math/);
  });
});

describe("an alarm", () => {
  const rule = (changes: Partial<AlarmRule> = {}): AlarmRule => ({
    period: 60,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    threshold: 10,
    comparison: "GreaterThanThreshold",
    treatMissing: "missing",
    ...changes,
  });
  test.each`
    values                   | changes                             | before     | state                  | because
    ${[11, 11, 11]}          | ${{}}                               | ${"OK"}    | ${"ALARM"}             | ${"all three are over"}
    ${[11, 11, 10]}          | ${{}}                               | ${"OK"}    | ${"OK"}                | ${"10 is not over 10"}
    ${[11, 1, 11]}           | ${{ datapointsToAlarm: 2 }}         | ${"OK"}    | ${"ALARM"}             | ${"two of three suffice"}
    ${[]}                    | ${{}}                               | ${"OK"}    | ${"INSUFFICIENT_DATA"} | ${"no data is neither"}
    ${[]}                    | ${{ treatMissing: "notBreaching" }} | ${"ALARM"} | ${"OK"}                | ${"missing is fine"}
    ${[]}                    | ${{ treatMissing: "breaching" }}    | ${"OK"}    | ${"ALARM"}             | ${"missing is bad"}
    ${[]}                    | ${{ treatMissing: "ignore" }}       | ${"ALARM"} | ${"ALARM"}             | ${"missing changes nothing"}
    ${[11]}                  | ${{ treatMissing: "breaching" }}    | ${"OK"}    | ${"ALARM"}             | ${"what is missing counts as over"}
    ${[11, 11]}              | ${{}}                               | ${"OK"}    | ${"OK"}                | ${"two are not three"}
    ${[11, 11, 11, 1, 1, 1]} | ${{}}                               | ${"ALARM"} | ${"OK"}                | ${"the newest decide"}
  `("of $values is $state: $because", ({ values, changes, before, state }) => {
    const now = minute + 60 * values.length;
    const points = values.map((value: number, index: number) => ({ at: minute + 60 * index, value }));
    expect(alarmState(rule(changes), points, before, now)).toBe(state);
  });
});
