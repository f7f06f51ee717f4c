import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import type { Finding } from "@aws-deploy-actions/shared/secrets/finding";
import { verdictOf } from "@aws-deploy-actions/shared/secrets/judge";
import { forMarkdown, oneLine } from "@aws-deploy-actions/shared/text/sanitise";

/** GitHub keeps at most 1 MiB of outputs of a job: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idoutputs */
const outputLimit = 500_000;
const shownRows = 200;

const signs = { error: "✖", unknown: "?", warning: "!" } as const;

/** One finding as lines of the log. */
export function findingText({ secret, key, severity, message, mend }: Finding): string {
  const where = key === undefined ? secret : `${secret} · ${key}`;
  return `${signs[severity]} ${oneLine(where, 300)} ${message}\n  ${mend}`;
}

/** Findings as lines of the log; several keys of a secret that are mended in the same way share the line that says how. */
export function findingsText(findings: readonly Finding[]): readonly string[] {
  const groups = Map.groupBy(
    findings,
    ({ secret, key, severity, mend }) => `${secret} ${severity} ${key === undefined ? mend : mend.replace(key, "…")}`,
  );
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group.map(findingText).join("\n");
    const lines = group.map((one) => findingText(one).split("\n")[0]);
    return [...lines, `  For each of these keys: ${first.mend}`].join("\n");
  });
}

/** The findings as JSON for an output, worst first, cut to what GitHub keeps. */
export function findingsJson(findings: readonly Finding[]): string {
  let kept = findings;
  let json = JSON.stringify(kept);
  while (json.length > outputLimit) {
    kept = kept.slice(0, Math.floor(kept.length / 2));
    json = JSON.stringify(kept);
  }
  return json;
}

/** What a validation found, as a result. */
export function validationResult(ids: readonly string[], findings: readonly Finding[]): ActionResult {
  const outcome = verdictOf(findings);
  const reason = reasonOf(ids, findings);
  const mend = findings.find(({ severity }) => severity !== "warning")?.mend;
  return {
    outcome,
    ok: outcome === "valid",
    reason,
    outputs: { findings: findingsJson(findings) },
    summary: summaryOf(reason, outcome, ids, findings),
    ...(outcome === "valid" || mend === undefined ? {} : { mend }),
    ...(outcome === "valid" ? {} : { news: { event: "failure", title: `Secrets are ${outcome}`, facts: factsOf(findings) } }),
  };
}

function reasonOf(ids: readonly string[], findings: readonly Finding[]): string {
  const of = (severity: Finding["severity"]): readonly string[] => [
    ...new Set(findings.filter((one) => one.severity === severity).map(({ secret }) => secret)),
  ];
  const [wrong, unknown, warned] = [of("error"), of("unknown").filter((id) => !of("error").includes(id)), of("warning")];
  const parts = [
    wrong.length > 0 ? `${wrong.length} of ${ids.length} secrets ${wrong.length === 1 ? "is" : "are"} invalid (${names(wrong)})` : "",
    unknown.length > 0 ? `${unknown.length} of ${ids.length} could not be judged (${names(unknown)})` : "",
  ].filter((part) => part !== "");
  if (parts.length > 0) return `${parts.join("; ")}.`;
  const warning = warned.length > 0 ? `, with warnings about ${warned.length}` : "";
  return `${ids.length === 1 ? `${oneLine(ids[0] ?? "", 200)} is` : `All ${ids.length} secrets are`} valid${warning}.`;
}

const names = (ids: readonly string[]): string =>
  `${ids
    .slice(0, 5)
    .map((id) => oneLine(id, 120))
    .join(", ")}${ids.length > 5 ? `, and ${ids.length - 5} more` : ""}`;

const factsOf = (findings: readonly Finding[]): readonly (readonly [string, string])[] =>
  findings.slice(0, 10).map(({ secret, key, message }) => [key === undefined ? secret : `${secret} · ${key}`, message] as const);

/** The job summary: the verdict first, then what is wrong and what mends it. */
export function summaryOf(reason: string, outcome: string, ids: readonly string[], findings: readonly Finding[]): string {
  const rows = findings
    .slice(0, shownRows)
    .map(
      ({ secret, key, rule, severity, message, mend }) =>
        `| ${signs[severity]} ${severity} | ${forMarkdown(secret)} | ${key === undefined ? "" : forMarkdown(key)} | ${rule} | ${forMarkdown(message)} | ${forMarkdown(mend, 800)} |`,
    );
  const more = findings.length > shownRows ? [`${findings.length - shownRows} more findings are in the log.`, ""] : [];
  const table =
    rows.length === 0
      ? []
      : ["| severity | secret | key | rule | what | how to mend it |", "| --- | --- | --- | --- | --- | --- |", ...rows, "", ...more];
  return [
    `## Secrets: ${outcome}`,
    "",
    forMarkdown(reason, 1000),
    "",
    ...table,
    `${ids.length} ${ids.length === 1 ? "secret" : "secrets"} looked at. No value was printed.`,
    "",
  ].join("\n");
}
