import { forMarkdown } from "../text/sanitise.ts";

/** A cell that is Markdown already; any other text is made safe. */
export interface Raw {
  readonly markdown: string;
}

export const raw = (markdown: string): Raw => ({ markdown });

/** What a cell holds when there is nothing to say. */
const nothing = "–";

export type Cell = string | number | undefined | Raw;

/** A cell's Markdown, on one line. */
export function cell(value: Cell): string {
  if (value === undefined || value === "") return nothing;
  if (typeof value === "object") return value.markdown.replace(/\n/g, " ");
  return forMarkdown(String(value));
}

/** A table as GitHub renders it. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map(cell)))].join("\n");
}

/** What a reader may unfold. */
export const fold = (title: string, body: string): string => `<details><summary>${forMarkdown(title)}</summary>\n\n${body}\n\n</details>`;

/** Parts with an empty line between them, empty ones left out. */
export const paragraphs = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== "").join("\n\n");

/** A link whose text and address are untrusted; plain text where the address is not https. */
export function link(label: string, address: string): string {
  if (!URL.canParse(address) || new URL(address).protocol !== "https:") return forMarkdown(label);
  const target = new URL(address).href.replace(/[()<>\s\\"'`|]/g, (character) =>
    encodeURIComponent(character).replace(/[()']/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`),
  );
  return `[${forMarkdown(label)}](${target})`;
}
