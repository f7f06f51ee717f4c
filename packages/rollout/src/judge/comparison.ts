import type { Instant } from "@aws-deploy-actions/shared/units";
import type { CountedMinute } from "./minutes.ts";
import { chanceAbove, chanceOfMore, chiSquareMedian, normalLimit, percentileOf, studentLimit } from "./statistics.ts";
import type { ComparisonSettings } from "./types.ts";

/** A full minute in which both versions had traffic: whatever hits both at once (the hour of the day, a slow database) cancels out. */
export interface Pair {
  readonly start: Instant;
  readonly next: CountedMinute;
  readonly previous: CountedMinute;
}

/** What one test says after so many minutes. */
export interface TestResult {
  readonly worse: boolean;
  /** Close to it: worth another minute before going on. */
  readonly suspicious: boolean;
  /** Of the new and the old version, over the minutes compared: a share of requests, or seconds. */
  readonly next: number;
  readonly previous: number;
  /** The smallest difference (a share; or a factor) that would have been found now in 99 of 100 cases. */
  readonly detectable: number;
  readonly minutes: readonly Pair[];
}

/** What remains unknown about noise even after a long look at the old version; without history, what is assumed. */
const errorNoise = { least: 0.0005, unknown: 0.005 } as const;
const latencyNoise = { least: 0.03 ** 2, unknown: 0.15 ** 2 } as const;
const enoughHistory = 5;
/** The shares of the allowed error that go to suspicion: far more than to a verdict. */
const suspicion = 10;

/**
 * The part of the allowed error that the look after k minutes may use: most of it goes to the first three minutes, the rest to all that
 * follow (1/2 + 1/6 + 1/12 + … is 1). So looking again each minute, however long, never adds up to more than was allowed (alpha spending:
 * Lan and DeMets, 1983).
 */
export function shareOfLook(minutes: number): number {
  if (minutes <= 2) return 0.2;
  return minutes === 3 ? 0.4 : 0.4 / ((minutes - 3) * (minutes - 2));
}

/**
 * Whether the new version fails more requests than the old one, beyond what is tolerated.
 *
 * Requests of one minute share their fate, so they count for less than independent ones: by how much, the old version's own minutes tell
 * (the design effect of beta-binomial counts). The test is exact for small numbers.
 *
 * @param pairs all minutes so far, at least 2
 * @param history the old version's minutes until now, those of the pairs included
 * @param alpha the chance of error this look may have
 */
export function compareErrors(
  settings: ComparisonSettings,
  pairs: readonly Pair[],
  history: readonly CountedMinute[],
  alpha: number,
): TestResult {
  const noise = overdispersion(history);
  const effective = (requests: number): number => requests / (1 + (requests - 1) * noise);
  const total = sum(pairs, (pair) => pair.next.requests);
  const next = sum(pairs, (pair) => pair.next.errors) / total;
  // The old version, as if its traffic had been spread over the minutes as the new one's was: steps change the weights in between.
  const weight = (pair: Pair): number => pair.next.requests / total;
  const previous = sum(pairs, (pair) => (weight(pair) * pair.previous.errors) / pair.previous.requests);
  const sizeNext = 1 / sum(pairs, (pair) => weight(pair) ** 2 / effective(pair.next.requests));
  const sizePrevious = 1 / sum(pairs, (pair) => weight(pair) ** 2 / effective(pair.previous.requests));
  const tolerated = settings.tolerableErrors / 100;
  const above = pairs.filter((pair) => share(pair.next) > share(pair.previous) + tolerated);
  const base = { next, previous, minutes: pairs };
  const spread = Math.sqrt(Math.max(previous, 1 / sizePrevious) * (1 / sizeNext + 1 / sizePrevious));
  const detectable = tolerated + (normalLimit(alpha) + normalLimit(0.01)) * spread;
  // One bad minute is not a bad version.
  if (next <= previous + tolerated || above.length < 2) return { ...base, detectable, worse: false, suspicious: false };
  const most = alpha * suspicion;
  // Not knowing the old share exactly only raises the chance: what is likely at its best estimate need not be averaged.
  if (chanceOfMore(next * sizeNext, sizeNext, Math.min(1, previous + tolerated)) > most) {
    return { ...base, detectable, worse: false, suspicious: false };
  }
  const chance = chanceAbove(next * sizeNext, sizeNext, previous * sizePrevious, sizePrevious, tolerated);
  const worse = chance <= alpha;
  return { ...base, detectable, worse, suspicious: !worse && chance <= most };
}

const share = (minute: CountedMinute): number => minute.errors / minute.requests;

/** How much alike the requests of one minute fare (the intra-class correlation), from the old version's minutes. */
function overdispersion(history: readonly CountedMinute[]): number {
  const minutes = history.filter((minute) => minute.requests > 0);
  if (minutes.length < enoughHistory) return errorNoise.unknown;
  const requests = sum(minutes, (minute) => minute.requests);
  const mean = sum(minutes, (minute) => minute.errors) / requests;
  if (mean === 0 || mean === 1) return errorNoise.least;
  const chi = sum(minutes, (minute) => (minute.errors - minute.requests * mean) ** 2 / (minute.requests * mean * (1 - mean)));
  const effect = chi / chiSquareMedian(minutes.length - 1);
  const size = requests / minutes.length;
  return size <= 1 ? errorNoise.least : Math.min(1, Math.max(errorNoise.least, (effect - 1) / (size - 1)));
}

/**
 * Whether the new version answers more slowly than the old one, beyond what is tolerated.
 *
 * Works on the logarithm of each minute's ratio. Its noise is the old version's from minute to minute, for both sides, and what a
 * percentile of few answers varies by, even with a tail as heavy as Pareto's with index 1.
 *
 * @param pairs all minutes with a response time on both sides so far, at least 3
 */
export function compareLatency(
  settings: ComparisonSettings,
  statistic: string,
  pairs: readonly Pair[],
  history: readonly CountedMinute[],
  alpha: number,
): TestResult {
  const ratios = pairs.map((pair) => Math.log(time(pair.next) / time(pair.previous)));
  const mean = sum(ratios, (ratio) => ratio) / pairs.length;
  const { variance, degrees } = latencyNoiseOf(history);
  const few = sum(pairs, (pair) => samplingVariance(statistic) / pair.next.requests);
  const spread = Math.sqrt(2 * variance * pairs.length + few) / pairs.length;
  const tolerated = Math.log(settings.tolerableSlowdown);
  const previous = Math.exp(sum(pairs, (pair) => Math.log(time(pair.previous))) / pairs.length);
  const next = previous * Math.exp(mean);
  const above = ratios.filter((ratio) => ratio > tolerated).length;
  // A new version that is slow only at its start (cold caches) has recovered in its last minute.
  const stillSlow = (ratios.at(-1) ?? 0) > tolerated;
  const candidate = next - previous > settings.noticeable && 3 * above >= 2 * pairs.length && stillSlow;
  const beyond = (limit: number): boolean => candidate && mean - tolerated > studentLimit(limit, degrees) * spread;
  const worse = beyond(alpha);
  const detectable = Math.exp(tolerated + (studentLimit(alpha, degrees) + normalLimit(0.01)) * spread);
  return { next, previous, minutes: pairs, detectable, worse, suspicious: !worse && beyond(alpha * suspicion) };
}

/** A minute of 0 s would have no logarithm. */
const time = (minute: CountedMinute): number => Math.max(minute.responseTime ?? 0, 1e-4);

/** How much the logarithm of the old version's response time varies from minute to minute, around its trend. */
function latencyNoiseOf(history: readonly CountedMinute[]): { readonly variance: number; readonly degrees: number } {
  const points = history
    .filter((minute) => minute.responseTime !== undefined)
    .map((minute) => ({ x: minute.start, y: Math.log(time(minute)) }));
  if (points.length < enoughHistory + 2) return { variance: latencyNoise.unknown, degrees: enoughHistory };
  const [x, y] = [sum(points, (point) => point.x) / points.length, sum(points, (point) => point.y) / points.length];
  const across = sum(points, (point) => (point.x - x) ** 2);
  const slope = sum(points, (point) => (point.x - x) * (point.y - y)) / across;
  const degrees = points.length - 2;
  const variance = sum(points, (point) => (point.y - y - slope * (point.x - x)) ** 2) / degrees;
  return { variance: Math.max(latencyNoise.least, variance), degrees };
}

/** n times the variance of the logarithm of a statistic of n answers: for a percentile q of a Pareto tail with index 1, q / (1 - q). */
function samplingVariance(statistic: string): number {
  const q = percentileOf(statistic);
  if (q === undefined) return 20;
  const rank = Math.min(q, 0.999);
  return Math.max(2, rank / (1 - rank));
}

const sum = <T>(items: readonly T[], value: (item: T) => number): number => items.reduce((total, item) => total + value(item), 0);
