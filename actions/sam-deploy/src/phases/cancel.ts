import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { endingOf } from "../decide/outcome.ts";
import { simpleResult } from "../report/results.ts";
import type { Work } from "../work.ts";
import { prepare } from "./prepare.ts";

/** Cancels an update in progress, or finishes what a failed one left, and waits until the release from before is back. */
export async function cancel(work: Work): Promise<ActionResult> {
  const { seen, done, because, cancelledUpdate } = await prepare(work, "cancel");
  if (seen === undefined) return simpleResult(work, seen, { outcome: "failed", ok: false, reason: `There is no stack ${work.stackName}.` });
  if (done.length === 0)
    return simpleResult(work, seen, {
      outcome: "unchanged",
      ok: true,
      reason: `${work.stackName}: ${because}; there was nothing to cancel.`,
    });
  const { users } = endingOf(seen.status, work.stackName, cancelledUpdate);
  const back = /ROLLBACK_COMPLETE/.test(seen.status);
  return simpleResult(work, seen, {
    outcome: back ? "cancelled" : "failed",
    ok: back,
    reason: back
      ? `${done.join(" ")} ${users}`
      : `${done.join(" ")} But the update had ended before: ${work.stackName} is ${seen.status}. ${users}`,
    ...(back ? {} : { mend: "Use mode: rollback to go back to the release before." }),
  });
}
