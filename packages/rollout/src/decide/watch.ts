import { formatDuration, type Instant } from "@aws-deploy-actions/shared/units";
import type { Plan, Progress, Snapshot } from "../model.ts";
import { advance, rollBack, type Step, stop, wait } from "../step.ts";
import { healthyInEachGroup, share } from "../traffic.ts";
import { phaseAfter } from "./flow.ts";
import { letGo } from "./let-go.ts";

/** Watches the new version under all of the traffic, for as long as users of the old one would want it back. */
export function watch(plan: Plan, seen: Snapshot, progress: Progress, now: Instant): Step {
  const moved = seen.routes.find((route) => share(route, plan.to) !== 100);
  if (moved !== undefined) return letGo(plan, seen, moved);
  if (healthyInEachGroup(seen, plan.to) === 0) return rollBack(`${plan.to} has no healthy target any more`);
  const { verdict, evidence } = seen.judgement;
  const end = progress.since + plan.watch;
  switch (verdict) {
    case "bad":
      return rollBack(evidence);
    case "breaching":
      // A breach that has begun but not lasted long enough must be seen through: leaving now would pass it.
      return wait("a breach to end, or to last long enough", Math.max(end, now), evidence);
    case "good":
      if (now < end) return wait("the rollback window to end", end, evidence);
      return advance(phaseAfter(plan, "watch", progress), `no trigger in ${formatDuration(plan.watch)}: ${evidence}`);
    case "no-data":
    case "inconclusive":
      return now < end ? wait("the rollback window to end", end, evidence) : withoutVerdict(plan, evidence);
    default:
      return unknownVerdict(verdict);
  }
}

function withoutVerdict(plan: Plan, evidence: string): Step {
  const because = `nobody can say whether ${plan.to} is well: ${evidence}`;
  switch (plan.onInconclusive) {
    case "rollback":
      return rollBack(because, "inconclusive");
    case "hold":
      return stop("inconclusive", `${because}. Both colours stay as they are (on-inconclusive: hold)`);
    case "proceed":
      return advance("finalize", `${because}; going on (on-inconclusive: proceed)`);
    default:
      return unknownVerdict(plan.onInconclusive);
  }
}

function unknownVerdict(verdict: never): never {
  throw new Error(`unhandled verdict ${String(verdict)}`);
}
