/** Replaces what must not be seen. */
export type Redact = (text: string) => string;

export const redacted = "[redacted]";

/** Shorter ones are common words more often than secrets: replacing them everywhere would garble every text and hide nothing. */
const shortest = 6;

/**
 * Texts that are secrets by their look, whatever scanner quotes them. A second line of defence: what a scanner found is replaced by its value.
 * Each pattern is linear in the length of the text.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----[\s\S]*?(-----END [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----|$)/g, redacted],
  [/\b(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z2-7]{16}\b/g, redacted],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}|glpat-[A-Za-z0-9_-]{20,64})/g, redacted],
  [/\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,255}/g, redacted],
  [/\bxox[abeoprs]-[A-Za-z0-9-]{10,255}/g, redacted],
  [/\bhttps:\/\/hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9/_-]{10,255}/g, redacted],
  [/\bAIza[A-Za-z0-9_-]{30,64}/g, redacted],
  [/\b(?:npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,300}|dop_v1_[a-f0-9]{64})/g, redacted],
  [/\beyJ[A-Za-z0-9_-]{8,2048}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,2048}/g, redacted],
  [/\b([a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/@]{0,200}:)[^\s/@]{1,500}@/gi, `$1${redacted}@`],
];

/**
 * Makes the function that stands before every output.
 *
 * @param secrets values that scanners found, in clear; also recognised as JSON and as part of a URL, and line by line
 */
export function redactor(secrets: Iterable<string>): Redact {
  const known = byBeginning(secrets);
  return (text) => {
    let result = known.size === 0 ? text : replaceKnown(text, known);
    for (const [pattern, replacement] of shapes) result = result.replace(pattern, replacement);
    return result;
  };
}

type Known = ReadonlyMap<string, readonly string[]>;

/** By their first characters, longest first: a text is then read once, however many secrets there are. */
function byBeginning(secrets: Iterable<string>): Known {
  const known = new Map<string, string[]>();
  for (const value of new Set([...secrets].flatMap(spellings))) {
    const beginning = value.slice(0, shortest);
    known.set(beginning, [...(known.get(beginning) ?? []), value]);
  }
  for (const list of known.values()) list.sort((one, other) => other.length - one.length);
  return known;
}

function replaceKnown(text: string, known: Known): string {
  let result = "";
  let copied = 0;
  for (let at = 0; at + shortest <= text.length; at++) {
    const found = known.get(text.slice(at, at + shortest))?.find((value) => text.startsWith(value, at));
    if (found === undefined) continue;
    result += text.slice(copied, at) + redacted;
    copied = at + found.length;
    at = copied - 1;
  }
  return result + text.slice(copied);
}

function spellings(secret: string): readonly string[] {
  const lines = secret
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= 2 * shortest);
  return [secret, ...lines].flatMap((one) => [one, JSON.stringify(one).slice(1, -1), encoded(one)]).filter((one) => one.length >= shortest);
}

/** A lone half of a surrogate pair has no encoding. */
const encoded = (text: string): string => (text.isWellFormed() ? encodeURIComponent(text) : text);

/** A value with every text in it redacted, keys of maps included. */
export function redactDeep<T>(value: T, redact: Redact): T {
  if (typeof value === "string") return redact(value) as T;
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, redact)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactDeep(item, redact)])) as T;
}
