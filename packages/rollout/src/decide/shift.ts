import type { Instant } from "@aws-deploy-actions/shared/units";
import { formatDuration } from "@aws-deploy-actions/shared/units";
import { other } from "../colours.ts";
import type { Plan, Progress, Route, ShiftStep, Snapshot } from "../model.ts";
import { advance, mutate, rollBack, type Step, stop, wait } from "../step.ts";
import { healthyInEachGroup, share, weightsFor } from "../traffic.ts";
import { phaseAfter, propagation } from "./flow.ts";
import { letGo } from "./let-go.ts";
import { wantedCount } from "./scale.ts";

/** How long new weights may take until probes confirm them: propagation takes seconds (not documented; 1 to 10 seen). */
export const confirmationLimit = 60;

/** How long a step waits for a verdict at least: CloudWatch shows a full minute 1 to 3 minutes late. */
const patience = 300;

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

  const route = seen.routes.find((one) => share(one, to) !== step.percent);
  if (route !== undefined) return moveUsers(plan, seen, progress, route, step.percent, now);
  // The answer to the first switch call may have been lost, and with it the moment: from now on at the latest users are on the new version.
  if (progress.stepSince === undefined)
    return { do: "note", progress: { stepSince: now, switchedAt: progress.switchedAt ?? now }, because: `${to} has ${step.percent} %` };
  if (progress.step >= plan.steps.length - 1) return confirm(plan, seen, progress, now);
  return proveStep(plan, seen, progress, step, progress.stepSince, now);
}

/** Moves one route's users to this step's share, unless somebody else has moved any. */
function moveUsers(plan: Plan, seen: Snapshot, progress: Progress, route: Route, percent: number, now: Instant): Step {
  const { to, steps } = plan;
  const stranger = seen.routes.find((one) => isAstray(one, plan, progress, percent));
  if (stranger !== undefined) return letGo(plan, seen, stranger);
  // A read right after the change may still show the old weights; later it is somebody's will, such as users put back by hand.
  if (progress.stepSince !== undefined) {
    const until = progress.stepSince + propagation;
    return now < until ? wait("the load balancer to show the weights that were set", until) : letGo(plan, seen, route);
  }
  const because = `${route.label}: ${percent} % of new connections to ${to}${steps.length > 1 ? `, step ${progress.step + 1} of ${steps.length}` : ""}`;
  const mutation = { kind: "set-weights", route, weights: weightsFor(to, percent) } as const;
  return mutate(mutation, because, progress.switchedAt === undefined ? { switchedAt: now } : undefined);
}

/** More users follow only when those of this step fared well; what nobody can say is not "well". */
function proveStep(plan: Plan, seen: Snapshot, progress: Progress, step: ShiftStep, since: Instant, now: Instant): Step {
  const { verdict, evidence } = seen.judgement;
  const end = since + step.bake;
  const waiting = (until: Instant): Step => wait(`the step at ${step.percent} % to prove itself`, until, evidence);
  const next = (because: string): Step => ({ do: "note", progress: { step: progress.step + 1, stepSince: undefined }, because });
  if (step.bake === 0) return next(`${step.percent} % was to be no stop`);
  switch (verdict) {
    case "bad":
      return rollBack(evidence);
    case "breaching":
      return waiting(Math.max(end, now));
    case "good":
      return now < end ? waiting(end) : next(`no trigger in ${formatDuration(step.bake)} at ${step.percent} %`);
    case "no-data":
    case "inconclusive": {
      const until = Math.max(end, since + patience);
      return now < until ? waiting(until) : withoutVerdict(plan, step.percent, evidence, next);
    }
    default:
      return unknownVerdict(verdict);
  }
}

function withoutVerdict(plan: Plan, percent: number, evidence: string, next: (because: string) => Step): Step {
  const because = `nobody can say whether ${plan.to} is well at ${percent} %: ${evidence}`;
  switch (plan.onInconclusive) {
    case "rollback":
      return rollBack(because, "inconclusive");
    case "hold":
      return stop("inconclusive", `${because}. Both colours and the weights stay as they are (on-inconclusive: hold)`);
    case "proceed":
      return next(`${because}; going on (on-inconclusive: proceed)`);
    default:
      return unknownVerdict(plan.onInconclusive);
  }
}

/** Neither where this step moves users nor where the one before left them: somebody else moved them. */
function isAstray(route: Route, { to, steps }: Plan, progress: Progress, percent: number): boolean {
  const before = steps[progress.step - 1]?.percent ?? 0;
  return share(route, to) !== percent && share(route, to) !== before;
}

function withoutTargets(plan: Plan, progress: Progress): Step {
  return progress.switchedAt === undefined
    ? advance("await-healthy", `the healthy targets of ${plan.to} are gone again`)
    : rollBack(`${plan.to} has no healthy target any more`);
}

function confirm(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const { confirmation } = seen;
  if (confirmation.state === "confirmed") {
    return advance(phaseAfter(plan, "shift", progress), confirmation.by, { confirmedAt: now });
  }
  const until = (progress.stepSince ?? now) + confirmationLimit;
  if (now < until) return wait(`traffic to reach ${plan.to}`, until, confirmation.by);
  const because = `traffic did not reach ${plan.to} within ${formatDuration(confirmationLimit)}: ${confirmation.by}`;
  return rollBack(because);
}

function unknownVerdict(verdict: never): never {
  throw new Error(`unhandled verdict ${String(verdict)}`);
}
