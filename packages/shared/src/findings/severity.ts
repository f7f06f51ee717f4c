/** How bad a finding is, worst first. */
export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];

const rank = (severity: Severity): number => severities.length - severities.indexOf(severity);

/** Whether a severity reaches a threshold. */
export const atLeast = (severity: Severity, threshold: Severity): boolean => rank(severity) >= rank(threshold);

/** For sorting, worst first. */
export const bySeverity = (one: Severity, other: Severity): number => rank(other) - rank(one);

/** The worst of a list, or undefined for an empty one. */
export function worst(list: Iterable<Severity>): Severity | undefined {
  let result: Severity | undefined;
  for (const severity of list) if (result === undefined || rank(severity) > rank(result)) result = severity;
  return result;
}

/** What each scanner calls a severity. What a scanner does not know is nobody's "fine": the caller names what counts then. */
export function severityOf(word: string | null | undefined, unknown: Severity): Severity {
  switch ((word ?? "").toLowerCase()) {
    case "critical":
      return "critical";
    case "high":
    case "error":
      return "high";
    case "medium":
    case "moderate":
    case "warning":
      return "medium";
    case "low":
    case "info":
    case "informational":
    case "negligible":
      return "low";
    default:
      return unknown;
  }
}

/**
 * GitHub's number for a severity: over 9 is critical, 7 to 8.9 high, 4 to 6.9 medium.
 * https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support
 */
export const securitySeverity: Readonly<Record<Severity, string>> = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" };

/** Counts by severity, in words: `2 high, 1 low`; `none` for an empty list. */
export function countsInWords(list: readonly Severity[]): string {
  const parts = severities.flatMap((severity) => {
    const count = list.filter((one) => one === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  return parts.length === 0 ? "none" : parts.join(", ");
}
