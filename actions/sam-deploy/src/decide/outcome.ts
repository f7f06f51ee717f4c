import type { StackStatus } from "../model/stack.ts";

/** How an operation on the stack ended, in the action's words. */
export interface Ending {
  readonly outcome: "deployed" | "rolled-back" | "rollback-failed" | "cancelled" | "failed";
  readonly ok: boolean;
  /** What users see now. */
  readonly users: string;
  /** What to do next; undefined where nothing is to be done. */
  readonly next: string | undefined;
}

/**
 * Reads an operation's end off the status that the stack ended in.
 *
 * @param status undefined where the stack is gone
 * @param cancelled whether this run asked for the cancellation
 */
export function endingOf(status: StackStatus | undefined, stack: string, cancelled: boolean): Ending {
  switch (status) {
    case "CREATE_COMPLETE":
    case "UPDATE_COMPLETE":
    case "IMPORT_COMPLETE":
    case "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
      return { outcome: "deployed", ok: !cancelled, users: "Users see the new release.", next: undefined };
    case "UPDATE_ROLLBACK_COMPLETE":
    case "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS":
      return {
        outcome: cancelled ? "cancelled" : "rolled-back",
        ok: false,
        users: "Users see the release from before; CloudFormation has put everything back.",
        next: cancelled ? undefined : "Mend the cause above and deploy again.",
      };
    case "UPDATE_ROLLBACK_FAILED":
      return {
        outcome: "rollback-failed",
        ok: false,
        users: "Users may see a mixture: the update failed, and putting it back failed too.",
        next: `Mend what the events name, then use mode: cancel, with resources-to-skip where a resource cannot be put back, or:\naws cloudformation continue-update-rollback --stack-name ${stack}`,
      };
    case "UPDATE_FAILED":
      return {
        outcome: "failed",
        ok: false,
        users: "Users may see a mixture: the update stopped half-way with rollback switched off.",
        next: `aws cloudformation rollback-stack --stack-name ${stack}`,
      };
    case "ROLLBACK_COMPLETE":
    case undefined:
      return {
        outcome: "failed",
        ok: false,
        users: "There is nothing for users yet: the first creation failed and was taken back.",
        next: "Mend the cause above and deploy again: what is left of the stack is deleted first.",
      };
    case "ROLLBACK_FAILED":
    case "CREATE_FAILED":
    case "DELETE_FAILED":
      return {
        outcome: "failed",
        ok: false,
        users: "There is nothing for users yet: the first creation failed, and parts of it are left.",
        next: `Mend what the events name, then: aws cloudformation delete-stack --stack-name ${stack}`,
      };
    default:
      return {
        outcome: "failed",
        ok: false,
        users: `CloudFormation is still at work on ${stack} (${status}).`,
        next: `aws cloudformation describe-stack-events --stack-name ${stack}`,
      };
  }
}
