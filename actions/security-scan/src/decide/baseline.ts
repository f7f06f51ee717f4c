import type { Defect } from "@aws-deploy-actions/shared/findings/finding";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";

/**
 * Reads the fingerprints of a baseline: an earlier JSON report of this action.
 *
 * @throws Trouble of kind `input` for anything else
 */
export function readBaseline(text: string, file: string): ReadonlySet<string> {
  const wrong = inputTrouble(
    `baseline: ${file} is no JSON report of this action.`,
    "Commit the file that report-json-path names as the baseline.",
  );
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    throw wrong;
  }
  const findings = typeof report === "object" && report !== null ? (report as Record<string, unknown>)["findings"] : undefined;
  if (!Array.isArray(findings)) throw wrong;
  const fingerprints = findings.flatMap((finding: unknown) => {
    const list = typeof finding === "object" && finding !== null ? (finding as Record<string, unknown>)["fingerprints"] : undefined;
    return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
  });
  return new Set(fingerprints);
}

/**
 * Whether a defect stood in the baseline already. A secret never does: its fingerprint cannot tell one value from another, so a new
 * one in an old place would pass. An exception with an owner and an end is the way for those.
 */
export const isKnown = (defect: Defect, baseline: ReadonlySet<string>): boolean =>
  defect.category !== "secret" && [defect, ...defect.also].some(({ fingerprint }) => baseline.has(fingerprint));
