// What comes back from AWS, containers, scanners and health endpoints is untrusted. Each output has its own way of being
// fooled (a workflow command, a terminal escape, Markdown, HTML), so each has its own function here, and nowhere else.

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding terminal escapes is the purpose
const escapes = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** Characters that reorder or hide text: https://www.unicode.org/reports/tr36/ (bidirectional, zero width, tags). */
const hidden = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** Text without terminal escapes, control characters and characters that reorder or hide text. Keeps newlines and tabs. */
export function plain(text: string): string {
  return text.replace(escapes, "").replace(/\r\n?/g, "\n").replace(controls, "").replace(hidden, "");
}

/** Plain text on one line, cut to a length. */
export function oneLine(text: string, limit = 500): string {
  const flat = plain(text).replace(/\s+/g, " ").trim();
  return flat.length > limit ? `${flat.slice(0, limit - 1)}…` : flat;
}

/**
 * A text for the runner's log. A line that begins with `::` or holds `##[` would be taken for a workflow command
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions), so a space that is no space breaks it.
 */
export function forLog(text: string): string {
  return plain(text)
    .replace(/^(\s*):(?=:)/gm, "$1:\u2060")
    .replace(/##(?=\[)/g, "#\u2060#");
}

/** Text that GitHub's Markdown shows as it is, on one line, also inside a table cell. */
export function forMarkdown(text: string, limit = 500): string {
  return oneLine(text, limit)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_{}[\]()#+!|~$-]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/@/g, "&#64;")
    .replace(/(https?|ftp|mailto|www)(?=[:.])/gi, "$1&#8203;");
}

/** Text in a Markdown code fence that it cannot close. */
export function asCodeBlock(text: string, language = ""): string {
  const body = plain(text);
  const longest = Math.max(2, ...(body.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${body.replace(/\n+$/, "")}\n${fence}`;
}

/** Text inside HTML, as content or as a quoted attribute. */
export function forHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return plain(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Data inside a `<script type="application/json">`: no byte of it can end the element or begin a comment. */
export function forScriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
