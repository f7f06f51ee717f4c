import { causeKind, mayPass } from "@aws-deploy-actions/shared/aws/errors";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import { formatDuration, type Seconds } from "@aws-deploy-actions/shared/units";
import type { Plan, Progress, Snapshot } from "./model.ts";

/** How long AWS may fail to answer before the rollout gives up; while users are on an unproven version it goes back instead. */
const outageLimit: Seconds = 120;

/** What a failure says, in a line. */
export const firstLine = (error: unknown): string => problemsOf(error)[0]?.what ?? String(error);

/** Trouble of the cloud that may pass. */
export const isTransient = (error: unknown): boolean => mayPass(causeKind(error));

/** Why nobody can say how the new version was during an outage. */
export const unwatched = `AWS did not answer for ${formatDuration(outageLimit)}, so the new version could not be watched`;

/** What follows from a failed call: AWS's passing trouble is waited out, and never taken for a verdict about the new version. */
export function afterTrouble(
  error: unknown,
  plan: Plan,
  progress: Progress,
  lasting: Seconds,
  seen: Snapshot | undefined,
): "retry" | "roll-back" | "hold" | "give-up" {
  const goingBack = progress.phase === "rolling-back" || plan.goal === "return";
  const unproved = progress.switchedAt !== undefined && progress.phase !== "finalize";
  const waitsOn = goingBack || (unproved && plan.onInconclusive === "proceed");
  if (isTransient(error) && lasting < (waitsOn ? plan.timeout : outageLimit)) return "retry";
  if (isTransient(error) && !goingBack && unproved && plan.onInconclusive === "hold") return "hold";
  if (goingBack) return lasting < 60 ? "retry" : "give-up";
  const proved = progress.phase === "finalize";
  // Before the switch nothing users see has changed, but the new colour must not be left running.
  return proved || seen === undefined ? "give-up" : "roll-back";
}
