// What this run's own requests lead to, word for word.
import { probes, t0 } from "./build.ts";
import { told } from "./told.ts";

const cases: readonly (readonly [about: string, lines: () => readonly string[], expected: readonly string[]])[] = [
  [
    "checks that pass",
    () => told(40, { probes: probes("....") }),
    [
      "good",
      "no trigger; health check backend passed 4 of 4 times (own probe)",
      "health-checks prober clear: health check backend passed 4 of 4 times (own probe)",
    ],
  ],
  [
    "checks that fail so far",
    () => told(60, { probes: probes("...xx") }),
    [
      "breaching health-checks prober",
      "health check backend fails since 12:00:30 UTC, 2 times in a row so far, 3 are allowed; last: status 503 instead of 200 (own probe)",
      "health-checks prober running at 30: health check backend fails since 12:00:30 UTC, 2 times in a row so far, 3 are allowed; last: status 503 instead of 200 (own probe)",
    ],
  ],
  [
    "checks that failed too often",
    () => told(80, { probes: probes("..xxxx") }),
    [
      "bad health-checks prober at 50.05",
      "health check backend failed 4 times in a row from 12:00:20 to 12:00:50 UTC, 3 are allowed; last: status 503 instead of 200 (own probe)",
      "health-checks prober fired at 50.05: health check backend failed 4 times in a row from 12:00:20 to 12:00:50 UTC, 3 are allowed; last: status 503 instead of 200 (own probe)",
    ],
  ],
  [
    "a check that was never answered",
    () => told(100, { probes: probes("~~~") }),
    [
      "no-data",
      "health check backend has no result since the new version got traffic",
      "health-checks prober unknown: health check backend has no result yet (own probe)",
    ],
  ],
  [
    "a check whose control probe fails for two minutes",
    () => told(200, { probes: probes(`....${"~".repeat(14)}`) }),
    [
      "inconclusive",
      "the runner's own network is in trouble: the control probe failed with 14 probes of health check backend since 12:00:30 UTC, so these say nothing about the version",
      "health-checks prober clear: health check backend passed 4 of 4 times (own probe)",
    ],
  ],
  [
    "a check that fell silent",
    () => told(200, { probes: probes("....") }),
    [
      "no-data",
      "health check backend has no result since 12:00:30 UTC",
      "health-checks prober clear: health check backend passed 4 of 4 times (own probe)",
    ],
  ],
  [
    "a check without a result since the switch",
    () => told(150, { probes: probes("..", { from: t0 - 60 }) }),
    [
      "no-data",
      "health check backend has no result since the new version got traffic",
      "health-checks prober unknown: health check backend has no result yet (own probe)",
    ],
  ],
  ["no check at all", () => told(150, { probes: [] }), ["no-data", "no health check has been made yet"]],
  [
    "a failure without a status",
    () =>
      told(60, {
        probes: probes(".....").map((one, index) =>
          index < 4 ? one : { ...one, ok: false, status: undefined, cause: "timeout" as const },
        ) as never,
      }),
    [
      "breaching health-checks prober",
      "health check backend fails since 12:00:40 UTC, 1 time in a row so far, 3 are allowed; last: timeout (own probe)",
      "health-checks prober running at 40: health check backend fails since 12:00:40 UTC, 1 time in a row so far, 3 are allowed; last: timeout (own probe)",
    ],
  ],
  [
    "a failure of which nothing is known",
    () =>
      told(60, {
        probes: probes(".....").map((one, index) =>
          index < 4 ? one : { time: one.time, check: one.check, ok: false, control: "ok" as const, latency: 0.1 },
        ) as never,
      }),
    [
      "breaching health-checks prober",
      "health check backend fails since 12:00:40 UTC, 1 time in a row so far, 3 are allowed; last: failed (own probe)",
      "health-checks prober running at 40: health check backend fails since 12:00:40 UTC, 1 time in a row so far, 3 are allowed; last: failed (own probe)",
    ],
  ],
  [
    "a failure of which only the status is known, after one of which more is",
    () =>
      told(70, {
        probes: probes("...xxx").map((one, index) => (index < 5 ? one : { ...one, status: 502, detail: undefined })) as never,
      }),
    [
      "breaching health-checks prober",
      "health check backend fails since 12:00:30 UTC, 3 times in a row so far, 3 are allowed; last: status 502 (own probe)",
      "health-checks prober running at 30: health check backend fails since 12:00:30 UTC, 3 times in a row so far, 3 are allowed; last: status 502 (own probe)",
    ],
  ],
  [
    "a database that was never asked with a network",
    () => told(100, { probes: probes("~~~", { check: "database" }) }),
    [
      "no-data",
      "health check database has no result since the new version got traffic",
      "health-checks prober unknown: health check database has no result yet (own probe)",
      "database prober unknown: no database check has an answer yet (own probe)",
    ],
  ],
  [
    "a database that some checks miss",
    () => told(100, { probes: probes("......x.x", { check: "database" }) }),
    [
      "breaching database prober",
      "database connection success 77.8 % (7 of 9 checks, own probe); 10 checks make a share; also health check database fails since 12:01:20 UTC, 1 time in a row so far, 3 are allowed; last: status 503 instead of 200 (own probe)",
      "database prober running at 60: database connection success 77.8 % (7 of 9 checks, own probe); 10 checks make a share",
      "health-checks prober running at 80: health check database fails since 12:01:20 UTC, 1 time in a row so far, 3 are allowed; last: status 503 instead of 200 (own probe)",
    ],
  ],
  [
    "a database that too many checks miss",
    () => told(120, { probes: probes("......x.x.", { check: "database" }) }),
    [
      "bad database prober at 90.05",
      "database connection success 80 % (8 of 10 checks), limit 90 %, from 12:00:00 to 12:01:30 UTC (own probe)",
      "database prober fired at 90.05: database connection success 80 % (8 of 10 checks), limit 90 %, from 12:00:00 to 12:01:30 UTC (own probe)",
      "health-checks prober clear: health check database passed 8 of 10 times (own probe)",
    ],
  ],
  [
    "a database that is missed no more",
    () => told(160, { probes: probes("......x.x.....", { check: "database" }) }),
    [
      "bad database prober at 90.05",
      "database connection success 80 % (8 of 10 checks), limit 90 %, from 12:00:00 to 12:01:30 UTC (own probe)",
      "database prober fired at 90.05: database connection success 80 % (8 of 10 checks), limit 90 %, from 12:00:00 to 12:01:30 UTC (own probe)",
      "health-checks prober clear: health check database passed 12 of 14 times (own probe)",
    ],
  ],
  [
    "a database that is well",
    () => told(120, { probes: probes(`x${".".repeat(10)}`, { check: "database" }) }),
    [
      "good",
      "no trigger; health check database passed 10 of 11 times (own probe); database connection success 90.9 % (10 of 11 checks, own probe)",
      "health-checks prober clear: health check database passed 10 of 11 times (own probe)",
      "database prober clear: database connection success 90.9 % (10 of 11 checks, own probe)",
    ],
  ],
  [
    "a tenth and more of the checks of a minute fail",
    () => told(50, { probes: probes("x.....x..x..........x.x.x........", { every: 1 }) }),
    [
      "breaching error-rate prober",
      "health check backend: error rate 18.2 %, limit 10 %, since 12:00:09 UTC (own probe); 5 min without a break roll back",
      "error-rate prober running at 9: health check backend: error rate 18.2 %, limit 10 %, since 12:00:09 UTC (own probe); 5 min without a break roll back",
      "health-checks prober clear: health check backend passed 27 of 33 times (own probe)",
      "response-time prober clear: health check backend: response time within its limit in the last minute (own probe)",
    ],
  ],
  [
    "for as long as the breach duration",
    () => told(120, { probes: probes("x....".repeat(20), { every: 1 }) }, { breachDuration: 60 }),
    [
      "bad error-rate prober at 69.05",
      "health check backend: error rate 19.7 %, limit 10 %, from 12:00:09 to 12:01:09 UTC (own probe)",
      "error-rate prober fired at 69.05: health check backend: error rate 19.7 %, limit 10 %, from 12:00:09 to 12:01:09 UTC (own probe)",
      "health-checks prober clear: health check backend passed 80 of 100 times (own probe)",
      "response-time prober clear: health check backend: response time within its limit in the last minute (own probe)",
    ],
  ],
  [
    "a tenth of the checks are slow",
    () =>
      told(
        120,
        { probes: probes(".".repeat(100), { every: 1 }).map((one, index) => (index % 8 === 0 ? { ...one, latency: 6 } : one)) },
        { breachDuration: 60 },
      ),
    [
      "bad response-time prober at 79.05",
      "health check backend: response time (p95) over 5 s: 7 of 61 answers took longer, from 12:00:19 to 12:01:19 UTC (own probe)",
      "response-time prober fired at 79.05: health check backend: response time (p95) over 5 s: 7 of 61 answers took longer, from 12:00:19 to 12:01:19 UTC (own probe)",
      "health-checks prober clear: health check backend passed 100 of 100 times (own probe)",
      "error-rate prober clear: health check backend: error rate within its limit in the last minute (own probe)",
    ],
  ],
  [
    "some answers are slow, of more than a minute",
    () =>
      told(120, { probes: probes(".".repeat(100), { every: 1 }).map((one, index) => (index % 8 === 0 ? { ...one, latency: 6 } : one)) }),
    [
      "breaching response-time prober",
      "health check backend: response time (p95) over 5 s: 8 of 60 answers took longer, since 12:00:19 UTC (own probe); 5 min without a break roll back",
      "response-time prober running at 19: health check backend: response time (p95) over 5 s: 8 of 60 answers took longer, since 12:00:19 UTC (own probe); 5 min without a break roll back",
      "health-checks prober clear: health check backend passed 100 of 100 times (own probe)",
      "error-rate prober clear: health check backend: error rate within its limit in the last minute (own probe)",
    ],
  ],
  [
    "the mean is slow",
    () => told(120, { probes: probes(".".repeat(40), { every: 1, latency: 5.5 }) }, { statistic: "Average" }),
    [
      "breaching response-time prober",
      "health check backend: mean response time 5.5 s, limit 5 s, since 12:00:04 UTC (own probe); 5 min without a break roll back",
      "response-time prober running at 4: health check backend: mean response time 5.5 s, limit 5 s, since 12:00:04 UTC (own probe); 5 min without a break roll back",
      "health-checks prober clear: health check backend passed 40 of 40 times (own probe)",
      "error-rate prober clear: health check backend: error rate within its limit in the last minute (own probe)",
    ],
  ],
  [
    "all is well, checked each second",
    () => told(60, { probes: probes(".".repeat(50), { every: 1 }) }),
    [
      "good",
      "no trigger; health check backend passed 50 of 50 times (own probe); health check backend: error rate within its limit in the last minute (own probe); health check backend: response time within its limit in the last minute (own probe)",
      "health-checks prober clear: health check backend passed 50 of 50 times (own probe)",
      "error-rate prober clear: health check backend: error rate within its limit in the last minute (own probe)",
      "response-time prober clear: health check backend: response time within its limit in the last minute (own probe)",
    ],
  ],
];

test.each(cases)("%s", (_, lines, expected) => {
  expect(lines()).toEqual(expected);
});
