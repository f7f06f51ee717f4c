import type { Instant } from "@aws-deploy-actions/shared/units";
import { other } from "../colours.ts";
import type { Plan, Progress, Route, Snapshot } from "../model.ts";
import { mutate, type Step, stop, wait } from "../step.ts";
import { healthyInEachGroup, weightsFor } from "../traffic.ts";
import { propagation } from "./flow.ts";

/** How long the old colour may take to become healthy again before the rollback counts as failed. */
const revivalSeconds = 900;

/** Users first: the weights go back before anything else is touched. Then the new colour is retired and autoscaling given back. */
export function rollingBack(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const { to } = plan;
  const from = other(to);
  const astray = seen.routes.find((route) => !isBack(route, plan));
  if (astray !== undefined) {
    if (healthyInEachGroup(seen, from) > 0 || healthyInEachGroup(seen, to) === 0) return putBack(astray, plan);
    return revive(plan, seen, progress, now);
  }
  if (progress.backAt === undefined) return { do: "note", progress: { backAt: now }, because: `users are on ${from}` };
  const bad = seen.services[to];
  const settled = progress.switchedAt === undefined ? 0 : progress.backAt + propagation;
  if (bad.desired > 0 && now < settled) return wait("every node of the load balancer to know where users are", settled);
  if (bad.desired > 0)
    return mutate({ kind: "update-service", colour: to, revision: undefined, count: 0 }, `${to} is scaled down: users do not need it`);
  const scaling = seen.scaling[from];
  if (scaling !== undefined && (scaling.scaleInSuspended || scaling.scaleOutSuspended || scaling.scheduledSuspended)) {
    return mutate({ kind: "give-back-scaling", colour: from }, `autoscaling of ${from} goes on`);
  }
  const { migration } = seen;
  // Nobody waits for it any more, and the next deployment must not begin its own beside it.
  if (migration.state === "running" && !migration.stopping)
    return mutate({ kind: "stop-migration", task: migration.task }, "the migration is stopped: the deployment that needs it is over");
  return stop(progress.rollbackAs ?? "rolled-back", progress.rollbackReason ?? "rolled back");
}

/** The call that puts one route back. A group with stickiness leaves the action: its cookies would hold users on the bad version. */
export function putBack(route: Route, plan: Plan): Step {
  const from = other(plan.to);
  return mutate(
    { kind: "set-weights", route, weights: weightsFor(from, 100, mustLeave(route)) },
    `${route.label}: all new connections back to ${from}`,
  );
}

const mustLeave = (route: Route): boolean => route.stickySeconds !== undefined;

function isBack(route: Route, plan: Plan): boolean {
  const from = other(plan.to);
  const { [from]: good = 0, [plan.to]: bad } = route.weights;
  return good > 0 && (bad === undefined || (bad === 0 && !mustLeave(route)));
}

/** The old colour has nobody to serve users: it is scaled up first, while the new one still answers. */
function revive(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const from = other(plan.to);
  const until = (progress.rollbackSince ?? now) + revivalSeconds;
  if (now >= until)
    return stop(
      "rollback-failed",
      `${from} did not become healthy, so traffic stays on ${plan.to}. ${progress.rollbackReason ?? ""}`.trim(),
    );
  const old = seen.services[from];
  if (old.desired < progress.count) {
    return mutate(
      { kind: "update-service", colour: from, revision: undefined, count: progress.count },
      `${from} has no healthy target: it is scaled up before users return`,
    );
  }
  return wait(`a healthy target on ${from} before users return`, until);
}
