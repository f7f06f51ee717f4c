import { type Defect, type Finding, type IdentifiedFinding, ruleId } from "@aws-deploy-actions/shared/findings/finding";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import picomatch from "picomatch";
import { isMap, isSeq, LineCounter, parseDocument } from "yaml";

/** One accepted risk: what, where, who answers for it, why, and until when. */
export interface Ignore {
  /** `bandit/B101`, or with wildcards `bandit/*`. */
  readonly rule: string;
  /** A path, or with wildcards: a star stays within a folder, two stars go below it. */
  readonly path: string;
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it counts, `2027-01-31` (UTC). */
  readonly until: string;
  /** Where it stands in its file. */
  readonly line: number;
}

export interface IgnoreList {
  readonly entries: readonly Ignore[];
  /** Entries that are not honoured, with the reason. */
  readonly broken: readonly { readonly line: number; readonly reason: string }[];
}

const members = ["rule", "path", "owner", "reason", "until"] as const;

/**
 * Reads an ignore file: a map with the list `ignores`.
 *
 * @throws Trouble of kind `input` when it is no such file: then nobody knows what was meant
 */
export function readIgnores(text: string, file: string): IgnoreList {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const problem = document.errors[0];
  if (problem !== undefined) throw inputTrouble(`ignore-file: ${file} is no YAML: ${oneLine(problem.message, 200)}`);
  if (document.contents === null) return { entries: [], broken: [] };
  const sequence = isMap(document.contents) ? document.contents.get("ignores") : undefined;
  if (!isSeq(sequence))
    throw inputTrouble(
      `ignore-file: ${file} has no list "ignores".`,
      "ignores:\n  - rule: bandit/B101\n    path: tests/**\n    owner: team-shop\n    reason: assert is how pytest works\n    until: 2027-06-30",
    );
  const entries: Ignore[] = [];
  const broken: { line: number; reason: string }[] = [];
  for (const item of sequence.items) {
    const start = (item as { range?: readonly number[] | null }).range?.[0] ?? 0;
    const line = counter.linePos(start).line;
    const values = isMap(item) ? (item.toJSON() as Record<string, unknown>) : {};
    const missing = members.filter((member) => typeof values[member] !== "string" || values[member].trim() === "");
    const unknown = Object.keys(values).filter((key) => !(members as readonly string[]).includes(key));
    const until = typeof values["until"] === "string" ? values["until"].trim() : "";
    if (missing.length > 0) broken.push({ line, reason: `it has no ${missing.join(", no ")}` });
    else if (unknown.length > 0)
      broken.push({ line, reason: `it has ${unknown.map((key) => oneLine(key, 40)).join(", ")}, which nobody reads` });
    else if (!isDay(until)) broken.push({ line, reason: `"${oneLine(until, 40)}" is no date such as 2027-01-31` });
    else
      entries.push({
        ...(Object.fromEntries(members.map((member) => [member, String(values[member]).trim()])) as Omit<Ignore, "line">),
        line,
      });
  }
  return { entries, broken };
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

export interface Ignored {
  readonly defect: Defect;
  readonly entry: Ignore;
}

export interface Sorted {
  readonly counting: readonly Defect[];
  readonly ignored: readonly Ignored[];
  /** Findings about the ignore file itself. */
  readonly about: readonly Finding[];
}

/**
 * Sets the accepted risks aside. What several tools report is set aside when each of their rules is accepted there.
 *
 * @param today `2027-01-31`
 * @param seenAll whether everything was looked at: only then an entry that met nothing is unused
 */
export function applyIgnores(
  defects: readonly Defect[],
  list: IgnoreList,
  file: string,
  today: string,
  seenAll: (entry: Ignore) => boolean,
): Sorted {
  const rules = list.entries.map((entry) => ({ entry, matches: matcher(entry), used: false, ended: entry.until < today }));
  const counting: Defect[] = [];
  const ignored: Ignored[] = [];
  for (const defect of defects) {
    const parts: readonly IdentifiedFinding[] = [defect, ...defect.also];
    const matching = parts.map((part) => rules.filter(({ matches }) => matches(part)));
    for (const rule of matching.flat()) rule.used = true;
    const covering = matching.map((found) => found.find(({ ended }) => !ended)?.entry);
    const [first] = covering;
    if (first !== undefined && covering.every((entry) => entry !== undefined)) ignored.push({ defect, entry: first });
    else counting.push(defect);
  }
  const about = [
    ...list.broken.map(({ line, reason }) => aboutEntry(file, line, "ignore-broken", `This entry is not honoured: ${reason}.`)),
    ...rules
      .filter(({ ended, used }) => ended && used)
      .map(({ entry }) =>
        aboutEntry(
          file,
          entry.line,
          "ignore-ended",
          `The exception for ${entry.rule} in ${entry.path} ended on ${entry.until}; ${entry.owner} answers for it. What it covered counts again.`,
        ),
      ),
    ...rules
      .filter(({ entry, used, ended }) => !used && (ended || seenAll(entry)))
      .map(({ entry }) =>
        aboutEntry(
          file,
          entry.line,
          "ignore-unused",
          `The exception for ${entry.rule} in ${entry.path} (${entry.owner}) meets nothing any more: remove it.`,
        ),
      ),
  ];
  return { counting, ignored, about };
}

function matcher({ rule, path }: Ignore): (finding: Finding) => boolean {
  const ofRule = picomatch(rule, { dot: true, nonegate: true });
  const ofPath = picomatch(path, { dot: true, nonegate: true });
  return (finding) => ofRule(ruleId(finding)) && ofPath(finding.place.path);
}

const titles = {
  "ignore-broken": "Exception without owner, reason or end",
  "ignore-ended": "Exception that has ended",
  "ignore-unused": "Exception that meets nothing",
};

function aboutEntry(file: string, line: number, rule: keyof typeof titles, message: string): Finding {
  return {
    source: "security-scan",
    rule,
    title: titles[rule],
    severity: rule === "ignore-unused" ? "low" : "medium",
    category: "policy",
    place: { path: file, line },
    message,
    help: "Each exception has a rule, a path, an owner, a reason and an end; mend the finding, or have the exception renewed in a review.",
    cwe: [],
    anchor: message,
  };
}
