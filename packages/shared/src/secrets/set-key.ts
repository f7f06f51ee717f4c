import { applyEdits, modify, type Node, parseTree } from "jsonc-parser";

/** A secret's new text, or why one key of it cannot be set. */
export type KeySet =
  | { readonly kind: "changed"; readonly text: string }
  /** The key has that value already. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly because: "not-an-object" | "key-twice" };

/**
 * Sets one key of a JSON object and leaves every other byte as it is: parsing and writing the whole anew would round long numbers and
 * lose a key that stands twice.
 */
export function setKey(text: string, key: string, value: string): KeySet {
  const root = parseTree(text, [], { disallowComments: true });
  if (root?.type !== "object" || !isJson(text)) return { kind: "refused", because: "not-an-object" };
  const present = (root.children ?? []).filter((property) => property.children?.[0]?.value === key);
  if (present.length > 1) return { kind: "refused", because: "key-twice" };
  const current: Node | undefined = present[0]?.children?.[1];
  if (current?.type === "string" && current.value === value) return { kind: "unchanged" };
  const indented = /^\s*\{[ \t]*\r?\n([ \t]+)/.exec(text)?.[1];
  const formattingOptions = { insertSpaces: indented?.startsWith("\t") !== true, tabSize: indented?.length ?? 2, eol: "\n" };
  const edits = modify(text, [key], value, indented === undefined ? {} : { formattingOptions });
  return { kind: "changed", text: applyEdits(text, edits) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
