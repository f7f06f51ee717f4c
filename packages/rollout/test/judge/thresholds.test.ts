import { judgeThresholds } from "../../src/judge/thresholds.ts";
import type { Judgement } from "../../src/judge/types.ts";
import { evidence, limits, metrics, minutes, probes, type Told, t0 } from "./build.ts";

const repeat = <T>(times: number, value: T): readonly T[] => new Array<T>(times).fill(value);

/** The judgement when CloudWatch has shown these minutes, and nothing came after them. */
function byMinutes(told: readonly Told[], { requests = 1000, now = t0 + told.length * 60 + 120, over = {} } = {}): Judgement {
  return judgeThresholds(limits(over), evidence({ metrics: metrics(now, { next: minutes(told, requests) }) }), now);
}

describe("the error rate, by CloudWatch", () => {
  test.each`
    minutes                                                      | verdict        | because
    ${repeat(6, 9.9)}                                            | ${"good"}      | ${"9.9 % is under the limit"}
    ${repeat(6, 10)}                                             | ${"good"}      | ${"10 % is not over 10 %"}
    ${repeat(4, 10.1)}                                           | ${"breaching"} | ${"four minutes are not five"}
    ${repeat(5, 10.1)}                                           | ${"bad"}       | ${"over 10 % for five full minutes"}
    ${[0, 0, ...repeat(5, 30), 0, 0, 0]}                         | ${"bad"}       | ${"what was fulfilled stays fulfilled"}
    ${[...repeat(4, 50), 10, ...repeat(4, 50)]}                  | ${"breaching"} | ${"flapping: each breach is too short, the last goes on"}
    ${[50, 50, 0, 50, 50, 0, 50, 50, 0]}                         | ${"good"}      | ${"flapping: never five in a row, and over"}
    ${[50, 50, null, null, null, null, 50, 50, 50]}              | ${"bad"}       | ${"missing minutes neither count nor break: five of those known"}
    ${[50, 50, null, null, null, null, 50, 50]}                  | ${"breaching"} | ${"missing minutes do not count: four of those known"}
    ${[50, 50, { requests: 9, errors: 0 }, 50, 50, 50]}          | ${"bad"}       | ${"a minute of 9 requests says nothing, so it does not break a breach"}
    ${[50, 50, { requests: 10, errors: 0 }, 50, 50]}             | ${"breaching"} | ${"a minute of 10 requests without an error breaks it"}
    ${repeat(5, { connectionErrors: 200 })}                      | ${"bad"}       | ${"a connection that no target took is a request lost"}
    ${repeat(5, { requests: undefined, connectionErrors: 200 })} | ${"bad"}       | ${"errors without a count of requests are requests that failed"}
  `("$verdict: $because", ({ minutes: told, verdict }) => {
    expect(byMinutes(told)).toMatchObject(verdict === "bad" ? { verdict, trigger: "error-rate", source: "cloudwatch" } : { verdict });
  });

  test.each`
    requests | told                                  | verdict      | because
    ${0}     | ${repeat(6, null)}                    | ${"no-data"} | ${"no traffic, so CloudWatch shows nothing: silence is not health"}
    ${0}     | ${repeat(6, { requests: undefined })} | ${"no-data"} | ${"an empty minute is silence too"}
    ${1}     | ${repeat(6, 0)}                       | ${"no-data"} | ${"one request a minute is too few for a verdict"}
    ${1}     | ${repeat(6, 100)}                     | ${"no-data"} | ${"also when each of them fails"}
    ${1000}  | ${repeat(6, 0)}                       | ${"good"}    | ${"1,000 requests a minute without an error"}
    ${1000}  | ${repeat(6, 100)}                     | ${"bad"}     | ${"1,000 requests a minute, all failed"}
  `("$requests requests a minute, $verdict: $because", ({ requests, told, verdict }) => {
    expect(byMinutes(told, { requests }).verdict).toBe(verdict);
  });

  test("one request a minute is judged where the user asks for no more", () => {
    expect(byMinutes(repeat(5, 100), { requests: 1, over: { minimumRequests: 1 } }).verdict).toBe("bad");
  });

  test("the minute that still runs is not counted", () => {
    const told = repeat(5, { errors: 500, readableAt: t0 });
    expect(byMinutes(told, { now: t0 + 299 }).verdict).toBe("breaching");
    expect(byMinutes(told, { now: t0 + 300 }).verdict).toBe("bad");
  });

  test("the minute of the switch belongs to nobody", () => {
    const now = t0 + 1000;
    const seen = evidence({ since: t0 + 1, metrics: metrics(now, { next: minutes(repeat(5, 50)) }) });
    expect(judgeThresholds(limits(), seen, now).verdict).toBe("breaching");
  });

  test("late data: the verdict comes with the first look that can read the fifth minute, and says when that was", () => {
    const told = [...repeat(4, 50), { errors: 500, readableAt: t0 + 500 }];
    expect(byMinutes(told, { now: t0 + 499 }).verdict).toBe("breaching");
    expect(byMinutes(told, { now: t0 + 500 })).toMatchObject({ verdict: "bad", readableAt: t0 + 500 });
  });

  test("a minute that is overtaken by later ones is waited for: it may have been good", () => {
    const early = (one: Told, index: number): Told => (one === null ? null : { errors: 500, readableAt: t0 + index * 60 + 60 });
    const over = { breachDuration: 240 };
    const overtaken = [50, 50, null, 50, 50].map(early);
    expect(byMinutes(overtaken, { now: t0 + 359, over }).verdict).toBe("breaching");
    expect(byMinutes(overtaken, { now: t0 + 360, over })).toMatchObject({ verdict: "bad", readableAt: t0 + 360 });
    expect(byMinutes([50, 50, 0, 50, 50], { now: t0 + 500, over }).verdict).toBe("breaching");
  });

  test("a minute that may still come before a breach is not waited for", () => {
    const told = [null, 50, 50].map((one, index): Told => (one === null ? null : { errors: 500, readableAt: t0 + index * 60 + 60 }));
    expect(byMinutes(told, { now: t0 + 180, over: { breachDuration: 120 } })).toMatchObject({ verdict: "bad", readableAt: t0 + 180 });
  });

  test("a breach duration of 90 s takes two full minutes", () => {
    expect(byMinutes([50], { over: { breachDuration: 90 } }).verdict).toBe("breaching");
    expect(byMinutes([50, 50], { over: { breachDuration: 90 } }).verdict).toBe("bad");
  });

  test("a limit of 0 % takes any error", () => {
    expect(byMinutes(repeat(5, 0.1), { over: { maxErrorRate: 0 } }).verdict).toBe("bad");
    expect(byMinutes(repeat(5, 0), { over: { maxErrorRate: 0 } }).verdict).toBe("good");
  });

  test("one target group of two is enough, and so are both together", () => {
    const now = t0 + 420;
    const groups = (a: Told, b: Told) => ({
      next: [
        { group: "front-green", minutes: minutes(repeat(5, a)) },
        { group: "back-green", minutes: minutes(repeat(5, b)) },
      ],
      previous: [],
    });
    const verdict = (a: Told, b: Told, over = {}) =>
      judgeThresholds(limits(over), evidence({ metrics: metrics(now, { groups: groups(a, b) }) }), now).verdict;
    expect(verdict(0, 0)).toBe("good");
    expect(verdict(0, 11)).toBe("bad");
    const few = { requests: 6, errors: 1 };
    expect(verdict(few, few)).toBe("bad");
  });

  test("a group that stays silent although the old version's had traffic keeps the verdict open", () => {
    const now = t0 + 420;
    const before = Array.from({ length: 10 }, (_, index) => ({ ...minutes([0])[0], start: t0 - 600 + index * 60 })) as never;
    const seen = (previous: number) =>
      metrics(now, {
        groups: {
          next: [
            { group: "front-green", minutes: minutes(repeat(5, 0)) },
            { group: "back-green", minutes: [] },
          ],
          previous: ["front-blue", "back-blue"].slice(0, previous).map((group) => ({ group, minutes: before })),
        },
      });
    expect(judgeThresholds(limits(), evidence({ metrics: seen(2) }), now)).toMatchObject({
      verdict: "no-data",
      evidence: expect.stringContaining("back-green"),
    });
    expect(judgeThresholds(limits(), evidence({ metrics: seen(1) }), now).verdict).toBe("good");
  });
});

describe("the load balancer's own errors", () => {
  const now = t0 + 420;
  const balancer = (errors: number, requests: number | undefined) =>
    repeat(5, 0).map((_, index) => ({ start: t0 + index * 60, errors, requests, readableAt: t0 + index * 60 + 180 }));
  const verdict = (errors: number, requests: number | undefined, next: readonly Told[], previous: readonly Told[] = []) =>
    judgeThresholds(
      limits(),
      evidence({ metrics: metrics(now, { next: minutes(next), previous: minutes(previous), balancer: balancer(errors, requests) }) }),
      now,
    );

  test.each`
    errors  | requests     | next            | previous                       | expected  | because
    ${300}  | ${1000}      | ${repeat(5, 0)} | ${[]}                          | ${"bad"}  | ${"targets that crash while they answer show only as the balancer's 502"}
    ${100}  | ${1000}      | ${repeat(5, 0)} | ${[]}                          | ${"good"} | ${"10 % is not over 10 %"}
    ${300}  | ${undefined} | ${[]}           | ${[]}                          | ${"bad"}  | ${"503 to everybody: no target group has a request"}
    ${300}  | ${2000}      | ${repeat(5, 0)} | ${repeat(5, 0)}                | ${"good"} | ${"while both versions have traffic nobody can say whose they are"}
    ${300}  | ${1000}      | ${repeat(5, 0)} | ${repeat(5, { requests: 50 })} | ${"bad"}  | ${"a twentieth that the old version still ends hides nothing"}
    ${300}  | ${1000}      | ${repeat(5, 0)} | ${repeat(5, { requests: 51 })} | ${"good"} | ${"more than a twentieth is traffic of both"}
    ${2000} | ${2000}      | ${repeat(5, 0)} | ${[]}                          | ${"bad"}  | ${"half of the load balancer's requests are enough"}
    ${2000} | ${2001}      | ${repeat(5, 0)} | ${[]}                          | ${"good"} | ${"less than half are not"}
    ${2000} | ${9000}      | ${repeat(5, 0)} | ${[]}                          | ${"good"} | ${"others share the load balancer"}
  `("$errors of $requests requests are $expected: $because", ({ errors, requests, next, previous, expected }) => {
    expect(verdict(errors, requests, next, previous).verdict).toBe(expected);
  });
});

describe("the response time, by CloudWatch", () => {
  const slow = (responseTime: number | undefined): Told => ({ responseTime });
  test.each`
    minutes                                                    | verdict        | because
    ${repeat(6, slow(4.99))}                                   | ${"good"}      | ${"under the limit"}
    ${repeat(6, slow(5))}                                      | ${"good"}      | ${"5 s is not over 5 s"}
    ${repeat(4, slow(5.01))}                                   | ${"breaching"} | ${"not long enough"}
    ${repeat(5, slow(5.01))}                                   | ${"bad"}       | ${"over 5 s for five full minutes"}
    ${[...repeat(4, slow(6)), slow(1), ...repeat(4, slow(6))]} | ${"breaching"} | ${"flapping"}
    ${[slow(6), slow(6), null, slow(6), slow(6), slow(6)]}     | ${"bad"}       | ${"a missing minute does not break it"}
    ${repeat(6, slow(undefined))}                              | ${"good"}      | ${"no response time was measured, but requests without errors"}
    ${repeat(6, { requests: 1, responseTime: 60 })}            | ${"no-data"}   | ${"one request a minute is too few"}
  `("$verdict: $because", ({ minutes: told, verdict }) => {
    expect(byMinutes(told)).toMatchObject(verdict === "bad" ? { verdict, trigger: "response-time" } : { verdict });
  });
});

describe("health checks in a row", () => {
  const judged = (letters: string, every = 10): Judgement => {
    const now = t0 + letters.length * every;
    return judgeThresholds(limits(), evidence({ probes: probes(letters, { every }) }), now);
  };
  test.each`
    letters             | verdict           | because
    ${"......"}         | ${"good"}         | ${"all passed"}
    ${"..xx.."}         | ${"good"}         | ${"two failures, then passed"}
    ${"..xxx."}         | ${"good"}         | ${"three failures are not more than three"}
    ${"...xxx"}         | ${"breaching"}    | ${"three failures so far: the next one decides"}
    ${"..xxxx"}         | ${"bad"}          | ${"four are more than three"}
    ${"xxxx.."}         | ${"bad"}          | ${"it stays so"}
    ${"xxx.xxx.xxx."}   | ${"good"}         | ${"flapping, never four in a row"}
    ${"..xx~~xx"}       | ${"bad"}          | ${"while the runner's network is down, nothing counts: four failures in a row remain"}
    ${"..xx--x."}       | ${"good"}         | ${"what passes then does not count either, but three are not four"}
    ${"..xx--xx"}       | ${"bad"}          | ${"what passes then does not break the row"}
    ${"..~~~~~~"}       | ${"good"}         | ${"for a minute, the last result stands"}
    ${"..~~~~~~~~~~~~"} | ${"inconclusive"} | ${"for two minutes the runner saw nothing"}
    ${".."}             | ${"good"}         | ${"just begun"}
    ${"..            "} | ${"no-data"}      | ${"silent for two minutes"}
    ${"              "} | ${"no-data"}      | ${"never made"}
  `("'$letters' is $verdict: $because", ({ letters, verdict }) => {
    expect(judged(letters)).toMatchObject(verdict === "bad" ? { verdict, trigger: "health-checks", source: "prober" } : { verdict });
  });

  test("rows of different checks do not add up", () => {
    const both = [...probes("xx..", { check: "a" }), ...probes("..xx", { check: "b", from: t0 + 1 })];
    expect(judgeThresholds(limits(), evidence({ probes: both.toSorted((a, b) => a.time - b.time) }), t0 + 40).verdict).toBe("breaching");
  });

  test("failures before users could meet the version do not count", () => {
    const early = probes("xxxx...", { from: t0 - 40 });
    expect(judgeThresholds(limits(), evidence({ probes: early }), t0 + 30).verdict).toBe("good");
  });

  test("a failure that is not known yet does not count: it counts when the time limit has passed", () => {
    const slow = probes("xxxx", { every: 1, latency: 10 });
    const verdict = (now: number) => judgeThresholds(limits(), evidence({ probes: slow }), now);
    expect(verdict(t0 + 12.9).verdict).toBe("breaching");
    expect(verdict(t0 + 13)).toMatchObject({ verdict: "bad", readableAt: t0 + 13 });
  });

  test("a request that we refused to send is no failure of the version, and no answer either", () => {
    const refused = probes("xxxxxx").map((one) => ({ ...one, cause: "refused" as const }));
    expect(judgeThresholds(limits(), evidence({ probes: refused }), t0 + 60).verdict).toBe("no-data");
  });

  test("no failure allowed: the first one counts", () => {
    expect(judgeThresholds(limits({ maxConsecutiveHealthFailures: 0 }), evidence({ probes: probes("..x") }), t0 + 30).verdict).toBe("bad");
  });
});

describe("error rate and response time, by the prober", () => {
  /** `share` of each ten probes fails, a second apart, for so many seconds. */
  const failing = (share: number, lasting: number) =>
    probes(Array.from({ length: lasting }, (_, i) => ((i * share) % 10 < share ? "x" : ".")).join(""), { every: 1 });
  test.each`
    share | lasting | verdict        | because
    ${1}  | ${600}  | ${"good"}      | ${"one of ten is not over 10 %"}
    ${2}  | ${200}  | ${"breaching"} | ${"not long enough"}
    ${2}  | ${370}  | ${"bad"}       | ${"a fifth fails, for five minutes"}
  `("$share of ten failing for $lasting s is $verdict: $because", ({ share, lasting, verdict }) => {
    const result = judgeThresholds(limits(), evidence({ probes: failing(share, lasting) }), t0 + lasting);
    expect(result).toMatchObject(
      verdict === "bad" ? { verdict, trigger: "error-rate", source: "prober" } : { verdict: expect.stringMatching(`${verdict}|breaching`) },
    );
  });

  test.each`
    latency | statistic    | lasting | verdict        | because
    ${5}    | ${"p95"}     | ${400}  | ${"good"}      | ${"5 s is not over 5 s"}
    ${5.1}  | ${"p95"}     | ${200}  | ${"breaching"} | ${"not long enough"}
    ${5.1}  | ${"p95"}     | ${400}  | ${"bad"}       | ${"every answer takes too long, for five minutes"}
    ${5.1}  | ${"Average"} | ${400}  | ${"bad"}       | ${"the mean too"}
    ${4.9}  | ${"Average"} | ${400}  | ${"good"}      | ${"under the limit"}
    ${5}    | ${"Average"} | ${400}  | ${"good"}      | ${"5 s is not over 5 s"}
  `("answers in $latency s by $statistic for $lasting s are $verdict: $because", ({ latency, statistic, lasting, verdict }) => {
    const slow = probes(".".repeat(lasting), { every: 1, latency });
    expect(judgeThresholds(limits({ statistic }), evidence({ probes: slow }), t0 + lasting + 10)).toMatchObject(
      verdict === "bad" ? { verdict, trigger: "response-time", source: "prober" } : { verdict },
    );
  });

  test("one slow answer of ten is a p95 over the limit, one of thirty only a maximum", () => {
    const every = (nth: number) => probes(".".repeat(400), { every: 1 }).map((one, i) => (i % nth === 0 ? { ...one, latency: 6 } : one));
    expect(judgeThresholds(limits(), evidence({ probes: every(10) }), t0 + 410).verdict).toBe("bad");
    expect(judgeThresholds(limits(), evidence({ probes: every(30) }), t0 + 410).verdict).toBe("good");
    expect(judgeThresholds(limits({ statistic: "Maximum" }), evidence({ probes: every(30) }), t0 + 410).verdict).toBe("bad");
  });

  test("one slow answer of twenty is no p95 over the limit: the nineteenth is within it", () => {
    const sparse = probes(".".repeat(200), { every: 3 }).map((one, i) => (i % 20 === 0 ? { ...one, latency: 6 } : one));
    expect(judgeThresholds(limits(), evidence({ probes: sparse }), t0 + 610).verdict).toBe("good");
  });

  test("probes ten seconds apart cannot tell 10 % from one failure, and say nothing about a rate", () => {
    const sparse = probes("x.....".repeat(10));
    expect(judgeThresholds(limits(), evidence({ probes: sparse }), t0 + 600).verdict).toBe("good");
  });
});

describe("the database", () => {
  const judged = (letters: string, over = {}): Judgement =>
    judgeThresholds(
      limits({ maxConsecutiveHealthFailures: 99, ...over }),
      evidence({ probes: probes(letters, { check: "database" }) }),
      t0 + letters.length * 10,
    );
  test.each`
    letters                    | verdict        | because
    ${"...................."}  | ${"good"}      | ${"all passed"}
    ${".........x.........x."} | ${"good"}      | ${"18 of 20 are 90 %, which is not below 90 %"}
    ${".........x........x."}  | ${"bad"}       | ${"17 of 19"}
    ${"......x.x"}             | ${"breaching"} | ${"nine checks make no share yet"}
    ${"......x.x."}            | ${"bad"}       | ${"eight of ten"}
  `("'$letters' is $verdict: $because", ({ letters, verdict }) => {
    expect(judged(letters)).toMatchObject(verdict === "bad" ? { verdict, trigger: "database" } : { verdict });
  });

  test.each`
    before | letters           | every | verdict   | because
    ${100} | ${"xxx."}         | ${10} | ${"good"} | ${"27 of the 30 of the last five minutes are 90 %, however many passed before"}
    ${100} | ${"xxxx"}         | ${10} | ${"bad"}  | ${"26 of 30 are not"}
    ${0}   | ${"x.........x."} | ${60} | ${"good"} | ${"where five minutes hold five, the last ten count: 9 of 10"}
    ${0}   | ${"..........xx"} | ${60} | ${"bad"}  | ${"8 of the last ten"}
    ${30}  | ${"xx"}           | ${60} | ${"bad"}  | ${"8 of the last ten, however many passed before"}
  `("$before passed, then '$letters', $every s apart, is $verdict: $because", ({ before, letters, every, verdict }) => {
    const seen = probes(".".repeat(before) + letters, { check: "database", every });
    const now = t0 + (before + letters.length) * every;
    expect(judgeThresholds(limits({ maxConsecutiveHealthFailures: 99 }), evidence({ probes: seen }), now).verdict).toBe(verdict);
  });

  test("old failures leave the share after the breach duration", () => {
    expect(judged(`${".".repeat(27)}xxx${".".repeat(27)}x.`).verdict).toBe("good");
    expect(judged(`${".".repeat(26)}xxx${".".repeat(26)}x.`).verdict).toBe("bad");
  });

  test.each`
    percents         | verdict      | because
    ${[100, 90, 90]} | ${"good"}    | ${"90 % is not below"}
    ${[89.9]}        | ${"bad"}     | ${"below"}
    ${[100, 81, 88]} | ${"bad"}     | ${"the mean is below"}
    ${[89, 99, 99]}  | ${"bad"}     | ${"what was below stays so"}
    ${[]}            | ${"no-data"} | ${"the metric is silent"}
  `("a metric of $percents is $verdict: $because", ({ percents, verdict }) => {
    const now = t0 + 420;
    const seen = metrics(now, { next: minutes(repeat(5, 0)), database: percents });
    expect(judgeThresholds(limits(), evidence({ metrics: seen }), now).verdict).toBe(verdict);
  });
});

describe("alarms", () => {
  const now = t0 + 420;
  const judged = (state: "ok" | "alarm" | "insufficient-data" | "missing", since: number | undefined): Judgement => {
    const alarms = [{ name: "shop-staging-errors", state, since, reason: "5 datapoints over 10" }];
    return judgeThresholds(limits(), evidence({ metrics: metrics(now, { next: minutes(repeat(5, 0)), alarms }) }), now);
  };
  test.each`
    state                  | since        | verdict           | because
    ${"ok"}                | ${t0}        | ${"good"}         | ${"quiet"}
    ${"alarm"}             | ${t0 + 100}  | ${"bad"}          | ${"it fires"}
    ${"alarm"}             | ${t0 - 120}  | ${"bad"}          | ${"since the very begin of the deployment"}
    ${"alarm"}             | ${t0 - 121}  | ${"good"}         | ${"from before the deployment: not its doing"}
    ${"alarm"}             | ${undefined} | ${"bad"}          | ${"since nobody knows when: the safe side"}
    ${"insufficient-data"} | ${t0}        | ${"good"}         | ${"an alarm without data stops nothing"}
    ${"missing"}           | ${undefined} | ${"inconclusive"} | ${"what should be watched is gone"}
  `("$state since $since is $verdict: $because", ({ state, since, verdict }) => {
    expect(judged(state, since)).toMatchObject(verdict === "bad" ? { verdict, trigger: "alarm" } : { verdict });
  });
});

describe("trouble of AWS is no verdict about the version", () => {
  const now = t0 + 700;
  const good = minutes(repeat(8, 0));
  const judged = (parts: Parameters<typeof metrics>[1], letters?: string): Judgement =>
    judgeThresholds(
      limits(),
      evidence({
        metrics: metrics(now, { next: good, ...parts }),
        probes: letters === undefined ? undefined : probes(letters, { from: now - letters.length * 10 }),
      }),
      now,
    );
  test.each`
    case                                           | parts                                                    | letters   | verdict
    ${"answering"}                                 | ${{}}                                                    | ${"...."} | ${"good"}
    ${"silent for 119 s"}                          | ${{ answered: now - 119 }}                               | ${"...."} | ${"good"}
    ${"silent for 2 minutes"}                      | ${{ answered: now - 120 }}                               | ${"...."} | ${"inconclusive"}
    ${"alarms silent for 2 minutes"}               | ${{ alarmsAnswered: now - 120 }}                         | ${"...."} | ${"inconclusive"}
    ${"never answering"}                           | ${{ answered: undefined, next: [] }}                     | ${"...."} | ${"inconclusive"}
    ${"silent, and health checks failed"}          | ${{ answered: now - 300 }}                               | ${"xxxx"} | ${"bad"}
    ${"silent, and health checks are failing"}     | ${{ answered: now - 300 }}                               | ${"..xx"} | ${"breaching"}
    ${"silent since a breach began"}               | ${{ answered: now - 300, next: minutes([0, 50, 50]) }}   | ${"...."} | ${"inconclusive"}
    ${"silent for 2 minutes since a breach began"} | ${{ answered: now - 120, next: minutes([0, 50, 50]) }}   | ${"...."} | ${"inconclusive"}
    ${"silent after a trigger was fulfilled"}      | ${{ answered: now - 300, next: minutes(repeat(5, 50)) }} | ${"...."} | ${"bad"}
  `("$case: $verdict", ({ parts, letters, verdict }) => {
    expect(judged(parts, letters).verdict).toBe(verdict);
  });
});

describe("what the engineer reads", () => {
  test("numbers, times and source", () => {
    expect(byMinutes([0, ...repeat(5, 30)]).evidence).toBe(
      "target group shop-green: error rate 30 %, limit 10 %, in 5 minutes 12:01–12:06 UTC (CloudWatch, 5,000 requests)",
    );
  });

  test("the earlier source decides, the other is mentioned", () => {
    const now = t0 + 420;
    const seen = evidence({ metrics: metrics(now, { next: minutes(repeat(5, 50)) }), probes: probes("xxxx......", { every: 42 }) });
    const result = judgeThresholds(limits(), seen, now);
    expect(result).toMatchObject({ source: "prober", trigger: "health-checks" });
    expect(result.evidence).toMatch(/^health check backend failed 4 times in a row .*; also target group shop-green: error rate 50 %/);
  });

  test("a value that only just passes is not shown as the limit", () => {
    expect(byMinutes(repeat(5, { requests: 100_000, errors: 10_020 })).evidence).toContain("error rate 10.02 %, limit 10 %");
  });

  test("nothing watched at all is said so", () => {
    expect(judgeThresholds(limits(), evidence({}), t0)).toMatchObject({
      verdict: "no-data",
      evidence: expect.stringContaining("nothing is watched"),
    });
  });
});
