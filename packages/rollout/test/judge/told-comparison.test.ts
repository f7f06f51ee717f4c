// What the comparison of both versions leads to, word for word.
import { compare, defaultComparison } from "../../src/judge/compare.ts";
import type { ComparisonSettings } from "../../src/judge/types.ts";
import { evidence, limits, metrics, minutes, type Told, t0 } from "./build.ts";
import { fast, groups, line, repeat } from "./told.ts";

const past = minutes(repeat(20, 0.5), 9000).map((minute) => ({ ...minute, start: minute.start - 1200, readableAt: minute.start - 1020 }));
const slow = (responseTime: number | undefined, errors = 5): Told => ({ errors, responseTime });
const old = (responseTime = 0.2): Told => ({ errors: 45, requests: 9000, responseTime });

/** Both findings after so many seconds. */
function compared(
  seconds: number,
  next: readonly Told[],
  previous: readonly Told[] = next.map(() => old()),
  history = past,
  over: Partial<ComparisonSettings> = {},
) {
  const seen = metrics(t0 + seconds, { next: minutes(next), previous: [...history, ...minutes(previous)] });
  return compare({ ...defaultComparison, ...over }, limits(), evidence({ metrics: seen }), t0 + seconds).map(line);
}

test.each([
  [
    "alike",
    () => compared(420, repeat(4, slow(0.21))),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 1.4 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.21 s, the old version's 0.2 s, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 1.8 times as long would have been found",
    ],
  ],
  [
    "one minute",
    () => compared(240, [slow(0.2)]),
    [
      "comparison cloudwatch unknown: target group shop-green: errors of the versions cannot be compared yet: 1 full minute with traffic on both, 1,000 requests of the new one (100 and 3 minutes are needed)",
      "comparison cloudwatch unknown: target group shop-green: response times of the versions cannot be compared yet: 1 full minute with traffic on both, 1,000 requests of the new one (100 and 3 minutes are needed)",
    ],
  ],
  [
    "ninety-nine requests of a hundred",
    () => compared(420, repeat(3, { requests: 33, errors: 0 })),
    [
      "comparison cloudwatch unknown: target group shop-green: errors of the versions cannot be compared yet: 3 full minutes with traffic on both, 99 requests of the new one (100 and 3 minutes are needed)",
      "comparison cloudwatch unknown: target group shop-green: response times of the versions cannot be compared yet: 3 full minutes with traffic on both, 99 requests of the new one (100 and 3 minutes are needed)",
    ],
  ],
  [
    "exactly a hundred",
    () => compared(420, repeat(4, { requests: 25, errors: 0 })),
    [
      "comparison cloudwatch clear: target group shop-green: 0 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 4.4 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 15.3 times as long would have been found",
    ],
  ],
  [
    "a hundred of the old version",
    () => compared(420, repeat(4, slow(0.2)), repeat(4, { requests: 25, errors: 0 })),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 6.1 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 1.8 times as long would have been found",
    ],
  ],
  [
    "ninety-six of the old version",
    () => compared(420, repeat(4, slow(0.2)), repeat(4, { requests: 24, errors: 0 })),
    [
      "comparison cloudwatch unknown: target group shop-green: errors of the versions cannot be compared yet: 4 full minutes with traffic on both, 4,000 requests of the new one (100 and 3 minutes are needed)",
      "comparison cloudwatch unknown: target group shop-green: response times of the versions cannot be compared yet: 4 full minutes with traffic on both, 4,000 requests of the new one (100 and 3 minutes are needed)",
    ],
  ],
  [
    "the old version has left",
    () => compared(420, repeat(4, slow(0.2)), [old(), old()]),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 2 min of both, 12:00–12:02 UTC (CloudWatch); 1.7 points more would have been found",
      "comparison cloudwatch unknown: target group shop-green: response times of the versions cannot be compared yet: 2 full minutes with traffic on both, 2,000 requests of the new one (100 and 3 minutes are needed)",
    ],
  ],
  [
    "six points more for three minutes, the second one known last",
    () => compared(420, [slow(0.2, 65), { errors: 65, readableAt: t0 + 400 }, slow(0.2, 65)]),
    [
      "comparison cloudwatch fired at 400: target group shop-green: 6.5 % of requests failed, of the old version's 0.5 %, in 2 min of both, 12:00–12:02 UTC (CloudWatch); 0.5 points more are tolerated",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 1.9 times as long would have been found",
    ],
  ],
  [
    "the old side known last",
    () => compared(420, [slow(0.2, 65), slow(0.2, 65)], [old(), { errors: 45, requests: 9000, readableAt: t0 + 390 }]),
    [
      "comparison cloudwatch fired at 390: target group shop-green: 6.5 % of requests failed, of the old version's 0.5 %, in 2 min of both, 12:00–12:02 UTC (CloudWatch); 0.5 points more are tolerated",
      "comparison cloudwatch unknown: target group shop-green: response times of the versions cannot be compared yet: 2 full minutes with traffic on both, 2,000 requests of the new one (100 and 3 minutes are needed)",
    ],
  ],
  [
    "a suspicion",
    () => compared(420, repeat(3, { requests: 250, errors: 6 })),
    [
      "comparison cloudwatch running at 0: target group shop-green: 2.4 % of requests failed, of the old version's 0.5 %, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 0.5 points more are tolerated, more minutes decide",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 2.9 times as long would have been found",
    ],
  ],
  [
    "a suspicion, the old version away for five minutes",
    () => compared(480, repeat(3, { requests: 250, errors: 6 })),
    [
      "comparison cloudwatch running at 0: target group shop-green: 2.4 % of requests failed, of the old version's 0.5 %, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 0.5 points more are tolerated, more minutes decide",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 2.9 times as long would have been found",
    ],
  ],
  [
    "the same, a second later",
    () => compared(481, repeat(3, { requests: 250, errors: 6 })),
    [
      "comparison cloudwatch clear: target group shop-green: 2.4 % of requests failed, of the old version's 0.5 %, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 2 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 2.9 times as long would have been found",
    ],
  ],
  [
    "twice as slow",
    () => compared(420, repeat(4, slow(0.42))),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 1.4 points more would have been found",
      "comparison cloudwatch fired at 300: target group shop-green: response time (p95) 0.42 s, the old version's 0.2 s, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 1.2 times as long is tolerated",
    ],
  ],
  [
    "slow, and a suspicion without history",
    () => compared(420, repeat(3, slow(0.4)), repeat(3, old()), []),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 2.7 points more would have been found",
      "comparison cloudwatch running at 0: target group shop-green: response time (p95) 0.4 s, the old version's 0.2 s, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 1.2 times as long is tolerated, more minutes decide",
    ],
  ],
  [
    "no response times",
    () => compared(420, repeat(4, slow(undefined))),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 1.4 points more would have been found",
      "comparison cloudwatch unknown: target group shop-green: response times of the versions cannot be compared yet: 0 full minutes with traffic on both, 0 requests of the new one (100 and 3 minutes are needed)",
    ],
  ],
  [
    "response times of one side",
    () => compared(420, repeat(4, slow(0.2)), repeat(4, { errors: 45, requests: 9000, responseTime: undefined })),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 1.4 points more would have been found",
      "comparison cloudwatch unknown: target group shop-green: response times of the versions cannot be compared yet: 0 full minutes with traffic on both, 0 requests of the new one (100 and 3 minutes are needed)",
    ],
  ],
  [
    "one minute without a response time",
    () => compared(420, [slow(0.2), slow(undefined), slow(0.2), slow(0.2)]),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 1.4 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 3 min of both, 12:00–12:04 UTC (CloudWatch); 1.9 times as long would have been found",
    ],
  ],
  [
    "errors that began in the seventh minute",
    () => compared(900, [...repeat(6, slow(0.2)), ...repeat(4, slow(0.2, 45))]),
    [
      "comparison cloudwatch fired at 600: target group shop-green: 2.1 % of requests failed, of the old version's 0.5 %, in 5 min of both, 12:03–12:08 UTC (CloudWatch); 0.5 points more are tolerated",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 10 min of both, 12:00–12:10 UTC (CloudWatch); 1.7 times as long would have been found",
    ],
  ],
  [
    "a suspicion in the last minutes alone",
    () => compared(900, [...repeat(7, slow(0.2)), ...repeat(3, { requests: 250, errors: 6 })]),
    [
      "comparison cloudwatch clear: target group shop-green: 0.68 % of requests failed, of the old version's 0.5 %, in 10 min of both, 12:00–12:10 UTC (CloudWatch); 1.2 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 10 min of both, 12:00–12:10 UTC (CloudWatch); 1.9 times as long would have been found",
    ],
  ],
  [
    "few requests lately",
    () => compared(900, [...repeat(5, slow(0.2)), ...repeat(5, { requests: 15, errors: 3 })]),
    [
      "comparison cloudwatch clear: target group shop-green: 0.79 % of requests failed, of the old version's 0.5 %, in 10 min of both, 12:00–12:10 UTC (CloudWatch); 1.4 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 10 min of both, 12:00–12:10 UTC (CloudWatch); 7.5 times as long would have been found",
    ],
  ],
  [
    "five minutes, and no look at the last ones by themselves",
    () => compared(420, repeat(5, slow(0.2))),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 5 min of both, 12:00–12:05 UTC (CloudWatch); 1.3 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 5 min of both, 12:00–12:05 UTC (CloudWatch); 1.8 times as long would have been found",
    ],
  ],
  [
    "six minutes, and one",
    () => compared(480, repeat(6, slow(0.2))),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 6 min of both, 12:00–12:06 UTC (CloudWatch); 1.3 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 6 min of both, 12:00–12:06 UTC (CloudWatch); 1.8 times as long would have been found",
    ],
  ],
  [
    "little more for seven minutes: all of them show it, the last ones do not yet",
    () => compared(540, [slow(0.2, 14), ...repeat(6, slow(0.2, 18))]),
    [
      "comparison cloudwatch fired at 540: target group shop-green: 1.7 % of requests failed, of the old version's 0.5 %, in 7 min of both, 12:00–12:07 UTC (CloudWatch); 0.5 points more are tolerated",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 7 min of both, 12:00–12:07 UTC (CloudWatch); 1.8 times as long would have been found",
    ],
  ],
  [
    "a minute without requests of the new version",
    () => compared(420, [slow(0.2), { requests: 0, responseTime: 0.2 }, slow(0.2), slow(0.2)]),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 3 min of both, 12:00–12:04 UTC (CloudWatch); 1.5 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 3 min of both, 12:00–12:04 UTC (CloudWatch); 1.9 times as long would have been found",
    ],
  ],
  [
    "a minute without requests of the old version",
    () => compared(420, repeat(4, slow(0.2)), [old(), { requests: 0, responseTime: 0.2 }, old(), old()]),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 3 min of both, 12:00–12:04 UTC (CloudWatch); 1.5 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 3 min of both, 12:00–12:04 UTC (CloudWatch); 1.9 times as long would have been found",
    ],
  ],
  [
    "response times of the old version without a count of requests",
    () =>
      compared(420, repeat(4, slow(0.21)), repeat(4, old()), [
        ...past,
        ...repeat(4, 0).map((_, index) => ({
          start: t0 - 1500 + 60 * index,
          requests: undefined,
          targetErrors: 0,
          connectionErrors: 0,
          responseTime: 2,
          readableAt: t0,
        })),
      ]),
    [
      "comparison cloudwatch clear: target group shop-green: 0.5 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 1.4 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.21 s, the old version's 0.2 s, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 1.8 times as long would have been found",
    ],
  ],
  [
    "an old version that becomes noisy after it was beaten",
    () =>
      compared(780, repeat(10, slow(0.2, 65)), [
        old(),
        old(),
        ...repeat(4, [
          { errors: 0, requests: 9000 },
          { errors: 3000, requests: 9000 },
        ]).flat(),
      ]),
    [
      "comparison cloudwatch fired at 240: target group shop-green: 6.5 % of requests failed, of the old version's 0.5 %, in 2 min of both, 12:00–12:02 UTC (CloudWatch); 0.5 points more are tolerated",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 10 min of both, 12:00–12:10 UTC (CloudWatch); 1.7 times as long would have been found",
    ],
  ],
  [
    "more tolerated",
    () => compared(420, repeat(4, slow(0.42, 60)), repeat(4, old()), past, { tolerableErrors: 10, tolerableSlowdown: 3 }),
    [
      "comparison cloudwatch clear: target group shop-green: 6 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 10.9 points more would have been found",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.42 s, the old version's 0.2 s, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 4.6 times as long would have been found",
    ],
  ],
  [
    "more false rollbacks allowed",
    () => compared(420, repeat(3, { requests: 250, errors: 6 }), repeat(3, old()), past, { falseRollbacks: 0.2 }),
    [
      "comparison cloudwatch fired at 240: target group shop-green: 2.4 % of requests failed, of the old version's 0.5 %, in 2 min of both, 12:00–12:02 UTC (CloudWatch); 0.5 points more are tolerated",
      "comparison cloudwatch clear: target group shop-green: response time (p95) 0.2 s, the old version's 0.2 s, in 3 min of both, 12:00–12:03 UTC (CloudWatch); 2.3 times as long would have been found",
    ],
  ],
] as const)("%s", (_, lines, expected) => {
  expect(lines()).toEqual(expected);
});

test.each([
  [
    "two target groups, each with half of the allowed error",
    groups(
      { "web-green": repeat(4, fast(5)), "api-green": repeat(4, fast(5)) },
      { "web-blue": repeat(4, fast(5)), "api-blue": repeat(4, fast(5)) },
      0,
    ),
    [
      "comparison cloudwatch clear: target group web-green: 0.5 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 2.7 points more would have been found",
      "comparison cloudwatch clear: target group web-green: response time (p95) 0.2 s, the old version's 0.2 s, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 3.8 times as long would have been found",
      "comparison cloudwatch clear: target group api-green: 0.5 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 2.7 points more would have been found",
      "comparison cloudwatch clear: target group api-green: response time (p95) 0.2 s, the old version's 0.2 s, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 3.8 times as long would have been found",
    ],
  ],
  [
    "one target group of the new version and two of the old: response times cannot be added up",
    groups({ "web-green": repeat(4, fast(5)) }, { "web-blue": repeat(4, fast(5)), "api-blue": repeat(4, fast(5)) }, 0),
    [
      "comparison cloudwatch clear: the new version: 0.5 % of requests failed, of the old version's 0.5 %, in 4 min of both, 12:00–12:04 UTC (CloudWatch); 2.6 points more would have been found",
      "comparison cloudwatch unknown: the new version: response times of the versions cannot be compared yet: 0 full minutes with traffic on both, 0 requests of the new one (100 and 3 minutes are needed)",
    ],
  ],
  [
    "no target group",
    groups({}),
    [
      "comparison cloudwatch unknown: the new version: errors of the versions cannot be compared yet: 0 full minutes with traffic on both, 0 requests of the new one (100 and 3 minutes are needed)",
      "comparison cloudwatch unknown: the new version: response times of the versions cannot be compared yet: 0 full minutes with traffic on both, 0 requests of the new one (100 and 3 minutes are needed)",
    ],
  ],
] as const)("%s", (_, seen, expected) => {
  const found = compare(defaultComparison, limits(), evidence({ metrics: metrics(t0 + 420, { groups: seen }) }), t0 + 420);
  expect(found.map(line)).toEqual(expected);
});

test("without CloudWatch nothing is compared", () => {
  expect(compare(defaultComparison, limits(), evidence({}), t0)).toEqual([]);
});
