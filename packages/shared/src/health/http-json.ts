/** One step of a JSON path: a key or an index. */
export type JsonStep = string | number;

const step = /^(?:\.([\p{L}\p{N}_-]+)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\])/u;

/**
 * Reads the part of JSONPath (https://www.rfc-editor.org/rfc/rfc9535) that names one value: `$`, `.key`, `["key"]`, `[0]`. The rest
 * (filters, wildcards) has no place in an equality check, and the libraries that offer it evaluate code for it.
 *
 * @returns the steps and what follows them; undefined where the text does not begin with a path
 */
export function readJsonPath(text: string): { readonly steps: readonly JsonStep[]; readonly rest: string } | undefined {
  if (!text.startsWith("$")) return undefined;
  const steps: JsonStep[] = [];
  let rest = text.slice(1);
  for (let match = step.exec(rest); match !== null; match = step.exec(rest)) {
    const quoted = match[3] ?? match[4];
    steps.push(match[1] ?? (match[2] === undefined ? (quoted ?? "").replace(/\\(.)/g, "$1") : Number(match[2])));
    rest = rest.slice(match[0].length);
  }
  return { steps, rest };
}

/** The value at a path; undefined where there is none. Only what the JSON itself holds is found, nothing inherited. */
export function jsonAt(value: unknown, steps: readonly JsonStep[]): unknown {
  let current = value;
  for (const one of steps) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, one)) return undefined;
    current = (current as Record<JsonStep, unknown>)[one];
  }
  return current;
}

/** How a JSON value is written where a check expects it: texts bare, everything else as JSON. */
export const jsonText = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing"));
