// The numbers of the comparison: what is compared, and what difference would have been found.
import { defaultComparison } from "../../src/judge/compare.ts";
import { compareErrors, compareLatency, type Pair, type TestResult } from "../../src/judge/comparison.ts";
import type { CountedMinute } from "../../src/judge/minutes.ts";
import { repeat } from "./told.ts";

const counted = (start: number, requests: number, errors: number, responseTime?: number): CountedMinute => ({
  start,
  requests,
  errors,
  responseTime,
  readableAt: start + 180,
});
/** Pairs of minutes as [requests, errors, response time] of the new and of the old version. */
const pairs = (
  ...rows: readonly (readonly [next: readonly [number, number, number?], previous: readonly [number, number, number?]])[]
): readonly Pair[] =>
  rows.map(([next, previous], index) => ({
    start: index * 60,
    next: counted(index * 60, ...next),
    previous: counted(index * 60, ...previous),
  }));
const history = (...rows: readonly (readonly [number, number, number?])[]): readonly CountedMinute[] =>
  rows.map((row, index) => counted(index * 60 - 1200, ...row));
const calm = history(...repeat(8, [1000, 10, 0.2] as const));
const noisy = history(
  [1000, 2, 0.1],
  [900, 40, 0.3],
  [1100, 5, 0.2],
  [1000, 60, 0.15],
  [800, 0, 0.25],
  [1000, 3, 0.2],
  [1000, 30, 0.1],
  [1000, 4, 0.4],
  [0, 0],
);
/** `worse`, `suspicious` or `clear`; then the new version's, the old version's, and what would have been found. */
const told = ({ worse, suspicious, next, previous, detectable }: TestResult): string =>
  [worse ? "worse" : suspicious ? "suspicious" : "clear", ...[next, previous, detectable].map((one) => Number(one.toPrecision(9)))].join(
    " ",
  );
const errors = (...args: readonly [readonly Pair[], readonly CountedMinute[], number]) => told(compareErrors(defaultComparison, ...args));
const latency = (statistic: string, ...args: readonly [readonly Pair[], readonly CountedMinute[], number]) =>
  told(compareLatency(defaultComparison, statistic, ...args));

/** Minutes of so many requests of the new version, with these response times of both. */
const timed = (requests: number, next: readonly number[], previous: readonly number[]): readonly Pair[] =>
  pairs(
    ...next.map(
      (time, index) =>
        [
          [requests, 0, time],
          [900, 0, previous[index] ?? 0],
        ] as const,
    ),
  );
/** Minutes of 1,000 requests on both sides, with so many errors. */
const rows = (...errorsOf: readonly (readonly [next: number, previous: number])[]): readonly Pair[] =>
  pairs(
    ...errorsOf.map(
      ([next, previous]) =>
        [
          [1000, next],
          [1000, previous],
        ] as const,
    ),
  );
const worse = pairs(
  [
    [500, 25],
    [1000, 10],
  ],
  [
    [600, 33],
    [900, 9],
  ],
);
const slowed = timed(500, [0.4, 0.5, 0.45], [0.2, 0.2, 0.19]);
const slowedMany = timed(5000, [0.4, 0.5, 0.45], [0.2, 0.2, 0.19]);

test.each([
  [
    "errors: alike, calm",
    () =>
      errors(
        pairs(
          [
            [500, 5],
            [1000, 10],
          ],
          [
            [600, 6],
            [900, 9],
          ],
        ),
        calm,
        0.005,
      ),
    "clear 0.01 0.01 0.0266494357",
  ],
  ["errors: worse, calm", () => errors(worse, calm, 0.005), "worse 0.0527272727 0.01 0.0266494357"],
  ["errors: worse, noisy", () => errors(worse, noisy, 0.005), "clear 0.0527272727 0.01 0.120063194"],
  ["errors: worse, no history", () => errors(worse, [], 0.005), "suspicious 0.0527272727 0.01 0.0444696936"],
  ["errors: four minutes of history are none", () => errors(worse, calm.slice(0, 4), 0.005), "suspicious 0.0527272727 0.01 0.0444696936"],
  ["errors: five are enough", () => errors(worse, calm.slice(0, 5), 0.005), "worse 0.0527272727 0.01 0.0266494357"],
  [
    "errors: one bad minute of three",
    () =>
      errors(
        pairs(
          [
            [500, 100],
            [1000, 10],
          ],
          [
            [600, 6],
            [900, 9],
          ],
          [
            [600, 6],
            [900, 9],
          ],
        ),
        calm,
        0.005,
      ),
    "clear 0.0658823529 0.01 0.022587579",
  ],
  [
    "errors: exactly what is tolerated",
    () =>
      errors(
        pairs(
          [
            [1000, 15],
            [1000, 10],
          ],
          [
            [1000, 15],
            [1000, 10],
          ],
        ),
        calm,
        0.005,
      ),
    "clear 0.015 0.01 0.0239861551",
  ],
  [
    "errors: one bad minute of three, the others exactly what is tolerated",
    () => errors(rows([100, 10], [15, 10], [15, 10]), calm, 0.005),
    "clear 0.0433333333 0.01 0.0205021307",
  ],
  [
    "errors: two bad minutes of three, and no more than tolerated in all: not even a suspicion",
    () => errors(rows([20, 10], [20, 10], [2, 10]), calm, 0.1),
    "clear 0.014 0.01 0.0164092215",
  ],
  [
    "errors: two bad minutes of four, and exactly what is tolerated in all",
    () => errors(rows([20, 10], [20, 10], [10, 10], [10, 10]), calm, 0.1),
    "clear 0.015 0.01 0.0148806756",
  ],
  [
    "errors: two bad minutes of four, and a little more in all",
    () => errors(rows([20, 10], [20, 10], [10, 10], [11, 10]), calm, 0.1),
    "suspicious 0.01525 0.01 0.0148806756",
  ],
  [
    "errors: suspicious",
    () =>
      errors(
        pairs(
          [
            [250, 6],
            [9000, 45],
          ],
          [
            [250, 6],
            [9000, 45],
          ],
          [
            [250, 6],
            [9000, 45],
          ],
        ),
        calm,
        0.002,
      ),
    "suspicious 0.024 0.005 0.0201893692",
  ],
  [
    "errors: likely chance",
    () =>
      errors(
        pairs(
          [
            [100, 3],
            [1000, 10],
          ],
          [
            [100, 3],
            [1000, 10],
          ],
        ),
        calm,
        0.005,
      ),
    "clear 0.03 0.01 0.0429699361",
  ],
  [
    "errors: an old version without any",
    () =>
      errors(
        pairs(
          [
            [500, 10],
            [1000, 0],
          ],
          [
            [600, 12],
            [900, 0],
          ],
        ),
        history(...repeat(8, [1000, 0] as const)),
        0.005,
      ),
    "worse 0.02 0 0.0110810934",
  ],
  [
    "errors: an old version that only fails",
    () =>
      errors(
        pairs(
          [
            [500, 500],
            [1000, 1000],
          ],
          [
            [600, 600],
            [900, 900],
          ],
        ),
        history(...repeat(8, [1000, 1000] as const)),
        0.005,
      ),
    "clear 1 1 0.221494357",
  ],
  [
    "errors: minutes of one request",
    () =>
      errors(
        pairs(
          [
            [50, 10],
            [100, 1],
          ],
          [
            [60, 12],
            [90, 1],
          ],
        ),
        history(...repeat(4, [1, 0] as const), ...repeat(4, [1, 1] as const)),
        0.005,
      ),
    "worse 0.2 0.0106060606 0.0667593107",
  ],
  [
    "errors: an old version that fails in whole minutes",
    () =>
      errors(
        pairs(
          [
            [500, 400],
            [1000, 10],
          ],
          [
            [600, 480],
            [900, 9],
          ],
        ),
        history([1000, 0], [1000, 1000], [1000, 0], [1000, 1000], [1000, 0], [1000, 1000]),
        0.005,
      ),
    "clear 0.8 0.01 3.50061225",
  ],
  [
    "errors: new minutes of different size",
    () =>
      errors(
        pairs(
          [
            [100, 5],
            [1000, 10],
          ],
          [
            [2000, 20],
            [500, 20],
          ],
          [
            [300, 12],
            [900, 9],
          ],
        ),
        calm,
        0.005,
      ),
    "clear 0.0154166667 0.035 0.0511884682",
  ],
  [
    "response times: alike",
    () => latency("p95", timed(500, [0.2, 0.22, 0.21], [0.2, 0.2, 0.19]), calm, 0.005),
    "clear 0.20984115 0.196609514 2.40186926",
  ],
  ["response times: worse", () => latency("p95", slowed, calm, 0.005), "worse 0.448140475 0.196609514 2.40186926"],
  ["response times: worse, noisy", () => latency("p95", slowed, noisy, 0.005), "clear 0.448140475 0.196609514 16.5084019"],
  ["response times: worse, no history", () => latency("p95", slowed, [], 0.005), "suspicious 0.448140475 0.196609514 3.44346746"],
  [
    "response times: six minutes of history are none",
    () => latency("p95", slowed, noisy.slice(0, 6), 0.005),
    "suspicious 0.448140475 0.196609514 3.44346746",
  ],
  ["response times: seven are enough", () => latency("p95", slowed, noisy.slice(0, 7), 0.005), "clear 0.448140475 0.196609514 14.892428"],
  ["response times: the mean", () => latency("Average", slowed, calm, 0.005), "worse 0.448140475 0.196609514 2.44359157"],
  ["response times: the median", () => latency("p50", slowed, calm, 0.005), "worse 0.448140475 0.196609514 1.5639641"],
  ["response times: p99.9", () => latency("p99.9", slowedMany, calm, 0.005), "suspicious 0.448140475 0.196609514 5.72069488"],
  ["response times: p100", () => latency("p100", slowedMany, calm, 0.005), "suspicious 0.448140475 0.196609514 5.72069488"],
  [
    "response times: two of three slow",
    () => latency("p95", timed(5000, [0.2, 0.8, 0.8], [0.2, 0.2, 0.2]), calm, 0.005),
    "worse 0.50396842 0.2 1.55677495",
  ],
  [
    "response times: one of three slow",
    () => latency("p95", timed(5000, [0.2, 0.2, 2], [0.2, 0.2, 0.2]), calm, 0.005),
    "clear 0.430886938 0.2 1.55677495",
  ],
  [
    "response times: one of three slow, the others exactly what is tolerated",
    () => latency("p95", timed(5000, [0.6, 0.6, 50], [0.5, 0.5, 0.5]), calm, 0.005),
    "clear 2.62074139 0.5 1.55677495",
  ],
  [
    "response times: recovered to exactly what is tolerated",
    () => latency("p95", timed(5000, [50, 50, 0.6], [0.5, 0.5, 0.5]), calm, 0.005),
    "clear 11.4471424 0.5 1.55677495",
  ],
  [
    "response times: recovered",
    () => latency("p95", timed(5000, [2, 2, 0.2], [0.2, 0.2, 0.2]), calm, 0.005),
    "clear 0.928317767 0.2 1.55677495",
  ],
  [
    "response times: just under what is noticed",
    () => latency("p95", timed(5000, [0.039, 0.039, 0.039], [0.02, 0.02, 0.02]), calm, 0.005),
    "clear 0.039 0.02 1.55677495",
  ],
  [
    "response times: just over it",
    () => latency("p95", timed(5000, [0.041, 0.041, 0.041], [0.02, 0.02, 0.02]), calm, 0.005),
    "worse 0.041 0.02 1.55677495",
  ],
  [
    "response times: none at all on the old side",
    () => latency("p95", timed(5000, [0.2, 0.2, 0.2], [0, 0, 0]), calm, 0.005),
    "worse 0.2 0.0001 1.55677495",
  ],
  [
    "response times: suspicious",
    () => latency("p95", timed(500, [0.34, 0.34, 0.34], [0.2, 0.2, 0.2]), calm, 0.002),
    "suspicious 0.34 0.2 2.63432777",
  ],
])("%s", (_, found, expected) => {
  expect(found()).toEqual(expected);
});
