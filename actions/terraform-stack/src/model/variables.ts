import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";

/** Values by variable name; only JSON gives other than texts. */
export type Variables = Readonly<Record<string, unknown>>;

export interface ReadVariables {
  readonly values: Variables;
  readonly wrong: readonly string[];
}

const variableName = /^[A-Za-z_][\w-]{0,254}$/;

/**
 * Reads `variables`: lines `name=value`, the value taken literally, or one JSON object for lists, maps and values with newlines.
 * They reach Terraform through a file, never through its command line, where every user of the machine could read them.
 */
export function readVariables(raw: string): ReadVariables {
  if (raw.trimStart().startsWith("{")) {
    try {
      const parsed = JSON.parse(raw) as Variables;
      return { values: parsed, wrong: Object.keys(parsed).flatMap((name) => badName("variables", name)) };
    } catch {
      return { values: {}, wrong: ["variables: begins with { but is no JSON object; accepted: lines name=value, or a JSON object."] };
    }
  }
  return readPairs("variables", raw);
}

/** Lines `key=value`; messages name the line, never its content. */
export function readPairs(
  input: string,
  raw: string,
): { readonly values: Readonly<Record<string, string>>; readonly wrong: readonly string[] } {
  const values: Record<string, string> = {};
  const wrong: string[] = [];
  raw.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "") return;
    const at = line.indexOf("=");
    const name = line.slice(0, Math.max(at, 0)).trim();
    if (at < 0) wrong.push(`${input}: line ${index + 1} has no "="; accepted: lines name=value.`);
    else if (Object.hasOwn(values, name)) wrong.push(`${input}: ${oneLine(name, 80)} is given twice.`);
    else {
      wrong.push(...badName(input, name));
      values[name] = line.slice(at + 1);
    }
  });
  return { values, wrong };
}

const badName = (input: string, name: string): readonly string[] =>
  variableName.test(name) ? [] : [`${input}: "${oneLine(name, 80)}" is no name; accepted: letters, digits, _ and -, no digit first.`];
