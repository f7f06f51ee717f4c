import { readFileSync } from "node:fs";
import { arn, flag, list, oneOf, optional, required, text, wholeNumber, withDefault } from "@aws-deploy-actions/shared/action/fields";
import { type RawInputs, readInputs, type Values } from "@aws-deploy-actions/shared/action/inputs";
import {
  type AwsSettings,
  awsSettings,
  type CommonValues,
  commonFields,
  type EnvironmentClass,
  environmentClass,
  environmentClassField,
  environmentField,
  minutes,
} from "@aws-deploy-actions/shared/aws/settings";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { Hidden } from "@aws-deploy-actions/shared/secrets/hidden";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Seconds } from "@aws-deploy-actions/shared/units";

/** A name (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html) or an ARN. */
const secretId = text(/^(arn:aws(-[a-z]+)*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[\w/+=.@-]{1,512}$/, "a secret's name or ARN");
const keyName = text(/^[^\0\r\n]{1,256}$/, "the name of a key, at most 256 characters");

export const spec = {
  mode: oneOf("validate", "rotate", "set"),
  "secret-ids": required(list(secretId, { max: 5000 })),
  "required-keys": list(keyName, { max: 200 }),
  schema: optional(text()),
  environment: optional(environmentField),
  "environment-class": environmentClassField,
  encryption: oneOf("any", "customer-key"),
  readers: list(arn("iam"), { commas: false, max: 50 }),
  "check-policies": optional(flag()),
  "max-age-days": optional(wholeNumber(1, 3650)),
  "require-rotation": flag(false),
  rotate: oneOf("if-due", "now"),
  key: optional(keyName),
  clusters: list(text(/^(arn:aws(-[a-z]+)*:ecs:[a-z0-9-]+:\d{12}:cluster\/)?[\w-]{1,255}$/, "a cluster's name or ARN")),
  timeout: withDefault(minutes(60, 6 * 3600), "15m"),
  "ca-file": optional(text()),
  "history-log-group": optional(text(/^[\w./#-]{1,512}$/, "a log group's name")),
  ...commonFields,
} as const;

interface Shared {
  readonly aws: AwsSettings;
  readonly common: CommonValues;
  readonly ids: readonly string[];
  readonly requiredKeys: readonly string[];
  /** The schema file's text. */
  readonly schema: string | undefined;
  readonly environmentClass: EnvironmentClass;
  readonly environment: string | undefined;
  readonly encryption: "any" | "customer-key";
  readonly readers: readonly string[];
  readonly checkPolicies: boolean;
  readonly maxAgeDays: number | undefined;
  readonly requireRotation: boolean;
  readonly clusters: readonly string[];
  readonly timeout: Seconds;
  readonly historyLogGroup: string | undefined;
  /** PEM of authorities that are trusted when a credential is tried. */
  readonly ca: string | undefined;
}

export type Config = Shared &
  (
    | { readonly mode: "validate" }
    | { readonly mode: "rotate"; readonly rotate: "if-due" | "now" }
    | { readonly mode: "set"; readonly key: string; readonly newValue: Hidden<string> }
  );

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Trouble naming every wrong input */
export function read(raw: RawInputs, environment: Environment): Config {
  const values = readInputs(spec, raw, (given) => across(given, environment));
  const shared: Shared = {
    aws: awsSettings(values, environment, values.mode === "rotate" ? values.timeout * values["secret-ids"].length : 0),
    common: values,
    ids: [...new Set(values["secret-ids"])],
    requiredKeys: values["required-keys"],
    schema: values.schema === undefined ? undefined : readText("schema", values.schema),
    environmentClass: environmentClass(values["environment-class"], values.environment ?? ""),
    environment: values.environment,
    encryption: values.encryption,
    readers: values.readers,
    checkPolicies: values["check-policies"] ?? values.readers.length > 0,
    maxAgeDays: values["max-age-days"],
    requireRotation: values["require-rotation"],
    clusters: values.clusters,
    timeout: values.timeout,
    historyLogGroup: values["history-log-group"],
    ca: values["ca-file"] === undefined ? undefined : readText("ca-file", values["ca-file"]),
  };
  switch (values.mode) {
    case "validate":
      return { ...shared, mode: "validate" };
    case "rotate":
      return { ...shared, mode: "rotate", rotate: values.rotate };
    case "set":
      return { ...shared, mode: "set", key: values.key ?? "", newValue: new Hidden(environment["SECRET_VALUE"] ?? "") };
  }
}

/** Conditions across inputs. The value to set is looked at only for being there: nothing about it is said. */
function across(values: Values<typeof spec>, environment: Environment): readonly string[] {
  const wrong: string[] = [];
  if (values["secret-ids"].length === 0) wrong.push("secret-ids is required and names no secret.");
  if (values["environment-class"] === undefined && values.environment === undefined)
    wrong.push("environment or environment-class must be given: live and test keys are judged by it.");
  if (values.mode !== "set") return wrong;
  if (values.key === undefined) wrong.push('key is required for mode "set".');
  if (values["secret-ids"].length > 1) wrong.push('secret-ids: mode "set" changes one secret at a time.');
  if ((environment["SECRET_VALUE"] ?? "") === "")
    wrong.push('The environment variable SECRET_VALUE is required for mode "set" and is not there, or is empty.');
  return wrong;
}

function readText(input: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw inputTrouble(
      `${input}: the file ${oneLine(path, 80)} cannot be read (${oneLine((error as NodeJS.ErrnoException).code ?? "unknown", 40)}).`,
      "Check the path from the workspace's root, and that actions/checkout ran before.",
    );
  }
}
