import { type Problem, problem, Trouble } from "../problems.ts";
import { oneLine } from "../text/sanitise.ts";
import { type Field, inputLimit, Refusal } from "./fields.ts";

/** An action's inputs by name. The one description of them: action.yml is checked against it. */
export type InputSpec = Readonly<Record<string, Field<unknown>>>;

/** The values that a spec gives, typed by its fields. */
export type Values<S extends InputSpec> = { readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never };

/** Raw texts by input name; an empty text counts as not given, as GitHub passes it. */
export type RawInputs = Readonly<Record<string, string | undefined>>;

/** Environment variable that the runner sets for an input: https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax#inputs */
export const inputVariable = (name: string): string => `INPUT_${name.replace(/ /g, "_").toUpperCase()}`;

/** Picks an action's raw inputs out of the environment. */
export function rawInputs(spec: InputSpec, environment: Readonly<Record<string, string | undefined>>): RawInputs {
  return Object.fromEntries(Object.keys(spec).map((name) => [name, environment[inputVariable(name)]]));
}

type Reading<T> = { readonly value: T } | { readonly wrong: string };

function readOne(name: string, spec: Field<unknown>, given: string | undefined): Reading<unknown> {
  const raw = (given ?? "").trim();
  if (raw === "") {
    if (spec.fallback !== undefined) return { value: spec.fallback === "" ? emptyOf(spec) : spec.parse(spec.fallback) };
    return spec.required ? { wrong: `${name} is required and was not given.` } : { value: undefined };
  }
  const shown = spec.secret ? "the given value is not accepted" : `"${oneLine(raw, 80)}" is not accepted`;
  if (raw.length > inputLimit) return { wrong: `${name}: ${raw.length} characters are too many; accepted: at most ${inputLimit}.` };
  try {
    return { value: spec.parse(raw) };
  } catch (error) {
    if (error instanceof Refusal) return { wrong: `${name}: ${shown}; accepted: ${error.accepted}.` };
    throw error;
  }
}

const emptyOf = (spec: Field<unknown>): unknown => spec.parse("");

/**
 * Reads all inputs, or reports every wrong one at once.
 *
 * @param check further conditions across inputs, as sentences; called only when each input by itself is right
 * @throws Trouble of kind `input`, one problem an input
 */
export function readInputs<S extends InputSpec>(
  spec: S,
  raw: RawInputs,
  check: (values: Values<S>) => readonly string[] = () => [],
): Values<S> {
  const wrong: Problem[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(spec)) {
    const reading = readOne(name, one, raw[name]);
    if ("wrong" in reading) wrong.push(problem("input", reading.wrong));
    else values[name] = reading.value;
  }
  if (wrong.length > 0) throw new Trouble(wrong);
  const across = check(values as Values<S>);
  if (across.length > 0) throw new Trouble(across.map((sentence) => problem("input", sentence)));
  return values as Values<S>;
}

/** The values of secret inputs that were given: what must be masked before anything is printed. */
export function secretValues(spec: InputSpec, raw: RawInputs): readonly string[] {
  return Object.entries(spec).flatMap(([name, one]) => (one.secret && raw[name] ? [raw[name] as string] : []));
}
