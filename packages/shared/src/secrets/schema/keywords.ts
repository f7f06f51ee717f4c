import { createPrivateKey, X509Certificate } from "node:crypto";
import type { EnvironmentClass } from "../../aws/settings.ts";
import { entropyBits } from "../entropy.ts";
import { belongs, keyClassOf } from "../key-class.ts";

/** A keyword of our own: what it takes in a schema, and whether a text meets it. All begin with `x-`, so other validators ignore them. */
export interface OwnKeyword {
  readonly name: string;
  readonly takes: object;
  readonly holds: (wanted: never, text: string, environment: EnvironmentClass) => boolean;
  /** What is wrong, from the schema alone. */
  readonly complaint: (wanted: unknown) => string;
}

const keyword = <T>(
  name: string,
  takes: object,
  holds: (wanted: T, text: string, environment: EnvironmentClass) => boolean,
  complaint: (wanted: T) => string,
): OwnKeyword => ({ name, takes, holds: holds as OwnKeyword["holds"], complaint: complaint as OwnKeyword["complaint"] });

const texts = { type: "array", items: { type: "string", minLength: 1 }, minItems: 1 };
const words = (list: readonly string[]): string => list.map((word) => `"${word}"`).join(" or ");

export const ownKeywords: readonly OwnKeyword[] = [
  keyword<readonly string[]>(
    "x-url-schemes",
    texts,
    isUrl,
    (schemes) => `is no URL that begins with ${words(schemes.map((one) => `${one}://`))} and names a host`,
  ),
  keyword<readonly string[]>(
    "x-prefixes",
    texts,
    (prefixes, text) => prefixes.some((prefix) => text.startsWith(prefix) && text.length > prefix.length),
    (prefixes) => `does not begin with ${words(prefixes)}`,
  ),
  keyword<number>(
    "x-min-entropy-bits",
    { type: "number", minimum: 1, maximum: 4096 },
    (bits, text) => entropyBits(text) >= bits,
    (bits) => `has less than ${bits} bits of chance in it: it can be guessed`,
  ),
  keyword<number>(
    "x-base64-bytes",
    { type: "integer", minimum: 1, maximum: 65536 },
    isBase64,
    (bytes) => `is not ${bytes} bytes in base64`,
  ),
  keyword<string>(
    "x-pem",
    { enum: ["private-key", "certificate"] },
    (kind, text) => isPem(kind, text),
    (kind) => `is no ${kind === "certificate" ? "certificate" : "private key"} in PEM that can be read`,
  ),
  keyword<true>(
    "x-environment-key",
    { const: true },
    (_, text, environment) => {
      const found = keyClassOf(text);
      return found !== undefined && belongs(found.means, environment);
    },
    () => "is no key of this environment's class (live in production, test elsewhere)",
  ),
  // Says that the value is ours to make by chance; only the text that explains how to create a secret uses it.
  keyword<true>(
    "x-random",
    { const: true },
    () => true,
    () => "",
  ),
];

function isUrl(schemes: readonly string[], text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return hostname !== "" && schemes.some((scheme) => protocol === `${scheme.toLowerCase()}:`);
}

function isBase64(bytes: number, text: string): boolean {
  const standard = text.replace(/-/g, "+").replace(/_/g, "/").replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/]*$/.test(standard) || standard.length % 4 === 1) return false;
  return Buffer.from(standard, "base64").length === bytes;
}

function isPem(kind: string, text: string): boolean {
  // Values in JSON often hold the two characters \ and n where a line ends.
  const pem = text.includes("\n") ? text : text.replace(/\\n/g, "\n");
  try {
    if (kind === "certificate") return new X509Certificate(pem).subject !== undefined;
    if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem)) return true;
    return createPrivateKey(pem).type === "private";
  } catch {
    return false;
  }
}

/** JSON Schema formats that are known here; any other is refused when the schema is read. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  uri: (text) => !/\s/.test(text) && URL.canParse(text),
  email: (text) => /^[^\s@]{1,64}@[^\s@.]{1,63}(\.[^\s@.]{1,63})+$/.test(text),
  hostname: (text) =>
    text.length <= 253 && /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  base64: (text) => /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0,
  hex: (text) => /^([0-9a-f]{2})+$/i.test(text),
  jwt: (text) => /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/.test(text),
};
