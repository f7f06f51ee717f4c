import type { Instant } from "@aws-deploy-actions/shared/units";
import { compare } from "./compare.ts";
import { judgeThresholds, summarise } from "./thresholds.ts";
import type { ComparisonSettings, Evidence, Judgement, Thresholds } from "./types.ts";

/**
 * The judgement of a watch or a step: the fixed limits and, while both versions get traffic, the comparison with the old one. Pure.
 *
 * The comparison can only make it worse: whether there is enough to go on is for the limits to say.
 *
 * @param comparison undefined where nothing is compared: the new version has all traffic, or there is no old one
 */
export function judge(limits: Thresholds, comparison: ComparisonSettings | undefined, evidence: Evidence, now: Instant): Judgement {
  if (comparison === undefined) return judgeThresholds(limits, evidence, now);
  return summarise(limits, evidence, now, compare(comparison, limits, evidence, now));
}
