import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { counted, expectExit, mostFindings, parseItems, textOf, wholeOf } from "./reading.ts";
import type { Job, Scanner } from "./scanner.ts";

/** Rules that go by the surroundings, not by a provider's own form: high, the others critical. */
const guessing =
  /^(generic-api-key|jwt|jwt-base64|curl-auth-(header|user)|hashicorp-tf-password|nuget-config-password|kubernetes-secret-yaml)$/;
const foundSomething = 17;

/** Secrets in all files: https://github.com/gitleaks/gitleaks */
export const gitleaks: Scanner = {
  name: "gitleaks",
  program: { command: "gitleaks", requirements: "gitleaks.txt" },
  network: false,
  weight: 5,
  detect: ({ all }) => (all.length === 0 ? { applies: false, why: "there is no file" } : { applies: true, files: all, gaps: [] }),
  scan: async (job) => {
    // With its default rules given as a file it looks for no .gitleaks.toml in the tree; the staged folder has no .gitleaksignore.
    const rules = await job.write("gitleaks.toml", "[extend]\nuseDefault = true\n");
    const report = `${job.scratch}/gitleaks.json`;
    const ended = await job.run(
      [
        "dir",
        job.folder,
        ...["--config", rules],
        ...["--gitleaks-ignore-path", job.scratch],
        "--ignore-gitleaks-allow",
        ...["--report-format", "json", "--report-path", report],
        ...["--exit-code", String(foundSomething)],
        "--no-banner",
        "--no-color",
        ...["--log-level", "warn"],
      ],
      { report },
    );
    expectExit(ended, 0, foundSomething);
    const results = parseItems(ended);
    const findings = results.slice(0, mostFindings).flatMap((result) => toFinding(job, result));
    const skipped = ended.stderr.split("\n").filter((line) => /\bERR\b|skipping|permission denied|could not open/i.test(line));
    return {
      findings,
      secrets: results.flatMap((result) => [textOf(result["Secret"]), textOf(result["Match"])]),
      gaps: [
        ...(skipped.length > 0
          ? [`${counted(skipped.length, "file")} could not be read, the first: ${oneLine(skipped[0] ?? "", 200)}`]
          : []),
        ...(results.length > mostFindings ? [`only ${mostFindings} of ${results.length} findings were taken`] : []),
      ],
    };
  },
};

function toFinding(job: Job, result: Readonly<Record<string, unknown>>): readonly Finding[] {
  const path = job.pathOf(textOf(result["File"]));
  if (path === undefined) return [];
  const rule = textOf(result["RuleID"]);
  const line = wholeOf(result["StartLine"], 1);
  return [
    {
      source: "gitleaks",
      rule,
      title: `Secret in the repository: ${rule}`,
      severity: guessing.test(rule) ? "high" : "critical",
      category: "secret",
      place: {
        path,
        line,
        endLine: wholeOf(result["EndLine"], line),
        column: wholeOf(result["StartColumn"], 1),
        endColumn: wholeOf(result["EndColumn"], 1) + 1,
      },
      message: `${textOf(result["Description"])} (${rule})`,
      help: "Take it for known to strangers: revoke it where it was issued and make a new one, then keep that in Secrets Manager. Removing the line is not enough, history keeps it.",
      cwe: [798],
    },
  ];
}
