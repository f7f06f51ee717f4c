import { effects, type Scenario, scenarios, simulate } from "../../../../bench/judge/canary.ts";
import { fixedThresholds, isHigher, ours } from "../../../../bench/judge/judges.ts";
import { createRandom } from "../../../../bench/judge/random.ts";
import { type Case, runCase } from "../../../../bench/judge.ts";
import { compare, defaultComparison } from "../../src/judge/compare.ts";
import { compareErrors, shareOfLook } from "../../src/judge/comparison.ts";
import { judge } from "../../src/judge/judge.ts";
import { judgeThresholds } from "../../src/judge/thresholds.ts";
import type { ComparisonSettings, Evidence, Finding } from "../../src/judge/types.ts";
import { evidence, limits, metrics, minutes, type Told, t0 } from "./build.ts";

const repeat = <T>(times: number, value: T): readonly T[] => new Array<T>(times).fill(value);
const history = minutes(repeat(20, 0.5), 9000).map((minute) => ({
  ...minute,
  start: minute.start - 1200,
  readableAt: minute.start - 1020,
}));

/** Both versions over the same minutes: the new one with 1,000 requests a minute, the old one with 9,000, 0.5 % of them failing. */
function both(
  next: readonly Told[],
  { requests = 1000, previous = repeat(next.length, 0.5) as readonly Told[], old = 9000, past = history } = {},
): Evidence {
  const now = t0 + 60 * next.length + 120;
  return evidence({ metrics: metrics(now, { next: minutes(next, requests), previous: [...past, ...minutes(previous, old)] }) });
}
const at = (next: readonly Told[]): number => t0 + 60 * next.length + 120;
const states = (findings: readonly Finding[]): readonly string[] => findings.map((finding) => finding.state);
const compared = (next: readonly Told[], options: Parameters<typeof both>[1] = {}, over: Partial<ComparisonSettings> = {}) =>
  compare({ ...defaultComparison, ...over }, limits(), both(next, options), at(next));

describe("comparing errors", () => {
  test.each`
    next                                      | options                        | state        | because
    ${repeat(5, 0.5)}                         | ${{}}                          | ${"clear"}   | ${"both alike"}
    ${repeat(5, 0)}                           | ${{}}                          | ${"clear"}   | ${"better than the old one"}
    ${repeat(5, 0.9)}                         | ${{}}                          | ${"clear"}   | ${"worse by less than is tolerated"}
    ${repeat(3, 5.5)}                         | ${{}}                          | ${"fired"}   | ${"five points more, for three minutes"}
    ${[20.5]}                                 | ${{}}                          | ${"unknown"} | ${"one minute is not enough for any verdict"}
    ${[20.5, 20.5]}                           | ${{}}                          | ${"fired"}   | ${"two minutes of twenty points more are"}
    ${[20.5, 0.5, 0.5, 0.5]}                  | ${{}}                          | ${"clear"}   | ${"one bad minute is not a bad version"}
    ${repeat(4, 30)}                          | ${{ previous: repeat(4, 30) }} | ${"clear"}   | ${"both suffer alike: not the new version's doing"}
    ${repeat(4, 3)}                           | ${{ requests: 20 }}            | ${"unknown"} | ${"80 requests are too few"}
    ${repeat(8, { requests: 20, errors: 2 })} | ${{}}                          | ${"fired"}   | ${"160 are enough when a tenth fails"}
    ${repeat(4, 30)}                          | ${{ previous: [], past: [] }}  | ${"unknown"} | ${"the old version has no traffic to compare with"}
    ${repeat(4, 30)}                          | ${{ past: [] }}                | ${"fired"}   | ${"without history too, when it is plain"}
    ${repeat(3, 3)}                           | ${{ past: [], requests: 300 }} | ${"running"} | ${"without history, 2.5 points in 900 requests may be noise"}
    ${[...repeat(25, 0.5), ...repeat(4, 6)]}  | ${{}}                          | ${"fired"}   | ${"a change in the 26th minute does not drown in those before"}
  `("$state: $because", ({ next, options, state }) => {
    expect(states(compared(next, options))[0]).toBe(state);
  });

  test("weights that change with the steps are not taken for a change of the version", () => {
    // The old version's traffic moves over while both get worse: by the plain sums the new one would look three times as bad.
    const minute = (start: number, requests: number, errors: number) => ({ start, requests, errors, responseTime: 0.2, readableAt: start });
    const pairs = Array.from({ length: 10 }, (_, index) =>
      index < 5
        ? { start: index, next: minute(index, 1000, 10), previous: minute(index, 9000, 90) }
        : { start: index, next: minute(index, 9000, 450), previous: minute(index, 1000, 50) },
    );
    const result = compareErrors(defaultComparison, pairs, [], 0.01);
    expect(result).toMatchObject({ worse: false, suspicious: false });
    expect(result.previous).toBeCloseTo(result.next, 10);
  });

  test("a suspicion is running while it may be settled, and none when the old version has left", () => {
    const suspicious = repeat(3, { requests: 250, errors: 6 });
    expect(states(compared(suspicious, {}))[0]).toBe("running");
    const seen = both(suspicious);
    expect(states(compare(defaultComparison, limits(), seen, t0 + 3 * 60 + 301))[0]).toBe("clear");
  });
});

describe("comparing response times", () => {
  const slow = (responseTime: number): Told => ({ errors: 5, responseTime });
  test.each`
    next                                                 | options                                 | state        | because
    ${repeat(5, slow(0.2))}                              | ${{}}                                   | ${"clear"}   | ${"both alike"}
    ${repeat(3, slow(0.4))}                              | ${{}}                                   | ${"fired"}   | ${"twice as long, for three minutes"}
    ${repeat(2, slow(2))}                                | ${{}}                                   | ${"unknown"} | ${"two minutes may be a cold start"}
    ${[slow(1), slow(0.6), slow(0.2), slow(0.2)]}        | ${{}}                                   | ${"clear"}   | ${"a cold start that ended"}
    ${repeat(5, slow(0.23))}                             | ${{}}                                   | ${"clear"}   | ${"15 % more is tolerated"}
    ${repeat(5, slow(0.4))}                              | ${{ previous: repeat(5, slow(0.4)) }}   | ${"clear"}   | ${"both slow: something they share"}
    ${repeat(5, slow(0.03))}                             | ${{ previous: repeat(5, slow(0.012)) }} | ${"clear"}   | ${"18 ms more nobody notices, though it is 2.5 times as long"}
    ${repeat(5, { errors: 5, responseTime: undefined })} | ${{}}                                   | ${"unknown"} | ${"no response times"}
    ${repeat(3, { requests: 40, responseTime: 0.4 })}    | ${{}}                                   | ${"clear"}   | ${"a percentile of 40 answers varies that much"}
    ${repeat(3, slow(0.4))}                              | ${{ past: [] }}                         | ${"running"} | ${"without history, noise is assumed to be large: more minutes decide"}
    ${repeat(3, slow(1))}                                | ${{ past: [] }}                         | ${"fired"}   | ${"five times as long is not noise"}
  `("$state: $because", ({ next, options, state }) => {
    expect(states(compared(next, options))[1]).toBe(state);
  });
});

describe("both judges together", () => {
  test("the comparison finds what the limits allow, and says so", () => {
    const next = repeat(3, 6);
    const result = judge(limits(), defaultComparison, both(next), at(next));
    expect(judgeThresholds(limits(), both(next), at(next)).verdict).toBe("good");
    expect(result).toMatchObject({ verdict: "bad", trigger: "comparison", readableAt: t0 + 240 });
    expect(result.evidence).toBe(
      "target group shop-green: 6 % of requests failed, of the old version's 0.5 %, in 2 min of both, 12:00–12:02 UTC (CloudWatch); 0.5 points more are tolerated",
    );
  });

  test("it can only make a judgement worse, never open it or close it", () => {
    const little = repeat(5, { requests: 12, errors: 0 });
    expect(judge(limits(), defaultComparison, both(little), at(little)).verdict).toBe("good");
    const none = repeat(5, null);
    expect(judge(limits(), defaultComparison, both(none), at(none)).verdict).toBe("no-data");
    expect(judge(limits(), undefined, both(repeat(3, 6)), at(repeat(3, 6))).verdict).toBe("good");
  });

  test("target groups are compared in pairs where both colours have as many, and together otherwise", () => {
    const one = (group: string, told: Told, requests: number) => ({ group, minutes: minutes(repeat(4, told), requests) });
    const groups = {
      next: [one("front-green", 0.5, 5000), one("back-green", 8, 500)],
      previous: [one("front-blue", 0.5, 5000), one("back-blue", 0.5, 500)],
    };
    const seen = (previous: typeof groups.previous) =>
      evidence({ metrics: metrics(t0 + 360, { groups: { next: groups.next, previous } }) });
    const found = compare(defaultComparison, limits(), seen(groups.previous), t0 + 360);
    expect(found.filter((finding) => finding.state === "fired").map((finding) => finding.subject)).toEqual(["target group back-green"]);
    expect(compare(defaultComparison, limits(), seen(groups.previous.slice(0, 1)), t0 + 360).map((finding) => finding.subject)).toEqual([
      "the new version",
      "the new version",
    ]);
  });

  test("the shares of all looks add up to no more than one", () => {
    const sum = Array.from({ length: 1000 }, (_, index) => shareOfLook(index + 2)).reduce((total, share) => total + share, 0);
    expect(sum).toBeLessThanOrEqual(1);
    expect(sum).toBeGreaterThan(0.99);
  });
});

describe("on simulated canaries", () => {
  const pick = <T extends { readonly name: string }>(all: readonly T[], name: string): T => {
    const found = all.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const one = (scenario: string, effect: string, rate: number): Case => ({
    scenario: pick(scenarios, scenario),
    effect: pick(effects, effect),
    rate,
  });
  const possible = scenarios.filter((scenario) => !scenario.hard).map((scenario) => scenario.name);

  // The whole table, 10,000 canaries a case, is printed by bench/judge.ts.
  test.each(scenarios.map((scenario: Scenario) => scenario.name))("equal versions are not rolled back: %s", (scenario) => {
    for (const rate of [1, 50, 1000]) expect(runCase(one(scenario, "equal", rate), 100, 11).ours.canary).toBeLessThanOrEqual(0.02);
  });

  test.each(possible.flatMap((scenario) => ["+5 points", "2 x"].map((effect) => [effect, scenario])))(
    "%s at 50 requests/s is found within three minutes: %s",
    (effect, scenario) => {
      expect(runCase(one(scenario, effect, 50), 150, 12).ours.threeMinutes).toBeGreaterThanOrEqual(0.97);
    },
  );

  test("what is simulated is judged as in production", () => {
    const random = createRandom(13);
    let [bad, good] = [0, 0];
    for (let i = 0; i < 60; i++) {
      const canary = simulate(pick(scenarios, "both noisy"), pick(effects, i % 2 === 0 ? "+2 points" : "2 x"), 50, 10, 20, random);
      const row = (all: typeof canary.next) =>
        all.map((minute) => ({
          ...minute,
          start: t0 + minute.start - 1200,
          targetErrors: minute.errors,
          connectionErrors: 0,
          readableAt: t0,
        }));
      const seen = metrics(t0 + 900, { next: row(canary.next), previous: row([...canary.before, ...canary.previous]) });
      const fired = compare(defaultComparison, limits(), evidence({ metrics: seen }), t0 + 660).some(
        (finding) => finding.state === "fired",
      );
      expect(fired).toBe(ours(defaultComparison, canary) !== undefined);
      if (fired) bad++;
      else good++;
    }
    expect(Math.min(bad, good)).toBeGreaterThan(5);
  });

  test("the fixed thresholds of the table are those of production", () => {
    const random = createRandom(14);
    for (let i = 0; i < 40; i++) {
      const canary = simulate(pick(scenarios, "many errors"), pick(effects, i % 2 === 0 ? "+5 points" : "+20 points"), 50, 10, 0, random);
      const row = canary.next.map((minute) => ({
        ...minute,
        start: t0 + minute.start,
        targetErrors: minute.errors,
        connectionErrors: 0,
        readableAt: t0,
      }));
      const verdict = judgeThresholds(limits(), evidence({ metrics: metrics(t0 + 700, { next: row }) }), t0 + 700).verdict;
      expect(verdict === "bad").toBe(fixedThresholds(canary) !== undefined);
    }
  });

  test.each`
    first              | second             | higher   | because
    ${[4, 5, 6]}       | ${[1, 2, 3]}       | ${false} | ${"1 of 20 orders is the least that three and three can show"}
    ${[5, 6, 7, 8, 9]} | ${[0, 1, 2, 3, 4]} | ${true}  | ${"1 of 252 orders"}
    ${[0, 1, 2, 3, 4]} | ${[5, 6, 7, 8, 9]} | ${false} | ${"lower is not higher"}
    ${[0, 0, 0, 0, 0]} | ${[0, 0, 0, 0, 0]} | ${false} | ${"nothing but ties"}
  `("Mann-Whitney finds $first higher than $second: $higher, $because", ({ first, second, higher }) => {
    expect(isHigher(first, second)).toBe(higher);
  });
});
