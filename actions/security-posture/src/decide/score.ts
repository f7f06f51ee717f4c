import type { Check, CheckResult, Judgement, Rules, State } from "../model/check.ts";
import type { PartName, World } from "../model/world.ts";

/** What has to be looked at for some checks. */
export const needsOf = (checks: readonly Check[], { environmentClass }: Pick<Rules, "environmentClass">): ReadonlySet<PartName> =>
  new Set(
    checks.flatMap(({ needs, needsInProduction = [] }) => [...needs, ...(environmentClass === "production" ? needsInProduction : [])]),
  );

/** Judges one check. In `strict` a warning is a failure. */
export function judgeCheck(check: Check, world: World, rules: Rules): CheckResult {
  const judged = check.judge(world, rules);
  const remarks = judged.remarks.map((one) => (rules.strict && one.level === "warning" ? { ...one, level: "failed" as const } : one));
  const result = { subjects: judged.subjects, remarks };
  return { check, state: stateOf(result), ...result };
}

function stateOf({ subjects, remarks }: Judgement): State {
  const has = (level: string): boolean => remarks.some((one) => one.level === level);
  if (has("failed")) return "failed";
  if (has("unknown")) return "unknown";
  if (has("warning")) return "warning";
  return subjects.length > 0 ? "passed" : "not-applicable";
}

export interface Score {
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  /** Of the checks that passed, those with something to be addressed. */
  readonly warnings: number;
  /** Checks that apply: the denominator. */
  readonly of: number;
  /** Whole percent, rounded down: 100 means all. */
  readonly percent: number;
  /** `12/12 (100%)`. */
  readonly text: string;
}

/** The score over the checks that apply. What could not be read is in the denominator and never passes. */
export function scoreOf(results: readonly CheckResult[]): Score {
  const count = (...states: readonly State[]): number => results.filter(({ state }) => states.includes(state)).length;
  const passed = count("passed", "warning");
  const of = results.length - count("not-applicable");
  const percent = of === 0 ? 0 : Math.floor((100 * passed) / of);
  return {
    passed,
    failed: count("failed"),
    unknown: count("unknown"),
    warnings: count("warning"),
    of,
    percent,
    text: `${passed}/${of} (${percent}%)`,
  };
}

export type Outcome = "passed" | "failed" | "incomplete";

export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: string;
}

/**
 * How the run ends. A score below the minimum fails; otherwise whatever could not be read leaves it incomplete, since nobody knows what it hides.
 *
 * @param place whose posture it is, `shop/staging`
 * @param minimum percent of the checks that apply
 */
export function verdictOf(results: readonly CheckResult[], minimum: number, place: string): Verdict {
  const score = scoreOf(results);
  const names = (state: State): string =>
    results
      .filter((one) => one.state === state)
      .map(({ check }) => check.id)
      .join(", ");
  const unread = score.unknown === 0 ? "" : ` ${score.unknown} could not be made (${names("unknown")}).`;
  const said = `${place}: Security Score: ${score.text}`;
  if (score.of === 0) return { outcome: "incomplete", reason: `${place}: none of the chosen checks applies: nothing was checked.` };
  // Unread checks may each turn out either way: only failures that no reading can make up for are a failure.
  const atBest = Math.floor((100 * (score.passed + score.unknown)) / score.of);
  if (score.failed > 0 && atBest < minimum)
    return { outcome: "failed", reason: `${said}, below ${minimum} %. ${score.failed} failed (${names("failed")}).${unread}` };
  if (score.unknown > 0) return { outcome: "incomplete", reason: `${said}.${unread}` };
  const warned = score.warnings === 0 ? "" : ` ${score.warnings} ${score.warnings === 1 ? "has" : "have"} warnings (${names("warning")}).`;
  const left = score.failed === 0 ? "" : ` ${score.failed} failed (${names("failed")}), which minimum-score allows.`;
  return { outcome: "passed", reason: `${said}.${left}${warned}` };
}
