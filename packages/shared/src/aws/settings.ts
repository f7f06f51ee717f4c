import {
  arn,
  block,
  custom,
  duration,
  type Field,
  flag,
  list,
  oneOf,
  optional,
  Refusal,
  secret,
  text,
  url,
  withDefault,
} from "../action/fields.ts";
import type { Values } from "../action/inputs.ts";
import { inputTrouble } from "../problems.ts";
import type { Seconds } from "../units.ts";

const regionPattern = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** Inputs that every AWS action has. */
export const awsFields = {
  "aws-region": optional(text(regionPattern, "a region such as eu-central-1")),
  "oidc-role-to-assume": optional(arn("iam")),
  "role-to-assume": optional(arn("iam")),
  "role-external-id": optional(text(/^[\w+=,.@:/-]{2,1224}$/, "2 to 1224 letters, digits or +=,.@:/-")),
  "role-session-name": optional(text(/^[\w+=,.@-]{2,64}$/, "2 to 64 letters, digits or +=,.@-")),
  "expected-account-id": optional(text(/^\d{12}$/, "12 digits")),
  "allow-custom-endpoint": flag(false),
} as const satisfies Record<string, Field<unknown>>;

/** Inputs of every action about telling people. */
export const reportingFields = {
  "github-token": optional(secret(text())),
  "notify-on": withDefault(list(oneOf("success", "rollback", "failure")), "success,rollback,failure"),
  "notify-sns-topic-arn": optional(arn("sns")),
  "notify-slack-webhook-url": optional(secret(url({ localHttp: true }))),
  "notify-webhook-url": optional(secret(url({ localHttp: true }))),
  "notify-webhook-secret": optional(secret(text())),
  contacts: optional(block()),
  "log-directory": withDefault(text(), "logs"),
  "config-file": optional(text()),
} as const satisfies Record<string, Field<unknown>>;

export const commonFields = { ...awsFields, ...reportingFields };
export type CommonValues = Values<typeof commonFields>;

/** Production or not, decided by the input or, where it is not given, by the environment's name. */
export type EnvironmentClass = "production" | "non-production";
export const environmentClassField = optional(oneOf("production", "non-production"));
export const environmentClass = (given: EnvironmentClass | undefined, environment: string): EnvironmentClass =>
  given ?? (environment.toLowerCase().startsWith("prod") ? "production" : "non-production");

/** Where AWS is and who we are there. */
export interface AwsSettings {
  readonly region: string;
  readonly oidcRole: string | undefined;
  readonly role: string | undefined;
  readonly externalId: string | undefined;
  readonly sessionName: string;
  readonly expectedAccount: string | undefined;
  /** How long credentials may be needed; a warning is due when they cannot be renewed for so long. */
  readonly neededFor: Seconds;
  /** True when every endpoint that the environment names is on this machine: only then may time be compressed. */
  readonly loopbackEndpoint: boolean;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, where the runner is behind a proxy. */
  readonly proxy: Readonly<Record<string, string>> | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Settles region, roles and endpoints.
 *
 * @throws Trouble of kind `input` where no region is known, or an endpoint variable points somewhere it must not:
 *   a poisoned environment file would otherwise send tokens to a stranger
 */
export function awsSettings(values: Values<typeof awsFields>, environment: Environment, neededFor: Seconds = 0): AwsSettings {
  const region = values["aws-region"] ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"];
  if (region === undefined || !regionPattern.test(region)) {
    throw inputTrouble("aws-region: no region is known; accepted: a region such as eu-central-1.", "with:\n  aws-region: eu-central-1");
  }
  const endpoints = customEndpoints(environment);
  const foreign = endpoints.filter(([, address]) => !isLoopback(address));
  if (foreign.length > 0 && !values["allow-custom-endpoint"]) {
    throw inputTrouble(
      `${foreign.map(([name]) => name).join(", ")}: the environment sends AWS calls to an endpoint that is not on this machine, which allow-custom-endpoint does not permit.`,
      "Remove the variable, or, when the endpoint is yours (a VPC endpoint, an emulator): allow-custom-endpoint: true",
    );
  }
  return {
    region,
    oidcRole: values["oidc-role-to-assume"],
    role: values["role-to-assume"],
    externalId: values["role-external-id"],
    sessionName: values["role-session-name"] ?? sessionName(environment),
    expectedAccount: values["expected-account-id"],
    neededFor,
    loopbackEndpoint: endpoints.length > 0 && foreign.length === 0,
    proxy: proxyOf(environment),
  };
}

/** The proxy variables that are set, in either spelling. */
function proxyOf(environment: Environment): AwsSettings["proxy"] {
  const set = Object.entries(environment).flatMap(([name, value]) =>
    /^(https?|no)_proxy$/i.test(name) && value !== undefined && value !== "" ? [[name.toUpperCase(), value] as const] : [],
  );
  return set.some(([name]) => name !== "NO_PROXY") ? Object.fromEntries(set) : undefined;
}

const customEndpoints = (environment: Environment): readonly (readonly [string, string])[] =>
  Object.entries(environment).flatMap(([name, value]) =>
    /^AWS_ENDPOINT_URL(_[A-Z0-9_]+)?$/.test(name) && value !== undefined && value !== "" ? [[name, value] as const] : [],
  );

/** Whether an address is on this machine. `localhost` counts: https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
export function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const host = new URL(address).hostname;
  return host === "localhost" || host === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function sessionName(environment: Environment): string {
  const repository = environment["GITHUB_REPOSITORY"] ?? "local";
  return `${repository}-${environment["GITHUB_RUN_ID"] ?? "0"}`.replace(/[^\w+=,.@-]/g, "-").slice(0, 64);
}

/** Name of an application: the first part of every name by convention. */
export const applicationField = text(
  /^[a-zA-Z][a-zA-Z0-9-]{0,62}$/,
  "a name of letters, digits and hyphens that begins with a letter, at most 63",
);
export const environmentField = text(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/, "a name of letters, digits and hyphens, at most 63");
/** For durations given in minutes. */
export const minutes = (min: Seconds, max: Seconds): Field<Seconds> => duration("m", min, max);

/** A JSON list of texts, as a command for a container. */
export const commandField: Field<readonly string[]> = custom((raw) => {
  try {
    const parsed: unknown = JSON.parse(raw);
    if (Array.isArray(parsed) && parsed.length > 0 && parsed.every((part) => typeof part === "string")) return parsed as string[];
  } catch {
    // Falls through to the refusal, which says what is accepted.
  }
  throw new Refusal('a JSON list of texts, such as ["npm", "run", "migrate"]');
});
