// From what the scanners said to defects with an identity, in words without secrets.

import type { Defect, Finding } from "@aws-deploy-actions/shared/findings/finding";
import { identify } from "@aws-deploy-actions/shared/findings/fingerprint";
import { group } from "@aws-deploy-actions/shared/findings/group";
import { type Redact, redactDeep } from "@aws-deploy-actions/shared/findings/redact";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Repository } from "./ports.ts";
import { sameRules } from "./scanners/all.ts";
import { scannerNames } from "./scanners/scanner.ts";
import { suppressionIn } from "./suppressions.ts";

/** Lines of one finding that are looked at for such comments. */
const mostLines = 300;

export async function assemble(
  findings: readonly Finding[],
  repository: Pick<Repository, "lines">,
  redact: Redact,
): Promise<readonly Defect[]> {
  const lines = await linesOf(findings, repository);
  const marked = findings.map((finding) => withSuppression(finding, lines));
  const texts = new Map<Finding, string>();
  const clean = marked.map((finding) => {
    const safe = redactDeep(finding, redact);
    texts.set(safe, withoutLiterals(finding, redact(lines.get(finding.place.path)?.get(finding.place.line) ?? "")));
    return safe;
  });
  return group(
    identify(clean, (finding) => texts.get(finding)),
    { preference: scannerNames, sameRules },
  );
}

/** A short password escapes the redactor, and the hash of a line that holds it would tell it: such a line counts without its literals. */
function withoutLiterals(finding: Finding, line: string): string {
  return finding.category === "secret" ? line.replace(/(["'`])(?:\\.|(?!\1)[^\\])*\1/g, "$1$1").replace(/([=:]\s*)[^\s"'`]+/g, "$1") : line;
}

type Lines = ReadonlyMap<string, ReadonlyMap<number, string>>;

async function linesOf(findings: readonly Finding[], repository: Pick<Repository, "lines">): Promise<Lines> {
  const wanted = new Map<string, Set<number>>();
  for (const { place } of findings) {
    const numbers = wanted.get(place.path) ?? new Set();
    wanted.set(place.path, numbers);
    const last = Math.min(place.endLine ?? place.line, place.line + mostLines);
    for (let line = place.line; line <= last; line++) numbers.add(line);
  }
  const result = new Map<string, ReadonlyMap<number, string>>();
  for (const [path, numbers] of wanted) result.set(path, await repository.lines(path, numbers));
  return result;
}

function withSuppression(finding: Finding, lines: Lines): Finding {
  if (finding.inlineSuppression !== undefined) return finding;
  const { path, line, endLine = line } = finding.place;
  const own = lines.get(path);
  const range = Array.from({ length: Math.min(endLine - line, mostLines) + 1 }, (_, index) => own?.get(line + index) ?? "");
  const found = suppressionIn(finding, range);
  return found === undefined ? finding : { ...finding, inlineSuppression: oneLine(found, 80) };
}
