import { cloudTrouble, Trouble } from "../problems.ts";
import { oneLine } from "../text/sanitise.ts";

/** What the SDK tells about a failed call, as far as we use it. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $retryable?: { readonly throttling?: boolean };
}

/** throttled and broken are worth a retry; lost means that nobody knows whether the call was carried out. */
export type FailureKind = "throttled" | "broken" | "lost" | "denied" | "expired" | "missing" | "refused";

const throttlingNames =
  /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|LimitExceededException.*rate|BandwidthLimitExceeded|PriorRequestNotComplete/i;
const deniedNames = /AccessDenied|UnauthorizedOperation|NotAuthorized|AuthorizationError|Forbidden/i;
const expiredNames =
  /ExpiredToken|ExpiredCredential|RequestExpired|InvalidClientTokenId|UnrecognizedClient|CredentialsProviderError|TokenRefreshRequired/i;
const missingNames = /NotFound|NoSuch|DoesNotExist|ResourceNotFound|ClusterNotFound|ServiceNotFound|\b404\b/i;
// Whole words: "ResourceNotFoundException" has "eNotFound" in it.
const lostCodes =
  /\b(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|TimeoutError|AbortError|socket hang up|NetworkingError)\b/i;

/** Sorts a failed AWS call by what can be done about it. */
export function failureKind(error: unknown): FailureKind {
  const { name = "", code = "", message = "", $metadata, $retryable } = (error ?? {}) as SdkError;
  const status = $metadata?.httpStatusCode;
  if ($retryable?.throttling === true || throttlingNames.test(name) || status === 429) return "throttled";
  if (expiredNames.test(name)) return "expired";
  if (deniedNames.test(name)) return "denied";
  if (status !== undefined && status >= 500) return "broken";
  if (lostCodes.test(`${code} ${name}`) || (status === undefined && lostCodes.test(message))) return "lost";
  if (missingNames.test(name)) return "missing";
  return "refused";
}

/** Whether a failure of this kind may be gone a moment later. */
export const mayPass = (kind: FailureKind | undefined): boolean => kind === "throttled" || kind === "broken" || kind === "lost";

/** Whether the very same call may succeed a moment later. */
export const isTransient = (error: unknown): boolean => mayPass(failureKind(error));

/** `AccessDeniedException: … (request 1234)`: what AWS said, on one line, without anything that could fool a log. */
export function awsMessage(error: unknown): string {
  const { name = "Error", message = "", $metadata } = (error ?? {}) as SdkError;
  const request = $metadata?.requestId === undefined ? "" : ` (request ${oneLine($metadata.requestId, 60)})`;
  return `${oneLine(name, 80)}: ${oneLine(message, 400)}${request}`;
}

const hints: Readonly<Record<FailureKind, string>> = {
  throttled: "AWS limits the rate of these calls; run again in a minute, or ask AWS for a higher limit.",
  broken: "AWS answered with an error of its own; run again, and look at https://health.aws.amazon.com/.",
  lost: "No answer came; check the runner's network, proxy and the region, then run again.",
  denied: "Grant the permission to the role, as in infra/policies/.",
  expired: "The credentials are not valid or have expired; use oidc-role-to-assume so that they can be renewed.",
  missing: "Check the name, the account and the region.",
  refused: "The call was not accepted as it stands.",
};

/** A failed AWS call as trouble that names call and mending; trouble stays what it is. */
export function awsTrouble(operation: string, error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  const kind = failureKind(error);
  return cloudTrouble(`${operation} failed: ${awsMessage(error)}`, hints[kind], error);
}

/** The failure behind trouble that an AWS call caused, or undefined where it was none. */
export function causeKind(error: unknown): FailureKind | undefined {
  if (error instanceof Trouble) return error.cause === undefined ? undefined : failureKind(error.cause);
  return error instanceof Error ? failureKind(error) : undefined;
}
