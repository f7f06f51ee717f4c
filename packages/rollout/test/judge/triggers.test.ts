// Every trigger under the same ten circumstances, so that none is forgotten. What is special to one stands in thresholds.test.ts.
import type { AlarmSeen } from "@aws-deploy-actions/shared/aws/metrics-types";
import { judgeThresholds } from "../../src/judge/thresholds.ts";
import type { Evidence, Verdict } from "../../src/judge/types.ts";
import { evidence, limits, metrics, minutes, probes, type Told, t0 } from "./build.ts";

const circumstances = [
  "just below",
  "at the limit",
  "just above",
  "flapping",
  "missing data",
  "late data",
  "partial minute",
  "0 requests a minute",
  "1 request a minute",
  "1,000 requests a minute",
] as const;

type Seen = readonly [now: number, seen: Partial<Evidence>, verdict: Verdict];
/** One or more looks for each circumstance. */
type Row = Readonly<Record<(typeof circumstances)[number], readonly Seen[]>>;

const repeat = <T>(times: number, value: T): readonly T[] => new Array<T>(times).fill(value);

/** CloudWatch's minutes of the new version, looked at when the last of them can be read, or at a given moment. */
const shown = (told: readonly Told[], verdict: Verdict, now = t0 + told.length * 60 + 120, requests = 1000): Seen => [
  now,
  { metrics: metrics(now, { next: minutes(told, requests) }) },
  verdict,
];

/** A limit on minutes: `over` takes what a minute is told by besides. */
const byMinute = (below: Told, at: Told, over: (more?: object) => Told, under: Told): Row => ({
  "just below": [shown(repeat(6, below), "good")],
  "at the limit": [shown(repeat(6, at), "good")],
  "just above": [shown(repeat(4, over()), "breaching"), shown(repeat(5, over()), "bad")],
  flapping: [shown([...repeat(4, over()), under, ...repeat(4, over())], "breaching")],
  "missing data": [shown([over(), over(), null, null, null, null, over(), over(), over()], "bad")],
  "late data": [499, 500].map((after) =>
    shown([...repeat(4, over()), over({ readableAt: t0 + 500 })], after < 500 ? "breaching" : "bad", t0 + after),
  ),
  "partial minute": [299, 300].map((after) => shown(repeat(5, over({ readableAt: t0 })), after < 300 ? "breaching" : "bad", t0 + after)),
  "0 requests a minute": [shown(repeat(6, null), "no-data")],
  "1 request a minute": [shown(repeat(6, over({ requests: 1, errors: 1 })), "no-data")],
  "1,000 requests a minute": [shown(repeat(6, over({ requests: 1000 })), "bad")],
});

interface Probing {
  readonly every?: number;
  readonly check?: string;
  readonly latency?: number;
  readonly from?: number;
}

/** Our own probes, a letter each, looked at after the last one. */
const probed = (letters: string, verdict: Verdict, how: Probing = {}, extra: Partial<Evidence> = {}): Seen => {
  const now = (how.from ?? t0) + letters.length * (how.every ?? 10) + (how.latency ?? 0);
  return [now, { probes: probes(letters, how), ...extra }, verdict];
};
/** The same while users send so many requests a minute, none of which fails. */
const amid = (letters: string, how: Probing, requests: number): Seen => {
  const now = t0 + letters.length * (how.every ?? 10) + (how.latency ?? 0);
  const told = requests === 0 ? [] : minutes(repeat(Math.floor((letters.length * (how.every ?? 10)) / 60), 0), requests);
  return probed(letters, "bad", how, { metrics: metrics(now, { next: told }) });
};
const traffic = (letters: string, how: Probing = {}) => ({
  "0 requests a minute": [amid(letters, how, 0)],
  "1 request a minute": [amid(letters, how, 1)],
  "1,000 requests a minute": [amid(letters, how, 1000)],
});

const second = { every: 1 };
const database = { check: "database" };
const slow = { every: 1, latency: 5.1 };

/** The metric's percentages, a minute each. */
const metric = (
  percents: readonly (number | undefined)[],
  verdict: Verdict,
  { now = t0 + 540, readableAt = 0, requests = 1000 } = {},
): Seen => {
  const seen = metrics(now, { next: requests === 0 ? [] : minutes(repeat(8, 0), requests), database: [] });
  const known = percents.flatMap((percent, index) => (percent === undefined ? [] : [{ start: t0 + index * 60, percent, readableAt }]));
  return [now, { metrics: { ...seen, database: known } }, verdict];
};

const alarm = (state: AlarmSeen["state"], since: number | undefined, verdict: Verdict, requests = 1000): Seen => {
  const now = t0 + 540;
  const alarms = [{ name: "shop-staging-errors", state, since, reason: "5 datapoints over 10" }];
  return [now, { metrics: metrics(now, { next: requests === 0 ? [] : minutes(repeat(7, 0), requests), alarms }) }, verdict];
};

const triggers: Readonly<Record<string, Row>> = {
  "error rate by CloudWatch": byMinute(9.9, 10, (more = {}) => ({ errors: 101, ...more }), 0),
  "response time by CloudWatch": byMinute({ responseTime: 4.999 }, { responseTime: 5 }, (more = {}) => ({ responseTime: 5.001, ...more }), {
    responseTime: 1,
  }),
  "error rate by our own probes": {
    "just below": [probed("x..........".repeat(55), "good", second)],
    "at the limit": [probed("x.........".repeat(60), "good", second)],
    "just above": [probed("x.......".repeat(25), "breaching", second), probed("x.......".repeat(75), "bad", second)],
    flapping: [probed(`${"xx........".repeat(12)}${".".repeat(120)}`.repeat(4), "good", second)],
    "missing data": [probed(`${"xx........".repeat(20)}${" ".repeat(20)}${"xx........".repeat(20)}`, "bad", second)],
    "late data": [probed("xx........".repeat(45), "bad", { ...second, latency: 4 })],
    "partial minute": [probed("xx........".repeat(45), "bad", { ...second, from: t0 + 31 })],
    ...traffic("xx........".repeat(45), second),
  },
  "response time by our own probes": {
    "just below": [probed(".".repeat(400), "good", { every: 1, latency: 4.99 })],
    "at the limit": [probed(".".repeat(400), "good", { every: 1, latency: 5 })],
    "just above": [probed(".".repeat(200), "breaching", slow), probed(".".repeat(400), "bad", slow)],
    flapping: [
      [
        t0 + 480,
        {
          probes: probes(".".repeat(480), second).map((one, index) => (Math.floor(index / 120) % 2 === 0 ? { ...one, latency: 5.1 } : one)),
        },
        "good",
      ],
    ],
    "missing data": [probed(`${".".repeat(200)}${" ".repeat(20)}${".".repeat(200)}`, "bad", slow)],
    "late data": [probed(".".repeat(400), "bad", { every: 1, latency: 9 })],
    "partial minute": [probed(".".repeat(400), "bad", { ...slow, from: t0 + 31 })],
    ...traffic(".".repeat(400), slow),
  },
  "health checks in a row": {
    "just below": [probed("....xx..", "good")],
    "at the limit": [probed("....xxx.", "good"), probed(".....xxx", "breaching")],
    "just above": [probed("....xxxx", "bad")],
    flapping: [probed("xxx.xxx.xxx.", "good")],
    "missing data": [probed("xx   xx", "bad")],
    "late data": [
      [t0 + 12, { probes: probes("xxxx", { every: 1, latency: 10 }) }, "breaching"],
      probed("xxxx", "bad", { every: 1, latency: 10 }),
    ],
    "partial minute": [probed("xxxx", "bad", { from: t0 + 31 })],
    ...traffic("..........xxxx"),
  },
  "database by its health check": {
    "just below": [probed("..........x.........", "good", database)],
    "at the limit": [probed(".........x.........x.", "good", database)],
    "just above": [probed(".........x........x.", "bad", database)],
    flapping: [probed(".........x..........x..........x..", "good", database)],
    "missing data": [probed("....     ....", "good", database), probed("............            ", "no-data", database)],
    "late data": [probed("......x.x.", "bad", { ...database, latency: 5 })],
    "partial minute": [probed("......x.x.", "bad", { ...database, from: t0 + 31 })],
    ...traffic("......x.x.", database),
  },
  "database by a metric": {
    "just below": [metric(repeat(7, 90.1), "good")],
    "at the limit": [metric(repeat(7, 90), "good")],
    "just above": [metric(repeat(7, 89.9), "bad")],
    flapping: [metric([100, 84, 100, 84, 100, 84, 100], "good")],
    "missing data": [metric([], "no-data"), metric([100, undefined, undefined, 50, undefined, 100, 100], "bad")],
    "late data": [metric([100, 100, 100, 100, 100, 100], "good"), metric([100, 100, 100, 100, 100, 100, 20], "bad")],
    "partial minute": [metric([100, 100, 100, 100, 100, 100, 100, 100, 0], "good", { now: t0 + 539 })],
    "0 requests a minute": [metric(repeat(7, 50), "bad", { requests: 0 })],
    "1 request a minute": [metric(repeat(7, 50), "bad", { requests: 1 })],
    "1,000 requests a minute": [metric(repeat(7, 50), "bad")],
  },
  "a CloudWatch alarm": {
    "just below": [alarm("ok", t0, "good")],
    "at the limit": [alarm("ok", t0, "good")],
    "just above": [alarm("alarm", t0 + 100, "bad")],
    flapping: [alarm("ok", t0 + 500, "good"), alarm("alarm", t0 + 530, "bad")],
    "missing data": [alarm("insufficient-data", t0, "good"), alarm("missing", undefined, "inconclusive")],
    "late data": [alarm("alarm", t0 - 121, "good"), alarm("alarm", undefined, "bad")],
    "partial minute": [alarm("alarm", t0 + 539, "bad")],
    "0 requests a minute": [alarm("alarm", t0 + 100, "bad", 0)],
    "1 request a minute": [alarm("alarm", t0 + 100, "bad", 1)],
    "1,000 requests a minute": [alarm("alarm", t0 + 100, "bad")],
  },
};

const cases = Object.entries(triggers).flatMap(([trigger, row]) =>
  circumstances.flatMap((circumstance) => row[circumstance].map(([now, seen, verdict]) => ({ trigger, circumstance, now, seen, verdict }))),
);

test.each(cases)("$trigger, $circumstance: $verdict", ({ trigger, now, seen, verdict }) => {
  // The row of failures has a trigger of its own, which would speak before the share of them does.
  const alone = /database by its|rate by our own/.test(trigger) ? { maxConsecutiveHealthFailures: 99 } : {};
  expect(judgeThresholds(limits(alone), evidence(seen), now)).toMatchObject({ verdict });
});
