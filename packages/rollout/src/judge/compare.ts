import { formatDuration, type Instant } from "@aws-deploy-actions/shared/units";
import { freshness } from "./cloudwatch.ts";
import { compareErrors, compareLatency, type Pair, shareOfLook, type TestResult } from "./comparison.ts";
import { type CountedMinute, type CountedSeries, groupSeries, together } from "./minutes.ts";
import { count, percent, seconds, span } from "./sentences.ts";
import { fullMinutes } from "./streaks.ts";
import type { ComparisonSettings, Evidence, Finding, Thresholds } from "./types.ts";

/** What the judge allows unless told otherwise. */
export const defaultComparison: ComparisonSettings = {
  falseRollbacks: 0.01,
  tolerableErrors: 0.5,
  tolerableSlowdown: 1.2,
  noticeable: 0.02,
  minimumRequests: 100,
};

/** Minutes after which a sudden change would drown in the ones before; the last ones are looked at by themselves too. */
const recent = 5;

interface Compared {
  readonly subject: string;
  readonly pairs: readonly Pair[];
  /** The old version's minutes, from before the switch too. */
  readonly history: readonly CountedMinute[];
}

/**
 * Compares the new version with the old one over the same minutes, while both get traffic. Pure, and unmoved by how often it is asked:
 * each minute is one look, all together keep the chance of a false rollback below `settings.falseRollbacks`.
 *
 * @returns findings of the trigger `comparison`: one about errors and one about response times, for each pair of target groups
 */
export function compare(
  settings: ComparisonSettings,
  limits: Pick<Thresholds, "statistic">,
  evidence: Evidence,
  now: Instant,
): readonly Finding[] {
  if (evidence.metrics === undefined) return [];
  const series = pairUp(groupSeries(evidence.metrics, "next"), groupSeries(evidence.metrics, "previous"));
  const alpha = settings.falseRollbacks / series.length;
  return series.flatMap(([next, previous]) => {
    const compared = pairMinutes(next, previous, evidence.since, now);
    return [errorFinding(settings, compared, alpha / 2, now), latencyFinding(settings, limits.statistic, compared, alpha / 2, now)];
  });
}

/** Target groups that do the same for both colours stand in the same order; where the numbers differ, only the colours can be compared. */
function pairUp(next: readonly CountedSeries[], previous: readonly CountedSeries[]): readonly (readonly [CountedSeries, CountedSeries])[] {
  const pairs = next.flatMap((one, index) => {
    const other = previous[index];
    return other === undefined ? [] : [[one, other] as const];
  });
  if (next.length === previous.length && pairs.length > 0) return pairs;
  return [[together(next, "the new version"), together(previous, "the old version")]];
}

function pairMinutes(next: CountedSeries, previous: CountedSeries, since: Instant, now: Instant): Compared {
  const pairs = fullMinutes(since, now).flatMap((start) => {
    const [one, other] = [next.minutes.get(start), previous.minutes.get(start)];
    return one !== undefined && other !== undefined && one.requests > 0 && other.requests > 0
      ? [{ start, next: one, previous: other }]
      : [];
  });
  const history = [...previous.minutes.values()].filter((minute) => minute.requests > 0);
  return { subject: next.subject, pairs, history };
}

/** The verdict of all looks so far: the first that found the new version worse, else the last. */
export function allLooks(
  fewest: number,
  minimumRequests: number,
  alpha: number,
  compared: Pick<Compared, "pairs" | "history">,
  test: (pairs: readonly Pair[], history: readonly CountedMinute[], alpha: number) => TestResult,
): TestResult | undefined {
  let last: TestResult | undefined;
  for (let k = fewest; k <= compared.pairs.length; k++) {
    last = oneLook(minimumRequests, alpha, compared.pairs.slice(0, k), compared.history, test) ?? last;
    if (last?.worse === true) return last;
  }
  return last;
}

/** The look after the last of these minutes: over all of them and, when they are many, over the last ones. */
export function oneLook(
  minimumRequests: number,
  alpha: number,
  pairs: readonly Pair[],
  history: readonly CountedMinute[],
  test: (pairs: readonly Pair[], history: readonly CountedMinute[], alpha: number) => TestResult,
): TestResult | undefined {
  const end = pairs.at(-1)?.start ?? 0;
  const known = history.filter((minute) => minute.start <= end);
  const enough = (some: readonly Pair[]): boolean =>
    some.reduce((sum, pair) => sum + pair.next.requests, 0) >= minimumRequests &&
    some.reduce((sum, pair) => sum + pair.previous.requests, 0) >= minimumRequests;
  if (!enough(pairs)) return undefined;
  const looks = pairs.length > recent ? 2 : 1;
  const share = (alpha * shareOfLook(pairs.length)) / looks;
  const whole = test(pairs, known, share);
  const latest = pairs.slice(-recent);
  if (whole.worse || looks === 1 || !enough(latest)) return whole;
  const now = test(latest, known, share);
  return now.worse || now.suspicious ? now : whole;
}

function errorFinding(settings: ComparisonSettings, compared: Compared, alpha: number, now: Instant): Finding {
  const result = allLooks(2, settings.minimumRequests, alpha, compared, (pairs, history, share) =>
    compareErrors(settings, pairs, history, share),
  );
  return finding(settings, compared, "errors", result, now, (one) => {
    return {
      compared: `${percent(100 * one.next)} of requests failed, of the old version's ${percent(100 * one.previous)}`,
      tolerated: `${settings.tolerableErrors} points more are tolerated`,
      detectable: `${Math.max(0.1, Math.round(1000 * one.detectable) / 10)} points more would have been found`,
    };
  });
}

function latencyFinding(settings: ComparisonSettings, statistic: string, compared: Compared, alpha: number, now: Instant): Finding {
  const timed = {
    ...compared,
    pairs: compared.pairs.filter((pair) => pair.next.responseTime !== undefined && pair.previous.responseTime !== undefined),
  };
  const result = allLooks(3, settings.minimumRequests, alpha, timed, (pairs, history, share) =>
    compareLatency(settings, statistic, pairs, history, share),
  );
  return finding(settings, timed, "response times", result, now, (one) => ({
    compared: `response time (${statistic}) ${seconds(one.next)}, the old version's ${seconds(one.previous)}`,
    tolerated: `${settings.tolerableSlowdown} times as long is tolerated`,
    detectable: `${Math.round(10 * one.detectable) / 10} times as long would have been found`,
  }));
}

interface Words {
  readonly compared: string;
  readonly tolerated: string;
  readonly detectable: string;
}

function finding(
  settings: ComparisonSettings,
  { subject, pairs }: Compared,
  what: string,
  result: TestResult | undefined,
  now: Instant,
  words: (result: TestResult) => Words,
): Finding {
  const base = { trigger: "comparison", source: "cloudwatch", subject } as const;
  if (result === undefined) {
    const requests = pairs.reduce((sum, pair) => sum + pair.next.requests, 0);
    const says = `${subject}: ${what} of the versions cannot be compared yet: ${count(pairs.length, "full minute")} with traffic on both, ${count(requests, "request")} of the new one (${settings.minimumRequests} and 3 minutes are needed)`;
    return { ...base, state: "unknown", says, at: undefined };
  }
  const { compared, tolerated, detectable } = words(result);
  const [first, last] = [result.minutes[0]?.start ?? 0, result.minutes.at(-1)?.start ?? 0];
  const over = `in ${formatDuration(60 * result.minutes.length)} of both, ${span(first, last + 60)} (CloudWatch)`;
  if (result.worse) {
    const at = Math.max(...result.minutes.map((pair) => Math.max(pair.next.readableAt, pair.previous.readableAt)));
    return { ...base, state: "fired", says: `${subject}: ${compared}, ${over}; ${tolerated}`, at };
  }
  // Once the old version has no traffic any more, no further minute will settle a suspicion.
  if (result.suspicious && now - last - 60 <= freshness) {
    return { ...base, state: "running", says: `${subject}: ${compared}, ${over}; ${tolerated}, more minutes decide`, at: first };
  }
  return { ...base, state: "clear", says: `${subject}: ${compared}, ${over}; ${detectable}`, at: undefined };
}
