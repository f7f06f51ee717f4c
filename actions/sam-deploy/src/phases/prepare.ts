import { assertNever, deploymentTrouble, problem, Trouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { lastOperation, rootCause } from "../decide/cause.ts";
import { type Answer, answerTo, type Purpose } from "../decide/status.ts";
import type { StackSeen } from "../model/stack.ts";
import { newToken, type Work } from "../work.ts";
import { follow, newestEvent } from "./follow.ts";

/** A stack on which the purpose can go on. */
export interface Prepared {
  /** What the change set must be; undefined where nothing is left to do, for the reason given. */
  readonly changeSetType: "CREATE" | "UPDATE" | undefined;
  readonly because: string;
  readonly seen: StackSeen | undefined;
  /** What was done to get there, for the summary. */
  readonly done: readonly string[];
  /** Whether this run cancelled an update on the way. */
  readonly cancelledUpdate: boolean;
  /** Whether the stack, when we came, was in the middle of an update that has been taken back since. */
  readonly wentBack: boolean;
  /** Whether an update in progress was let through, because it is what was asked for. */
  readonly letThrough: boolean;
}

/** What the stack's status means for the purpose, before anything is done. */
export function answerFor(work: Work, purpose: Purpose, seen: StackSeen | undefined): Answer {
  return answerTo(purpose, seen?.status ?? "ABSENT", {
    stack: work.stackName,
    whenBusy: work.config.values["when-busy"],
    terminationProtection: seen?.terminationProtection ?? false,
  });
}

/** A refusal as trouble, with what the stack's events say where its last operation failed. */
export async function refuse(work: Work, answer: Extract<Answer, { do: "refuse" }>, seen: StackSeen | undefined): Promise<Trouble> {
  const stuck = seen !== undefined && /FAILED|ROLLBACK_COMPLETE/.test(seen.status) ? await whatFailed(work) : "";
  return new Trouble(problem("deployment", `${answer.because}${stuck}`, answer.mend));
}

async function whatFailed(work: Work): Promise<string> {
  const cause = rootCause(lastOperation(await work.stack.events(undefined)));
  return cause === undefined ? "" : ` What failed: ${cause.event.logicalId} (${cause.event.type}): ${oneLine(cause.event.reason, 400)}`;
}

/**
 * Brings the stack into a state in which the purpose can go on: waits, finishes a stuck rollback, deletes what a failed creation left. Looks
 * anew after each step, so it goes on from wherever a run before it ended.
 *
 * @param isWanted whether an update in progress is already the one that is asked for, so that it is waited for and not cancelled
 * @throws Trouble where the status allows nothing, or the same step does not help twice; Cancelled
 */
export async function prepare(
  work: Work,
  purpose: Purpose,
  isWanted: (updating: StackSeen) => Promise<boolean> = async () => false,
): Promise<Prepared> {
  const done: string[] = [];
  const tried = new Set<string>();
  let cancelledUpdate = false;
  let letThrough = false;
  let midUpdate: boolean | undefined;
  for (;;) {
    const seen = await work.stack.look();
    midUpdate ??=
      seen !== undefined && /^UPDATE_(IN_PROGRESS|FAILED|ROLLBACK_IN_PROGRESS|ROLLBACK_FAILED|ROLLBACK_COMPLETE_CLEANUP)/.test(seen.status);
    const wentBack = midUpdate && seen?.status === "UPDATE_ROLLBACK_COMPLETE";
    const answer = answerFor(work, purpose, seen);
    const step = `${answer.do} ${seen?.status ?? ""}`;
    // Waiting may be needed more than once; anything else that left the status as it was would go on forever.
    if (answer.do !== "wait" && tried.has(step)) throw await didNotHelp(work, answer, seen);
    tried.add(step);
    switch (answer.do) {
      case "create":
        return { changeSetType: "CREATE", because: "", seen, done, cancelledUpdate, wentBack, letThrough };
      case "update":
        return { changeSetType: "UPDATE", because: "", seen, done, cancelledUpdate, wentBack, letThrough };
      case "nothing":
      case "report":
        return {
          changeSetType: undefined,
          because: answer.do === "nothing" ? answer.because : "",
          seen,
          done,
          cancelledUpdate,
          wentBack,
          letThrough,
        };
      case "refuse":
        throw await refuse(work, answer, seen);
      case "wait":
        await waitFor(work, answer.because);
        break;
      case "delete":
        done.push(...(await deleteFailed(work, seen, answer.because)));
        break;
      case "continue-rollback":
        await mend(work, "continuing the rollback", answer.because, () =>
          work.stack.continueRollback(work.config.values["resources-to-skip"], newToken("continue")),
        );
        done.push(`Finished the stuck rollback: ${answer.because}.`);
        break;
      case "roll-back":
        await mend(work, "rolling back", answer.because, () => work.stack.rollBack(newToken("rollback")));
        done.push(`Rolled back first: ${answer.because}.`);
        break;
      case "cancel-update":
        if (seen !== undefined && (await isWanted(seen))) {
          letThrough = true;
          tried.delete(step);
          await waitFor(work, "the update in progress, which is what was asked for");
          break;
        }
        cancelledUpdate = true;
        await mend(work, "cancelling the update", answer.because, () => cancelUpdate(work));
        done.push("Cancelled the update that was in progress.");
        break;
      default:
        assertNever(answer);
    }
  }
}

/** Between our look and the call the update may have ended: then there is nothing to cancel any more, and the next look says so. */
async function cancelUpdate(work: Work): Promise<void> {
  try {
    await work.stack.cancelUpdate(newToken("cancel"));
  } catch (error) {
    const seen = await work.stack.look();
    if (seen?.status === "UPDATE_IN_PROGRESS") throw error;
  }
}

async function waitFor(work: Work, because: string): Promise<void> {
  work.base.journal.say(`⟳ waiting for ${because}`);
  await followOrFail(work, because);
}

async function mend(work: Work, what: string, because: string, call: () => Promise<void>): Promise<void> {
  const after = await newestEvent(work);
  work.base.journal.say(`${what}: ${because}`);
  await call();
  await followOrFail(work, what, after);
}

async function followOrFail(work: Work, what: string, after?: string): Promise<void> {
  const from = after ?? (await newestEvent(work));
  const { ended, stack } = await follow(work, { what, after: from, until: work.deadline });
  if (!ended)
    throw deploymentTrouble(
      `${work.stackName}: ${what} did not end in time; the stack is ${stack?.status ?? "gone"}.`,
      "Run again later, or give it more time: timeout: 120",
    );
}

/** Deletes what a failed creation left, and names what stays behind because its template retains it. */
async function deleteFailed(work: Work, seen: StackSeen | undefined, because: string): Promise<readonly string[]> {
  const { journal } = work.base;
  const after = await newestEvent(work);
  journal.say(`deleting the stack: ${because}`);
  await work.stack.deleteStack(newToken("delete"));
  await followOrFail(work, "the deletion", after);
  const events = seen === undefined ? [] : await work.stack.nestedEvents(seen.id).catch(() => []);
  const retained = events.filter(({ status }) => status === "DELETE_SKIPPED");
  const names = [...new Set(retained.map(({ logicalId, type, physicalId }) => `${logicalId} (${type}, ${physicalId})`))];
  const kept = names.length === 0 ? "" : ` Its template retains, and so these still exist: ${names.join(", ")}.`;
  const sentence = `Deleted what the failed first creation left.${kept}`;
  journal.say(sentence);
  return [sentence];
}

async function didNotHelp(work: Work, answer: Answer, seen: StackSeen | undefined): Promise<Trouble> {
  const failing = (await work.stack.resources()).filter(({ status }) => status === "UPDATE_FAILED").map(({ logicalId }) => logicalId);
  const skip = failing.length === 0 ? "" : `\nor leave those resources as they are:\nwith:\n  resources-to-skip: ${failing.join(",")}`;
  return new Trouble(
    problem(
      "deployment",
      `${work.stackName} is ${seen?.status ?? "gone"} again after "${answer.do}".${await whatFailed(work)}`,
      `Mend what the events name and run again${skip}`,
    ),
  );
}
