// What comes back from AWS, containers, scanners and health endpoints is untrusted. Each output has its own way of being
// fooled (a workflow command, a terminal escape, Markdown, HTML), so each has its own function here, and nowhere else.

/**
 * Terminal escapes as ECMA-48 (https://ecma-international.org/publications-and-standards/standards/ecma-48/) builds them, in their 7-bit
 * and 8-bit forms: CSI; OSC, DCS, SOS, PM and APC with their text; all others. An unended text stays visible: it must not hide what follows.
 */
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding terminal escapes is the purpose
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])(?:[^\u0007\u001b\u009c\n]{0,4000}(?:\u0007|\u001b\\|\u009c))?|\u001b[ -/]*[0-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** Characters that reorder or hide text: https://www.unicode.org/reports/tr36/ (bidirectional, zero width, tags, selectors, separators). */
const hidden = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2028\u2029\ufff9-\ufffb]/gu;
/** Marks piled upon one letter, which cover the lines above and below. */
const piles = /(\p{M}{4})\p{M}+/gu;

/** Text without terminal escapes, control characters and characters that reorder or hide text. Keeps newlines and tabs. */
export function plain(text: string): string {
  const visible = text.toWellFormed().replace(/\r\n?/g, "\n").replace(escapes, "").replace(controls, "").replace(hidden, "");
  return visible.replace(piles, "$1");
}

/** Plain text on one line, cut to a length. */
export function oneLine(text: string, limit = 500): string {
  return cut(plain(text).replace(/\s+/g, " ").trim(), limit);
}

/** The beginning of a text that is too long, with `…` at its end; no character is cut in two. */
export function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…` : text;
}

/**
 * A text for the runner's log. A line that begins with `::` or holds `##[` would be taken for a workflow command
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions), so a space that is no space breaks it.
 */
export function forLog(text: string): string {
  return plain(text)
    .replace(/^([^\S\n]*):(?=:)/gm, "$1:\u2060")
    .replace(/##(?=\[)/g, "#\u2060#");
}

/** Text that GitHub's Markdown shows as it is, on one line, also inside a table cell. */
export function forMarkdown(text: string, limit = 500): string {
  return (
    oneLine(text, limit)
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/^[+=-]|[\\`*_[\]#|~$]/g, (character) => `&#${character.charCodeAt(0)};`)
      .replace(/^(\d+)([.)])(?=\s|$)/, (_, number: string, mark: string) => `${number}&#${mark.charCodeAt(0)};`)
      // GitHub looks for mentions, issues and addresses after Markdown is rendered, when an entity is a plain character again.
      .replace(/@/g, "&#64;&#8203;")
      .replace(/&#35;/g, "&#35;&#8203;")
      .replace(/(https?|ftp|mailto|www)(?=[:.])/gi, "$1&#8203;")
  );
}

/** Text as code inside a line of Markdown, also inside a table cell: no link, mention or format works in it. */
export function asCode(text: string, limit = 500): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "`": "&#96;", "\\": "&#92;" };
  // An HTML element instead of backquotes, whose rules inside tables differ between renderers.
  const body = oneLine(text, limit).replace(
    /[&<>|`\\*_[\]~$@#]|:(?=\/\/)|(?<=www)\.|(?<=mailto|xmpp):/gi,
    (character) => entities[character] ?? `&#${character.charCodeAt(0)};`,
  );
  return `<code>${body}</code>`;
}

/** Text in a Markdown code fence that it cannot close. */
export function asCodeBlock(text: string, language = ""): string {
  const body = plain(text);
  const longest = (body.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${body.replace(/\n+$/, "")}\n${fence}`;
}

/** A label in a Mermaid diagram, whose grammar knows no escapes: only letters, digits and harmless marks stay. */
export function forMermaid(text: string, limit = 60): string {
  const label = oneLine(text, 4 * limit).replace(/[^\p{L}\p{N} ._/()+-]/gu, " ");
  return oneLine(label, limit) || "-";
}

/** Text in Slack's mrkdwn: no link, mention or broadcast (https://docs.slack.dev/messaging/formatting-message-text#escaping). */
export function forSlack(text: string, limit = 2000): string {
  return oneLine(text, limit)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[*_~`]/g, (character) => `\u2060${character}\u2060`);
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
