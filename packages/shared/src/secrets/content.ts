import { Hidden } from "./hidden.ts";

/** What a secret holds, as AWS stores it. */
export type RawContent =
  | { readonly kind: "text"; readonly text: Hidden<string> }
  | { readonly kind: "binary"; readonly bytes: Hidden<Uint8Array> };

/** One value inside a secret. */
export interface Leaf {
  /** The way to it: names of keys and positions in lists; empty for a secret that is one plain value. */
  readonly path: readonly string[];
  readonly value: Hidden<string | number | boolean | null>;
}

/** What a secret holds, understood. */
export type Content =
  /** A JSON object, as most applications read it. */
  | { readonly kind: "object"; readonly data: Hidden<Readonly<Record<string, unknown>>>; readonly leaves: readonly Leaf[] }
  /** One value: text that is no JSON object, or a JSON list or number. */
  | { readonly kind: "plain"; readonly data: Hidden<unknown>; readonly leaves: readonly Leaf[]; readonly looksLikeJson: boolean }
  | { readonly kind: "binary"; readonly size: Hidden<number> };

/** Understands what a secret holds. Never throws: a parser's complaint would quote what it read. */
export function understand(raw: RawContent): Content {
  if (raw.kind === "binary") {
    const text = utf8(raw.bytes.reveal());
    if (text === undefined) return { kind: "binary", size: new Hidden(raw.bytes.reveal().byteLength) };
    return understand({ kind: "text", text: new Hidden(text) });
  }
  const text = raw.text.reveal();
  const parsed = parse(text);
  if (parsed !== undefined && isObject(parsed.value))
    return { kind: "object", data: new Hidden(parsed.value), leaves: leavesOf(parsed.value) };
  if (parsed !== undefined && Array.isArray(parsed.value))
    return { kind: "plain", data: new Hidden(parsed.value), leaves: leavesOf(parsed.value), looksLikeJson: false };
  const value = parsed !== undefined && typeof parsed.value === "string" ? parsed.value : text;
  const leaf: Leaf = { path: [], value: new Hidden(value) };
  return { kind: "plain", data: new Hidden(value), leaves: [leaf], looksLikeJson: parsed === undefined && /^\s*[{[]/.test(text) };
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** All leaves, by a stack of our own: 64 KB of brackets nest deeper than the call stack reaches. */
function leavesOf(root: unknown): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const open: { readonly path: readonly string[]; readonly value: unknown }[] = [{ path: [], value: root }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, value } = next;
    if (typeof value === "object" && value !== null) {
      // Beyond this depth nobody reads the path, and copying it for each level would be quadratic.
      for (const [name, inner] of Object.entries(value)) open.push({ path: path.length < 8 ? [...path, name] : path, value: inner });
    } else {
      leaves.push({ path, value: new Hidden(value as string | number | boolean | null) });
    }
  }
  return leaves.reverse();
}

/**
 * A key's name as it may be shown, or undefined. A name that is no identifier, or looks random, may itself be a secret
 * (a map from token to owner, say), so it is not shown unless the caller asked for it by that name.
 */
export function showableKey(path: readonly string[], known: ReadonlySet<string>): string | undefined {
  if (path.length === 0) return undefined;
  const parts = path.map((part) => (known.has(part) || isIdentifier(part) ? part : "*"));
  return parts.join(".");
}

function isIdentifier(name: string): boolean {
  if (/^\d{1,3}$/.test(name)) return true;
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/.test(name)) return false;
  // Names are made of words: letters, with digits at a word's end at most. Many very short "words" are a random text.
  const words = name.split(/[_.-]|(?<=[a-z])(?=[A-Z])/).filter((word) => word !== "");
  const long = words.length <= 2 || name.length / words.length >= 3.5;
  return long && words.length <= 10 && words.every((word) => /^([A-Za-z]{1,20}\d{0,3}|\d{1,4})$/.test(word) && !unspeakable.test(word));
}

/** Six consonants in a row: no word. */
const unspeakable = /[b-df-hj-np-tv-xz]{6}/i;
