import { readFileSync } from "node:fs";
import { inputTrouble, problem, Trouble } from "../problems.ts";
import { oneLine } from "../text/sanitise.ts";
import type { InputSpec, RawInputs } from "./inputs.ts";

/**
 * Adds the inputs of `config-file` (YAML or JSON, a map from input name to value) to those given in the workflow, which win.
 *
 * @throws Trouble of kind `input` for a file that cannot be read, an unknown name, a secret in the file
 */
export async function withConfigFile(spec: InputSpec, given: RawInputs): Promise<RawInputs> {
  const path = given["config-file"]?.trim();
  if (path === undefined || path === "") return given;
  const values = await parseMap(path);
  const wrong = Object.keys(values).flatMap((name) => {
    const field = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (field === undefined || name === "config-file")
      return [problem("input", `config-file: ${oneLine(path, 80)} sets "${oneLine(name, 80)}", which is no input of this action.`)];
    if (field.secret)
      return [problem("input", `config-file: ${oneLine(path, 80)} sets ${name}, a secret; give it in the workflow, from secrets.`)];
    return [];
  });
  if (wrong.length > 0) throw new Trouble(wrong);
  const fromFile = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asText(value)]));
  const fromWorkflow = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value.trim() !== ""));
  return { ...fromFile, ...fromWorkflow };
}

async function parseMap(path: string): Promise<Record<string, unknown>> {
  const shown = oneLine(path, 80);
  let parsed: unknown;
  try {
    const content = readFileSync(path, "utf8");
    const { parse } = await import("yaml");
    parsed = parse(content, { maxAliasCount: 100 });
  } catch (error) {
    throw inputTrouble(`config-file: ${shown} cannot be read: ${oneLine((error as Error).message, 200)}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw inputTrouble(`config-file: ${shown} is no map from input names to values.`);
  return parsed as Record<string, unknown>;
}

/** A list in the file is what a list of lines is in the workflow; other structures stay JSON. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join("\n");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
