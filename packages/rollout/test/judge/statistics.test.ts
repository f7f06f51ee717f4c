import fc from "fast-check";
import {
  betaRegularised,
  chanceAbove,
  chanceOfMore,
  chiSquareMedian,
  lnGamma,
  normalLimit,
  studentLimit,
} from "../../src/judge/statistics.ts";

/** The chance of k or more of n at num/den each, in whole numbers. */
function binomialTail(k: number, n: number, num: bigint, den: bigint): number {
  let [sum, ways] = [0n, 1n];
  for (let i = 0; i <= n; i++) {
    if (i >= k) sum += ways * num ** BigInt(i) * (den - num) ** BigInt(n - i);
    ways = (ways * BigInt(n - i)) / BigInt(i + 1);
  }
  return Number((sum * 10n ** 18n) / den ** BigInt(n)) / 1e18;
}

test("ln gamma of whole numbers is the logarithm of a factorial", () => {
  let factorial = 0;
  for (let n = 1; n <= 170; n++) {
    expect(lnGamma(n)).toBeCloseTo(factorial, 9);
    factorial += Math.log(n);
  }
  expect(lnGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 10);
});

test("the incomplete beta function gives binomial tails, as counted in whole numbers", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 99 }), (n, k, p) => {
      if (k > n) return;
      expect(chanceOfMore(k, n, p / 100)).toBeCloseTo(binomialTail(k, n, BigInt(p), 100n), 9);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test.each`
  x       | a        | b        | value    | because
  ${0}    | ${2}     | ${3}     | ${0}     | ${"nothing is below 0"}
  ${1}    | ${2}     | ${3}     | ${1}     | ${"everything is below 1"}
  ${0.3}  | ${1}     | ${1}     | ${0.3}   | ${"a flat distribution"}
  ${0.5}  | ${7.5}   | ${7.5}   | ${0.5}   | ${"symmetry"}
  ${0.25} | ${0.5}   | ${0.5}   | ${1 / 3} | ${"the arcsine law: 2/pi asin(sqrt(x))"}
  ${0.5}  | ${60000} | ${60000} | ${0.5}   | ${"large numbers"}
`("I_$x($a, $b) is $value: $because", ({ x, a, b, value }) => {
  expect(betaRegularised(x, a, b)).toBeCloseTo(value, 6);
});

test.each`
  p         | z
  ${0.5}    | ${0}
  ${0.025}  | ${1.95996}
  ${0.001}  | ${3.09023}
  ${0.0001} | ${3.71902}
`("a normal value passes $z with chance $p", ({ p, z }) => {
  expect(Math.abs(normalLimit(p) - z)).toBeLessThan(0.0005);
});

test.each`
  p         | degrees | t
  ${0.025}  | ${5}    | ${2.5706}
  ${0.005}  | ${10}   | ${3.1693}
  ${0.0005} | ${18}   | ${3.9216}
`("Student's t with $degrees degrees passes $t with chance $p", ({ p, degrees, t }) => {
  expect(Math.abs(studentLimit(p, degrees) / t - 1)).toBeLessThan(0.02);
});

test.each`
  degrees | median
  ${4}    | ${3.3567}
  ${19}   | ${18.338}
  ${30}   | ${29.336}
`("half of chi-square with $degrees degrees lies below $median", ({ degrees, median }) => {
  expect(Math.abs(chiSquareMedian(degrees) / median - 1)).toBeLessThan(0.01);
});

describe("the chance that a share is no more than tolerated above another", () => {
  test("with the other known for sure, it is the binomial tail", () => {
    expect(chanceAbove(9, 60, 1e8 * 0.05, 1e8, 0.02)).toBeCloseTo(chanceOfMore(9, 60, 0.07), 4);
    expect(chanceAbove(995, 1000, 1e8 * 0.99, 1e8, 0.001)).toBeCloseTo(chanceOfMore(995, 1000, 0.991), 4);
  });
  test("falls with more failures, rises with more of the other's, and with what is tolerated", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        fc.double({ min: 0, max: 0.1, noNaN: true }),
        (x, y, tolerated) => {
          const chance = chanceAbove(x, 200, y, 300, tolerated);
          expect(chance).toBeGreaterThanOrEqual(0);
          expect(chance).toBeLessThanOrEqual(1);
          expect(chanceAbove(x + 5, 200, y, 300, tolerated)).toBeLessThanOrEqual(chance + 1e-9);
          expect(chanceAbove(x, 200, y + 5, 300, tolerated)).toBeGreaterThanOrEqual(chance - 1e-9);
          expect(chanceAbove(x, 200, y, 300, tolerated + 0.01)).toBeGreaterThanOrEqual(chance - 1e-9);
        },
      ),
      { seed: 2, numRuns: 100 },
    );
  });
  test("all, none and nothing at all make no trouble", () => {
    for (const [x, n, y, m] of [
      [0, 10, 0, 10],
      [10, 10, 10, 10],
      [10, 10, 0, 10],
      [0, 1, 1, 1],
      [0.3, 0.5, 0, 0.2],
    ] as const) {
      const chance = chanceAbove(x, n, y, m, 0.01);
      expect(chance >= 0 && chance <= 1 + 1e-9).toBe(true);
    }
  });
});
