/** Seeded random numbers and the distributions that traffic is made of. */
export interface Random {
  /** Uniform in (0, 1). */
  readonly uniform: () => number;
  readonly normal: () => number;
  readonly beta: (a: number, b: number) => number;
  readonly binomial: (n: number, p: number) => number;
}

/** sfc32, a small generator that passes PractRand: https://pracrand.sourceforge.net/RNG_engines.txt */
export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [seed | 0, (seed ^ 0x9e3779b9) | 0, 0x243f6a88 | 0, 1];
  const uniform = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return ((t >>> 0) + 0.5) / 4294967296;
  };
  for (let i = 0; i < 20; i++) uniform();

  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

  /** Marsaglia and Tsang, 2000. */
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const beta = (p: number, q: number): number => {
    const x = gamma(p);
    return x / (x + gamma(q));
  };

  /** Few successes are counted one by one, by the gaps between them; for many the normal law, corrected for skew, is as good. */
  const binomial = (n: number, p: number): number => {
    if (p <= 0 || n <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - binomial(n, 1 - p);
    const variance = n * p * (1 - p);
    if (variance > 100) {
      const z = normal();
      const count = n * p + Math.sqrt(variance) * z + ((1 - 2 * p) * (z * z - 1)) / 6;
      return Math.min(n, Math.max(0, Math.round(count)));
    }
    const gap = Math.log1p(-p);
    let count = 0;
    for (let at = Math.log(uniform()) / gap; at < n; at += 1 + Math.log(uniform()) / gap) count++;
    return count;
  };
  return { uniform, normal, beta, binomial };
}
