import { block, custom, flag, list, oneOf, optional, text, withDefault } from "@aws-deploy-actions/shared/action/fields";
import { type InputSpec, type RawInputs, readInputs, type Values } from "@aws-deploy-actions/shared/action/inputs";
import {
  commonFields,
  type EnvironmentClass,
  environmentClass,
  environmentClassField,
  minutes,
} from "@aws-deploy-actions/shared/aws/settings";
import { parseHealthCheck } from "@aws-deploy-actions/shared/health/http-syntax";
import { problem, Trouble } from "@aws-deploy-actions/shared/problems";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import { parseOverrides } from "./model/parameters.ts";
import type { Tags } from "./model/stack.ts";

const logicalId = text(/^[A-Za-z0-9]{1,255}$/, "a logical id of letters and digits");
const digest = text(/^[0-9a-f]{64}$/, "a digest of 64 hexadecimal digits");

/** One line of `verify-urls`. Its `{OutputName}` is filled when the stack is there, so the line is tried with an example. */
function verifyLine(line: string): string {
  parseHealthCheck(`verify ${line.replace(/^\{[A-Za-z0-9]+\}/, "https://example.com")}`);
  return line;
}

/** The action's inputs; action.yml is checked against them. */
export const spec = {
  mode: oneOf("deploy", "build", "plan", "execute", "rollback", "cancel", "status"),
  "config-env": withDefault(text(/^[\w.-]{1,64}$/, "an environment's name in samconfig: letters, digits, _ . -"), "default"),
  template: optional(text()),
  "stack-name": optional(text(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/, "letters, digits and hyphens, a letter first, at most 128")),
  capabilities: optional(list(oneOf("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"))),
  tags: optional(list(text(/^[^=]{1,128}=.{0,256}$/, "lines Key=value"), { commas: false, max: 50 })),
  "parameter-overrides": optional(block()),
  "environment-class": environmentClassField,
  "protected-resources": list(text(/^[A-Za-z0-9:]{1,255}\*?$/, "a logical id or a resource type, with * at the end for any ending")),
  "resources-to-skip": list(logicalId),
  "build-directory": withDefault(text(), ".aws-sam/build"),
  "build-digest": optional(digest),
  lint: flag(false),
  "change-set": optional(text(/^([a-zA-Z][-a-zA-Z0-9]{0,127}|arn:[-a-zA-Z0-9:/]{1,1600})$/, "a change set's name or ARN")),
  "change-set-digest": optional(digest),
  release: optional(text(/^[0-9a-f]{7,64}$/, "at least 7 hexadecimal digits of a release or of its commit")),
  "state-bucket": optional(text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name")),
  "verify-urls": list(custom(verifyLine), { commas: false, max: 20 }),
  "verify-timeout": withDefault(minutes(0, 3600), "2"),
  "when-busy": oneOf("wait", "refuse"),
  timeout: withDefault(minutes(60, 6 * 3600), "60"),
  ...commonFields,
} as const satisfies InputSpec;

export type Mode = Values<typeof spec>["mode"];

/** What the inputs ask for. */
export interface Config {
  readonly mode: Mode;
  readonly values: Values<typeof spec>;
  readonly environment: string;
  readonly environmentClass: EnvironmentClass;
  /** Values of parameters, exactly as given. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly tags: Tags;
  readonly timeout: Seconds;
}

/** @throws Trouble of kind `input`, naming every wrong input */
export function readConfig(raw: RawInputs): Config {
  // Read untrimmed: blanks at an end belong to the value.
  const overrides = parseOverrides(raw["parameter-overrides"] ?? "");
  const problems = overrides.wrong.map((sentence) => problem("input", sentence));
  let values: Values<typeof spec>;
  try {
    values = readInputs(spec, raw, across);
  } catch (error) {
    if (error instanceof Trouble) throw new Trouble([...error.problems, ...problems]);
    throw error;
  }
  if (problems.length > 0) throw new Trouble(problems);
  return {
    mode: values.mode,
    values,
    environment: values["config-env"],
    environmentClass: environmentClass(values["environment-class"], values["config-env"]),
    parameters: overrides.values,
    tags: Object.fromEntries((values.tags ?? []).map((one) => [one.slice(0, one.indexOf("=")).trim(), one.slice(one.indexOf("=") + 1)])),
    timeout: values.timeout,
  };
}

function across(values: Values<typeof spec>): readonly string[] {
  const wrong: string[] = [];
  const { mode } = values;
  if (mode === "execute" && values["change-set"] === undefined)
    wrong.push("change-set is required with mode: execute; it is an output of mode: plan.");
  if (mode === "execute" && values["change-set-digest"] === undefined)
    wrong.push(
      "change-set-digest is required with mode: execute; it is an output of mode: plan, and proves that what was reviewed is what runs.",
    );
  if (mode === "rollback" && values["state-bucket"] === undefined)
    wrong.push("state-bucket is required with mode: rollback: the releases are recorded there.");
  for (const [name, modes] of onlyWith)
    if (values[name] !== undefined && !modes.includes(mode))
      wrong.push(`${name} is only taken with mode: ${modes.join(" or ")}, not with mode: ${mode}.`);
  return wrong;
}

const onlyWith: readonly (readonly [keyof Values<typeof spec>, readonly Mode[]])[] = [
  ["build-digest", ["deploy", "plan"]],
  ["change-set", ["execute"]],
  ["change-set-digest", ["execute"]],
  ["release", ["rollback"]],
];
