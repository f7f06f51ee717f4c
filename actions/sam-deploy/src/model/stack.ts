import type { Instant } from "@aws-deploy-actions/shared/units";

/** Every status that a stack can have: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html */
export const stackStatuses = [
  "CREATE_IN_PROGRESS",
  "CREATE_FAILED",
  "CREATE_COMPLETE",
  "ROLLBACK_IN_PROGRESS",
  "ROLLBACK_FAILED",
  "ROLLBACK_COMPLETE",
  "DELETE_IN_PROGRESS",
  "DELETE_FAILED",
  "DELETE_COMPLETE",
  "UPDATE_IN_PROGRESS",
  "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
  "UPDATE_COMPLETE",
  "UPDATE_FAILED",
  "UPDATE_ROLLBACK_IN_PROGRESS",
  "UPDATE_ROLLBACK_FAILED",
  "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
  "UPDATE_ROLLBACK_COMPLETE",
  "REVIEW_IN_PROGRESS",
  "IMPORT_IN_PROGRESS",
  "IMPORT_COMPLETE",
  "IMPORT_ROLLBACK_IN_PROGRESS",
  "IMPORT_ROLLBACK_FAILED",
  "IMPORT_ROLLBACK_COMPLETE",
] as const;
export type StackStatus = (typeof stackStatuses)[number];

/** Whether a text is a status that we know; AWS may add one. */
export const isStackStatus = (text: string): text is StackStatus => (stackStatuses as readonly string[]).includes(text);

/** Whether CloudFormation is at work on the stack. A stack under review only waits for its first change set. */
export const isBusy = (status: StackStatus): boolean => status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS";

export type Tags = Readonly<Record<string, string>>;

/** A parameter as the stack shows it. */
export interface StackParameter {
  readonly name: string;
  /** `****` for one with NoEcho. */
  readonly value: string;
}

/** One look at a stack. */
export interface StackSeen {
  readonly name: string;
  readonly id: string;
  readonly status: StackStatus;
  readonly statusReason: string;
  readonly parameters: readonly StackParameter[];
  readonly tags: Tags;
  readonly outputs: readonly StackOutput[];
  readonly capabilities: readonly string[];
  readonly terminationProtection: boolean;
  readonly created: Instant;
  /** When the last operation on it began. */
  readonly updated: Instant;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description: string;
}

/** One event of a stack, in CloudFormation's words. */
export interface StackEvent {
  readonly id: string;
  readonly time: Instant;
  readonly stackId: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  /** The token of the call that began the operation, where it had one. */
  readonly token: string | undefined;
}

/** A resource of the stack as it stands. */
export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
}

/** Whether an event is about the stack itself: its own events end an operation. */
export const isStackEvent = (event: StackEvent): boolean =>
  event.type === "AWS::CloudFormation::Stack" && event.physicalId === event.stackId;

/** The page of a stack in the AWS console. */
export function consoleLink(region: string, stackId: string): string {
  const partition = stackId.split(":")[1] ?? "aws";
  const host =
    partition === "aws-cn"
      ? "console.amazonaws.cn"
      : partition === "aws-us-gov"
        ? "console.amazonaws-us-gov.com"
        : "console.aws.amazon.com";
  return `https://${host}/cloudformation/home?region=${region}#/stacks/events?stackId=${encodeURIComponent(stackId)}`;
}
