import { block, flag, oneOf, optional, secret, text, withDefault } from "@aws-deploy-actions/shared/action/fields";
import { type InputSpec, type RawInputs, readInputs, type Values } from "@aws-deploy-actions/shared/action/inputs";
import { commonFields, environmentField, minutes } from "@aws-deploy-actions/shared/aws/settings";
import { problem, Trouble } from "@aws-deploy-actions/shared/problems";
import { readPairs, readVariables, type Variables } from "./model/variables.ts";

/** The action's inputs; action.yml is checked against them. */
export const spec = {
  mode: oneOf("plan", "validate", "apply"),
  "working-directory": withDefault(text(), "."),
  environment: optional(environmentField),
  "var-file": optional(text()),
  variables: optional(secret(block())),
  "backend-config": optional(secret(block())),
  upgrade: flag(false),
  "plan-file": withDefault(text(), "terraform.tfplan"),
  "plan-digest": optional(text(/^[0-9a-f]{64}$/, "a digest of 64 hexadecimal digits")),
  "outputs-path": optional(text()),
  "lock-timeout": withDefault(minutes(0, 3600), "1"),
  timeout: withDefault(minutes(60, 6 * 3600), "60"),
  ...commonFields,
} as const satisfies InputSpec;

/** What the inputs ask for. */
export interface Config {
  readonly mode: Values<typeof spec>["mode"];
  readonly values: Values<typeof spec>;
  readonly variables: Variables;
  /** Settings of the backend by name, and files that hold some. */
  readonly backend: { readonly settings: Readonly<Record<string, string>>; readonly files: readonly string[] };
  readonly outputsPath: string;
}

/** @throws Trouble of kind `input`, naming every wrong input */
export function readConfig(raw: RawInputs): Config {
  const variables = readVariables(raw["variables"] ?? "");
  const lines = (raw["backend-config"] ?? "").split(/\r?\n/).filter((line) => line.trim() !== "");
  const backend = readPairs("backend-config", lines.filter((line) => line.includes("=")).join("\n"));
  const problems = [...variables.wrong, ...backend.wrong].map((sentence) => problem("input", sentence));
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
    variables: variables.values,
    backend: { settings: backend.values, files: lines.filter((line) => !line.includes("=")).map((line) => line.trim()) },
    outputsPath: values["outputs-path"] ?? `deployment-outputs-${values.environment ?? "default"}.json`,
  };
}

function across(values: Values<typeof spec>): readonly string[] {
  const { mode, environment } = values;
  const wrong: string[] = [];
  if (mode === "apply" && values["plan-digest"] === undefined)
    wrong.push(
      "plan-digest is required with mode: apply; it is an output of mode: plan, and proves that what was reviewed is what is applied.",
    );
  if (mode !== "apply" && values["plan-digest"] !== undefined)
    wrong.push(`plan-digest is only taken with mode: apply, not with mode: ${mode}.`);
  if (mode === "apply" && environment === undefined && values["outputs-path"] === undefined)
    wrong.push("environment (or outputs-path) is required with mode: apply: it names the file of outputs.");
  return wrong;
}
