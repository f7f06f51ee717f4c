import { createHash } from "node:crypto";
import { type Finding, type IdentifiedFinding, ruleId } from "./finding.ts";

/**
 * The text of a finding's line without any secret, or undefined where there is none.
 * A fingerprint goes into reports, and a hash of a weak password is the password.
 */
export type LineText = (finding: Finding) => string | undefined;

/**
 * Gives each finding its identity: rule, path, and what names the defect within the file (its anchor or the text of its line).
 * Line numbers are no part of it. Equal ones in a file are counted from the top.
 */
export function identify(findings: readonly Finding[], lineText: LineText): readonly IdentifiedFinding[] {
  const seen = new Map<string, number>();
  const inOrder = findings
    .map((finding, index) => ({ finding, index }))
    .sort((one, other) => comparePlaces(one.finding, other.finding) || one.index - other.index);
  const result: IdentifiedFinding[] = new Array(findings.length);
  for (const { finding, index } of inOrder) {
    const anchor = finding.anchor ?? (lineText(finding) ?? "").replace(/\s+/g, " ").trim();
    const key = JSON.stringify([1, ruleId(finding), finding.place.path, anchor]);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    result[index] = { ...finding, fingerprint: hash(count === 0 ? key : `${key}#${count}`) };
  }
  return result;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

/** By path, line, column: the order in which a reader meets them. */
export function comparePlaces(one: Pick<Finding, "place">, other: Pick<Finding, "place">): number {
  const [a, b] = [one.place, other.place];
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.line - b.line || (a.column ?? 0) - (b.column ?? 0);
}
