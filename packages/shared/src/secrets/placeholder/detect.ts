import { entropyBits, period, rowEnd } from "../entropy.ts";
import { isKnown, isMarker, wordsOf } from "./segment.ts";
import { known } from "./words.ts";

/** Why a value is taken for a stand-in: completes the sentence "it is …". Says nothing about the value beyond its kind. */
export type PlaceholderKind =
  | "a template that was never filled in"
  | "words that ask for a value"
  | "a value from documentation"
  | "a password that everybody tries first"
  | "a repeated or counted-up filling"
  | "an address whose user, password or host is a stand-in";

/**
 * Whether a value stands in for one that somebody forgot to set.
 *
 * @param key the value's name: a user name or a host may be an everyday word, a password may not
 */
export function placeholderKind(value: string, key = ""): PlaceholderKind | undefined {
  const text = unquoted(value.trim());
  if (text === "" || text.length > 4000 || /-----BEGIN /.test(text)) return undefined;
  const url = addressParts(text);
  if (url !== undefined) return stands(url);
  return judgeText(text, isEverydayName(key));
}

/** Names of values that are ordinary words: not secret, so only an outright request for a value is a stand-in. */
const everyday =
  /(^|[_.-]|(?<=[a-z]))(user|users|user_?name|login|host|host_?name|server|port|name|region|zone|engine|env|environment|stage|type|kind|mode|method|provider|bucket|schema|db|db_?name|database|from|email|mail|level|protocol|format|driver|dialect|role|group|scope|audience|issuer|locale|language|currency|version)$/i;

/** Whether a key names something that is no secret: a user, a host, a region, a mode. */
export const isEverydayName = (key: string): boolean => everyday.test(key);

const unquoted = (text: string): string => /^(["'`])(.*)\1$/s.exec(text)?.[2] ?? text;

function judgeText(text: string, isEveryday: boolean): PlaceholderKind | undefined {
  if (isTemplate(text)) return "a template that was never filled in";
  if (isFromDocumentation(text)) return "a value from documentation";
  const bare = withoutVendorPrefix(text);
  if (bare !== text && (bare === "" || isTemplate(bare))) return "a template that was never filled in";
  if (asksForValue(bare, isEveryday)) return "words that ask for a value";
  if (isEveryday) return isCross(bare) ? "a repeated or counted-up filling" : undefined;
  if (isTriedFirst(bare)) return "a password that everybody tries first";
  if (isFilling(bare)) return "a repeated or counted-up filling";
  return undefined;
}

/** Marks of templates and of documentation that shortens a value. */
function isTemplate(text: string): boolean {
  if (/^\.{2,}$|^…+$|^-{2,}$|^_{2,}$|^\?+$|^#{2,}$|^\*+$/.test(text)) return true;
  if (/(\.{3,}|…)$/.test(text) || (/^(\.{3,}|…)/.test(text) && text.length < 60)) return true;
  if (/<[\p{L}][^<>{}\n]{0,80}>/u.test(text) && !/<\/|\/>|<\?xml|<!/.test(text)) return true;
  if (/\{\{[^{}\n]{1,100}\}\}|\$\{[^{}\n]{1,100}\}|\$\(\s*[a-z][^()\n]{0,100}\)|<%=?[^%\n]{1,100}%>|#\{[^{}\n]{1,100}\}/.test(text))
    return true;
  if (
    /^(\{[A-Za-z_][\w .-]{0,60}\}|\[[A-Za-z_][\w .-]{0,60}\]|%[A-Za-z_]\w{0,60}%|\$[A-Z_][A-Z0-9_]{1,60}|__+[A-Za-z][A-Za-z0-9_]*?__+|@@?[A-Z_]{3,60}@@?|%\([a-z_]+\)s)$/.test(
      text,
    )
  )
    return true;
  // Crosses and stars that hide a value; chance does not put five of them in a row.
  return /(x{5,}|X{5,}|\*{3,}|•{3,})/.test(text);
}

/** Credentials that AWS, jwt.io and others print in their documentation. */
const isFromDocumentation = (text: string): boolean =>
  /^A[KS]IA[A-Z0-9]*EXAMPLE[0-9]?$/.test(text) ||
  /EXAMPLE_?KEY[0-9]?$/.test(text) ||
  /^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\.eyJzdWIiOiIxMjM0NTY3ODkwIiwi/.test(text) ||
  /^4eC39HqLyjWDarjtT1zdp7dc$|^TYooMQauvdEDq54NiTphI7jx$/.test(withoutVendorPrefix(text)) ||
  /^(openssl rand|uuidgen|node -e|python3? -c|head -c)\b/.test(text) ||
  /^(.+@)?(([\w-]+\.)*(example|yourdomain|your-domain|mydomain|domain|yourcompany|your-company|mycompany|acme)\.(com|org|net|io|dev|app|tld)|[\w-]+\.(example|invalid|test))$/i.test(
    text,
  );

const vendorPrefixes =
  /^(?:[spr]k_(?:live|test)_|whsec_|rzp_(?:live|test)_|sk-ant-(?:api\d\d-|admin\d\d-)?|sk-proj-|sk-or-v\d-|sk-|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|SG[._]|AIza|AC(?=[_x0]|your|repl)|AKIA|ASIA|re_|pk_|key-|npm_|hf_|ya29\.|3MVG|EAA|dop_v1_|shp(?:at|ss|ca)_|pat-|lsv2_[a-z]+_|Bearer\s+|Basic\s+|base64:|pub_|prv_)/;

const withoutVendorPrefix = (text: string): string => text.replace(vendorPrefixes, "");

/** Words only, and what they say is a request: `your_stripe_key`, `test database password here`, `mysupersecretkey`. */
function asksForValue(text: string, isEveryday: boolean): boolean {
  if (!/\p{L}/u.test(text) || looksRandom(text)) return false;
  const words = wordsOf(text);
  if (words.length === 0 || words.length > 30) return false;
  const [first = "", last = ""] = [words[0], words.at(-1)];
  const strangers = words.filter((word) => !isKnown(word)).length;
  const marked = words.filter(isMarker).length;
  if (/^(todo|fixme|tbd|tbc)$/.test(first) || /^(here|ici|hier|aqui|aquí|goes|placeholder|changeme)$/.test(last)) return true;
  // "your_…" asks, whatever stands behind it; elsewhere a marker among many strange words may be chance.
  if (opening.test(first) && words.length >= 2) return strangers <= Math.max(1, words.length / 2) || marked > 1;
  if (joined.test(text)) return true;
  if (strangers > 0) return marked > 0 && strangers <= words.length / 3;
  if (marked > 0) return true;
  return !isEveryday && (words.length >= 4 || (words.length > 1 && words.some((word) => secretNouns.test(word))));
}

const opening = /^(your|yours|votre|deine|dein|my|replace|change|insert|enter|paste|fill|put|add)$/;
/** A strange word between known ones without gaps: `enterzenbooktoken`, `zenbooksecretgoeshere`. */
const joined =
  /^(?:(?:your|enter|insert|put|replace|fake|dummy|example|sample)\p{L}{2,40}(?:secret|token|password|api_?key|secret_?key|signing_?key|access_?key)(?:goes)?(?:here)?|\p{L}{2,40}(?:secret|token|password|key)(?:goes)?here)[\W\d_]*$/iu;
const secretNouns = /^(secrets?|secretive|keys?|tokens?|passwords?|passwd|passphrase|pass|pwd|apikey|credentials?|creds?|salt)$/;

/** Letters and digits mixed as only chance mixes them: then words found in it are chance too. */
function looksRandom(text: string): boolean {
  const pieces = text.split(/[^A-Za-z0-9+/]+/).filter((piece) => piece.length >= 10);
  return pieces.some((piece) => {
    const runs = piece.match(/[A-Z]*[a-z]+|[A-Z]+|[0-9]+|[+/]+/g) ?? [];
    return runs.length >= 4 && piece.length / runs.length < 3 && !wordsOf(piece).every((word) => isKnown(word) && word.length > 1);
  });
}

function isTriedFirst(text: string): boolean {
  const plain = text.toLowerCase();
  if (known.has(plain.replace(/[-_ ]/g, ""))) return true;
  if (known.has(plain)) return true;
  const unleet = plain.replace(/[0134578@$!]/g, (character) => leet[character] ?? character);
  const stem = plain.replace(/[\d!@#$%^&*?._-]+$/, "");
  const stemUnleet = unleet.replace(/[\d!@#$%^&*?._-]+$/, "");
  if (known.has(stem.replace(/ /g, "")) && stem.length >= 4 && plain.length - stem.length <= 5) return true;
  return unleet !== plain && (known.has(unleet) || (known.has(stemUnleet) && stemUnleet.length >= 5));
}
const leet: Readonly<Record<string, string>> = { 0: "o", 1: "l", 3: "e", 4: "a", 5: "s", 7: "t", 8: "b", "@": "a", $: "s", "!": "i" };

/** The same again and again, or rows: `aaaaaaaa`, `abcabcabc`, `1234567890`, `a1b2c3d4`, `00000000-0000-…`. */
function isFilling(text: string): boolean {
  if (isCross(text)) return true;
  const solid = text.replace(/[-_.: ]/g, "");
  if (solid.length < 4) return false;
  // A bare number may be a port or an identifier: only long ones are judged.
  if (/^\d+$/.test(solid) && solid.length < 6) return /^(?:1234|12345|0123|01234|0000|00000)$/.test(solid);
  const repeated = period(solid);
  if (repeated <= 4 ? solid.length / repeated >= 3 || repeated === 1 : solid.length / repeated >= 3) return true;
  return (
    rows(solid.toLowerCase()) >= 0.75 ||
    rows(everySecond(solid.toLowerCase(), 0)) + rows(everySecond(solid.toLowerCase(), 1)) >= 1.6 ||
    onKeyboard(solid.toLowerCase())
  );
}

const isCross = (text: string): boolean => /^[xX]{2,}$|^(.)\1{5,}$/.test(text.replace(/[-_.: ]/g, ""));

/** The share of a text that stands in rows of neighbours or repeats. */
function rows(text: string): number {
  let inRows = 0;
  for (let at = 0; at < text.length; ) {
    const end = Math.max(rowEnd(text, at), wrapped(text, at));
    if (end - at >= 4) inRows += end - at;
    at = end;
  }
  return text.length === 0 ? 0 : inRows / text.length;
}

/** A row of digits that goes on after 9 with 0, and of hex digits after f with 0. */
function wrapped(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && "01234567890abcdef01234567890123456789".includes(text.slice(start, end + 1)) && end - start < 24) end++;
  return end - start >= 4 ? end : start + 1;
}

const everySecond = (text: string, offset: number): string => [...text].filter((_, at) => at % 2 === offset).join("");

const keyboardRows = ["qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "1234567890", "0987654321", "poiuytrewq", "lkjhgfdsa"];
/** Made of pieces of the keyboard's rows, four characters and more each; a shorter piece may end it. */
function onKeyboard(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    const row = keyboardRows.map((keys) => commonRun(keys, text, at)).reduce((a, b) => Math.max(a, b), 0);
    if (row < 4 && (at < 6 || at + row < text.length)) return false;
    at += row;
  }
  return true;
}

function commonRun(keys: string, text: string, at: number): number {
  const from = keys.indexOf(text[at] ?? "");
  if (from < 0) return 0;
  let length = 0;
  while (from + length < keys.length && keys[from + length] === text[at + length]) length++;
  return length;
}

interface Address {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly path: string;
  readonly rest: string;
}

/** The parts of a URL, also of one whose parts no URL may hold (`mysql://USER:PASSWORD@HOST:PORT/DATABASE`). */
function addressParts(text: string): Address | undefined {
  const match = /^[a-z][a-z0-9+.-]{1,30}:\/\/(?:([^:@/\s]*)(?::([^@/\s]*))?@)?([^/?#\s]*)(\/[^?#\s]*)?(\S*)$/i.exec(text);
  if (match === null) return undefined;
  const [, user = "", password = "", host = "", path = "", rest = ""] = match;
  return { user: decoded(user), password: decoded(password), host: host.replace(/:[^:\]]*$/, ""), path, rest };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function stands({ user, password, host, path, rest }: Address): PlaceholderKind | undefined {
  const inParts =
    (password !== "" && judgeText(password, false) !== undefined) ||
    (user !== "" && (judgeText(user, true) !== undefined || /^(user|username|usr|db_?user|login)$/i.test(user)) && !isChance(password)) ||
    isStandInHost(host) ||
    [path, rest].some((part) => part.split(/[/?&=#]/).some((piece) => piece !== "" && (isTemplate(piece) || isRequest(piece))));
  return inParts ? "an address whose user, password or host is a stand-in" : undefined;
}

/** A password that chance made: then a user named "user" is somebody's habit, not a stand-in. */
const isChance = (password: string): boolean =>
  password.length >= 12 && entropyBits(password) >= 50 && wordsOf(password).some((word) => !isKnown(word));
const isRequest = (piece: string): boolean => /^your([-_. ]|[A-Z]|$)/.test(decoded(piece)) || /[-_]here$/i.test(piece);

function isStandInHost(host: string): boolean {
  if (host === "" || isTemplate(host) || isFromDocumentation(host)) return true;
  if (
    /^(host|hostname|server|servername|address|domain|endpoint|url|db_?host|prod-server|db-server|redis-host|cluster\.mongodb\.net)$/i.test(
      host,
    )
  )
    return true;
  return host
    .split(".")
    .some(
      (label) =>
        /^(your|my[-_])/i.test(label) ||
        /^YOUR/.test(label) ||
        isCross(label) ||
        /^(change-?me|replace-?me|placeholder|example)$/i.test(label),
    );
}
