import type { AwsCredentialIdentityProvider } from "@smithy/types";
import type { Aws, Loaders, ServiceName } from "../aws/connect.ts";
import { connectAws } from "../aws/connect.ts";
import { checkAccount, credentialsFor, renewalWarning } from "../aws/credentials.ts";
import type { AwsSettings } from "../aws/settings.ts";
import { cloudTrouble } from "../problems.ts";
import type { Base } from "./launch.ts";

/** Whose credentials the run works with. */
export interface Identity {
  /** Twelve digits. */
  readonly account: string;
  /** The user's or the session's ARN. */
  readonly arn: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, …: the second part of every ARN here. */
  readonly partition: string;
}

/** AWS as one action sees it. */
export interface OpenedAws<Names extends ServiceName> {
  readonly aws: Aws<Names | "sts">;
  /** Asked once, whoever asks. */
  readonly identity: () => Promise<Identity>;
  /** The credentials as environment variables, for programs; none where the usual chain is used, which programs know too. */
  readonly environment: () => Promise<Readonly<Record<string, string | undefined>>>;
}

/** The audience that AWS's OIDC provider expects, in every partition. */
const audience = "sts.amazonaws.com";

/**
 * Connects to AWS as the inputs ask: takes the roles, says when credentials cannot last as long as the run, and, where
 * `expected-account-id` is given, refuses any other account before a single call of the action's own.
 * Without that input nothing is called: the first call is the action's.
 *
 * @throws Trouble of kind `input` for another account, of kind `cloud` when a role cannot be assumed
 */
export async function openAws<Names extends ServiceName>(
  loaders: Loaders<Names>,
  settings: AwsSettings,
  base: Pick<Base, "runner" | "journal" | "clock" | "environment">,
): Promise<OpenedAws<Names>> {
  const { runner, journal, clock, environment } = base;
  const sts = () => import("../aws/clients/sts.ts");
  const warning = renewalWarning(settings, environment);
  if (warning !== undefined) journal.annotate("warning", warning);
  const sources = { sts, oidcToken: () => runner.oidcToken(audience), mask: (secret: string) => runner.mask(secret) };
  const all = { ...loaders, sts } as Loaders<Names | "sts">;
  const credentials = credentialsFor(settings, sources, clock);
  const aws = connectAws(all, settings, clock, credentials);
  let asked: Promise<Identity> | undefined;
  const identity = (): Promise<Identity> => {
    asked ??= whoAmI(aws).catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
  if (settings.expectedAccount !== undefined) {
    const { account, arn } = await identity();
    checkAccount(settings, account, arn);
  }
  return { aws, identity, environment: () => asEnvironment(credentials) };
}

async function asEnvironment(
  credentials: AwsCredentialIdentityProvider | undefined,
): Promise<Readonly<Record<string, string | undefined>>> {
  if (credentials === undefined) return {};
  const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    // A profile would win over them.
    AWS_PROFILE: undefined,
  };
}

async function whoAmI(aws: Aws<"sts">): Promise<Identity> {
  const { Account, Arn } = await aws.sts((sdk) => new sdk.GetCallerIdentityCommand({}));
  if (Account === undefined || Arn === undefined) throw cloudTrouble("sts:GetCallerIdentity named no account.");
  return { account: Account, arn: Arn, partition: Arn.split(":")[1] ?? "aws" };
}
