import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { Clock } from "../clock.ts";
import { cloudTrouble, inputTrouble } from "../problems.ts";
import { formatDuration } from "../units.ts";
import { awsTrouble } from "./errors.ts";
import { defaultRetry, withRetry } from "./retry.ts";
import type { AwsSettings } from "./settings.ts";

type Sts = typeof import("./clients/sts.ts");

/** What credentials are made from besides the settings. */
export interface CredentialSources {
  readonly sts: () => Promise<Sts>;
  /** A fresh OIDC token of the job for AWS. It lives for minutes, so one is fetched for each renewal. */
  readonly oidcToken: () => Promise<string>;
  /** Called with each secret part before it is used, so that it is masked. */
  readonly mask: (secret: string) => void;
}

/** A session is renewed this many seconds before it ends. */
const renewBefore = 300;
/** A chained session lasts one hour at most: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const chainedSeconds = 3600;

/**
 * The credentials that the inputs ask for, renewed before they end; undefined leaves the SDK's usual chain.
 *
 * A web identity takes no ExternalId (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html), so a
 * role with one is assumed from the OIDC role.
 */
export function credentialsFor(settings: AwsSettings, sources: CredentialSources, clock: Clock): AwsCredentialIdentityProvider | undefined {
  const base =
    settings.oidcRole === undefined ? undefined : renewing(clock, () => fromOidc(settings, settings.oidcRole ?? "", sources, clock));
  if (settings.role === undefined) return base;
  return renewing(clock, () => fromRole(settings, settings.role ?? "", base, sources, clock));
}

function renewing(clock: Clock, fetch: () => Promise<AwsCredentialIdentity>): AwsCredentialIdentityProvider {
  let current: Promise<AwsCredentialIdentity> | undefined;
  let until = 0;
  return async () => {
    if (current === undefined || clock.now() >= until) {
      const fetching = fetch();
      current = fetching;
      until = Number.POSITIVE_INFINITY;
      try {
        const { expiration } = await fetching;
        // A session shorter than the margin must not be fetched anew for every call.
        until = expiration === undefined ? until : Math.max(clock.now() + 30, expiration.getTime() / 1000 - renewBefore);
      } catch (error) {
        current = undefined;
        throw error;
      }
    }
    return await current;
  };
}

async function fromOidc(settings: AwsSettings, role: string, sources: CredentialSources, clock: Clock): Promise<AwsCredentialIdentity> {
  const token = await sources.oidcToken();
  sources.mask(token);
  const sdk = await sources.sts();
  // Unsigned call: it must not look for other credentials first.
  const client = new sdk.STSClient({
    region: settings.region,
    maxAttempts: 1,
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
  });
  const command = () =>
    client.send(
      new sdk.AssumeRoleWithWebIdentityCommand({ RoleArn: role, RoleSessionName: settings.sessionName, WebIdentityToken: token }),
    );
  return await session(`assuming ${role} with the job's OIDC token`, clock, command, sources);
}

async function fromRole(
  settings: AwsSettings,
  role: string,
  base: AwsCredentialIdentityProvider | undefined,
  sources: CredentialSources,
  clock: Clock,
): Promise<AwsCredentialIdentity> {
  const sdk = await sources.sts();
  const client = new sdk.STSClient({ region: settings.region, maxAttempts: 1, ...(base === undefined ? {} : { credentials: base }) });
  const input = {
    RoleArn: role,
    RoleSessionName: settings.sessionName,
    DurationSeconds: chainedSeconds,
    ...(settings.externalId === undefined ? {} : { ExternalId: settings.externalId }),
  };
  return await session(`assuming ${role}`, clock, () => client.send(new sdk.AssumeRoleCommand(input)), sources);
}

interface StsCredentials {
  readonly AccessKeyId: string | undefined;
  readonly SecretAccessKey: string | undefined;
  readonly SessionToken: string | undefined;
  readonly Expiration?: Date | undefined;
}

async function session(
  what: string,
  clock: Clock,
  call: () => Promise<{ Credentials?: StsCredentials | undefined }>,
  sources: CredentialSources,
): Promise<AwsCredentialIdentity> {
  const answer = await withRetry(clock, defaultRetry, call).catch((error: unknown) => {
    throw awsTrouble(what, error);
  });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
    throw cloudTrouble(`${what} gave no credentials.`);
  sources.mask(SecretAccessKey);
  sources.mask(SessionToken);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration === undefined ? {} : { expiration: Expiration }),
  };
}

/**
 * Whether a run may outlive its credentials, as a sentence for the log.
 * Ambient session credentials in the environment cannot be renewed by anybody in this step.
 */
export function renewalWarning(settings: AwsSettings, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  if (settings.oidcRole !== undefined) return undefined;
  const ambient = environment["AWS_SESSION_TOKEN"] !== undefined && environment["AWS_SESSION_TOKEN"] !== "";
  if (!ambient || settings.neededFor < chainedSeconds) return undefined;
  return `The credentials in the environment cannot be renewed here, and this run may need them for ${formatDuration(settings.neededFor)}. Give oidc-role-to-assume instead, so that they are renewed.`;
}

/**
 * The account that the credentials belong to.
 *
 * @throws Trouble of kind `input` when it is not the expected one
 */
export function checkAccount(settings: AwsSettings, account: string, identity: string): void {
  if (settings.expectedAccount !== undefined && settings.expectedAccount !== account) {
    throw inputTrouble(
      `The credentials belong to account ${account} (${identity}), but expected-account-id is ${settings.expectedAccount}. Nothing was changed.`,
      "Correct role-to-assume or oidc-role-to-assume, or expected-account-id.",
    );
  }
}
