import type { Finding } from "@aws-deploy-actions/shared/findings/finding";

// Comments and settings in a file that ask a scanner to be silent. None is honoured (docs/adr/0031); each is named with its finding.

/**
 * The comment or setting among a finding's own lines that asks its tool to be silent about its rule.
 *
 * @returns its text, or undefined when there is none
 */
export function suppressionIn({ source, rule }: Pick<Finding, "source" | "rule">, lines: readonly string[]): string | undefined {
  switch (source) {
    case "bandit":
      return firstMatch(lines, /#\s*nosec\b[^\n]{0,60}/i, (comment) => !/\bB\d{3}\b/.test(comment) || comment.includes(rule));
    case "gitleaks":
      return firstMatch(lines, /gitleaks:allow/i);
    case "zizmor":
      return firstMatch(lines, /#\s*zizmor:\s*ignore\[[^\]]{0,200}\]?/i, (comment) => comment.includes(rule));
    case "checkov":
      return (
        firstMatch(lines, /(checkov|bridgecrew|cortex)(:skip|\.io\/skip\d*).{0,60}/i, (comment) => comment.includes(rule)) ??
        metadata(lines, rule)
      );
    default:
      return undefined;
  }
}

function firstMatch(lines: readonly string[], pattern: RegExp, fits: (match: string) => boolean = () => true): string | undefined {
  return lines.map((line) => pattern.exec(line)?.[0]).find((match) => match !== undefined && fits(match));
}

/** `Metadata: checkov: skip: - id: CKV_AWS_18` in a template, over several lines. */
function metadata(lines: readonly string[], rule: string): string | undefined {
  const start = lines.findIndex((line) => /["']?checkov["']?\s*:/.test(line));
  return start >= 0 && lines.slice(start).some((line) => line.includes(rule)) ? `Metadata: checkov: skip: ${rule}` : undefined;
}
