import type { Instant } from "@aws-deploy-actions/shared/units";
import { formatDuration } from "@aws-deploy-actions/shared/units";
import { other } from "../colours.ts";
import type { Plan, Progress, Route, ShiftStep, Snapshot } from "../model.ts";
import { advance, mutate, rollBack, type Step, wait } from "../step.ts";
import { healthyInEachGroup, weightsFor } from "../traffic.ts";
import { short } from "./await-healthy.ts";
import { deadline, phaseAfter } from "./flow.ts";
import { isReady } from "./return.ts";
import { wantedCount } from "./scale.ts";

/** How long new weights may take until probes confirm them: propagation takes seconds (not documented; 1 to 10 seen). */
export const confirmationLimit = 60;

/** Moves users step by step, each route by itself, and looks at the judge between the steps. */
export function shift(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const { to } = plan;
  const step: ShiftStep = plan.steps[progress.step] ?? { percent: 100, bake: 0 };
  if (plan.goal === "return" && progress.switchedAt === undefined && !isReady(plan, seen)) return advance("scale", whyNotReady(plan, seen));
  if (healthyInEachGroup(seen, to) === 0) return withoutTargets(plan, progress, now);
  if (progress.switchedAt === undefined && plan.goal === "deploy" && wantedCount(plan, seen, progress) > progress.count) {
    return advance("scale", `${other(to)} has grown to ${seen.services[other(to)].running} tasks meanwhile`);
  }
  const verdict = plan.goal === "deploy" && progress.switchedAt !== undefined ? seen.judgement : undefined;
  if (verdict?.verdict === "bad") return rollBack(verdict.evidence);

  const route = seen.routes.find((one) => !isAt(one, plan, step.percent));
  if (route !== undefined) {
    const weights = weightsFor(to, step.percent, leavesAction(route, plan));
    const because = `${route.label}: ${step.percent} % of new connections to ${to}${plan.steps.length > 1 ? `, step ${progress.step + 1} of ${plan.steps.length}` : ""}`;
    return mutate({ kind: "set-weights", route, weights }, because, progress.switchedAt === undefined ? { switchedAt: now } : undefined);
  }
  if (progress.stepSince === undefined) return { do: "note", progress: { stepSince: now }, because: `${to} has ${step.percent} %` };
  // Whether users are well there is looked at when everything that they need runs.
  if (plan.goal === "return") return advance(phaseAfter(plan, "shift", progress), `users are on ${to}`);
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

/** On the way back a sticky group leaves the action: its cookies beat any weight, 0 included. */
const leavesAction = (route: Route, plan: Plan): boolean => plan.goal === "return" && route.stickySeconds !== undefined;

function isAt(route: Route, plan: Plan, percent: number): boolean {
  const wanted = weightsFor(plan.to, percent, leavesAction(route, plan));
  return route.weights.blue === wanted.blue && route.weights.green === wanted.green;
}

function whyNotReady(plan: Plan, seen: Snapshot): string {
  const { to } = plan;
  return healthyInEachGroup(seen, to) === 0 && seen.services[to].revision === plan.revision
    ? `${to} has no healthy target: it is scaled up first`
    : `${to} does not run ${short(plan.revision)} alone: that is started there first`;
}

function withoutTargets(plan: Plan, progress: Progress, now: Instant): Step {
  if (progress.switchedAt === undefined) return advance("await-healthy", `the healthy targets of ${plan.to} are gone again`);
  if (plan.goal === "deploy") return rollBack(`${plan.to} has no healthy target any more`);
  const until = deadline(plan, progress);
  return now < until
    ? wait(`a healthy target on ${plan.to}`, until)
    : rollBack(`${plan.to} has no healthy target, and neither way is safe`, "rollback-failed");
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
