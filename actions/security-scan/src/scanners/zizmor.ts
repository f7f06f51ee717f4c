import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import { severityOf } from "@aws-deploy-actions/shared/findings/severity";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { counted, expectExit, fields, items, mostFindings, parseItems, textOf, texts, wholeOf } from "./reading.ts";
import type { Job, Scanner } from "./scanner.ts";

/** What zizmor's audits are about; it names no CWE itself. */
const weaknesses: Readonly<Record<string, number>> = {
  "template-injection": 94,
  "dangerous-triggers": 829,
  "unpinned-uses": 829,
  "excessive-permissions": 269,
  artipacked: 522,
  "hardcoded-container-credentials": 798,
  "secrets-inherit": 269,
  "overprovisioned-secrets": 200,
  "github-env": 94,
  "cache-poisoning": 349,
  "bot-conditions": 290,
  "insecure-commands": 94,
};

/** Workflows and actions: https://docs.zizmor.sh */
export const zizmor: Scanner = {
  name: "zizmor",
  program: { command: "zizmor", requirements: "zizmor.txt" },
  network: false,
  weight: 1,
  largestFile: 5_000_000,
  detect: ({ workflows }) =>
    workflows.length === 0 ? { applies: false, why: "there is no workflow and no action" } : { applies: true, files: workflows, gaps: [] },
  scan: async (job) => {
    const files = job.files.map(({ staged }) => `${job.folder}/${staged}`);
    const args = [
      "--offline",
      "--no-config",
      "--no-ignores",
      "--collect=all",
      "--format=json-v1",
      "--no-progress",
      "--color=never",
      ...files,
    ];
    const ended = await job.run(args);
    // 11 to 14: findings, by their severity; 3: no input at all (https://docs.zizmor.sh/usage/#exit-codes).
    expectExit(ended, 0, 10, 11, 12, 13, 14);
    const results = parseItems(ended);
    const unread = ended.stderr.split("\n").filter((line) => /\bWARN\b.*(failed to (load|parse|register)|invalid|skipp)/i.test(line));
    return {
      findings: results.slice(0, mostFindings).flatMap((result) => toFinding(job, result)),
      gaps: [
        ...(unread.length > 0 ? [`${counted(unread.length, "file")} could not be read: ${oneLine(unread[0] ?? "", 200)}`] : []),
        ...(results.length > mostFindings ? [`only ${mostFindings} of ${results.length} findings were taken`] : []),
      ],
    };
  },
};

function toFinding(job: Job, result: Readonly<Record<string, unknown>>): readonly Finding[] {
  const locations = items(result["locations"]);
  const primary = locations.find((location) => fields(location["symbolic"])["kind"] === "Primary") ?? locations[0];
  if (primary === undefined) return [];
  const symbolic = fields(primary["symbolic"]);
  const concrete = fields(primary["concrete"]);
  const path = job.pathOf(textOf(fields(fields(symbolic["key"])["Local"])["verbatim_path"]));
  if (path === undefined) return [];
  const [start, end] = [fields(fields(concrete["location"])["start_point"]), fields(fields(concrete["location"])["end_point"])];
  const rule = textOf(result["ident"]);
  const line = wholeOf(start["row"], 0) + 1;
  const suppression = texts(concrete["comments"]).find((comment) => /zizmor:\s*ignore/.test(comment));
  const determinations = fields(result["determinations"]);
  return [
    {
      source: "zizmor",
      rule,
      title: textOf(result["desc"]) || rule,
      severity: severityOf(textOf(determinations["severity"]), "medium"),
      category: weaknesses[rule] === 798 ? "secret" : "configuration",
      place: {
        path,
        line,
        endLine: Math.max(line, wholeOf(end["row"], 0) + 1),
        column: wholeOf(start["column"], 0) + 1,
        endColumn: wholeOf(end["column"], 0) + 1,
      },
      message: `${textOf(result["desc"])}: ${textOf(symbolic["annotation"])}`,
      helpUri: textOf(result["url"]),
      cwe: weaknesses[rule] === undefined ? [] : [weaknesses[rule]],
      ...(suppression !== undefined && { inlineSuppression: oneLine(suppression, 80) }),
    },
  ];
}
