import { type Problem, problem } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { StackParameter } from "./stack.ts";
import type { Template, TemplateParameter } from "./template.ts";

/** What a parameter is set to by the change set. */
export type ParameterSetting =
  | { readonly name: string; readonly value: string }
  /** The value that the stack has now, whatever it is: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html */
  | { readonly name: string; readonly previous: true };

const parameterName = /^[A-Za-z0-9]{1,255}$/;
/** In bytes: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const valueLimit = 4096;

/**
 * Reads `parameter-overrides`: lines `Name=value`, or one JSON object. A value is taken literally, everything after the first `=`.
 *
 * Messages name the line, never its content: it may be a secret.
 */
export function parseOverrides(raw: string): { readonly values: ReadonlyMap<string, string>; readonly wrong: readonly string[] } {
  return raw.trimStart().startsWith("{") ? parseJson(raw) : parseLines(raw);
}

function parseJson(raw: string): ReturnType<typeof parseOverrides> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    return {
      values: new Map(),
      wrong: ["parameter-overrides: begins with { but is no JSON object; accepted: lines Name=value, or a JSON object of texts."],
    };
  }
  const values = new Map<string, string>();
  const wrong: string[] = [];
  for (const [name, value] of Object.entries(parsed as Record<string, unknown>)) {
    if (typeof value === "object") wrong.push(`parameter-overrides: the value of "${oneLine(name, 80)}" is no text, number or boolean.`);
    else add(values, wrong, name, String(value));
  }
  return { values, wrong };
}

function parseLines(raw: string): ReturnType<typeof parseOverrides> {
  const values = new Map<string, string>();
  const wrong: string[] = [];
  raw.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "") return;
    const at = line.indexOf("=");
    if (at < 0)
      wrong.push(
        `parameter-overrides: line ${index + 1} has no "="; accepted: lines Name=value. A value with newlines is given in a JSON object: {"Name": "…"}.`,
      );
    else add(values, wrong, line.slice(0, at).trim(), line.slice(at + 1));
  });
  return { values, wrong };
}

function add(values: Map<string, string>, wrong: string[], name: string, value: string): void {
  if (!parameterName.test(name))
    wrong.push(`parameter-overrides: "${oneLine(name, 80)}" is no parameter name; accepted: letters and digits.`);
  else if (values.has(name)) wrong.push(`parameter-overrides: ${name} is given twice.`);
  else if (new TextEncoder().encode(value).length > valueLimit)
    wrong.push(`parameter-overrides: the value of ${name} is longer than the ${valueLimit} bytes that CloudFormation takes.`);
  else values.set(name, value);
}

/** What the change set sends, where each value is from, and what keeps it from being sent. */
export interface MergedParameters {
  readonly settings: readonly ParameterSetting[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/**
 * Joins what the workflow gives, what samconfig gives and what the stack has: the first of them that knows a parameter decides; then the template's default.
 *
 * @param existing the stack's parameters; undefined where the stack is created
 */
export function mergeParameters(
  template: Template,
  given: ReadonlyMap<string, string>,
  fromConfig: ReadonlyMap<string, string>,
  existing: readonly StackParameter[] | undefined,
): MergedParameters {
  const known = new Set(template.parameters.map(({ name }) => name));
  const has = new Set(existing?.map(({ name }) => name));
  const unknown = [...given.keys()].filter((name) => !known.has(name));
  const settings: ParameterSetting[] = [];
  const missing: string[] = [];
  for (const { name, hasDefault } of template.parameters) {
    const value = given.get(name) ?? fromConfig.get(name);
    if (value !== undefined) settings.push({ name, value });
    else if (has.has(name)) settings.push({ name, previous: true });
    else if (!hasDefault) missing.push(name);
  }
  return { settings, problems: parameterProblems(unknown, missing, known), warnings: ignored(fromConfig, known) };
}

function parameterProblems(unknown: readonly string[], missing: readonly string[], known: ReadonlySet<string>): readonly Problem[] {
  const problems: Problem[] = [];
  if (unknown.length > 0)
    problems.push(
      problem(
        "input",
        `parameter-overrides: the template has no parameter ${unknown.join(", ")}; it has ${[...known].join(", ") || "none"}.`,
      ),
    );
  if (missing.length > 0)
    problems.push(
      problem(
        "input",
        `The template's parameter${missing.length === 1 ? "" : "s"} ${missing.join(", ")} ${missing.length === 1 ? "has" : "have"} no value: no default, none given, and none in the stack.`,
        `with:\n  parameter-overrides: |\n${missing.map((name) => `    ${name}=…`).join("\n")}`,
      ),
    );
  return problems;
}

function ignored(fromConfig: ReadonlyMap<string, string>, known: ReadonlySet<string>): readonly string[] {
  const names = [...fromConfig.keys()].filter((name) => !known.has(name));
  return names.length === 0 ? [] : [`samconfig sets ${names.join(", ")}, which the template does not have: ignored, as the SAM CLI does.`];
}

/** Names under which a secret is likely to be kept. */
const secretName = /secret|password|passwd|token|private.?key|api.?key|credential/i;
/** A name with "secret" that only points at one. */
const pointsAtSecret = /(arn|name|id|path)$/i;

/** Whether a parameter's value must be kept out of logs, records and messages. */
export const isSecretParameter = ({ name, noEcho }: Pick<TemplateParameter, "name" | "noEcho">): boolean =>
  noEcho || (secretName.test(name) && !pointsAtSecret.test(name));

/** Values so common that masking them would only garble the log. */
const common = /^(true|false|none|null|yes|no|dev|test|staging|prod|production|default|enabled|disabled|\d{1,5})$/i;

/** The values to mask: those of secret parameters, except words that stand everywhere. */
export function valuesToMask(template: Template, settings: readonly ParameterSetting[]): readonly string[] {
  const secret = new Set(template.parameters.filter(isSecretParameter).map(({ name }) => name));
  return settings.flatMap((one) => ("value" in one && secret.has(one.name) && !common.test(one.value) ? [one.value] : []));
}
