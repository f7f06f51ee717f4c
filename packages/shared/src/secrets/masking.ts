import type { RawContent } from "./content.ts";
import { type Content, understand } from "./content.ts";
import { entropyBits } from "./entropy.ts";
import { isEverydayName } from "./placeholder/detect.ts";
import { isKnown, wordsOf } from "./placeholder/segment.ts";

/** Bits of chance from which on a text is masked: less is a word, a number or a setting, and would garble the log. */
const enough = 24;
/** More masks than this in one secret make the runner slow, and come from data, not from credentials. */
const most = 500;

/**
 * The parts of a secret that must be masked in the log, should anything print them. Common words, numbers, switches, names of users,
 * hosts and regions are left alone: masking "postgres" or "5432" would garble every line that speaks of the database.
 */
export function partsToMask(raw: RawContent): readonly string[] {
  const content = understand(raw);
  const whole = raw.kind === "text" && content.kind !== "binary" ? [raw.text.reveal()] : [];
  const leaves = content.kind === "binary" ? [] : leafTexts(content).flatMap(([name, text]) => maskable(name, text));
  return [...new Set([...whole.filter((text) => entropyBits(text.slice(0, 4096)) >= enough), ...leaves])].slice(0, most);
}

const leafTexts = (content: Exclude<Content, { kind: "binary" }>): readonly (readonly [string, string])[] =>
  content.leaves.flatMap(({ path, value }) => {
    const leaf = value.reveal();
    return typeof leaf === "string" || typeof leaf === "number" ? [[path.at(-1) ?? "", String(leaf)] as const] : [];
  });

function maskable(name: string, text: string): readonly string[] {
  const address = /^[a-z][a-z0-9+.-]{1,30}:\/\/(?:[^:@/\s]*)(?::([^@/\s]*))?@/i.exec(text);
  if (address !== null) return [text, address[1] ?? "", decoded(address[1] ?? "")].filter(isTelling);
  if (isEverydayName(name)) return [];
  return isTelling(text) ? [text] : [];
}

function isTelling(text: string): boolean {
  if (text.length < 6 || /^\d{1,9}$/.test(text) || /^(true|false|null|undefined|yes|no|on|off)$/i.test(text)) return false;
  const words = wordsOf(text);
  if (words.length > 0 && words.length < 4 && words.every(isKnown) && !/\d{3}/.test(text)) return false;
  return entropyBits(text.slice(0, 4096)) >= enough;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
