import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { savedState } from "@aws-deploy-actions/shared/action/step";
import { forMarkdown } from "@aws-deploy-actions/shared/text/sanitise";
import { endingOf } from "./decide/outcome.ts";
import type { Config } from "./inputs.ts";
import { isBusy } from "./model/stack.ts";
import { cancelNow } from "./phases/change.ts";
import { follow, newestEvent } from "./phases/follow.ts";
import { type Adapters, open } from "./run.ts";

/** All post steps of a cancelled job share five minutes: https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation */
const patience = 240;

/** Whether the main step left an operation behind whose end it did not see. */
export const isLeftBehind = (environment: Base["environment"]): boolean =>
  savedState(environment, "operation") !== undefined && savedState(environment, "finished") !== "true";

/** After a main step that was cancelled or killed: stops its update, and waits for the release from before to be back. */
export async function afterwards(config: Config, base: Base, adapters: Adapters): Promise<ActionResult> {
  const work = await open(config, base, adapters);
  const after = await newestEvent(work);
  const seen = await work.stack.look();
  base.journal.say(await cancelNow(work, seen));
  if (seen === undefined || !isBusy(seen.status)) return told(base, `${work.stackName} is ${seen?.status ?? "gone"}.`);
  const until = base.clock.now() + patience;
  const { stack, ended } = await follow(work, { what: `${work.stackName} to settle`, after, until, evenCancelled: true });
  const { users, next } = endingOf(stack?.status, work.stackName, true);
  if (ended) return told(base, `${work.stackName} is ${stack?.status ?? "gone"}. ${users}${next === undefined ? "" : ` ${next}`}`);
  return told(
    base,
    `${work.stackName} is still ${stack?.status ?? "gone"}, and this job may not wait longer. It goes on by itself; see how it ends with mode: status or: aws cloudformation describe-stacks --stack-name ${work.stackName} --query 'Stacks[0].StackStatus'`,
  );
}

function told({ journal }: Base, reason: string): ActionResult {
  journal.say(reason);
  return { outcome: "cancelled", ok: true, reason, summary: `### After the cancellation\n\n${forMarkdown(reason, 1500)}` };
}
