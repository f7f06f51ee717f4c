import type { MetricMinute } from "@aws-deploy-actions/shared/aws/metrics-types";
import type { ProbeSample } from "@aws-deploy-actions/shared/health/prober-types";
import fc from "fast-check";
import { judgeThresholds } from "../../src/judge/thresholds.ts";
import type { Evidence, Judgement } from "../../src/judge/types.ts";
import { evidence, limits, metrics, t0 } from "./build.ts";

interface Trace {
  readonly minutes: readonly MetricMinute[];
  readonly probes: readonly ProbeSample[];
  readonly now: number;
  readonly answered: number;
}

const minute = fc.record({
  requests: fc.option(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 100, max: 60_000 })), { nil: undefined }),
  share: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(0.1)),
  responseTime: fc.option(fc.double({ min: 0.01, max: 12, noNaN: true }), { nil: undefined }),
  late: fc.integer({ min: 60, max: 240 }),
  missing: fc.integer({ min: 0, max: 9 }).map((digit) => digit === 0),
});

const probe = fc.record({
  ok: fc.integer({ min: 0, max: 9 }).map((digit) => digit > 1),
  control: fc.constantFrom("ok" as const, "ok" as const, "ok" as const, "failed" as const),
  latency: fc.double({ min: 0.001, max: 10, noNaN: true }),
  check: fc.constantFrom("backend", "database"),
});

const trace: fc.Arbitrary<Trace> = fc
  .record({
    minutes: fc.array(minute, { maxLength: 14, size: "max" }),
    probes: fc.array(probe, { maxLength: 90, size: "max" }),
    every: fc.constantFrom(1, 10),
    rest: fc.integer({ min: 0, max: 300 }),
    silent: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
  })
  .map(({ minutes, probes, every, rest, silent }) => {
    const now = t0 + Math.max(minutes.length * 60, probes.length * every) + rest;
    return {
      now,
      answered: now - silent,
      minutes: minutes.flatMap((one, index) => {
        const start = t0 + index * 60;
        if (one.missing) return [];
        const targetErrors = Math.round((one.requests ?? 0) * one.share);
        return [
          {
            start,
            requests: one.requests,
            targetErrors,
            connectionErrors: 0,
            responseTime: one.responseTime,
            readableAt: start + 60 + one.late,
          },
        ];
      }),
      probes: probes.map((one, index) => ({ time: t0 + index * every, ...one })),
    };
  });

const seen = (one: Trace, parts: Partial<Trace> = {}): Evidence => {
  const { minutes, probes, now, answered } = { ...one, ...parts };
  return evidence({ metrics: metrics(now, { next: minutes, answered }), probes: probes.length === 0 ? undefined : probes });
};
const judged = (one: Trace, parts: Partial<Trace> = {}): Judgement => judgeThresholds(limits(), seen(one, parts), parts.now ?? one.now);

/** Each property runs with the seed, so that a failure can be repeated. */
const holds = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void): void =>
  fc.assert(fc.property(arbitrary, property), { seed: 20_261_105, numRuns: 1000 });

const worse = (trace: Trace, picks: readonly number[]): Trace => {
  const picked = (index: number): boolean => picks.includes(index);
  return {
    ...trace,
    minutes: trace.minutes.map((one, index) =>
      picked(index)
        ? { ...one, targetErrors: one.requests ?? 0, ...(one.responseTime === undefined ? {} : { responseTime: one.responseTime * 2 }) }
        : one,
    ),
    probes: trace.probes.map((one, index) => (picked(index) ? { ...one, ok: false } : one)),
  };
};

describe("whatever was seen", () => {
  test("more failures never turn bad into anything better, nor anything into good", () => {
    const seenVerdicts = new Set<string>();
    holds(fc.tuple(trace, fc.array(fc.nat(90), { maxLength: 30, size: "max" })), ([one, picks]) => {
      const before = judged(one).verdict;
      const after = judged(worse(one, picks)).verdict;
      seenVerdicts.add(before);
      if (before === "bad") expect(after).toBe("bad");
      if (before !== "good") expect(after).not.toBe("good");
    });
    // The traces are no use unless they lead everywhere.
    expect([...seenVerdicts].sort()).toEqual(["bad", "breaching", "good", "inconclusive", "no-data"]);
  });

  test("silence is never good: no metrics for six minutes, or no probe for two", () => {
    holds(trace, (one) => {
      const now = one.now + 600;
      expect(judged(one, { now, answered: now }).verdict).not.toBe("good");
      const fresh = {
        minutes: [
          ...one.minutes,
          { start: t0 + 6000, requests: 500, targetErrors: 0, connectionErrors: 0, responseTime: 0.1, readableAt: t0 + 6060 },
        ],
      };
      if (one.probes.length > 0) expect(judged(one, { ...fresh, now: t0 + 6120, answered: t0 + 6120 }).verdict).not.toBe("good");
    });
  });

  test("a source that is silent for two minutes leaves nothing good", () => {
    holds(trace, (one) => expect(judged(one, { answered: one.now - 120 }).verdict).not.toBe("good"));
  });

  test("with the runner's network down, no probe decides anything", () => {
    holds(trace, (one) => {
      const down = { minutes: [], probes: one.probes.map((probe) => ({ ...probe, control: "failed" as const })) };
      expect(["no-data", "inconclusive"]).toContain(judged(one, down).verdict);
    });
  });

  test("bad and breaching name their trigger, and every judgement says why", () => {
    holds(trace, (one) => {
      const { verdict, trigger, evidence: says, readableAt } = judged(one);
      expect(says).not.toBe("");
      expect(says).not.toMatch(/NaN|undefined|Infinity/);
      expect(trigger === undefined).toBe(!["bad", "breaching"].includes(verdict));
      if (verdict === "bad") expect(readableAt).toBeLessThanOrEqual(one.now);
    });
  });

  test("the verdict is there with the very look that can read what fulfils the trigger, and not a second before", () => {
    let found = 0;
    holds(trace, (any) => {
      // Answers that overtake each other can complete a row backwards; here they come in the order of their requests.
      const one = { ...any, probes: any.probes.map((probe) => ({ ...probe, latency: 0.5 })) };
      const { verdict, readableAt } = judged(one, { answered: one.now });
      if (verdict !== "bad" || readableAt === undefined) return;
      found++;
      expect(judged(one, { now: readableAt, answered: readableAt }).verdict).toBe("bad");
      expect(judged(one, { now: readableAt - 0.01, answered: readableAt }).verdict).not.toBe("bad");
    });
    expect(found).toBeGreaterThan(100);
  });
});
