import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import { severityOf } from "@aws-deploy-actions/shared/findings/severity";
import { counted, expectExit, fields, items, mostFindings, parseFields, someOf, textOf, weaknessOf, wholeOf } from "./reading.ts";
import type { Job, Said, Scanner } from "./scanner.ts";

/** These quote the password that they found. */
const quoting = new Set(["B105", "B106", "B107"]);

/** Python code: https://bandit.readthedocs.io */
export const bandit: Scanner = {
  name: "bandit",
  program: { command: "bandit", requirements: "bandit.txt" },
  network: false,
  weight: 3,
  largestFile: 5_000_000,
  detect: ({ python }) =>
    python.length === 0 ? { applies: false, why: "there is no Python code" } : { applies: true, files: python, gaps: [] },
  scan: async (job) => {
    // Its own empty settings keep it from looking for a .bandit file; without -x it would skip folders such as .tox.
    const settings = await job.write("bandit.ini", "[bandit]\n");
    const report = `${job.scratch}/bandit.json`;
    const args = ["-r", job.folder, "--ini", settings, "-x", `${job.scratch}/none`, "--ignore-nosec", "-f", "json", "-o", report, "-q"];
    const ended = await job.run(args, { report });
    expectExit(ended, 0, 1);
    return read(job, parseFields(ended, "results", "errors", "metrics"));
  },
};

function read(job: Job, report: Readonly<Record<string, unknown>>): Said {
  const results = items(report["results"]);
  const secrets: string[] = [];
  const findings = results.slice(0, mostFindings).flatMap((result): Finding[] => {
    const path = job.pathOf(textOf(result["filename"]));
    if (path === undefined) return [];
    const rule = textOf(result["test_id"]);
    const message = textOf(result["issue_text"]);
    const quoted = quoting.has(rule) ? /^([^:]*):\s*'([\s\S]*)'$/.exec(message) : null;
    if (quoted?.[2] !== undefined) secrets.push(quoted[2]);
    const line = wholeOf(result["line_number"], 1);
    const lines = Array.isArray(result["line_range"]) ? (result["line_range"] as unknown[]) : [];
    return [
      {
        source: "bandit",
        rule,
        title: textOf(result["test_name"]).replaceAll("_", " "),
        severity: severityOf(textOf(result["issue_severity"]), "medium"),
        category: quoting.has(rule) ? "secret" : "code",
        place: {
          path,
          line,
          endLine: Math.max(line, wholeOf(lines.at(-1), line)),
          column: wholeOf(result["col_offset"], 0) + 1,
        },
        message: quoting.has(rule) ? (quoted?.[1] ?? "Possible hardcoded password") : message,
        helpUri: textOf(result["more_info"]),
        cwe: weaknessOf(fields(result["issue_cwe"])["id"]),
      },
    ];
  });
  return { findings, gaps: gapsOf(job, report, results.length), secrets };
}

function gapsOf(job: Job, report: Readonly<Record<string, unknown>>, count: number): readonly string[] {
  const unread = items(report["errors"]).map((error) => {
    const path = job.pathOf(textOf(error["filename"])) ?? "a file";
    return `${path} (${textOf(error["reason"])})`;
  });
  const seen = Object.keys(fields(report["metrics"])).filter((name) => name !== "_totals").length;
  const missing = job.files.length - seen;
  return [
    ...(unread.length > 0 ? [`${counted(unread.length, "file")} could not be read as Python: ${someOf(unread)}`] : []),
    ...(missing > unread.length ? [`${counted(missing, "file")} of ${job.files.length} are not in its report`] : []),
    ...(count > mostFindings ? [`only ${mostFindings} of ${count} findings were taken`] : []),
  ];
}
