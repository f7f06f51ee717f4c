import { ruleId, sourcesOf } from "@aws-deploy-actions/shared/findings/finding";
import { severities } from "@aws-deploy-actions/shared/findings/severity";
import { forMarkdown } from "@aws-deploy-actions/shared/text/sanitise";
import type { ScannerResult } from "../decide/verdict.ts";
import { countingOf, type Reported, type ScanReport } from "./model.ts";

const mostRows = 30;
const icons = { ran: "✅", partly: "⚠️", failed: "❌", "not-applicable": "➖" } as const;
const states = { ran: "ran", partly: "ran in part only", failed: "**did not run**", "not-applicable": "nothing for it here" } as const;
const titles = {
  clean: "✅ Security scan: clean",
  findings: "Security scan: findings",
  incomplete: "⚠️ Security scan: incomplete",
} as const;

/** The job summary: the verdict, what is new, the findings, then who looked at what. */
export function summary(report: ScanReport, paths: { readonly sarif: string; readonly json: string }): string {
  const { verdict } = report;
  const icon = verdict.ok ? "" : "❌ ";
  return [
    `## ${icon}${titles[verdict.outcome]}`,
    "",
    forMarkdown(verdict.reason, 1500),
    "",
    ...(verdict.mend === undefined ? [] : [`**Next:** ${forMarkdown(verdict.mend, 500)}`, ""]),
    ...counts(report),
    ...findings(report),
    ...scanners(report.scanners),
    ...accepted(report),
    ...notes(report),
    `Reports: ${code(paths.sarif)} (SARIF), ${code(paths.json)} (JSON, also usable as baseline). ${report.files} files in ${report.seconds.toFixed(1)} s.`,
    "",
  ].join("\n");
}

const code = (text: string): string => `<code>${forMarkdown(text, 200)}</code>`;

function counts(report: ScanReport): readonly string[] {
  const counting = countingOf(report);
  if (report.findings.length === 0) return [];
  const compared = counting.some(({ fresh }) => fresh !== undefined);
  const row = (name: string, list: readonly Reported[]): string =>
    `| ${name} | ${severities.map((severity) => list.filter((one) => one.severity === severity).length).join(" | ")} | ${list.length} |`;
  const known = report.findings.filter((one) => one.known);
  return [
    "| | critical | high | medium | low | all |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    row("findings that count", counting),
    ...(compared
      ? [
          row(
            "new with this change",
            counting.filter(({ fresh }) => fresh === true),
          ),
        ]
      : []),
    ...(known.length > 0 ? [row("in the baseline", known)] : []),
    "",
  ];
}

function findings(report: ScanReport): readonly string[] {
  const counting = countingOf(report);
  if (counting.length === 0) return [];
  const rows = counting.slice(0, mostRows).map((finding) => {
    const { place, severity, message, helpUri, inlineSuppression } = finding;
    const rule = forMarkdown(ruleId(finding), 80);
    const link = helpUri !== undefined && /^https:\/\/[\w./%#?=&~:@+-]+$/.test(helpUri) ? `<a href="${helpUri}">${rule}</a>` : rule;
    const others = sourcesOf(finding).slice(1);
    const remarks = [
      ...(finding.fresh === true ? ["**new**"] : []),
      ...(others.length > 0 ? [`also ${others.map((name) => forMarkdown(name, 30)).join(", ")}`] : []),
      ...(inlineSuppression === undefined ? [] : [`its comment ${code(inlineSuppression)} is not honoured`]),
    ];
    return `| ${severity} | ${code(`${place.path}:${place.line}`)} | ${link} | ${forMarkdown(message, 240)}${remarks.length > 0 ? ` (${remarks.join("; ")})` : ""} |`;
  });
  return [
    "| severity | where | rule | what |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    ...(counting.length > mostRows ? [`… and ${counting.length - mostRows} more in the reports.`, ""] : []),
  ];
}

function scanners(list: readonly ScannerResult[]): readonly string[] {
  const rows = list.map(
    ({ name, state, reason, findings: found, seconds, origin }) =>
      `| ${icons[state]} ${name} | ${states[state]}${reason === "" ? "" : `: ${forMarkdown(reason, 400)}`} | ${state === "ran" || state === "partly" ? found : ""} | ${seconds > 0 ? `${seconds.toFixed(1)} s` : ""} | ${forMarkdown(origin, 80)} |`,
  );
  return ["### Scanners", "", "| scanner | state | findings | time | program |", "| --- | --- | ---: | ---: | --- |", ...rows, ""];
}

function accepted({ ignored }: ScanReport): readonly string[] {
  if (ignored.length === 0) return [];
  const rows = ignored
    .slice(0, mostRows)
    .map(
      ({ defect, entry }) =>
        `| ${defect.severity} | ${code(`${defect.place.path}:${defect.place.line}`)} | ${forMarkdown(ruleId(defect), 80)} | ${forMarkdown(entry.owner, 60)} | ${forMarkdown(entry.reason, 200)} | ${entry.until} |`,
    );
  return [
    `<details><summary>${ignored.length} accepted in the ignore file</summary>`,
    "",
    "| severity | where | rule | owner | reason | until |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
    "</details>",
    "",
  ];
}

function notes({ notes: list }: ScanReport): readonly string[] {
  if (list.length === 0) return [];
  return ["### Notes", "", ...list.slice(0, 50).map((note) => `- ${forMarkdown(note, 500)}`), ""];
}
