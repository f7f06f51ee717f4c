import { assertNever } from "@aws-deploy-actions/shared/problems";
import { formatDuration, type Instant, type Seconds } from "@aws-deploy-actions/shared/units";
import { cloudWatchFindings, missingMetrics } from "./cloudwatch.ts";
import { missingProbes, probeFindings } from "./probes.ts";
import { clockTime } from "./sentences.ts";
import type { Evidence, Finding, Judgement, Thresholds } from "./types.ts";

/** A source that has not answered for so long leaves the question open. */
export const outage: Seconds = 120;

/**
 * Judges the new version by fixed limits. Pure: the same evidence at the same moment gives the same judgement, and more failures
 * never make it better.
 *
 * @param now seconds since the epoch; evidence of later moments is not looked at
 */
export const judgeThresholds = (limits: Thresholds, evidence: Evidence, now: Instant): Judgement => summarise(limits, evidence, now, []);

/** The judgement of the fixed limits and of what else was found. */
export function summarise(limits: Thresholds, evidence: Evidence, now: Instant, others: readonly Finding[]): Judgement {
  const { metrics } = evidence;
  const findings = [
    ...alarmFindings(evidence),
    ...probeFindings(limits, evidence, now),
    ...(metrics === undefined ? [] : cloudWatchFindings(limits, evidence, metrics, now)),
    ...others,
  ];
  return conclude(findings, openQuestions(evidence, now), missing(limits, evidence, now), quiet(evidence, now));
}

/** The alarms that are watched. One that fired before the deployment began is not its doing. */
function alarmFindings(evidence: Evidence): readonly Finding[] {
  return (evidence.metrics?.alarms ?? []).map((alarm): Finding => {
    const base = { trigger: "alarm", source: "alarm", subject: `alarm ${alarm.name}` } as const;
    const since = alarm.since === undefined ? "" : ` since ${clockTime(alarm.since)} UTC`;
    switch (alarm.state) {
      case "alarm": {
        if (alarm.since !== undefined && alarm.since < evidence.begun) {
          const says = `alarm ${alarm.name} fires${since}, from before the deployment began: not counted`;
          return { ...base, state: "unknown", says, at: undefined };
        }
        const why = alarm.reason === undefined ? "" : `: ${alarm.reason}`;
        return { ...base, state: "fired", says: `alarm ${alarm.name} fires${since}${why}`, at: alarm.since ?? evidence.since };
      }
      case "ok":
        return { ...base, state: "clear", says: `alarm ${alarm.name} is quiet`, at: undefined };
      case "insufficient-data":
        return { ...base, state: "unknown", says: `alarm ${alarm.name} has not enough data`, at: undefined };
      case "missing":
        return { ...base, state: "unknown", says: `alarm ${alarm.name} does not exist`, at: undefined };
      default:
        return assertNever(alarm.state);
    }
  });
}

/** How long CloudWatch has been silent, where that is too long. */
function quiet(evidence: Evidence, now: Instant): boolean {
  const last = evidence.metrics?.metricsSource.lastAnswer ?? evidence.since;
  return now - Math.max(last, evidence.begun) >= outage;
}

/** What keeps anything from being said about the version: trouble of AWS or of the runner's network. */
function openQuestions(evidence: Evidence, now: Instant): readonly string[] {
  const questions: string[] = [];
  const { metrics } = evidence;
  if (metrics !== undefined) {
    for (const [name, source] of [
      ["CloudWatch metrics", metrics.metricsSource],
      ["CloudWatch alarms", metrics.alarmsSource],
    ] as const) {
      const last = Math.max(source.lastAnswer ?? evidence.since, evidence.begun);
      if (now - last < outage) continue;
      const because = source.failing === undefined ? "" : ` (${source.failing.says})`;
      questions.push(`no answer from ${name} for ${formatDuration(now - last)}${because}: nothing can be said about the version`);
    }
    for (const alarm of metrics.alarms) if (alarm.state === "missing") questions.push(`alarm ${alarm.name} does not exist`);
  }
  const probes = missingProbes(evidence, now);
  if (probes?.verdict === "inconclusive") questions.push(probes.says);
  return questions;
}

/** What is too little for "good". */
function missing(limits: Thresholds, evidence: Evidence, now: Instant): readonly string[] {
  const { metrics, probes } = evidence;
  if (metrics === undefined && probes === undefined) return ["nothing is watched: neither CloudWatch metrics nor health checks"];
  const reasons = [metrics === undefined ? undefined : missingMetrics(limits, evidence, metrics, now), missingProbes(evidence, now)?.says];
  return reasons.filter((reason) => reason !== undefined);
}

const order: Readonly<Record<Finding["state"], number>> = { fired: 0, running: 1, unknown: 2, clear: 3 };

/** The worst thing said decides; a breach that goes on outweighs a source that is away, since leaving then would pass it. */
function conclude(all: readonly Finding[], open: readonly string[], lacking: readonly string[], metricsQuiet: boolean): Judgement {
  const at = (finding: Finding): Instant => finding.at ?? Number.MAX_VALUE;
  const findings = all.toSorted((a, b) => order[a.state] - order[b.state] || at(a) - at(b));
  const fired = findings.filter((finding) => finding.state === "fired");
  const [first] = fired;
  if (first !== undefined) {
    return {
      verdict: "bad",
      evidence: sentences([first.says, ...also(fired)]),
      trigger: first.trigger,
      source: first.source,
      ...(first.at === undefined ? {} : { readableAt: first.at }),
      findings,
    };
  }
  // A breach last seen in metrics that no longer come is not known to go on.
  const running = findings.filter((finding) => finding.state === "running" && !(metricsQuiet && finding.source === "cloudwatch"));
  const [breach] = running;
  if (breach !== undefined) {
    const says = sentences([breach.says, ...also(running), ...open]);
    return { verdict: "breaching", evidence: says, trigger: breach.trigger, source: breach.source, findings };
  }
  if (open.length > 0) return { verdict: "inconclusive", evidence: sentences(open), findings };
  if (lacking.length > 0) return { verdict: "no-data", evidence: sentences(lacking), findings };
  const clear = findings.filter((finding) => finding.state === "clear");
  return { verdict: "good", evidence: sentences(["no trigger", ...clear.slice(0, 4).map((finding) => finding.says)]), findings };
}

const also = (findings: readonly Finding[]): readonly string[] => findings.slice(1, 3).map((finding) => `also ${finding.says}`);

const sentences = (parts: readonly string[]): string => parts.join("; ");
