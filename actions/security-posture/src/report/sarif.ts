import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import { identify } from "@aws-deploy-actions/shared/findings/fingerprint";
import { type RunNote, toSarif } from "@aws-deploy-actions/shared/findings/sarif";
import type { CheckResult, Controls } from "../model/check.ts";

const tool = { name: "security-posture", version: "1.0.0", informationUri: "https://github.com/OWNER/aws-deploy-actions" } as const;

/**
 * The findings as SARIF. A finding of the account lies in no file; GitHub takes none without a place, so each is anchored to one that exists.
 *
 * @param category tells this environment's report from another's
 * @param anchor path of a file in the repository
 */
export function sarifOf(results: readonly CheckResult[], category: string, anchor: string): string {
  const findings = results.flatMap((result) => findingsOf(result, anchor));
  const defects = identify(findings, () => undefined).map((finding) => ({ ...finding, also: [] }));
  const notes = results.flatMap(({ check, remarks }): readonly RunNote[] =>
    remarks.flatMap(({ level, resource, found }) =>
      level === "unknown" ? [{ about: check.id, text: `${resource}: ${found}`, level: "error" }] : [],
    ),
  );
  return `${JSON.stringify(toSarif({ tool, category, defects, notes, complete: notes.length === 0, ownLineHash: true }), null, 2)}\n`;
}

function findingsOf({ check, remarks }: CheckResult, path: string): readonly Finding[] {
  return remarks.flatMap(({ level, resource, expected, found, mend }): readonly Finding[] => {
    if (level === "unknown") return [];
    const named = controlsText(check.controls);
    return [
      {
        source: "posture",
        rule: check.id,
        title: check.title,
        severity: level === "warning" ? "low" : check.severity,
        category: "policy",
        place: { path, line: 1 },
        message: `${resource}: expected ${expected}; found ${found}. Mend: ${mend}`,
        help: named === "" ? check.title : `${check.title}. Controls: ${named}`,
        cwe: [],
        anchor: `${resource}\n${expected}`,
      },
    ];
  });
}

/** `SOC 2 CC6.2; PCI DSS 4 1.3.1; …`. */
export function controlsText({ soc2, pci, gdpr, hipaa, cis }: Controls): string {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["SOC 2", soc2],
    ["PCI DSS 4", pci],
    ["GDPR art.", gdpr],
    ["HIPAA", hipaa],
    ["CIS AWS 3.0", cis],
  ];
  return parts.flatMap(([name, list]) => (list.length === 0 ? [] : [`${name} ${list.join(", ")}`])).join("; ");
}
