// Holds action.yml and src/inputs.ts together: the same inputs, required or not, with the same defaults; the outputs that every action has.
import type { InputSpec } from "../packages/shared/src/action/inputs.ts";

/** action.yml, as far as it is checked: https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax */
export interface ActionFile {
  readonly name?: string;
  readonly description?: string;
  readonly inputs?: Readonly<Record<string, ActionInput | null>> | null;
  readonly outputs?: Readonly<Record<string, { readonly description?: string } | null>> | null;
  readonly runs?: { readonly using?: string; readonly main?: string };
}

export interface ActionInput {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

/** The outputs that every action sets (action/launch.ts). */
const commonOutputs = ["outcome", "reason", "log-path"];

/** Splits a description into its words and the default that stands at its end. */
export function splitDefault(description: string): { readonly words: string; readonly fallback: string | undefined } {
  const match = /^(.*?)\s*Default: `([^`]*)`\.$/s.exec(description.trim());
  if (match === null) return { words: description.trim(), fallback: undefined };
  return { words: match[1] ?? "", fallback: match[2] ?? "" };
}

/** What is wrong with an action's description, one sentence each; nothing when it agrees with the inputs that the code reads. */
export function contractProblems(file: ActionFile, spec: InputSpec): readonly string[] {
  return [...inputProblems(file, spec), ...outputProblems(file), ...runProblems(file)];
}

function inputProblems(file: ActionFile, spec: InputSpec): readonly string[] {
  const described = file.inputs ?? {};
  const names = [...new Set([...Object.keys(spec), ...Object.keys(described)])];
  return names.flatMap((name) => {
    const field = Object.hasOwn(spec, name) ? spec[name] : undefined;
    const input = Object.hasOwn(described, name) ? (described[name] ?? {}) : undefined;
    if (input === undefined) return [`input ${name} is read by src/inputs.ts, but action.yml does not have it`];
    if (field === undefined) return [`input ${name} stands in action.yml, but src/inputs.ts does not read it`];
    return oneInput(name, input, field);
  });
}

function oneInput(name: string, input: ActionInput, field: InputSpec[string]): readonly string[] {
  const { words, fallback } = splitDefault(input.description ?? "");
  const expected = field.fallback === "" ? undefined : field.fallback;
  const problems: string[] = [];
  if (words === "") problems.push(`input ${name} has no description`);
  if (input.default !== undefined) problems.push(`input ${name} has a default: key; defaults live in src/inputs.ts (docs/adr/0003)`);
  if ((input.required ?? false) !== field.required)
    problems.push(`input ${name}: action.yml says required: ${input.required ?? false}, src/inputs.ts ${field.required}`);
  if (fallback !== expected) {
    const ends = expected === undefined ? "no default" : `Default: \`${expected}\`.`;
    problems.push(`input ${name}: its description must end with ${ends}${fallback === undefined ? "" : ` (it says \`${fallback}\`)`}`);
  }
  return problems;
}

function outputProblems(file: ActionFile): readonly string[] {
  const outputs = file.outputs ?? {};
  const missing = commonOutputs.filter((name) => !Object.hasOwn(outputs, name)).map((name) => `output ${name} is missing`);
  const silent = Object.entries(outputs)
    .filter(([, output]) => (output?.description ?? "").trim() === "")
    .map(([name]) => `output ${name} has no description`);
  return [...missing, ...silent];
}

function runProblems(file: ActionFile): readonly string[] {
  const problems: string[] = [];
  if ((file.name ?? "").trim() === "") problems.push("name is missing");
  if ((file.description ?? "").trim() === "") problems.push("description is missing");
  if (file.runs?.using !== "node24") problems.push(`runs.using must be node24, not ${file.runs?.using ?? "nothing"}`);
  if (file.runs?.main !== "dist/index.js") problems.push(`runs.main must be dist/index.js, not ${file.runs?.main ?? "nothing"}`);
  return problems;
}
