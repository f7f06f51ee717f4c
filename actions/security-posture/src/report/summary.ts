import { fold, paragraphs, raw, table } from "@aws-deploy-actions/shared/report/markdown";
import { asCode, forMarkdown, oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Score, Verdict } from "../decide/score.ts";
import type { CheckResult, Remark, State } from "../model/check.ts";
import { controlsText } from "./sarif.ts";

const icons: Readonly<Record<State, string>> = { passed: "✅", failed: "❌", warning: "⚠️", unknown: "❔", "not-applicable": "➖" };
const signs: Readonly<Record<State, string>> = { passed: "✔", failed: "✖", warning: "!", unknown: "?", "not-applicable": "–" };
const titles = {
  passed: "✅ Security posture: passed",
  failed: "❌ Security posture: failed",
  incomplete: "❔ Security posture: incomplete",
} as const;
/** A summary is 1 MiB at most; an account with more to mend than this has its evidence file. */
const mostRows = 100;

/** One check as lines of the log. */
export function checkText({ check, state, subjects, remarks }: CheckResult): string {
  const head = `${signs[state]} ${check.title} (${check.id})${state === "not-applicable" ? ": nothing of the kind" : state === "passed" ? `: ${subjects.length} looked at` : ""}`;
  const lines = remarks.map(
    ({ level, resource, expected, found, mend }) =>
      `  ${signs[level]} ${oneLine(resource, 200)}: ${level === "unknown" ? "not known: " : `expected ${oneLine(expected, 200)}; found `}${oneLine(found, 400)}\n      ${oneLine(mend, 800)}`,
  );
  return [head, ...lines].join("\n");
}

/** The job summary: score first, then what is to be mended, warnings apart, then all checks with their controls. */
export function summaryOf(verdict: Verdict, score: Score, results: readonly CheckResult[], files: readonly string[]): string {
  const of = (level: Remark["level"]) =>
    results.flatMap(({ check, remarks }) => remarks.filter((one) => one.level === level).map((one) => ({ check, ...one })));
  const section = (title: string, level: Remark["level"]): string | undefined => {
    const all = of(level);
    if (all.length === 0) return undefined;
    const rows = all
      .slice(0, mostRows)
      .map(({ check, resource, expected, found, mend }) => [check.id, resource, expected, oneLine(found, 300), raw(asCode(mend, 600))]);
    const more = all.length > mostRows ? `\n\n${all.length - mostRows} more are in the evidence file.` : "";
    return `### ${title}\n\n${table(["check", "resource", "expected", "found", "how to mend it"], rows)}${more}`;
  };
  const list = table(
    ["", "check", "looked at", "controls"],
    results.map(({ check, state, subjects }) => [
      raw(icons[state]),
      `${check.title} (${check.id})`,
      state === "not-applicable" ? "nothing of the kind" : subjects.length,
      controlsText(check.controls),
    ]),
  );
  return `${paragraphs([
    `## ${titles[verdict.outcome]}`,
    `**Security Score: ${score.text}**`,
    forMarkdown(verdict.reason, 1500),
    section("Failed", "failed"),
    section("Could not be read: counts as not passed", "unknown"),
    section("Warnings to be addressed", "warning"),
    fold(`All ${results.length} checks`, list),
    files.length === 0 ? undefined : `Files: ${files.map((file) => asCode(file)).join(", ")}. No value of a secret is in any of them.`,
  ])}\n`;
}
