import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { isBusy } from "../model/stack.ts";
import { statusResult } from "../report/results.ts";
import type { Work } from "../work.ts";
import { history } from "./releases.ts";

/** Shows the stack and its releases. Changes nothing. */
export async function status(work: Work): Promise<ActionResult> {
  const seen = await work.stack.look();
  const releases = work.store === undefined ? [] : await history(work.store, seen);
  const events =
    seen !== undefined && (isBusy(seen.status) || /FAILED|ROLLBACK/.test(seen.status)) ? await work.stack.events(undefined) : [];
  return statusResult(work, seen, releases, events);
}
