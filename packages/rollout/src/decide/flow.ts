import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { Phase, Plan, Progress } from "../model.ts";

/** When the whole rollout has to be through. */
export const deadline = (plan: Plan, progress: Progress): Instant => progress.started + plan.timeout;

/**
 * For so long some balancer node may still send users by the old weights (not documented; 1 to 10 s seen). Tasks of a group that has left
 * the action are not drained any more: they stop at once, so nothing is scaled down before.
 */
export const propagation: Seconds = 15;

/**
 * Which phase follows which. The one place for it: the table in docs/rollout.md is generated from here.
 *
 * An urgent return moves traffic first, when the colour it goes to is healthy, and scales afterwards.
 */
export function phaseAfter(plan: Plan, phase: Phase, progress: Pick<Progress, "switchedAt">): Phase {
  const switched = progress.switchedAt !== undefined;
  switch (phase) {
    case "migrate":
      return "scale";
    case "scale":
      return "await-healthy";
    case "await-healthy":
      if (switched) return plan.goal === "return" ? returned(plan) : "shift";
      return plan.test ? "test" : "shift";
    case "test":
      return "shift";
    case "shift":
      if (plan.goal === "deploy") return "watch";
      return plan.urgent ? "scale" : returned(plan);
    case "watch":
      return "finalize";
    case "finalize":
    case "rolling-back":
      return phase;
    default:
      return unknownPhase(phase);
  }
}

const returned = (plan: Plan): Phase => (plan.watch > 0 ? "watch" : "finalize");

/** Where a rollout begins. */
export function firstPhase(plan: Plan): Phase {
  if (plan.goal === "return" && plan.urgent) return "shift";
  return plan.migration ? "migrate" : "scale";
}

function unknownPhase(phase: never): never {
  throw new Error(`unhandled phase ${String(phase)}`);
}
