import { other } from "../colours.ts";
import type { Plan, Progress, Snapshot } from "../model.ts";
import { advance, mutate, type Step } from "../step.ts";
import { short } from "./await-healthy.ts";
import { phaseAfter } from "./flow.ts";
import { letGo } from "./let-go.ts";

/** Prepares the colour that users will be on: attached to every route, autoscaling held, scaled to the count that users need. */
export function scale(plan: Plan, seen: Snapshot, progress: Progress): Step {
  const { to } = plan;
  const from = other(to);
  // A new revision on a colour that has users would reach them at once, and unproved.
  const used = plan.goal === "deploy" && progress.switchedAt === undefined && seen.routes.find((route) => (route.weights[to] ?? 0) > 0);
  if (used) return letGo(plan, seen, used);
  // A target group that no listener uses is never health-checked: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
  const loose = seen.routes.find((route) => route.weights[to] === undefined);
  if (loose !== undefined) {
    const weights = { ...loose.weights, [to]: 0 };
    return mutate(
      { kind: "set-weights", route: loose, weights },
      `the ${to} target group joins the ${loose.kind} with weight 0, so that its health is checked`,
    );
  }
  const { [to]: ours, [from]: theirs } = seen.scaling;
  if (ours !== undefined && !(ours.scaleInSuspended && ours.scaleOutSuspended && ours.scheduledSuspended)) {
    return mutate({ kind: "suspend-scaling", colour: to, what: "all" }, `autoscaling must not change ${to} while it takes over`);
  }
  if (theirs !== undefined && !theirs.scaleInSuspended) {
    return mutate(
      { kind: "suspend-scaling", colour: from, what: "scale-in" },
      `${from} must keep the tasks that users need until ${to} has proved itself`,
    );
  }
  const count = wantedCount(plan, seen, progress);
  const service = seen.services[to];
  if (service.revision !== plan.revision || service.desired !== count) {
    const revision = service.revision === plan.revision ? undefined : plan.revision;
    return mutate({ kind: "update-service", colour: to, revision, count }, `${count} tasks of ${short(plan.revision)} on ${to}`, { count });
  }
  return advance(phaseAfter(plan, "scale", progress), `${to} is asked for ${count} tasks of ${short(plan.revision)}`, { count });
}

/**
 * As many as users need now: never fewer than were asked for before, and at least one. On the way back the colour that users leave may
 * run fewer tasks than they need, because it crashes; and nobody takes tasks from the colour that they return to.
 */
export function wantedCount(plan: Plan, seen: Snapshot, progress: Progress): number {
  const { [plan.to]: ours, [other(plan.to)]: theirs } = seen.services;
  const needed = plan.goal === "deploy" ? theirs.running : Math.max(theirs.running, theirs.desired, ours.desired);
  return Math.max(1, plan.count ?? Math.max(progress.count, needed));
}
