import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import type { Severity } from "@aws-deploy-actions/shared/findings/severity";
import { expectExit, fields, mostFindings, parseItems, textOf, texts, wholeOf } from "./reading.ts";
import type { Job, Scanner } from "./scanner.ts";

/** A password in the template. */
const password = /^W2501$/;
/** Warnings about secrets, permissions and lost data; the others are about form. */
const serious = /^W(1011|2010|2511|3005|3011|3037|4002)$/;

/** CloudFormation and SAM templates: https://github.com/aws-cloudformation/cfn-lint */
export const cfnLint: Scanner = {
  name: "cfn-lint",
  program: { command: "cfn-lint", requirements: "cfn-lint.txt" },
  network: false,
  weight: 4,
  largestFile: 1_048_576,
  detect: ({ cloudFormation }) =>
    cloudFormation.length === 0
      ? { applies: false, why: "there is no CloudFormation or SAM template" }
      : { applies: true, files: cloudFormation, gaps: [] },
  scan: async (job) => {
    const report = `${job.scratch}/cfn-lint.json`;
    const files = job.files.map(({ staged }) => `${job.folder}/${staged}`);
    // Mandatory checks are those that a template's own Metadata cannot switch off.
    const args = [
      "--format",
      "json",
      "--output-file",
      report,
      "--mandatory-checks",
      "E",
      "W",
      "--non-zero-exit-code",
      "none",
      "--",
      ...files,
    ];
    const ended = await job.run(args, { report });
    expectExit(ended, 0);
    const results = parseItems(ended);
    const silenced = await silencedIn(job);
    return {
      findings: results
        .slice(0, mostFindings)
        .flatMap((result) => toFinding(job, result))
        .map((finding) => {
          const rule = silenced.get(finding.place.path)?.find((prefix) => finding.rule.startsWith(prefix));
          return rule === undefined ? finding : { ...finding, inlineSuppression: `Metadata: cfn-lint: ignore_checks: ${rule}` };
        }),
      gaps: results.length > mostFindings ? [`only ${mostFindings} of ${results.length} findings were taken`] : [],
    };
  },
};

/** The rules that a template's own Metadata asks to ignore, by path; a prefix such as W stands for all of its kind. */
async function silencedIn(job: Job): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const file of job.files) {
    const text = await job.read(file);
    const lists = text.match(/ignore_checks["']?\s*:[\s\S]{0,2000}/g) ?? [];
    if (/cfn-lint/.test(text) && lists.length > 0)
      found.set(
        file.path,
        lists.flatMap((list) => list.match(/\b[EWI]\d{0,4}\b/g) ?? []),
      );
  }
  return found;
}

function toFinding(job: Job, result: Readonly<Record<string, unknown>>): readonly Finding[] {
  const path = job.pathOf(textOf(result["Filename"]));
  const rule = fields(result["Rule"]);
  const id = textOf(rule["Id"]);
  if (path === undefined || id === "") return [];
  const location = fields(result["Location"]);
  const [start, end] = [fields(location["Start"]), fields(location["End"])];
  const line = wholeOf(start["LineNumber"], 1);
  const route = Array.isArray(location["Path"]) ? location["Path"].map(String).join("/") : texts(location["Path"]).join("/");
  return [
    {
      source: "cfn-lint",
      rule: id,
      title: textOf(rule["ShortDescription"]) || id,
      severity: severity(id),
      category: password.test(id) ? "secret" : "configuration",
      place: {
        path,
        line,
        endLine: wholeOf(end["LineNumber"], line),
        column: wholeOf(start["ColumnNumber"], 1),
        endColumn: wholeOf(end["ColumnNumber"], 1),
      },
      message: textOf(result["Message"]),
      help: textOf(rule["Description"]),
      helpUri: textOf(rule["Source"]),
      cwe: password.test(id) ? [798] : [],
      ...(route !== "" && { anchor: route }),
    },
  ];
}

const severity = (id: string): Severity => (password.test(id) ? "high" : id.startsWith("E") || serious.test(id) ? "medium" : "low");
