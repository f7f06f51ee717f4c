import fc from "fast-check";
import type { GroupSeries, MetricMinute } from "../../src/aws/metrics-types.ts";
import { progressLine, progressTeller } from "../../src/report/progress.ts";
import { errorRate, resample, trafficOf, weightsOver } from "../../src/report/series.ts";

const minute = (start: number, of: Partial<MetricMinute> = {}): MetricMinute => ({
  start,
  requests: undefined,
  targetErrors: 0,
  connectionErrors: 0,
  responseTime: undefined,
  readableAt: start + 120,
  ...of,
});

describe("traffic from CloudWatch's minutes", () => {
  test("adds up the target groups of one colour, and takes the slowest", () => {
    const groups: GroupSeries[] = [
      { group: "front", minutes: [minute(0, { requests: 100, targetErrors: 1, responseTime: 0.1 }), minute(60, { requests: 50 })] },
      { group: "back", minutes: [minute(0, { requests: 20, connectionErrors: 2, responseTime: 0.4 })] },
    ];
    const traffic = trafficOf(
      groups,
      weightsOver([
        { at: 0, weight: 0 },
        { at: 60, weight: 100 },
      ]),
    );
    expect(traffic).toEqual([
      { at: 0, length: 60, requests: 120, errors: 3, responseTime: 0.4, weight: 0 },
      { at: 60, length: 60, requests: 50, errors: 0, responseTime: undefined, weight: 100 },
    ]);
  });

  test("silence is not zero", () => {
    expect(trafficOf([{ group: "a", minutes: [minute(0)] }])).toEqual([
      { at: 0, length: 60, requests: undefined, errors: undefined, responseTime: undefined, weight: undefined },
    ]);
  });

  test("errors without a count of requests are errors", () => {
    expect(trafficOf([{ group: "a", minutes: [minute(0, { connectionErrors: 3 })] }])[0]).toMatchObject({ requests: undefined, errors: 3 });
  });
});

test.each`
  requests     | errors       | rate
  ${100}       | ${10}        | ${10}
  ${100}       | ${undefined} | ${0}
  ${0}         | ${undefined} | ${undefined}
  ${undefined} | ${undefined} | ${undefined}
  ${undefined} | ${3}         | ${100}
  ${1}         | ${2}         | ${100}
`("$errors errors in $requests requests are $rate percent", ({ requests, errors, rate }) => {
  expect(errorRate({ requests, errors })).toBe(rate);
});

test("resampling loses and adds no request", () => {
  const point = fc.record({
    at: fc.integer({ min: 0, max: 1000 }),
    length: fc.constant(60),
    requests: fc.option(fc.nat(1000), { nil: undefined }),
    errors: fc.constant(undefined),
    responseTime: fc.constant(undefined),
    weight: fc.constant(undefined),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 30 }), fc.integer({ min: 1, max: 50 }), (points, count) => {
      const total = (of: readonly { requests: number | undefined }[]): number => of.reduce((sum, { requests }) => sum + (requests ?? 0), 0);
      const stretches = resample(points, 0, 1000, count);
      expect(stretches).toHaveLength(count);
      expect(total(stretches)).toBe(total(points));
      expect(stretches.every(({ requests }) => requests === undefined)).toBe(points.every(({ requests }) => requests === undefined));
    }),
    { seed: 4, numRuns: 500 },
  );
});

describe("progress", () => {
  const waiting = { what: "healthy targets, 1 of 3", since: 100, until: 700, nextLook: 2 };

  test("says what is waited for, since when, until when and when the next look is", () => {
    expect(progressLine(waiting, 142)).toBe("⟳ waiting for healthy targets, 1 of 3 · 00:42 of 10:00 · next look in 2 s");
  });

  test("repeats itself only every half minute, but says at once what is new", () => {
    const tell = progressTeller();
    const shown = [100, 102, 129, 130, 132].map((now) => tell(waiting, now) !== undefined);
    expect(shown).toEqual([true, false, false, true, false]);
    expect(tell({ ...waiting, what: "healthy targets, 2 of 3" }, 133)).toContain("2 of 3");
  });
});
