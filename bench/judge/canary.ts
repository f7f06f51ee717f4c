import type { CountedMinute } from "../../packages/rollout/src/judge/minutes.ts";
import type { Random } from "./random.ts";

/** What the versions' traffic is like. */
export interface Scenario {
  readonly name: string;
  /** Share of requests that fail anyway. */
  readonly errors: number;
  /** Answers' times: lognormal with this sigma, or with a Pareto tail of this index. Median 0.12 s. */
  readonly latency: { readonly sigma: number } | { readonly tail: number };
  /** Of a version by itself, from minute to minute: intra-class correlation of errors, standard deviation of the logarithm of latency. */
  readonly noise: { readonly errors: number; readonly latency: number; readonly who: "nobody" | "old" | "both" };
  /** Both versions at once: how much errors, latency and traffic swing over the hours, as a share. */
  readonly drift: number;
  /** Chance of a minute in which both versions suffer from something they share. */
  readonly hiccups: number;
  /** The new version's share of all requests. */
  readonly share: number;
  /** How much slower the new version is in its first minute. */
  readonly coldStart: number;
  /** Noise as large as the effects: the judge must not be fooled, but cannot be asked to find anything in three minutes. */
  readonly hard: boolean;
}

const calm: Scenario = {
  name: "calm",
  errors: 0.005,
  latency: { sigma: 0.5 },
  noise: { errors: 0, latency: 0, who: "nobody" },
  drift: 0,
  hiccups: 0,
  share: 0.1,
  coldStart: 1,
  hard: false,
};

export const scenarios: readonly Scenario[] = [
  calm,
  { ...calm, name: "hardly any errors", errors: 0.0001 },
  { ...calm, name: "many errors", errors: 0.05 },
  { ...calm, name: "half of the traffic", share: 0.5 },
  { ...calm, name: "heavy tails", latency: { tail: 1.2 } },
  { ...calm, name: "noisy old version", errors: 0.02, noise: { errors: 0.002, latency: 0.1, who: "old" } },
  { ...calm, name: "both noisy", errors: 0.02, noise: { errors: 0.002, latency: 0.1, who: "both" } },
  { ...calm, name: "both very noisy", errors: 0.03, noise: { errors: 0.02, latency: 0.3, who: "both" }, hard: true },
  { ...calm, name: "diurnal drift", errors: 0.01, drift: 0.6 },
  { ...calm, name: "shared hiccups", hiccups: 0.1, hard: true },
  { ...calm, name: "cold start", coldStart: 3 },
];

/** What is wrong with the new version. */
export interface Effect {
  readonly name: string;
  readonly points: number;
  readonly slowdown: number;
}

export const effects: readonly Effect[] = [
  { name: "equal", points: 0, slowdown: 1 },
  { name: "+2 points", points: 2, slowdown: 1 },
  { name: "+5 points", points: 5, slowdown: 1 },
  { name: "+20 points", points: 20, slowdown: 1 },
  { name: "1.2 x", points: 0, slowdown: 1.2 },
  { name: "2 x", points: 0, slowdown: 2 },
  { name: "5 x", points: 0, slowdown: 5 },
];

/** One canary's minutes: the old version's before the switch, then those of both. */
export interface Canary {
  readonly before: readonly CountedMinute[];
  readonly next: readonly CountedMinute[];
  readonly previous: readonly CountedMinute[];
}

const median = 0.12;

/** The time that a share `q` of answers does not pass. */
function quantile(latency: Scenario["latency"], q: number): number {
  if ("sigma" in latency) return median * Math.exp(latency.sigma * normalOf(q));
  // Median as told, and a tail that falls as a power.
  return median * (0.5 / (1 - q)) ** (1 / latency.tail);
}

/** The normal quantile by a power law, right to 1 % between 0.5 and 0.999. */
const normalOf = (q: number): number => (q ** 0.135 - (1 - q) ** 0.135) / 0.1975;

const isNoisy = (scenario: Scenario, next: boolean): boolean => scenario.noise.who === "both" || (scenario.noise.who === "old" && !next);

/**
 * Simulates a canary.
 *
 * @param rate requests a second on the new version
 * @param length minutes with traffic on both
 */
export function simulate(scenario: Scenario, effect: Effect, rate: number, length: number, history: number, random: Random): Canary {
  const phase = random.uniform() * 2 * Math.PI;
  const hiccup = Array.from({ length: history + length }, () => (random.uniform() < scenario.hiccups ? 1 : 0));
  /** Errors, latency and traffic of both swing together, once in four hours. */
  const swing = (minute: number): number => 1 + scenario.drift * Math.sin(phase + (2 * Math.PI * minute) / 240);

  const expected = (index: number, next: boolean): number =>
    60 * swing(index) * (next ? rate : (rate * (1 - scenario.share)) / scenario.share);
  const errorsOf = (index: number, next: boolean, requests: number): number => {
    const mean = Math.min(0.9, scenario.errors * swing(index) + 0.05 * (hiccup[index] ?? 0) + (next ? effect.points / 100 : 0));
    const rho = isNoisy(scenario, next) ? scenario.noise.errors : 0;
    return random.binomial(requests, rho === 0 ? mean : random.beta((mean * (1 - rho)) / rho, ((1 - mean) * (1 - rho)) / rho));
  };
  const responseTimeOf = (index: number, next: boolean, requests: number): number => {
    const cold = index === history ? scenario.coldStart : 1;
    const slow = swing(index) * (1 + (hiccup[index] ?? 0)) * (next ? effect.slowdown * cold : 1);
    const wobble = isNoisy(scenario, next) ? Math.exp(scenario.noise.latency * random.normal()) : 1;
    // The 95th percentile of n answers is the answer of that rank, whose place in the distribution is beta distributed.
    const rank = Math.ceil(0.95 * requests);
    return slow * wobble * quantile(scenario.latency, Math.min(random.beta(rank, requests - rank + 1), 0.99999));
  };
  const minute = (index: number, next: boolean): CountedMinute => {
    const mean = expected(index, next);
    const requests = Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
    const responseTime = requests === 0 ? undefined : responseTimeOf(index, next, requests);
    return { start: index * 60, requests, errors: errorsOf(index, next, requests), responseTime, readableAt: index * 60 + 180 };
  };
  return {
    before: Array.from({ length: history }, (_, index) => minute(index, false)),
    next: Array.from({ length }, (_, index) => minute(history + index, true)),
    previous: Array.from({ length }, (_, index) => minute(history + index, false)),
  };
}
