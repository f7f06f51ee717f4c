import { knownAt, type ProbeSample } from "@aws-deploy-actions/shared/health/prober-types";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import { clockTime, count, percent } from "./sentences.ts";
import { slidingFindings } from "./sliding.ts";
import type { Evidence, Finding, Thresholds } from "./types.ts";

/** The health check that tells whether the new version reaches its database. */
export const databaseCheck = "database";

/** A check without an answer for so long is silent. */
export const silence: Seconds = 120;

/** Fewer results than this make no share: one failure of three is not 67 % of anything. */
const fewestForShare = 10;

/** The samples that count, by check: of the time since the switch, known by now, with the runner's own network in order. */
export function countedProbes(evidence: Evidence, now: Instant): ReadonlyMap<string, readonly ProbeSample[]> {
  const checks = new Map<string, ProbeSample[]>();
  for (const sample of evidence.probes ?? []) {
    const samples = checks.get(sample.check) ?? [];
    checks.set(sample.check, samples);
    // A request that we refused to send says nothing about who would have answered it.
    const counts = sample.control !== "failed" && sample.cause !== "refused";
    if (counts && sample.time >= evidence.since && knownAt(sample) <= now) samples.push(sample);
  }
  return checks;
}

/** When the last of these answers was there; minus infinity for none. */
export const allKnownAt = (samples: readonly ProbeSample[]): Instant =>
  samples.reduce((last, sample) => Math.max(last, knownAt(sample)), Number.NEGATIVE_INFINITY);

/** What this run's own requests say. */
export function probeFindings(limits: Thresholds, evidence: Evidence, now: Instant): readonly Finding[] {
  return [...countedProbes(evidence, now)].flatMap(([check, samples]) => [
    inARow(limits, check, samples),
    ...slidingFindings(limits, check, samples),
    ...(check === databaseCheck ? [databaseShare(limits, samples)] : []),
  ]);
}

const said = (sample: ProbeSample): string =>
  sample.detail ?? (sample.status === undefined ? (sample.cause ?? "failed") : `status ${sample.status}`);

function inARow(limits: Thresholds, check: string, samples: readonly ProbeSample[]): Finding {
  const base = { trigger: "health-checks", source: "prober", subject: `health check ${check}` } as const;
  const allowed = limits.maxConsecutiveHealthFailures;
  let row: ProbeSample[] = [];
  for (const sample of samples) {
    row = sample.ok ? [] : [...row, sample];
    if (row.length <= allowed) continue;
    const [first = sample] = row;
    const says = `health check ${check} failed ${count(row.length, "time")} in a row from ${clockTime(first.time)} to ${clockTime(sample.time)} UTC, ${allowed} are allowed; last: ${said(sample)} (own probe)`;
    return { ...base, state: "fired", says, at: allKnownAt(row) };
  }
  const [first] = row;
  if (first !== undefined) {
    const last = row.at(-1) ?? first;
    const says = `health check ${check} fails since ${clockTime(first.time)} UTC, ${count(row.length, "time")} in a row so far, ${allowed} are allowed; last: ${said(last)} (own probe)`;
    return { ...base, state: "running", says, at: first.time };
  }
  if (samples.length === 0) {
    return { ...base, state: "unknown", says: `health check ${check} has no result yet (own probe)`, at: undefined };
  }
  const passed = samples.filter((sample) => sample.ok).length;
  return { ...base, state: "clear", says: `health check ${check} passed ${passed} of ${samples.length} times (own probe)`, at: undefined };
}

function databaseShare(limits: Thresholds, samples: readonly ProbeSample[]): Finding {
  const base = { trigger: "database", source: "prober", subject: `health check ${databaseCheck}` } as const;
  const limit = limits.minDatabaseSuccessRate;
  let begin = 0;
  let passed = 0;
  let [total, share] = [0, 100];
  for (const [index, sample] of samples.entries()) {
    if (sample.ok) passed++;
    while (index - begin >= fewestForShare && (samples[begin]?.time ?? 0) <= sample.time - limits.breachDuration) {
      if (samples[begin]?.ok === true) passed--;
      begin++;
    }
    total = index - begin + 1;
    share = (100 * passed) / total;
    if (total < fewestForShare || share >= limit - 1e-9) continue;
    const from = samples[begin]?.time ?? sample.time;
    const says = `database connection success ${percent(share, limit)} (${passed} of ${total} checks), limit ${limit} %, from ${clockTime(from)} to ${clockTime(sample.time)} UTC (own probe)`;
    return { ...base, state: "fired", says, at: allKnownAt(samples.slice(begin, index + 1)) };
  }
  if (total === 0) return { ...base, state: "unknown", says: "no database check has an answer yet (own probe)", at: undefined };
  const says = `database connection success ${percent(share, limit)} (${passed} of ${total} checks, own probe)`;
  return share < limit - 1e-9
    ? { ...base, state: "running", says: `${says}; ${fewestForShare} checks make a share`, at: samples.find((sample) => !sample.ok)?.time }
    : { ...base, state: "clear", says, at: undefined };
}

/** Why the probes are too little for "good", or undefined where they are enough. */
export function missingProbes(
  evidence: Evidence,
  now: Instant,
): { readonly verdict: "no-data" | "inconclusive"; readonly says: string } | undefined {
  if (evidence.probes === undefined) return undefined;
  const checks = [...countedProbes(evidence, now)];
  if (checks.length === 0) return { verdict: "no-data", says: "no health check has been made yet" };
  for (const [check, samples] of checks) {
    const last = allKnownAt(samples);
    if (now - last <= silence) continue;
    const begin = Math.max(evidence.since, last);
    const voids = evidence.probes.filter((sample) => sample.check === check && sample.control === "failed" && sample.time >= begin);
    if (voids.length > 0 && now - begin >= silence) {
      const says = `the runner's own network is in trouble: the control probe failed with ${count(voids.length, "probe")} of health check ${check} since ${clockTime(begin)} UTC, so these say nothing about the version`;
      return { verdict: "inconclusive", says };
    }
    const says =
      samples.length === 0
        ? `health check ${check} has no result since the new version got traffic`
        : `health check ${check} has no result since ${clockTime(last)} UTC`;
    return { verdict: "no-data", says };
  }
  return undefined;
}
