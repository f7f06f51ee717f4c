import type { Condition } from "./document.ts";

/** Yes, no, or not to be known from here. */
export type Tri = true | false | "unknown";

/** What is known about the request that is judged: names of condition keys in lower case, without their case as IAM has them. */
export type RequestContext = Readonly<Record<string, readonly string[]>>;

export const all = (parts: readonly Tri[]): Tri => (parts.includes(false) ? false : parts.includes("unknown") ? "unknown" : true);
export const any = (parts: readonly Tri[]): Tri => (parts.includes(true) ? true : parts.includes("unknown") ? "unknown" : false);
export const not = (part: Tri): Tri => (part === "unknown" ? part : !part);

/** Whether a pattern with `*` and `?` covers a text. */
export function covers(pattern: string, text: string, ignoreCase = false): boolean {
  // Linear in practice: a pointer for the last star, as in every glob.
  const [wanted, given] = ignoreCase ? [pattern.toLowerCase(), text.toLowerCase()] : [pattern, text];
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (at < given.length) {
    if (from < wanted.length && (wanted[from] === "?" || wanted[from] === given[at]) && wanted[from] !== "*") {
      at++;
      from++;
    } else if (wanted[from] === "*") {
      star = from++;
      mark = at;
    } else if (star >= 0) {
      from = star + 1;
      at = ++mark;
    } else return false;
  }
  while (wanted[from] === "*") from++;
  return from === wanted.length;
}

/**
 * Whether a statement's conditions hold for a request. A key that is not known about the request, an operator that is not judged here, and a
 * policy variable are unknown, never no: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const conditionsHold = (conditions: readonly Condition[], request: RequestContext): Tri =>
  all(conditions.map((one) => holds(one, request)));

function holds({ operator, key, values }: Condition, request: RequestContext): Tri {
  const match = /^(?:ForAnyValue:|ForAllValues:)?([A-Za-z]+?)(?:IfExists)?$/.exec(operator);
  const name = match?.[1] ?? operator;
  const given = request[key.toLowerCase()];
  if (given === undefined || values.some((value) => value.includes("${"))) return "unknown";
  const test = operators[name];
  if (test === undefined) return "unknown";
  const negated = name.includes("Not");
  const hits = given.map((one) => values.some((value) => test(value, one)));
  if (operator.startsWith("ForAllValues:")) return hits.every((hit) => hit !== negated);
  return negated ? hits.every((hit) => !hit) : hits.some((hit) => hit);
}

const same = (value: string, given: string): boolean => value === given;
const like = (value: string, given: string): boolean => covers(value, given);
const sameWord = (value: string, given: string): boolean => value.toLowerCase() === given.toLowerCase();

/** Whether one value of the policy meets one of the request; negated operators have the same test. */
const operators: Readonly<Record<string, (value: string, given: string) => boolean>> = {
  StringEquals: same,
  StringNotEquals: same,
  StringEqualsIgnoreCase: sameWord,
  StringNotEqualsIgnoreCase: sameWord,
  StringLike: like,
  StringNotLike: like,
  ArnEquals: like,
  ArnNotEquals: like,
  ArnLike: like,
  ArnNotLike: like,
  Bool: sameWord,
};
