// What CloudWatch's metrics lead to, word for word.
import { metrics, minutes, t0 } from "./build.ts";
import { fast, repeat, seen, told } from "./told.ts";

const cases: readonly (readonly [about: string, lines: () => readonly string[], expected: readonly string[]])[] = [
  [
    "error rates that differ, all within the limit",
    () => told(420, seen(420, { next: minutes([fast(10, 0.3), fast(30, 0.5), fast(20, 0.4)]) })),
    [
      "good",
      "no trigger; target group shop-green: error rate at most 3 % in 3 minutes with 3,000 requests (CloudWatch); target group shop-green: response time (p95) at most 0.5 s in 3 minutes with 3,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 3 % in 3 minutes with 3,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.5 s in 3 minutes with 3,000 requests (CloudWatch)",
    ],
  ],
  [
    "an error rate that rose over the limit",
    () => told(420, seen(420, { next: minutes([fast(0), fast(120), fast(200)]) })),
    [
      "breaching error-rate cloudwatch",
      "target group shop-green: error rate 12 % to 20 %, limit 10 %, in 2 minutes 12:01–12:03 UTC (CloudWatch, 2,000 requests); 5 min in a row roll back",
      "error-rate cloudwatch running at 60: target group shop-green: error rate 12 % to 20 %, limit 10 %, in 2 minutes 12:01–12:03 UTC (CloudWatch, 2,000 requests); 5 min in a row roll back",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 3 minutes with 3,000 requests (CloudWatch)",
    ],
  ],
  [
    "one minute where one is enough",
    () => told(240, seen(240, { next: minutes([fast(101)]) }), { breachDuration: 60 }),
    [
      "bad error-rate cloudwatch at 180",
      "target group shop-green: error rate 10.1 %, limit 10 %, in the minute 12:00–12:01 UTC (CloudWatch, 1,000 requests)",
      "error-rate cloudwatch fired at 180: target group shop-green: error rate 10.1 %, limit 10 %, in the minute 12:00–12:01 UTC (CloudWatch, 1,000 requests)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "two minutes with two rates, and the later one known earlier",
    () =>
      told(
        420,
        seen(420, { next: minutes([fast(0), { errors: 150, readableAt: t0 + 400 }, { errors: 250, readableAt: t0 + 300 }, fast(0)]) }),
        { breachDuration: 120 },
      ),
    [
      "bad error-rate cloudwatch at 400",
      "target group shop-green: error rate 15 % to 25 %, limit 10 %, in 2 minutes 12:01–12:03 UTC (CloudWatch, 2,000 requests)",
      "error-rate cloudwatch fired at 400: target group shop-green: error rate 15 % to 25 %, limit 10 %, in 2 minutes 12:01–12:03 UTC (CloudWatch, 2,000 requests)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 4 minutes with 4,000 requests (CloudWatch)",
    ],
  ],
  [
    "response times that differ",
    () => told(420, seen(420, { next: minutes([fast(0, 6.2), fast(0, 7)]) }), { breachDuration: 300 }),
    [
      "breaching response-time cloudwatch",
      "target group shop-green: response time (p95) 6.2 s to 7 s, limit 5 s, in 2 minutes 12:00–12:02 UTC (CloudWatch, 2,000 requests); 5 min in a row roll back",
      "response-time cloudwatch running at 0: target group shop-green: response time (p95) 6.2 s to 7 s, limit 5 s, in 2 minutes 12:00–12:02 UTC (CloudWatch, 2,000 requests); 5 min in a row roll back",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 2 minutes with 2,000 requests (CloudWatch)",
    ],
  ],
  [
    "a response time over the limit for long enough",
    () => told(420, seen(420, { next: minutes(repeat(2, fast(0, 5.004))) }), { breachDuration: 120, statistic: "Average" }),
    [
      "bad response-time cloudwatch at 240",
      "target group shop-green: response time (Average) 5.004 s, limit 5 s, in 2 minutes 12:00–12:02 UTC (CloudWatch, 2,000 requests)",
      "response-time cloudwatch fired at 240: target group shop-green: response time (Average) 5.004 s, limit 5 s, in 2 minutes 12:00–12:02 UTC (CloudWatch, 2,000 requests)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 2 minutes with 2,000 requests (CloudWatch)",
    ],
  ],
  [
    "a response time that nobody measured",
    () => told(420, seen(420, { next: minutes(repeat(2, { requests: 1000, responseTime: undefined })) })),
    [
      "good",
      "no trigger; target group shop-green: error rate at most 0 % in 2 minutes with 2,000 requests (CloudWatch)",
      "response-time cloudwatch unknown: target group shop-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 2 minutes with 2,000 requests (CloudWatch)",
    ],
  ],
  [
    "one request a minute",
    () => told(420, seen(420, { next: minutes(repeat(2, fast(0, 0.1, 1))) }), { minimumRequests: 2 }),
    [
      "no-data",
      "the new version had 1 request a minute at most (CloudWatch); 2 are needed for a verdict",
      "error-rate cloudwatch unknown: target group shop-green: error rate is unknown, no full minute with 2 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group shop-green: response time (p95) is unknown, no full minute with 2 requests or more since the new version got traffic (CloudWatch)",
    ],
  ],
  [
    "one request, where one is enough",
    () => told(240, seen(240, { next: minutes([fast(0, 0.1, 1)]) }), { minimumRequests: 1 }),
    [
      "good",
      "no trigger; target group shop-green: error rate at most 0 % in 1 minute with 1 request (CloudWatch); target group shop-green: response time (p95) at most 0.1 s in 1 minute with 1 request (CloudWatch)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 1 minute with 1 request (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.1 s in 1 minute with 1 request (CloudWatch)",
    ],
  ],
  [
    "a database metric within its limit",
    () => told(420, seen(420, { next: minutes([fast(0), fast(0)]), database: [99, 95.5, 100] })),
    [
      "good",
      "no trigger; target group shop-green: error rate at most 0 % in 2 minutes with 2,000 requests (CloudWatch); target group shop-green: response time (p95) at most 0.2 s in 2 minutes with 2,000 requests (CloudWatch); database connection success at least 95.5 % (CloudWatch)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 2 minutes with 2,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 2 minutes with 2,000 requests (CloudWatch)",
      "database cloudwatch clear: database connection success at least 95.5 % (CloudWatch)",
    ],
  ],
  [
    "a database metric whose last two minutes are below",
    () => told(420, seen(420, { next: minutes([fast(0), fast(0)]), database: [100, 100, 85, 94.9] }), { breachDuration: 120 }),
    [
      "bad database cloudwatch at 360",
      "database connection success 89.95 %, limit 90 %, 12:02–12:04 UTC (CloudWatch)",
      "database cloudwatch fired at 360: database connection success 89.95 %, limit 90 %, 12:02–12:04 UTC (CloudWatch)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 2 minutes with 2,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 2 minutes with 2,000 requests (CloudWatch)",
    ],
  ],
  [
    "a database metric without a minute",
    () => told(420, seen(420, { next: minutes([fast(0), fast(0)]), database: [] })),
    [
      "no-data",
      "the database metric has shown nothing for 5 min (CloudWatch)",
      "database cloudwatch unknown: database connection success is unknown: its metric has no data (CloudWatch)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 2 minutes with 2,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 2 minutes with 2,000 requests (CloudWatch)",
    ],
  ],
  [
    "the load balancer's own errors",
    () =>
      told(
        420,
        seen(420, {
          next: minutes([fast(20), fast(20)]),
          balancer: [0, 1].map((index) => ({ start: t0 + index * 60, errors: 300, requests: 1100, readableAt: t0 + 200 + index })),
        }),
        { breachDuration: 120 },
      ),
    [
      "bad error-rate cloudwatch at 240",
      "load balancer shop-alb: error rate 27.3 %, limit 10 %, in 2 minutes 12:00–12:02 UTC (CloudWatch, 2,200 requests)",
      "error-rate cloudwatch fired at 240: load balancer shop-alb: error rate 27.3 %, limit 10 %, in 2 minutes 12:00–12:02 UTC (CloudWatch, 2,200 requests)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 2 % in 2 minutes with 2,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 2 minutes with 2,000 requests (CloudWatch)",
    ],
  ],
  [
    "the load balancer's errors with those of its targets among them",
    () =>
      told(
        300,
        seen(300, {
          next: minutes([fast(20)]),
          balancer: [{ start: t0, errors: 10, requests: 1000, readableAt: t0 + 200 }],
        }),
      ),
    [
      "good",
      "no trigger; target group shop-green: error rate at most 2 % in 1 minute with 1,000 requests (CloudWatch); load balancer shop-alb: error rate at most 2 % in 1 minute with 1,000 requests (CloudWatch); target group shop-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 2 % in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: load balancer shop-alb: error rate at most 2 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "alarms of which nobody says why they are not answered",
    () => told(420, seen(420, { next: minutes([fast(0)]), alarmsAnswered: t0 + 300 })).slice(0, 2),
    ["inconclusive", "no answer from CloudWatch alarms for 2 min: nothing can be said about the version"],
  ],
  [
    "alarms",
    () =>
      told(420, {
        metrics: {
          ...metrics(t0 + 420, {
            next: minutes([fast(0)]),
            alarms: [
              { name: "errors", state: "alarm", since: t0 + 65, reason: "5 datapoints over 10" },
              { name: "old", state: "alarm", since: t0 - 121, reason: undefined },
              { name: "slow", state: "alarm", since: undefined, reason: undefined },
              { name: "quiet", state: "ok", since: t0, reason: undefined },
              { name: "young", state: "insufficient-data", since: t0, reason: undefined },
            ],
          }),
        },
      }),
    [
      "bad alarm alarm at 0",
      "alarm slow fires; also alarm errors fires since 12:01:05 UTC: 5 datapoints over 10",
      "alarm alarm fired at 0: alarm slow fires",
      "alarm alarm fired at 65: alarm errors fires since 12:01:05 UTC: 5 datapoints over 10",
      "alarm alarm unknown: alarm old fires since 11:57:59 UTC, from before the deployment began: not counted",
      "alarm alarm unknown: alarm young has not enough data",
      "alarm alarm clear: alarm quiet is quiet",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "an alarm that is gone, and CloudWatch that is throttled",
    () =>
      told(700, {
        metrics: {
          ...metrics(t0 + 700, {
            next: minutes(repeat(8, fast(0))),
            alarms: [{ name: "gone", state: "missing", since: undefined, reason: undefined }],
          }),
          metricsSource: { lastAnswer: t0 + 575, failing: { since: t0 + 575, says: "ThrottlingException" } } as never,
        },
      }),
    [
      "inconclusive",
      "no answer from CloudWatch metrics for 2 min (ThrottlingException): nothing can be said about the version; alarm gone does not exist",
      "alarm alarm unknown: alarm gone does not exist",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 8 minutes with 8,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 8 minutes with 8,000 requests (CloudWatch)",
    ],
  ],
];

test.each(cases)("%s", (_, lines, expected) => {
  expect(lines()).toEqual(expected);
});
