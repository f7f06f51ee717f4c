import type { StackEvent } from "../model/stack.ts";
import { isStackEvent } from "../model/stack.ts";

/** Why an operation failed: the first real failure, and how many others only followed from it. */
export interface RootCause {
  readonly event: StackEvent;
  /** Names of the resources that failed because of it. */
  readonly followers: readonly string[];
  /** Other failures of their own, at the same time. */
  readonly others: readonly StackEvent[];
  /** The nested stack in which the cause lies, where the failed resource is a stack itself. */
  readonly nestedStackId: string | undefined;
}

/** What CloudFormation says of resources that did not fail by themselves. */
const follower =
  /^(Resource (creation|update|deletion|import) cancelled|Resource creation Initiated|(The following )?resource\(s\) failed to|(One or more|The following) |Rollback requested by user|User Initiated|Update cancelled)|cancelled\.?$/i;
const failed = /^(CREATE|UPDATE|DELETE|IMPORT)_FAILED$/;

/**
 * Finds the earliest real failure of one operation.
 *
 * @param events the operation's own events, in any order
 * @returns undefined where no resource failed: the stack was cancelled, or the failure is the stack's own
 */
export function rootCause(events: readonly StackEvent[]): RootCause | undefined {
  const failures = events.filter((event) => failed.test(event.status) && !isStackEvent(event)).sort((a, b) => a.time - b.time);
  const real = failures.filter(({ reason }) => !follower.test(reason));
  const [first, ...rest] = real;
  if (first === undefined) return undefined;
  return {
    event: first,
    followers: [...new Set(failures.filter((one) => !real.includes(one)).map(({ logicalId }) => logicalId))],
    others: rest.filter(({ logicalId }) => logicalId !== first.logicalId),
    nestedStackId: first.type === "AWS::CloudFormation::Stack" && first.physicalId.startsWith("arn:") ? first.physicalId : undefined,
  };
}

/** The events of the last operation: back to the stack's own event that began it. */
export function lastOperation(events: readonly StackEvent[]): readonly StackEvent[] {
  const newestFirst = [...events].sort((a, b) => b.time - a.time);
  const begin = newestFirst.findIndex(
    (event) => isStackEvent(event) && /^(CREATE|UPDATE|DELETE|IMPORT|REVIEW)_IN_PROGRESS$/.test(event.status),
  );
  return begin < 0 ? newestFirst : newestFirst.slice(0, begin + 1);
}

/** Advice for failures that are hard to read. */
interface Advice {
  readonly when: RegExp;
  readonly type?: RegExp;
  readonly says: string;
}

const advice: readonly Advice[] = [
  {
    when: /AccessDenied|not authorized to perform|UnauthorizedOperation/i,
    says: "The role that CloudFormation works with (the deploy role, or role_arn of samconfig) lacks the permission that the message names. Add it to the role's policy, then run again.",
  },
  {
    when: /cannot be assumed by Lambda|role defined for the function/i,
    says: "The function's role does not trust lambda.amazonaws.com, or IAM has not spread it yet: check AssumeRolePolicyDocument, then run again.",
  },
  {
    when: /S3 Error Code: NoSuchKey|The specified key does not exist|Error occurred while GetObject/i,
    says: "The code package is no longer in the bucket (a lifecycle rule?). Build and deploy again; for a rollback keep artefacts as long as releases.",
  },
  {
    when: /Unzipped size must be smaller|RequestEntityTooLarge|exceeds? (the )?(maximum|allowed).*size/i,
    type: /Lambda/,
    says: "The function is larger than Lambda takes (250 MB unzipped): leave out what it does not need, use a layer, or a container image.",
  },
  {
    when: /not support the parameter value|runtime parameter .* is no longer supported|deprecated/i,
    type: /Lambda/,
    says: "The runtime is no longer supported for new functions or updates: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
  },
  {
    when: /ReservedConcurrentExecutions.*(below|minimum)|UnreservedConcurrentExecution/i,
    says: "The account's Lambda concurrency would fall below its unreserved minimum: lower ReservedConcurrentExecutions or ask for a higher quota.",
  },
  {
    when: /LimitExceeded|quota|ServiceQuota|TooMany(?!Requests)|maximum number of/i,
    says: "A quota of the account is used up: https://console.aws.amazon.com/servicequotas/ shows and raises it.",
  },
  {
    when: /already exists/i,
    says: "A resource of this name exists outside of the stack, perhaps kept by an earlier one (DeletionPolicy: Retain). Import it, rename it, or delete it.",
  },
  {
    when: /No export named/i,
    says: "The template imports a value that no stack exports: deploy the exporting stack first, or correct the name.",
  },
  {
    when: /Rate exceeded|Throttling|TooManyRequests/i,
    says: "AWS limited the rate of its own calls: run again.",
  },
  {
    when: /CodeDeploy|deployment .*(was stopped|failed)|ALARM/i,
    type: /Lambda::Alias/,
    says: "The gradual deployment of the function was stopped and traffic is back on the version before; the alarms and hooks of its DeploymentPreference say why.",
  },
  {
    when: /still in use|DependencyViolation|has dependent object/i,
    says: "Something outside of the stack still uses the resource; the message names it.",
  },
  {
    when: /ResourceNotReady|did not stabilize|NotStabilized|timed out/i,
    says: "The resource did not become ready in time: look at its own page and logs.",
  },
];

/** What a failure means and what to do about it, or undefined where its own words must do. */
export const adviceFor = ({ reason, type }: Pick<StackEvent, "reason" | "type">): string | undefined =>
  advice.find((one) => one.when.test(reason) && (one.type?.test(type) ?? true))?.says;
