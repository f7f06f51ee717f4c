import { formatDuration, type Instant } from "@aws-deploy-actions/shared/units";
import { other } from "../colours.ts";
import type { Plan, Progress, Route, Snapshot } from "../model.ts";
import { advance, mutate, rollBack, type Step, stop, wait } from "../step.ts";
import { healthyInEachGroup, share, weightsFor } from "../traffic.ts";
import { othersRunning, short } from "./await-healthy.ts";
import { deadline, phaseAfter } from "./flow.ts";
import { giveBackServing } from "./let-go.ts";
import { putBack } from "./roll-back.ts";

/** For so long a call of the run that was taken over may still arrive: longer than any call lasts with its retries. */
const echoSeconds = 300;
/** How long nobody may answer on either colour before that is told. */
const revivalSeconds = 300;
/** How long the health checks of the colour that users are back on may take to pass, once everything runs. */
const proofSeconds = 60;

/** Moves users back, all at once on every route. What they need there comes first only where it is missing. */
export function shiftBack(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const { to } = plan;
  if (progress.switchedAt === undefined && !isReady(plan, seen)) return advance("scale", whyNotReady(plan, seen));
  if (healthyInEachGroup(seen, to) === 0) return withoutTargets(plan, seen, progress, now);
  const route = seen.routes.find((one) => !isBack(one, plan));
  if (route !== undefined) {
    const weights = weightsFor(to, 100, isSticky(route));
    const because = `${route.label}: all new connections to ${to}`;
    return mutate({ kind: "set-weights", route, weights }, because, progress.switchedAt === undefined ? { switchedAt: now } : undefined);
  }
  // Where users were on this colour already, nothing had to be moved.
  if (progress.stepSince === undefined)
    return { do: "note", progress: { stepSince: now, switchedAt: progress.switchedAt ?? now }, because: `${to} has all routes` };
  return advance(phaseAfter(plan, "shift", progress), `users are on ${to}`);
}

/** A sticky group leaves the action: its cookies beat any weight, 0 included. */
const isSticky = (route: Route): boolean => route.stickySeconds !== undefined;

const isBack = (route: Route, plan: Plan): boolean =>
  share(route, plan.to) === 100 && !(isSticky(route) && route.weights[other(plan.to)] !== undefined);

function whyNotReady(plan: Plan, seen: Snapshot): string {
  const { to } = plan;
  return healthyInEachGroup(seen, to) === 0 && seen.services[to].revision === plan.revision
    ? `${to} has no healthy target: it is scaled up first`
    : `${to} does not run ${short(plan.revision)} alone: that is started there first`;
}

/** Never from bad to worse: users leave a colour that nobody answers on only for one where somebody does. */
function withoutTargets(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  if (healthyInEachGroup(seen, other(plan.to)) > 0) return rollBack(`${plan.to} has no healthy target any more`, "rollback-failed");
  const until = Math.min(deadline(plan, progress), Math.max(progress.since, progress.stepSince ?? 0) + revivalSeconds);
  return now < until
    ? wait(`a healthy target on ${plan.to}`, until)
    : rollBack(`${plan.to} has no healthy target, and neither way is safe`, "rollback-failed");
}

/**
 * What a way back does before anything else once users were moved: its weights stand last, a colour that nobody answers on gives users up
 * again, and the moment in which probes see the weights in force is noted.
 */
export function afterReturning(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step | undefined {
  if (progress.switchedAt === undefined || progress.stepSince === undefined) return undefined;
  const { to } = plan;
  if (healthyInEachGroup(seen, to) === 0) return withoutTargets(plan, seen, progress, now);
  const astray = seen.routes.find((route) => share(route, to) !== 100);
  if (astray !== undefined) {
    if (now - progress.switchedAt > echoSeconds) {
      return rollBack(
        `somebody else moved traffic: ${astray.label} gives ${to} ${Math.round(share(astray, to) ?? 0)} %`,
        "rollback-failed",
      );
    }
    const weights = weightsFor(to, 100, isSticky(astray));
    return mutate({ kind: "set-weights", route: astray, weights }, `${astray.label} was moved again by somebody else: all users to ${to}`);
  }
  if (progress.confirmedAt !== undefined || seen.confirmation.state !== "confirmed") return undefined;
  return { do: "note", progress: { confirmedAt: now }, because: seen.confirmation.by };
}

/** Whether users are well where they are now, before the colour that they left is taken down; undefined: they are. */
export function unproved(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step | undefined {
  if (plan.goal !== "return" || progress.confirmedAt !== undefined) return undefined;
  const until = progress.since + proofSeconds;
  if (now < until) return wait(`health checks of ${plan.to} to pass`, until, seen.confirmation.by);
  const because = `users are on ${plan.to}, but its health checks did not pass within ${formatDuration(proofSeconds)}: ${seen.confirmation.by}`;
  return rollBack(because, "rollback-failed");
}

/** Watches users where they are back, when that was asked for. There is no further way back: a bad verdict is told, and nothing is taken down. */
export function watchReturn(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const { verdict, evidence } = seen.judgement;
  if (verdict === "bad") return rollBack(`users are on ${plan.to}, but it is not well either: ${evidence}`, "rollback-failed");
  const end = progress.since + plan.watch;
  if (verdict === "breaching" || now < end) return wait("the watch to end", Math.max(end, now), evidence);
  return advance(phaseAfter(plan, "watch", progress), `${formatDuration(plan.watch)} on ${plan.to}: ${evidence}`);
}

/**
 * A way back that failed: users stay where somebody answers, and nothing that could still serve is taken down. Only a colour that users
 * were never moved to, and that did not come up, is scaled down again.
 */
export function retreat(plan: Plan, seen: Snapshot, progress: Progress): Step {
  const { to } = plan;
  const from = other(to);
  const isEmpty = healthyInEachGroup(seen, to) === 0;
  const stranded = seen.routes.find((route) => (route.weights[to] ?? 0) > 0);
  if (isEmpty && stranded !== undefined && healthyInEachGroup(seen, from) > 0) return putBack(stranded, plan);
  if (isEmpty && stranded === undefined && progress.switchedAt === undefined && seen.services[to].desired > 0) {
    return mutate({ kind: "update-service", colour: to, revision: undefined, count: 0 }, `${to} did not come up: it is scaled down again`);
  }
  return giveBackServing(plan, seen) ?? stop(progress.rollbackAs ?? "rollback-failed", progress.rollbackReason ?? "the way back failed");
}

/** Whether users can be moved at once: what shall serve them is there alone, and answers. */
export const isReady = (plan: Plan, seen: Snapshot): boolean =>
  seen.services[plan.to].revision === plan.revision &&
  othersRunning(seen.services[plan.to], plan.revision) === 0 &&
  healthyInEachGroup(seen, plan.to) > 0;
