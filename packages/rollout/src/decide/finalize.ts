import type { Instant } from "@aws-deploy-actions/shared/units";
import { other } from "../colours.ts";
import type { Plan, Progress, Snapshot } from "../model.ts";
import { mutate, type Step, stop, wait } from "../step.ts";
import { healthyInEachGroup, share, weightsFor } from "../traffic.ts";
import { short } from "./await-healthy.ts";
import { deadline, propagation } from "./flow.ts";
import { letGo } from "./let-go.ts";
import { unproved } from "./return.ts";

/** Longest deregistration delay that is waited for (AWS's default is 300 s) with the tasks' stop: what drains longer drains alone. */
const drainLimit = 420;

/** Takes the colour that users left out of service without cutting anybody off, and gives autoscaling back. */
export function finalize(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const { to } = plan;
  const from = other(to);
  const moved = seen.routes.find((route) => share(route, to) !== 100);
  if (moved !== undefined && plan.goal === "deploy") return letGo(plan, seen, moved);
  if (healthyInEachGroup(seen, to) === 0) {
    const outcome = plan.goal === "deploy" ? "failed" : "rollback-failed";
    return stop(outcome, `${to} lost its healthy targets before ${from} was scaled down; ${from} was kept`);
  }
  if (plan.keepPrevious > 0 && plan.goal === "deploy")
    return (
      giveBack(plan, seen) ??
      stop("succeeded", `${short(plan.revision)} serves all traffic; ${from} is kept for ${Math.round(plan.keepPrevious / 60)} min`)
    );
  const doubt = unproved(plan, seen, progress, now);
  if (doubt !== undefined) return doubt;
  const sticky = seen.routes.find((route) => route.stickySeconds !== undefined && route.weights[from] !== undefined);
  if (sticky !== undefined) {
    const because = `${from} leaves the ${sticky.kind}: stickiness would send users to it after its tasks are gone`;
    return mutate({ kind: "set-weights", route: sticky, weights: weightsFor(to, 100, true) }, because, { since: now });
  }
  const old = seen.services[from];
  const theirs = seen.scaling[from];
  if (theirs !== undefined && !(theirs.scaleInSuspended && theirs.scaleOutSuspended && theirs.scheduledSuspended))
    return mutate({ kind: "suspend-scaling", colour: from, what: "all" }, `autoscaling must not bring ${from} up again`);
  const settled = settledAt(seen, progress);
  if (old.desired > 0 && now < settled) return wait("every node of the load balancer to know where users are", settled);
  if (old.desired > 0)
    return mutate({ kind: "update-service", colour: from, revision: undefined, count: 0 }, `${from} is drained and scaled down`);
  // A task behind several target groups drains in each of them.
  const draining = new Set(seen.targets[from].filter((target) => target.state === "draining").map((target) => target.id)).size;
  const left = Math.max(old.running, draining);
  const until = Math.min(progress.since + drainLimit, deadline(plan, progress));
  if (left > 0 && now < until) return wait(`${left} tasks of ${from} to finish their requests and stop`, until);
  return (
    giveBack(plan, seen) ??
    stop(
      "succeeded",
      plan.goal === "deploy" ? `${short(plan.revision)} serves all traffic` : `users are back on ${to} (${short(plan.revision)})`,
    )
  );
}

/** When no balancer node sends users by older weights any more. A sticky group leaves the action only in this phase, which then begins anew. */
function settledAt(seen: Snapshot, { since, stepSince }: Progress): Instant {
  const movedAt = seen.routes.some((route) => route.stickySeconds !== undefined) ? since : stepSince;
  return movedAt === undefined ? since : movedAt + propagation;
}

/** Autoscaling returns to the colour that serves; the drained one's stays suspended, or it would scale the old version up again. */
function giveBack(plan: Plan, seen: Snapshot): Step | undefined {
  const ours = seen.scaling[plan.to];
  const held = ours !== undefined && (ours.scaleInSuspended || ours.scaleOutSuspended || ours.scheduledSuspended);
  return held ? mutate({ kind: "give-back-scaling", colour: plan.to }, `autoscaling of ${plan.to} goes on`) : undefined;
}
