import { deploymentTrouble, inputTrouble, problem, Trouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { type RootCause, rootCause } from "../decide/cause.ts";
import { type Ending, endingOf } from "../decide/outcome.ts";
import {
  type ChangeSetSeen,
  changeSetDigest,
  changeSummary,
  forbiddenChanges,
  isEmptyChangeSet,
  type JudgedChange,
  judgeChanges,
} from "../model/change-set.ts";
import type { StackSeen } from "../model/stack.ts";
import type { ChangeSetRequest } from "../ports.ts";
import { Cancelled, newToken, pause, type Work } from "../work.ts";
import { follow, newestEvent } from "./follow.ts";
import { gradualProgress } from "./gradual.ts";

/** A change set that was made and looked at. */
export interface Reviewed {
  readonly seen: ChangeSetSeen;
  readonly changes: readonly JudgedChange[];
  readonly summary: string;
  readonly digest: string;
}

/** How the execution of a change set went. */
export interface Executed {
  readonly ending: Ending;
  readonly stack: StackSeen | undefined;
  readonly cause: RootCause | undefined;
  readonly seconds: number;
}

/**
 * Makes a change set and waits until it can be read.
 *
 * @returns undefined where it would change nothing: then it is deleted again
 * @throws Trouble with CloudFormation's reason; Cancelled
 */
export async function review(work: Work, request: ChangeSetRequest): Promise<Reviewed | undefined> {
  const id = await work.stack.createChangeSet(request);
  try {
    const seen = await settled(work, id);
    if (isEmptyChangeSet(seen)) {
      await work.stack.deleteChangeSet(id);
      return undefined;
    }
    if (seen.status !== "CREATE_COMPLETE") {
      await work.stack.deleteChangeSet(id);
      throw notMade(work, seen);
    }
    return await judged(work, seen);
  } catch (error) {
    if (error instanceof Cancelled) await work.stack.deleteChangeSet(id).catch(() => undefined);
    throw error;
  }
}

async function judged(work: Work, seen: ChangeSetSeen): Promise<Reviewed> {
  const changes = judgeChanges(seen.changes);
  const digest = changeSetDigest(seen, await work.stack.changeSetTemplate(seen.id));
  return { seen, changes, summary: changeSummary(changes), digest };
}

async function settled(work: Work, id: string): Promise<ChangeSetSeen> {
  for (let turn = 0; ; turn++) {
    const seen = await work.stack.changeSet(id);
    if (seen !== undefined && !/^CREATE_(PENDING|IN_PROGRESS)$/.test(seen.status)) return seen;
    if (work.base.clock.now() >= work.deadline)
      throw deploymentTrouble(`The change set of ${work.stackName} was not ready in time.`, "Give it more time: timeout: 120");
    // Small ones are ready within a second or two.
    await pause(work, turn < 5 ? 0.5 : 2);
  }
}

const notMade = (work: Work, { reason }: ChangeSetSeen): Trouble =>
  new Trouble(
    problem(
      "deployment",
      `CloudFormation could not make the change set of ${work.stackName}: ${oneLine(reason, 800)}`,
      /capabilit/i.test(reason)
        ? "with:\n  capabilities: CAPABILITY_IAM,CAPABILITY_NAMED_IAM"
        : "Mend the template or the parameters that it names. Nothing was changed.",
    ),
  );

/** @throws Trouble where a protected resource would be deleted or replaced */
export function checkProtected(work: Work, changes: readonly JudgedChange[]): void {
  const forbidden = forbiddenChanges(changes, work.config.values["protected-resources"]);
  if (forbidden.length === 0) return;
  const names = forbidden.map(({ logicalId, type, kind }) => `${logicalId} (${type}): ${kind}`).join(", ");
  throw new Trouble(
    problem(
      "deployment",
      `The change set of ${work.stackName} would delete or replace protected resources: ${names}. Nothing was changed.`,
      "Change the template so that they stay, or, when that is really wanted, take them out of protected-resources for this run.",
    ),
  );
}

/**
 * Finds the change set that was reviewed, and makes sure that it is still the one.
 *
 * @throws Trouble where it is gone, was executed, no longer fits the stack, or is another than the reviewed one
 */
export async function reviewedChangeSet(work: Work, name: string, digest: string): Promise<Reviewed> {
  const again = "Run mode: plan again and review its change set.";
  const seen = await work.stack.changeSet(name);
  if (seen === undefined)
    throw deploymentTrouble(
      `There is no change set ${oneLine(name, 200)} for ${work.stackName}: it was deleted, or another one was executed since, which ends all others.`,
      again,
    );
  if (seen.executionStatus !== "AVAILABLE")
    throw deploymentTrouble(
      `The change set ${seen.name} cannot be executed: it is ${seen.status}, ${seen.executionStatus}. ${seen.executionStatus === "OBSOLETE" ? "The stack was changed since it was made." : oneLine(seen.reason, 400)}`.trim(),
      again,
    );
  const stack = await work.stack.look();
  if (stack !== undefined && stack.status !== "REVIEW_IN_PROGRESS" && stack.updated > seen.created)
    throw deploymentTrouble(
      `${work.stackName} was changed after the change set ${seen.name} was made: what was reviewed is no longer what would happen.`,
      again,
    );
  const reviewed = await judged(work, seen);
  if (reviewed.digest !== digest)
    throw inputTrouble(
      `The change set ${seen.name} has the digest ${reviewed.digest}, not the reviewed ${digest}: it is not what was reviewed. Nothing was changed.`,
      again,
    );
  return reviewed;
}

/** Executes a change set and follows it to its end. A cancelled job cancels the update at once. */
export async function execute(work: Work, { seen }: Reviewed): Promise<Executed> {
  const { clock, runner, journal } = work.base;
  const since = clock.now();
  const after = await newestEvent(work);
  const token = newToken("execute");
  // Kept before the call: whoever finds the job dead must know what to look at.
  runner.saveState("operation", JSON.stringify({ stack: work.stackName, since }));
  try {
    await begin(work, seen, token);
    const progress = () => gradualProgress(work, since);
    const { stack, events, ended } = await follow(work, { what: `the change of ${work.stackName}`, after, until: work.deadline, progress });
    runner.saveState("finished", String(ended));
    const ending = endingOf(stack?.status, work.stackName, false);
    const cause = ending.ok ? undefined : await causeOf(work, events);
    if (cause?.event.type === "AWS::Lambda::Alias") for (const line of await gradualProgress(work, since)) journal.say(line);
    return { ending, stack, cause, seconds: clock.now() - since };
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    const stack = await work.stack.look();
    const how = await cancelNow(work, stack);
    journal.say(how);
    return {
      ending: { outcome: "cancelled", ok: false, users: how, next: undefined },
      stack,
      cause: undefined,
      seconds: clock.now() - since,
    };
  }
}

/** Two runs may come this far at once; CloudFormation executes one change set and drops all others. */
async function begin(work: Work, { id }: ChangeSetSeen, token: string): Promise<void> {
  try {
    await work.stack.executeChangeSet(id, token);
  } catch (error) {
    const now = await work.stack.changeSet(id);
    if (now !== undefined && now.executionStatus === "AVAILABLE") throw error;
    const stack = await work.stack.look();
    throw deploymentTrouble(
      `Another change of ${work.stackName} was begun in the meantime (the stack is ${stack?.status ?? "gone"}); nothing of this one was.`,
      "Run again when it has ended. A concurrency group in the workflow keeps runs apart:\nconcurrency:\n  group: deploy-production",
    );
  }
}

/** What can be done about a running operation in the seconds that a cancelled job has left. The post step waits for its end. */
export async function cancelNow(work: Work, stack: StackSeen | undefined): Promise<string> {
  if (stack?.status === "UPDATE_IN_PROGRESS") {
    await work.stack.cancelUpdate(newToken("cancel"));
    return `The job was cancelled; the update of ${work.stackName} was told to stop, and CloudFormation puts the release from before back.`;
  }
  if (stack?.status === "CREATE_IN_PROGRESS")
    return `The job was cancelled, but CloudFormation cannot cancel the creation of a stack. Let it end, or: aws cloudformation delete-stack --stack-name ${work.stackName}`;
  return `The job was cancelled; ${work.stackName} is ${stack?.status ?? "not there"}.`;
}

/** The root cause, looked for in nested stacks too. */
async function causeOf(work: Work, events: Parameters<typeof rootCause>[0]): Promise<RootCause | undefined> {
  let cause = rootCause(events);
  for (let depth = 0; cause?.nestedStackId !== undefined && depth < 5; depth++) {
    const since = events[0]?.time ?? 0;
    const inner = rootCause((await work.stack.nestedEvents(cause.nestedStackId)).filter(({ time }) => time >= since));
    if (inner === undefined) break;
    cause = inner;
  }
  return cause;
}
