import type { Severity } from "./severity.ts";

/** What kind of defect it is: findings are only ever grouped within one kind. */
export type Category = "secret" | "dependency" | "code" | "configuration" | "policy";

/** Where a defect is. Lines and columns count from 1. */
export interface Place {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string;
  readonly line: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

/** A vulnerable package. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
  /** Every name that the advisory has: CVE, GHSA, PYSEC … */
  readonly advisories: readonly string[];
  readonly fixedIn?: string;
}

/** One defect as one tool reports it, in words that hold no secret. */
export interface Finding {
  /** The tool: `bandit`, `gitleaks` … */
  readonly source: string;
  /** The tool's own id of the rule. */
  readonly rule: string;
  /** The rule in a few words, the same for all its findings. */
  readonly title: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly place: Place;
  readonly message: string;
  /** What to do about it. */
  readonly help?: string;
  readonly helpUri?: string;
  /** Numbers of https://cwe.mitre.org */
  readonly cwe: readonly number[];
  readonly dependency?: Dependency;
  /** What names the defect within its file whatever its line is (a resource, a package); without it the text of the line does. */
  readonly anchor?: string;
  /** The comment in the file that asks the scanner to be silent, as far as it is known. */
  readonly inlineSuppression?: string;
}

/** A finding with its identity. */
export interface IdentifiedFinding extends Finding {
  /** 32 hexadecimal digits, the same while the defect stays, also when lines above it come and go. */
  readonly fingerprint: string;
}

/** What one or several tools say about one defect. The main finding is the one of the tool that comes first in the order of preference. */
export interface Defect extends IdentifiedFinding {
  /** The other tools' findings of the same defect. */
  readonly also: readonly IdentifiedFinding[];
}

/** `bandit/B602`: a rule's name across tools. */
export const ruleId = ({ source, rule }: Pick<Finding, "source" | "rule">): string => `${source}/${rule}`;

/** Every tool that reports a defect, the main one first. */
export const sourcesOf = (defect: Defect): readonly string[] => [...new Set([defect, ...defect.also].map(({ source }) => source))];
