import { type Defect, type Finding, type IdentifiedFinding, ruleId } from "./finding.ts";
import { comparePlaces } from "./fingerprint.ts";
import { bySeverity, worst } from "./severity.ts";

/** How findings of different tools are known to be one defect, beyond place, weakness and advisory. */
export interface Grouping {
  /** Tools in the order in which their finding becomes the main one. A fixed order keeps a group's face the same from run to run. */
  readonly preference: readonly string[];
  /** Rules that look for the same thing, as `tool/rule`. */
  readonly sameRules: readonly (readonly string[])[];
}

/**
 * Joins what several tools say about one defect. Nothing is dropped: each further finding stands in `also`.
 * Two findings of the same tool are never joined, except for the same advisory of a package.
 *
 * @returns defects, worst first, then by place
 */
export function group(findings: readonly IdentifiedFinding[], grouping: Grouping): readonly Defect[] {
  const aliases = new Map(grouping.sameRules.flatMap((rules, index) => rules.map((rule) => [rule, index] as const)));
  const groups: IdentifiedFinding[][] = [];
  const open = new Map<string, OpenGroup[]>();
  for (const finding of [...findings].sort(comparePlaces)) {
    const key = JSON.stringify([finding.place.path, finding.category, packageName(finding.dependency?.name ?? "")]);
    // Advisories belong together wherever they stand in the file; other defects only where their lines meet, so what ended above is done.
    const near = (open.get(key) ?? []).filter(({ end }) => finding.category === "dependency" || end >= finding.place.line);
    open.set(key, near);
    const home = near.find(({ members }) => members.some((member) => sameDefect(member, finding, aliases)));
    if (home === undefined) {
      const fresh = { members: [finding], end: lastLine(finding) };
      groups.push(fresh.members);
      near.push(fresh);
    } else {
      home.members.push(finding);
      home.end = Math.max(home.end, lastLine(finding));
    }
  }
  return groups.map((members) => toDefect(members, grouping.preference)).sort(worstFirst);
}

interface OpenGroup {
  readonly members: IdentifiedFinding[];
  end: number;
}

const lastLine = ({ place }: Finding): number => place.endLine ?? place.line;

export const worstFirst = (one: Finding, other: Finding): number => bySeverity(one.severity, other.severity) || comparePlaces(one, other);

function sameDefect(one: Finding, other: Finding, aliases: ReadonlyMap<string, number>): boolean {
  if (one.category !== other.category) return false;
  if (one.category === "dependency") return sameAdvisory(one, other);
  if (one.source === other.source || !overlap(one, other)) return false;
  if (one.category === "secret") return true;
  const alias = aliases.get(ruleId(one));
  return (alias !== undefined && alias === aliases.get(ruleId(other))) || one.cwe.some((weakness) => other.cwe.includes(weakness));
}

function sameAdvisory({ dependency: one }: Finding, { dependency: other }: Finding): boolean {
  if (one === undefined || other === undefined || packageName(one.name) !== packageName(other.name)) return false;
  return one.version === other.version && one.advisories.some((advisory) => other.advisories.includes(advisory));
}

/** Python takes `-`, `_` and `.` in a name for the same: https://packaging.python.org/specifications/name-normalization/ */
const packageName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

function overlap(one: Finding, other: Finding): boolean {
  return one.place.line <= lastLine(other) && other.place.line <= lastLine(one);
}

function toDefect(members: readonly IdentifiedFinding[], preference: readonly string[]): Defect {
  const order = (finding: Finding): number => {
    const index = preference.indexOf(finding.source);
    return index < 0 ? preference.length : index;
  };
  const [main, ...also] = [...members].sort((one, other) => order(one) - order(other)) as [IdentifiedFinding, ...IdentifiedFinding[]];
  return { ...main, severity: worst(members.map(({ severity }) => severity)) ?? main.severity, also };
}
