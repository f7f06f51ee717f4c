import { other } from "../colours.ts";
import type { Plan, Route, Snapshot } from "../model.ts";
import { mutate, type Step, stop } from "../step.ts";
import { share, trafficOn } from "../traffic.ts";

/**
 * Somebody else moved users while this rollout went on, by hand or with another tool. They know something that it does not: where users are
 * now stands, nothing is taken down, and autoscaling of what serves them goes on.
 */
export const letGo = (plan: Plan, seen: Snapshot, route: Route): Step =>
  giveBackServing(plan, seen) ??
  stop(
    "failed",
    `somebody else moved traffic: ${route.kind} ${route.id} gives ${plan.to} ${Math.round(share(route, plan.to) ?? 0)} % now. It was left so`,
  );

/** Autoscaling of the colours that users are on goes on; undefined: it does already. */
export function giveBackServing(plan: Plan, seen: Snapshot): Step | undefined {
  const on = trafficOn(seen.routes);
  const held = ([plan.to, other(plan.to)] as const).find((colour) => {
    const scaling = seen.scaling[colour];
    const serves = on === colour || on === "split";
    return serves && scaling !== undefined && (scaling.scaleInSuspended || scaling.scaleOutSuspended || scaling.scheduledSuspended);
  });
  return held === undefined ? undefined : mutate({ kind: "give-back-scaling", colour: held }, `autoscaling of ${held} goes on`);
}
