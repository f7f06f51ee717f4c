// Scanners' reports are foreign data: every value is looked at before it is believed.
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { type Ended, Unavailable } from "../ports.ts";

type Fields = Readonly<Record<string, unknown>>;

export const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
export const items = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
export const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((item) => typeof item === "string") : []);
export const wholeOf = (value: unknown, fallback: number): number =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : fallback;

/** Findings of one scanner that are kept; more is an attack or a mistake, and is reported as not looked at. */
export const mostFindings = 10_000;

/** What a program says when it fails, for a reason in one line: its last words. */
export function lastWords({ stderr, stdout, exitCode, signal }: Ended): string {
  const end = signal !== undefined ? `it was ended by ${signal}` : `exit code ${exitCode ?? "unknown"}`;
  const lines = (stderr.trim() === "" ? stdout.slice(-4000) : stderr)
    .split("\n")
    .map((line) => oneLine(line, 400))
    .filter((line) => line !== "");
  const at = lines.findLastIndex((line) => /error|fatal|fail|exception|denied|cannot|could not|not found/i.test(line));
  // A line that ends so has its cause in the next one.
  const telling = at < 0 ? lines.at(-1) : lines.slice(at, lines[at]?.endsWith(":") === true ? at + 2 : at + 1).join(" ");
  return telling === undefined ? end : `${end}: ${telling}`;
}

/** The host that a program could not find or connect to, in the words of Python, Node and Go. */
export function unreachable(text: string): string | undefined {
  const found =
    /Failed to resolve '([\w.-]+)'/.exec(text) ??
    /getaddrinfo (?:EAI_AGAIN|ENOTFOUND) ([\w.-]+)/.exec(text) ??
    /dial tcp: lookup ([\w.-]+)/.exec(text) ??
    /HTTPSConnectionPool\(host='([\w.-]+)'.*(?:timed out|refused|unreachable)/i.exec(text) ??
    /connect (?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH) ([\w.:-]+)/.exec(text);
  return found?.[1];
}

/** Ends the scan when the program ended in another way than it does after looking at everything. */
export function expectExit(ended: Ended, ...expected: readonly number[]): void {
  if (ended.signal !== undefined || ended.exitCode === undefined || !expected.includes(ended.exitCode))
    throw new Unavailable(lastWords(ended));
}

/** The report as JSON. @throws Unavailable when it is none */
export function parseReport(ended: Ended): unknown {
  const text = ended.stdout.trim();
  if (text === "") throw new Unavailable(`it wrote no report (${lastWords(ended)})`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Unavailable(`its report is no JSON (${lastWords({ ...ended, stdout: "" })})`);
  }
}

/** The report as a map that has the given members. @throws Unavailable when it is of another form */
export function parseFields(ended: Ended, ...members: readonly string[]): Fields {
  const report = parseReport(ended);
  const missing = members.filter((member) => !Object.hasOwn(fields(report), member));
  if (missing.length > 0) throw new Unavailable(`its report has no "${missing.join('", "')}" (${lastWords({ ...ended, stdout: "" })})`);
  return fields(report);
}

/** The report as a list. @throws Unavailable when it is of another form */
export function parseItems(ended: Ended): readonly Fields[] {
  const report = parseReport(ended);
  if (!Array.isArray(report)) throw new Unavailable(`its report is no list (${lastWords({ ...ended, stdout: "" })})`);
  return items(report);
}

/** Some of many, in words: `a, b and 3 more`. */
export function someOf(list: readonly string[], most = 5): string {
  const shown = list.slice(0, most).map((item) => oneLine(item, 120));
  return list.length > most ? `${shown.join(", ")} and ${list.length - most} more` : shown.join(", ");
}

/** `3 files`, `1 file`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** The number of `CWE-79` or 79. */
export function weaknessOf(value: unknown): readonly number[] {
  const match = /(\d{1,6})/.exec(typeof value === "number" ? String(value) : textOf(value));
  return match === null ? [] : [Number(match[1])];
}
