import { custom, type Field, Refusal } from "../action/fields.ts";
import { oneLine } from "../text/sanitise.ts";
import { type JsonStep, readJsonPath } from "./http-json.ts";

/** A range of HTTP statuses, both ends included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** One health check over HTTP, as the `health-checks` input describes it. */
export interface HttpCheck {
  readonly name: string;
  readonly url: string;
  readonly statuses: readonly StatusRange[];
  /** Values may be secret: they are never shown. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly json: readonly { readonly path: string; readonly steps: readonly JsonStep[]; readonly value: string }[];
}

/** What placeholders in expected values and headers stand for. */
export interface PlaceholderValues {
  readonly colour: string;
  readonly revision: string;
  readonly image: string;
  readonly version: string;
}

const placeholders: readonly string[] = ["colour", "revision", "image", "version"] satisfies readonly (keyof PlaceholderValues)[];
const placeholder = /\{([a-z]+)\}/g;

const syntax = "name url [status=200] [header:Name=value] [$.json.path=value]";
const namePattern = /^[a-zA-Z0-9][\w-]{0,62}$/;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** Fields that belong to the connection and not to the request: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const connectionHeaders = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|accept-encoding)$/i;
const mostChecks = 20;

/** The `health-checks` input: one check a line, every wrong line reported. `#` begins a comment line. */
export const healthChecksField: Field<readonly HttpCheck[]> = { ...custom(parseHealthChecks), fallback: "" };

/** @throws Refusal that names each wrong line */
export function parseHealthChecks(text: string): readonly HttpCheck[] {
  const lines = text.split("\n").map((line) => line.trim());
  const checks: HttpCheck[] = [];
  const wrong: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) continue;
    try {
      const check = parseHealthCheck(line);
      if (checks.some((other) => other.name === check.name)) throw new Refusal(`each name once ("${check.name}" is there twice)`);
      checks.push(check);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      wrong.push(`in line ${index + 1}: ${error.accepted}`);
    }
  }
  if (checks.length > mostChecks) wrong.push(`at most ${mostChecks} checks`);
  if (wrong.length > 0) throw new Refusal(`lines of the form "${syntax}"; ${wrong.slice(0, 10).join("; ")}`);
  return checks;
}

/** One line. @throws Refusal */
export function parseHealthCheck(line: string): HttpCheck {
  const [name = "", url = "", ...rest] = words(line);
  if (!namePattern.test(name)) throw new Refusal("a name of letters, digits, _ and - first, at most 63");
  checkUrl(url);
  const statuses: StatusRange[] = [];
  const headers: { name: string; value: string }[] = [];
  const json: { path: string; steps: readonly JsonStep[]; value: string }[] = [];
  for (const word of rest) {
    if (word.startsWith("status=")) statuses.push(...word.slice(7).split(",").map(statusRange));
    else if (word.startsWith("header:")) headers.push(header(word.slice(7)));
    else if (word.startsWith("$")) json.push(expectation(word));
    else throw new Refusal(`status=…, header:Name=value or $.path=value after the URL, not "${oneLine(word, 40)}"`);
  }
  for (const { value } of [...headers, ...json]) checkPlaceholders(value);
  return { name, url, statuses: statuses.length > 0 ? statuses : [{ from: 200, to: 200 }], headers, json };
}

/** Words between spaces. Double quotes hold a value with spaces together: `header:X-Name="a b"`. */
function words(line: string): readonly string[] {
  const found: string[] = [];
  // A JSON path keeps the quotes inside its brackets; all others only group, and a backslash takes the next character as it is.
  const word = /(?:\["(?:[^"\\]|\\.)*"\]|"(?:[^"\\]|\\.)*"|[^\s"])+/gy;
  let rest = line.trim();
  while (rest !== "") {
    word.lastIndex = 0;
    const match = word.exec(rest);
    if (match === null) throw new Refusal("an even number of double quotes");
    found.push(
      match[0].replace(/(\["(?:[^"\\]|\\.)*"\])|"((?:[^"\\]|\\.)*)"/g, (_, path?: string, quoted = "") => path ?? unquote(quoted)),
    );
    rest = rest.slice(match[0].length).trimStart();
  }
  return found;
}

const unquote = (text: string): string => text.replace(/\\(.)/g, "$1");

function checkUrl(url: string): void {
  const accepted = "an https or http URL without a user name or password second";
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw new Refusal(accepted);
  const { username, password, hostname } = new URL(url);
  if (username !== "" || password !== "" || hostname === "") throw new Refusal(accepted);
}

function statusRange(text: string): StatusRange {
  const family = /^([1-5])xx$/i.exec(text);
  if (family !== null) return { from: Number(family[1]) * 100, to: Number(family[1]) * 100 + 99 };
  const range = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text);
  const [from, to] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
  if (range === null || from > to) throw new Refusal("statuses such as status=200, status=200,204, status=2xx or status=200-299");
  return { from, to };
}

function header(text: string): { readonly name: string; readonly value: string } {
  const cut = text.indexOf("=");
  const [name, value] = [text.slice(0, cut), text.slice(cut + 1)];
  if (cut < 1 || !headerName.test(name) || !/^[\t\x20-\x7e]{0,4096}$/.test(value)) {
    throw new Refusal("header:Name=value with a name and a value that HTTP allows (printable ASCII)");
  }
  if (connectionHeaders.test(name)) throw new Refusal(`no header ${name}: it belongs to the connection`);
  return { name, value };
}

function expectation(word: string): HttpCheck["json"][number] {
  const path = readJsonPath(word);
  if (path === undefined || !path.rest.startsWith("=")) {
    throw new Refusal('a path of keys and indexes and its value, such as $.status=ok, $.checks[0].state=up or $["a key"]=x');
  }
  return { path: word.slice(0, word.length - path.rest.length), steps: path.steps, value: path.rest.slice(1) };
}

function checkPlaceholders(value: string): void {
  for (const [whole, name = ""] of value.matchAll(placeholder)) {
    if (!placeholders.includes(name))
      throw new Refusal(`the placeholders ${placeholders.map((one) => `{${one}}`).join(", ")}, not ${whole}`);
  }
}

/** The check with its placeholders filled, so that its answer proves which version gave it. */
export function fillPlaceholders(check: HttpCheck, values: PlaceholderValues): HttpCheck {
  const fill = (text: string): string => text.replace(placeholder, (_, name: keyof PlaceholderValues) => values[name]);
  return {
    ...check,
    headers: check.headers.map((one) => ({ ...one, value: fill(one.value) })),
    json: check.json.map((one) => ({ ...one, value: fill(one.value) })),
  };
}
