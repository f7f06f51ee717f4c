import { assertNever } from "@aws-deploy-actions/shared/problems";
import type { StackStatus } from "../model/stack.ts";

/** What the run wants of the stack. `build` wants nothing of it. */
export const purposes = ["deploy", "plan", "execute", "rollback", "cancel", "status"] as const;
export type Purpose = (typeof purposes)[number];

/** A stack's status, or that there is none of its name. */
export type Standing = StackStatus | "ABSENT";

/** What to do about a stack as it stands, and why: the reason is what the engineer reads. */
export type Answer =
  /** Go on, with a change set that creates or updates it. */
  | { readonly do: "create" | "update" }
  | { readonly do: "wait"; readonly because: string }
  /** Delete it, so that it can be created anew. */
  | { readonly do: "delete"; readonly because: string }
  /** ContinueUpdateRollback: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html */
  | { readonly do: "continue-rollback"; readonly because: string }
  /** RollbackStack: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html */
  | { readonly do: "roll-back"; readonly because: string }
  | { readonly do: "cancel-update"; readonly because: string }
  /** What was asked for is so already. */
  | { readonly do: "nothing"; readonly because: string }
  | { readonly do: "report" }
  | { readonly do: "refuse"; readonly because: string; readonly mend: string };

export interface Circumstances {
  readonly stack: string;
  readonly whenBusy: "wait" | "refuse";
  readonly terminationProtection: boolean;
}

/**
 * Decides what a purpose makes of a status. The meaning of each status:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes
 */
export function answerTo(purpose: Purpose, standing: Standing, circumstances: Circumstances): Answer {
  if (purpose === "status") return { do: "report" };
  switch (standing) {
    case "ABSENT":
    case "DELETE_COMPLETE":
      return absent(purpose, circumstances);
    case "REVIEW_IN_PROGRESS":
      return underReview(purpose, circumstances);
    case "CREATE_COMPLETE":
    case "UPDATE_COMPLETE":
    case "UPDATE_ROLLBACK_COMPLETE":
    case "IMPORT_COMPLETE":
    case "IMPORT_ROLLBACK_COMPLETE":
      return purpose === "cancel" ? idle(standing) : { do: "update" };
    case "CREATE_IN_PROGRESS":
    case "DELETE_IN_PROGRESS":
    case "IMPORT_IN_PROGRESS":
    case "UPDATE_IN_PROGRESS":
    case "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
    case "ROLLBACK_IN_PROGRESS":
    case "UPDATE_ROLLBACK_IN_PROGRESS":
    case "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS":
    case "IMPORT_ROLLBACK_IN_PROGRESS":
      return atWork(purpose, standing, circumstances);
    case "CREATE_FAILED":
      return purpose === "cancel" ? idle(standing) : createFailed(circumstances);
    case "ROLLBACK_COMPLETE":
      return rolledBackCreation(purpose, circumstances);
    case "UPDATE_FAILED":
      return updateFailed(purpose, circumstances);
    case "UPDATE_ROLLBACK_FAILED":
      return rollbackStuck(purpose, circumstances);
    case "ROLLBACK_FAILED":
    case "DELETE_FAILED":
      return purpose === "cancel" ? idle(standing) : deletionStuck(standing, circumstances);
    case "IMPORT_ROLLBACK_FAILED":
      return purpose === "cancel" ? idle(standing) : importStuck(circumstances);
    default:
      return assertNever(standing);
  }
}

type Acting = Exclude<Purpose, "status">;
type Busy = Exclude<Extract<StackStatus, `${string}_IN_PROGRESS`>, "REVIEW_IN_PROGRESS">;

function atWork(purpose: Acting, standing: Busy, circumstances: Circumstances): Answer {
  switch (standing) {
    case "UPDATE_IN_PROGRESS":
      if (purpose === "cancel") return { do: "cancel-update", because: "an update is in progress" };
      return purpose === "rollback"
        ? { do: "cancel-update", because: "an update is in progress, and a rollback was asked for" }
        : busy(standing, circumstances);
    case "CREATE_IN_PROGRESS":
    case "DELETE_IN_PROGRESS":
    case "IMPORT_IN_PROGRESS":
      return purpose === "cancel" ? cannotCancel(standing, circumstances) : busy(standing, circumstances);
    case "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
      return purpose === "cancel" ? cannotCancel(standing, circumstances) : soonOver(standing);
    case "ROLLBACK_IN_PROGRESS":
    case "UPDATE_ROLLBACK_IN_PROGRESS":
    case "IMPORT_ROLLBACK_IN_PROGRESS":
      return purpose === "cancel" || purpose === "rollback" ? soonOver(standing) : busy(standing, circumstances);
    case "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS":
      return soonOver(standing);
    default:
      return assertNever(standing);
  }
}

function absent(purpose: Acting, { stack }: Circumstances): Answer {
  if (purpose === "deploy" || purpose === "plan") return { do: "create" };
  return {
    do: "refuse",
    because: `There is no stack ${stack} in this account and region.`,
    mend: "Check stack-name (or config-env), the role and aws-region; a first deployment is mode: deploy.",
  };
}

function underReview(purpose: Acting, { stack }: Circumstances): Answer {
  if (purpose === "rollback")
    return {
      do: "refuse",
      because: `The stack ${stack} has never been deployed: it only holds a change set for review.`,
      mend: "Use mode: deploy.",
    };
  // A stack under review is no operation: it waits for its first change set, a further one may be made.
  return purpose === "cancel" ? idle("REVIEW_IN_PROGRESS") : { do: "create" };
}

function rolledBackCreation(purpose: Acting, { stack, terminationProtection }: Circumstances): Answer {
  if (purpose === "cancel") return idle("ROLLBACK_COMPLETE");
  const because = `The first creation of ${stack} failed and was rolled back (ROLLBACK_COMPLETE): such a stack can only be deleted and created anew.`;
  if (purpose !== "deploy")
    return { do: "refuse", because, mend: "Use mode: deploy: it deletes what is left of the stack and creates it anew." };
  if (terminationProtection)
    return {
      do: "refuse",
      because: `${because} Its termination protection forbids that.`,
      mend: `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack}`,
    };
  return { do: "delete", because };
}

const createFailed = ({ stack }: Circumstances): Answer => ({
  do: "refuse",
  because: `The first creation of ${stack} failed with rollback switched off (CREATE_FAILED): what was created still exists, for you to look at.`,
  mend: `aws cloudformation rollback-stack --stack-name ${stack}\nThen run again: the emptied stack is deleted and created anew.`,
});

function updateFailed(purpose: Acting, { stack }: Circumstances): Answer {
  const because = `an update of ${stack} failed with rollback switched off (UPDATE_FAILED), so it stands half-way`;
  if (purpose === "deploy" || purpose === "rollback" || purpose === "cancel") return { do: "roll-back", because };
  return {
    do: "refuse",
    because: `${capital(because)}.`,
    mend: `Use mode: deploy or cancel, which bring it back first, or: aws cloudformation rollback-stack --stack-name ${stack}`,
  };
}

function rollbackStuck(purpose: Acting, { stack }: Circumstances): Answer {
  const because = `the rollback of an update of ${stack} failed (UPDATE_ROLLBACK_FAILED); nothing else is possible until it is finished`;
  if (purpose === "deploy" || purpose === "rollback" || purpose === "cancel") return { do: "continue-rollback", because };
  return {
    do: "refuse",
    because: `${capital(because)}.`,
    mend: `Use mode: deploy or cancel, which continue it, or: aws cloudformation continue-update-rollback --stack-name ${stack}`,
  };
}

const deletionStuck = (standing: "ROLLBACK_FAILED" | "DELETE_FAILED", { stack }: Circumstances): Answer => ({
  do: "refuse",
  because: `Resources of ${stack} could not be deleted (${standing}); until they are, the stack can neither be used nor created anew.`,
  mend:
    standing === "ROLLBACK_FAILED"
      ? `Mend what the events name, then: aws cloudformation delete-stack --stack-name ${stack}`
      : `Mend what the events name, or leave those resources behind: aws cloudformation delete-stack --stack-name ${stack} --retain-resources LOGICAL_ID …`,
});

const importStuck = ({ stack }: Circumstances): Answer => ({
  do: "refuse",
  because: `An import into ${stack} failed, and so did its rollback (IMPORT_ROLLBACK_FAILED).`,
  mend: `See what failed: aws cloudformation describe-stack-events --stack-name ${stack}; finish the rollback of the import in the CloudFormation console.`,
});

function cannotCancel(
  standing: "CREATE_IN_PROGRESS" | "DELETE_IN_PROGRESS" | "IMPORT_IN_PROGRESS" | "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
  { stack }: Circumstances,
): Answer {
  switch (standing) {
    case "CREATE_IN_PROGRESS":
      return {
        do: "refuse",
        because: `CloudFormation cannot cancel the creation of a stack (${stack} is CREATE_IN_PROGRESS).`,
        mend: `Let it end, or delete it: aws cloudformation delete-stack --stack-name ${stack}`,
      };
    case "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
      return {
        do: "refuse",
        because: `The update of ${stack} has succeeded and only cleans up; it is too late to cancel it.`,
        mend: "Use mode: rollback to go back to the release before.",
      };
    default:
      return {
        do: "refuse",
        because: `CloudFormation cannot cancel what it does to ${stack} now (${standing}).`,
        mend: `See how it goes: aws cloudformation describe-stack-events --stack-name ${stack}`,
      };
  }
}

const busy = (standing: StackStatus, { stack, whenBusy }: Circumstances): Answer =>
  whenBusy === "wait"
    ? { do: "wait", because: `another operation on ${stack} to end (${standing})` }
    : {
        do: "refuse",
        because: `Another operation on ${stack} is in progress (${standing}).`,
        mend: "Run again when it has ended, or let this run wait for it: when-busy: wait",
      };

/** What ends by itself within minutes is waited for, whatever `when-busy` says: the operation itself is decided. */
const soonOver = (standing: StackStatus): Answer => ({ do: "wait", because: `CloudFormation to finish (${standing})` });

const idle = (standing: StackStatus): Answer => ({ do: "nothing", because: `no update is in progress (${standing})` });

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
