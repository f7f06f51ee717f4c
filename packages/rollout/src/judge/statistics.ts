// The few functions of statistics that the comparison needs, each after a formula that can be looked up.

/** 0.95 of `p95`; undefined for `Average` and `Maximum`. */
export const percentileOf = (statistic: string): number | undefined =>
  statistic.startsWith("p") ? Number(statistic.slice(1)) / 100 : undefined;

/** ln Γ(x) for x > 0. Lanczos' approximation with g = 7 and nine terms: https://en.wikipedia.org/wiki/Lanczos_approximation */
export function lnGamma(x: number): number {
  let sum = 0.99999999999980993;
  for (let index = 0; index < lanczos.length; index++) sum += (lanczos[index] ?? 0) / (x + index);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
  9.9843695780195716e-6, 1.5056327351493116e-7,
];

/**
 * The regularised incomplete beta function I_x(a, b), a and b > 0: by its continued fraction, https://dlmf.nist.gov/8.17#v. For whole
 * numbers it is a binomial tail: the chance of k or more of n at p each is I_p(k, n - k + 1), https://dlmf.nist.gov/8.17#E5.
 */
export function betaRegularised(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges quickly only on this side of the mean.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaRegularised(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + lnGamma(a + b) - lnGamma(a) - lnGamma(b)) / a;
  // Lentz' method: https://en.wikipedia.org/wiki/Lentz%27s_algorithm
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 20_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-11) break;
  }
  return Math.min(1, front * fraction);
}

const nonZero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);

/** The chance of x or more of n at p each. */
export const chanceOfMore = (x: number, n: number, p: number): number => (x <= 0 ? 1 : betaRegularised(p, x, Math.max(n - x, 0) + 1));

/** How many standard deviations a normal value passes with chance p, 0 < p <= 0.5: Abramowitz and Stegun 26.2.23, wrong by 0.0005 at most. */
export function normalLimit(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/** The same for Student's t with so many degrees of freedom, 5 or more: the expansion of Abramowitz and Stegun 26.7.5. */
export function studentLimit(p: number, degrees: number): number {
  const z = normalLimit(p);
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

/** The median of the chi-square distribution: Wilson and Hilferty (1931), good to a per cent from 3 degrees of freedom on. */
export const chiSquareMedian = (degrees: number): number => degrees * (1 - 2 / (9 * degrees)) ** 3;

/**
 * The chance that x or more of n fail when the share of failures is no more than `tolerated` above a share of which y of m failures are
 * known: the exact binomial tail, averaged over what the share may be. Its distribution is the one behind Clopper and Pearson's upper
 * limit (1934), so small numbers err on the safe side. None of the numbers need be whole.
 */
export function chanceAbove(x: number, n: number, y: number, m: number, tolerated: number): number {
  const [a, b] = [y + 1, Math.max(m - y, 1e-9)];
  const scale = lnGamma(a + b) - lnGamma(a) - lnGamma(b);
  const mean = a / (a + b);
  const spread = Math.sqrt((mean * (1 - mean)) / (a + b + 1));
  // Twelve standard deviations hold all that matters, also of the skew shares of very few failures.
  const [low, high] = [Math.max(0, mean - 8 * spread), Math.min(1, mean + 12 * spread)];
  const steps = 60;
  let [weights, chance] = [0, 0];
  for (let i = 0; i < steps; i++) {
    const share = low + ((i + 0.5) * (high - low)) / steps;
    const weight = Math.exp(scale + (a - 1) * Math.log(share) + (b - 1) * Math.log1p(-share));
    weights += weight;
    chance += weight * chanceOfMore(x, n, Math.min(1, share + tolerated));
  }
  return weights === 0 ? 1 : chance / weights;
}
