import type { Instant } from "@aws-deploy-actions/shared/units";
import { formatDuration } from "@aws-deploy-actions/shared/units";
import { other } from "../colours.ts";
import type { Plan, Progress, Route, ShiftStep, Snapshot } from "../model.ts";
import { advance, mutate, rollBack, type Step, wait } from "../step.ts";
import { healthyInEachGroup, weightsFor } from "../traffic.ts";
import { phaseAfter } from "./flow.ts";
import { wantedCount } from "./scale.ts";

/** How long new weights may take until probes confirm them: propagation takes seconds (not documented; 1 to 10 seen). */
export const confirmationLimit = 60;

/** Moves users step by step, each route by itself, and looks at the judge between the steps. */
export function shift(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const { to } = plan;
  const step: ShiftStep = plan.steps[progress.step] ?? { percent: 100, bake: 0 };
  if (healthyInEachGroup(seen, to) === 0) return withoutTargets(plan, progress);
  if (progress.switchedAt === undefined && wantedCount(plan, seen, progress) > progress.count) {
    return advance("scale", `${other(to)} has grown to ${seen.services[other(to)].running} tasks meanwhile`);
  }
  const verdict = progress.switchedAt !== undefined ? seen.judgement : undefined;
  if (verdict?.verdict === "bad") return rollBack(verdict.evidence);

  const route = seen.routes.find((one) => !isAt(one, plan, step.percent));
  if (route !== undefined) {
    const weights = weightsFor(to, step.percent);
    const because = `${route.label}: ${step.percent} % of new connections to ${to}${plan.steps.length > 1 ? `, step ${progress.step + 1} of ${plan.steps.length}` : ""}`;
    return mutate({ kind: "set-weights", route, weights }, because, progress.switchedAt === undefined ? { switchedAt: now } : undefined);
  }
  if (progress.stepSince === undefined) return { do: "note", progress: { stepSince: now }, because: `${to} has ${step.percent} %` };
  if (progress.step >= plan.steps.length - 1) return confirm(plan, seen, progress, now);
  const end = progress.stepSince + step.bake;
  if (now < end || verdict?.verdict === "breaching")
    return wait(`the step at ${step.percent} % to prove itself`, Math.max(end, now), seen.judgement.evidence);
  return {
    do: "note",
    progress: { step: progress.step + 1, stepSince: undefined },
    because: `no trigger in ${formatDuration(step.bake)} at ${step.percent} %`,
  };
}

function isAt(route: Route, plan: Plan, percent: number): boolean {
  const wanted = weightsFor(plan.to, percent);
  return route.weights.blue === wanted.blue && route.weights.green === wanted.green;
}

function withoutTargets(plan: Plan, progress: Progress): Step {
  return progress.switchedAt === undefined
    ? advance("await-healthy", `the healthy targets of ${plan.to} are gone again`)
    : rollBack(`${plan.to} has no healthy target any more`);
}

function confirm(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const { confirmation } = seen;
  if (confirmation.state === "confirmed") {
    return advance(phaseAfter(plan, "shift", { switchedAt: now }), confirmation.by, { confirmedAt: now });
  }
  const until = (progress.stepSince ?? now) + confirmationLimit;
  if (now < until) return wait(`traffic to reach ${plan.to}`, until, confirmation.by);
  const because = `traffic did not reach ${plan.to} within ${formatDuration(confirmationLimit)}: ${confirmation.by}`;
  return rollBack(because);
}
