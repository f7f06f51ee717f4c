import { type Defect, type IdentifiedFinding, ruleId, sourcesOf } from "@aws-deploy-actions/shared/findings/finding";
import { severities } from "@aws-deploy-actions/shared/findings/severity";
import { countingOf, type ScanReport } from "./model.ts";

/** The report for machines, and the baseline of later runs. */
export function jsonReport(report: ScanReport): string {
  const { verdict, scanners, findings, ignored, notes, commit, files, seconds } = report;
  const counting = countingOf(report);
  const document = {
    version: 1,
    outcome: verdict.outcome,
    reason: verdict.reason,
    commit,
    files,
    seconds,
    counts: Object.fromEntries(severities.map((severity) => [severity, counting.filter((one) => one.severity === severity).length])),
    scanners,
    notes,
    findings: findings.map((finding) => ({
      ...asJson(finding),
      known: finding.known,
      ...(finding.fresh !== undefined && { new: finding.fresh }),
    })),
    ignored: ignored.map(({ defect, entry }) => ({ ...asJson(defect), ignore: entry })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function asJson(defect: Defect): Readonly<Record<string, unknown>> {
  return {
    ...one(defect),
    severity: defect.severity,
    tools: sourcesOf(defect),
    also: defect.also.map(one),
    fingerprints: [...new Set([defect, ...defect.also].map(({ fingerprint }) => fingerprint))],
  };
}

function one(finding: IdentifiedFinding): Readonly<Record<string, unknown>> {
  const { severity, category, title, message, help, helpUri, cwe, place, dependency, inlineSuppression, fingerprint } = finding;
  return {
    rule: ruleId(finding),
    fingerprint,
    severity,
    category,
    title,
    message,
    help,
    helpUri,
    cwe,
    ...place,
    dependency,
    inlineSuppression,
  };
}
