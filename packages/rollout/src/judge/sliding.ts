import { knownAt, type ProbeSample } from "@aws-deploy-actions/shared/health/prober-types";
import { formatDuration, type Instant, type Seconds } from "@aws-deploy-actions/shared/units";
import { clockTime, percent, seconds } from "./sentences.ts";
import { percentileOf } from "./statistics.ts";
import type { Finding, Thresholds } from "./types.ts";

const window: Seconds = 60;

/** One way to look at a sliding minute; `from` and `to` are indexes, the end not included. */
interface Slide {
  readonly trigger: "error-rate" | "response-time";
  /** Results that a minute needs before it can tell which side of the limit it is on. */
  readonly needed: number;
  readonly over: (from: number, to: number) => boolean;
  readonly says: (from: number, to: number) => string;
}

/**
 * Error rate and response time of one health check, in the minute that ends with each result: seen minutes before CloudWatch shows whole
 * minutes of the clock. Over the limit for the breach duration means that every such minute was, for so long. Probes that are too far
 * apart to tell the limit from a single failure say nothing here.
 *
 * @param samples rising by time, those that count
 */
export function slidingFindings(limits: Thresholds, check: string, samples: readonly ProbeSample[]): readonly Finding[] {
  return [errorRate(limits, samples), responseTime(limits, samples)].flatMap((slide) => slideFinding(limits, check, samples, slide));
}

function errorRate(limits: Thresholds, samples: readonly ProbeSample[]): Slide {
  const failures = sums(samples, (sample) => (sample.ok ? 0 : 1));
  const rate = (from: number, to: number): number => (100 * between(failures, from, to)) / (to - from);
  return {
    trigger: "error-rate",
    needed: Math.min(30, Math.ceil(100 / Math.max(limits.maxErrorRate, 1))),
    over: (from, to) => rate(from, to) > limits.maxErrorRate + 1e-9,
    says: (from, to) => `error rate ${percent(rate(from, to), limits.maxErrorRate)}, limit ${limits.maxErrorRate} %`,
  };
}

function responseTime(limits: Thresholds, samples: readonly ProbeSample[]): Slide {
  const slow = sums(samples, (sample) => (sample.latency > limits.maxResponseTime ? 1 : 0));
  const latency = sums(samples, (sample) => sample.latency);
  const rank = limits.statistic === "Maximum" ? 1 : percentileOf(limits.statistic);
  if (rank === undefined) {
    const mean = (from: number, to: number): number => between(latency, from, to) / (to - from);
    return {
      trigger: "response-time",
      needed: 5,
      over: (from, to) => mean(from, to) > limits.maxResponseTime,
      says: (from, to) => `mean response time ${seconds(mean(from, to), limits.maxResponseTime)}, limit ${limits.maxResponseTime} s`,
    };
  }
  return {
    trigger: "response-time",
    needed: Math.min(30, Math.max(5, Math.ceil(1 / Math.max(1 - rank, 0.01)))),
    // The nearest-rank percentile is over the limit when fewer answers than its rank are within it.
    over: (from, to) => to - from - between(slow, from, to) < Math.ceil(rank * (to - from)),
    says: (from, to) =>
      `response time (${limits.statistic}) over ${limits.maxResponseTime} s: ${between(slow, from, to)} of ${to - from} answers took longer`,
  };
}

function slideFinding(limits: Thresholds, check: string, samples: readonly ProbeSample[], slide: Slide): readonly Finding[] {
  const base = { trigger: slide.trigger, source: "prober", subject: `health check ${check}` } as const;
  let from = 0;
  let enough = false;
  let known: Instant = 0;
  /** Where the minutes over the limit began. */
  let begin: { readonly index: number; readonly time: Instant } | undefined;
  for (const [index, sample] of samples.entries()) {
    known = Math.max(known, knownAt(sample));
    while ((samples[from]?.time ?? sample.time) <= sample.time - window) from++;
    enough = index + 1 - from >= slide.needed;
    begin = enough && slide.over(from, index + 1) ? (begin ?? { index, time: sample.time }) : undefined;
    if (begin === undefined || sample.time - begin.time < limits.breachDuration) continue;
    const says = `health check ${check}: ${slide.says(begin.index, index + 1)}, from ${clockTime(begin.time)} to ${clockTime(sample.time)} UTC (own probe)`;
    return [{ ...base, state: "fired", says, at: known }];
  }
  if (begin !== undefined) {
    const says = `health check ${check}: ${slide.says(from, samples.length)}, since ${clockTime(begin.time)} UTC (own probe); ${formatDuration(limits.breachDuration)} without a break roll back`;
    return [{ ...base, state: "running", says, at: begin.time }];
  }
  if (!enough) return [];
  const what = slide.trigger === "error-rate" ? "error rate" : "response time";
  return [
    { ...base, state: "clear", says: `health check ${check}: ${what} within its limit in the last minute (own probe)`, at: undefined },
  ];
}

/** Sums of the first n values, so that any stretch is one subtraction. */
function sums<T>(items: readonly T[], value: (item: T) => number): readonly number[] {
  const result = [0];
  for (const item of items) result.push((result.at(-1) ?? 0) + value(item));
  return result;
}

const between = (prefix: readonly number[], from: number, to: number): number => (prefix[to] ?? 0) - (prefix[from] ?? 0);
