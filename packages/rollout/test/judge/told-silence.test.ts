// What missing metrics lead to, word for word: nothing is good because nothing was seen.
import { minutes } from "./build.ts";
import { fast, groups, repeat, seen, told } from "./told.ts";

const cases: readonly (readonly [about: string, lines: () => readonly string[], expected: readonly string[]])[] = [
  [
    "two groups",
    () => told(420, seen(420, { groups: groups({ "web-green": [fast(10), fast(20)], "api-green": [fast(400), null, fast(0)] }) })),
    [
      "good",
      "no trigger; target group web-green: error rate at most 2 % in 2 minutes with 2,000 requests (CloudWatch); target group api-green: error rate at most 40 % in 2 minutes with 2,000 requests (CloudWatch); all target groups of the new version: error rate at most 20.5 % in 3 minutes with 4,000 requests (CloudWatch); target group web-green: response time (p95) at most 0.2 s in 2 minutes with 2,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: target group web-green: error rate at most 2 % in 2 minutes with 2,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: target group api-green: error rate at most 40 % in 2 minutes with 2,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 20.5 % in 3 minutes with 4,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group web-green: response time (p95) at most 0.2 s in 2 minutes with 2,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group api-green: response time (p95) at most 0.2 s in 2 minutes with 2,000 requests (CloudWatch)",
    ],
  ],
  [
    "the new version had no request",
    () => told(300, seen(300, { next: [] })),
    [
      "no-data",
      "CloudWatch shows no request of the new version yet, 5 min after it got traffic (it shows them 1 to 3 minutes late, and no zeros)",
      "error-rate cloudwatch unknown: target group shop-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group shop-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
    ],
  ],
  [
    "the new version had none lately",
    () => told(900, seen(900, { next: minutes([fast(0), fast(0), ...repeat(3, fast(0, 0.1, 0))]) })),
    [
      "no-data",
      "CloudWatch shows no minute with 10 requests or more of the new version in the last 5 min; the last with any was 12:01–12:02 UTC",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 2 minutes with 2,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 2 minutes with 2,000 requests (CloudWatch)",
    ],
  ],
  [
    "the new version had just enough once",
    () => told(900, seen(900, { next: minutes([fast(0, 0.1, 10)]) })).slice(0, 2),
    [
      "no-data",
      "CloudWatch shows no minute with 10 requests or more of the new version in the last 5 min; the last with any was 12:00–12:01 UTC",
    ],
  ],
  [
    "the new version never had enough",
    () => told(900, seen(900, { next: minutes([fast(0, 0.1, 9)]) })).slice(0, 2),
    ["no-data", "the new version had 9 requests a minute at most (CloudWatch); 10 are needed for a verdict"],
  ],
  [
    "the last full minute that is still fresh",
    () => told(360, seen(360, { next: minutes([fast(0)]) })),
    [
      "good",
      "no trigger; target group shop-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); target group shop-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "the same, a second later",
    () => told(361, seen(361, { next: minutes([fast(0)]) })),
    [
      "no-data",
      "CloudWatch shows no minute with 10 requests or more of the new version in the last 5 min; the last with any was 12:00–12:01 UTC",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "few requests of one group are enough with those of the other",
    () => told(240, seen(240, { groups: groups({ "web-green": [fast(0, 0.1, 6)], "api-green": [fast(0, 0.1, 6)] }) })),
    [
      "good",
      "no trigger; all target groups of the new version: error rate at most 0 % in 1 minute with 12 requests (CloudWatch)",
      "error-rate cloudwatch unknown: target group web-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch unknown: target group api-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group web-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group api-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 0 % in 1 minute with 12 requests (CloudWatch)",
    ],
  ],
  [
    "a group that fell silent",
    () =>
      told(
        300,
        seen(300, {
          groups: groups(
            { "web-green": [fast(0)], "api-green": [], "job-green": [] },
            { "web-blue": repeat(6, fast(0)), "api-blue": repeat(6, fast(0)), "job-blue": repeat(6, fast(0)) },
          ),
        }),
      ),
    [
      "no-data",
      "target group api-green, target group job-green: no request in the last 5 min, though the old version's 3 target groups all had traffic (CloudWatch)",
      "error-rate cloudwatch unknown: target group api-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch unknown: target group job-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group api-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group job-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "a group that was busy in five minutes of ten",
    () =>
      told(
        300,
        seen(300, {
          groups: groups(
            { "web-green": [fast(0)], "api-green": [] },
            { "web-blue": repeat(6, fast(0)), "api-blue": [...repeat(5, fast(0)), ...repeat(5, fast(0, 0.1, 9))] },
          ),
        }),
      ),
    [
      "good",
      "no trigger; target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch unknown: target group api-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group api-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "a group that was busy in six of ten",
    () =>
      told(
        300,
        seen(300, {
          groups: groups(
            { "web-green": [fast(0)], "api-green": [] },
            { "web-blue": repeat(6, fast(0)), "api-blue": [...repeat(6, fast(0, 0.1, 10)), ...repeat(4, fast(0, 0.1, 9))] },
          ),
        }),
      ),
    [
      "no-data",
      "target group api-green: no request in the last 5 min, though the old version's 2 target groups all had traffic (CloudWatch)",
      "error-rate cloudwatch unknown: target group api-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group api-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "a group of which four minutes are known",
    () =>
      told(
        300,
        seen(300, {
          groups: groups({ "web-green": [fast(0)], "api-green": [] }, { "web-blue": repeat(6, fast(0)), "api-blue": repeat(4, fast(0)) }),
        }),
      ),
    [
      "good",
      "no trigger; target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch unknown: target group api-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group api-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "a database metric that is just fresh",
    () => told(900, seen(900, { next: minutes(repeat(12, fast(0))), database: repeat(10, 100) })),
    [
      "good",
      "no trigger; target group shop-green: error rate at most 0 % in 12 minutes with 12,000 requests (CloudWatch); target group shop-green: response time (p95) at most 0.2 s in 12 minutes with 12,000 requests (CloudWatch); database connection success at least 100 % (CloudWatch)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 12 minutes with 12,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 12 minutes with 12,000 requests (CloudWatch)",
      "database cloudwatch clear: database connection success at least 100 % (CloudWatch)",
    ],
  ],
  [
    "the same, a second later, with a database",
    () => told(901, seen(901, { next: minutes(repeat(12, fast(0))), database: repeat(10, 100) })),
    [
      "no-data",
      "the database metric has shown nothing for 5 min (CloudWatch)",
      "error-rate cloudwatch clear: target group shop-green: error rate at most 0 % in 12 minutes with 12,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group shop-green: response time (p95) at most 0.2 s in 12 minutes with 12,000 requests (CloudWatch)",
      "database cloudwatch clear: database connection success at least 100 % (CloudWatch)",
    ],
  ],
  [
    "a group whose busy minutes begin an hour ago",
    () =>
      told(
        300,
        seen(300, {
          groups: groups(
            { "web-green": [fast(0)], "api-green": [] },
            { "web-blue": repeat(5, fast(0)), "api-blue": repeat(5, fast(0)) },
            -3600,
          ),
        }),
      ),
    [
      "no-data",
      "target group api-green: no request in the last 5 min, though the old version's 2 target groups all had traffic (CloudWatch)",
      "error-rate cloudwatch unknown: target group api-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group api-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "a group whose busy minutes began before that",
    () =>
      told(
        300,
        seen(300, {
          groups: groups(
            { "web-green": [fast(0)], "api-green": [] },
            { "web-blue": repeat(5, fast(0)), "api-blue": repeat(5, fast(0)) },
            -3601,
          ),
        }),
      ),
    [
      "good",
      "no trigger; target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch unknown: target group api-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group api-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "a group that was busy until the switch",
    () =>
      told(
        300,
        seen(300, {
          groups: groups(
            { "web-green": [fast(0)], "api-green": [] },
            { "web-blue": repeat(5, fast(0)), "api-blue": repeat(5, fast(0)) },
            -300,
          ),
        }),
      ),
    [
      "no-data",
      "target group api-green: no request in the last 5 min, though the old version's 2 target groups all had traffic (CloudWatch)",
      "error-rate cloudwatch unknown: target group api-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group api-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "a group that was busy beyond it",
    () =>
      told(
        300,
        seen(300, {
          groups: groups(
            { "web-green": [fast(0)], "api-green": [] },
            { "web-blue": repeat(5, fast(0)), "api-blue": repeat(5, fast(0)) },
            -299,
          ),
        }),
      ),
    [
      "good",
      "no trigger; target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch unknown: target group api-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group api-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
  [
    "a group that was busy before, of one that is not",
    () => told(300, seen(300, { groups: groups({ "web-green": [fast(0)], "api-green": [] }, { "web-blue": repeat(6, fast(0)) }) })),
    [
      "good",
      "no trigger; target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch); target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch unknown: target group api-green: error rate is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "response-time cloudwatch unknown: target group api-green: response time (p95) is unknown, no full minute with 10 requests or more since the new version got traffic (CloudWatch)",
      "error-rate cloudwatch clear: target group web-green: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "error-rate cloudwatch clear: all target groups of the new version: error rate at most 0 % in 1 minute with 1,000 requests (CloudWatch)",
      "response-time cloudwatch clear: target group web-green: response time (p95) at most 0.2 s in 1 minute with 1,000 requests (CloudWatch)",
    ],
  ],
];

test.each(cases)("%s", (_, lines, expected) => {
  expect(lines()).toEqual(expected);
});
