import { awsMessage, causeKind, type FailureKind } from "../../aws/errors.ts";
import { cloudTrouble, problemsOf, Trouble } from "../../problems.ts";
import { oneLine } from "../../text/sanitise.ts";
import type { Unanswered } from "../types.ts";

/** What the SDK's error tells beside its text. */
interface SdkError {
  readonly name?: string;
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
}

/**
 * The failure of a call that carried a secret's value, without any text that AWS sent: an error may quote the request.
 * What is left (name, request id) is enough to find the call in CloudTrail.
 */
export function withoutQuote(operation: string, error: unknown): Trouble {
  const kind = causeKind(error) ?? "refused";
  const { name = "Error", $metadata } = (error instanceof Trouble ? (error.cause ?? {}) : (error ?? {})) as SdkError;
  const request = $metadata?.requestId === undefined ? "" : ` (request ${oneLine($metadata.requestId, 60)})`;
  const mends: Readonly<Record<FailureKind, string>> = {
    throttled: "AWS limits the rate of these calls; run again in a minute.",
    broken: "AWS answered with an error of its own; run again.",
    lost: "No answer came; run again: the call is made so that repeating it is safe.",
    denied: `Grant ${operation} to the role, as in infra/policies/.`,
    expired: "The credentials have expired; use oidc-role-to-assume so that they can be renewed.",
    missing: "Check the name, the account and the region.",
    refused: "Look the request up in CloudTrail; what AWS said may quote the value and is not repeated here.",
  };
  const bare = Object.assign(new Error(""), { name: oneLine(name, 80), ...($metadata === undefined ? {} : { $metadata }) });
  return cloudTrouble(`${operation} failed: ${oneLine(name, 80)}${request}.`, mends[kind], bare);
}

/** Why AWS would not answer a question. The call carried no value, so AWS's own words may be shown. */
export function unanswered(what: string, action: string, error: unknown): Unanswered {
  const kind = causeKind(error);
  const said = error instanceof Trouble ? (problemsOf(error)[0]?.what ?? "") : awsMessage(error);
  switch (kind) {
    case "denied":
      return {
        state: "unanswered",
        why: `${what}: AWS denied ${action}.`,
        mend: `Grant ${action} to the role, as in infra/policies/. AWS said: ${oneLine(said, 300)}`,
      };
    case "throttled":
      return {
        state: "unanswered",
        why: `${what}: AWS limits the rate of ${action} and did not answer in time.`,
        mend: "Run again in a minute.",
      };
    case "broken":
      return {
        state: "unanswered",
        why: `${what}: AWS answered ${action} with an error of its own.`,
        mend: "Run again; see https://health.aws.amazon.com/.",
      };
    case "lost":
      return { state: "unanswered", why: `${what}: no answer to ${action} came.`, mend: "Check the runner's network, then run again." };
    default:
      return {
        state: "unanswered",
        why: `${what}: ${oneLine(said, 300)}`,
        mend: "Check the name, the account, the region and the permissions.",
      };
  }
}
