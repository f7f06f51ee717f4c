// The pages of the repository, and the YAML in them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";

const root = join(import.meta.dirname, "..", "..");
const readmesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder))
    .map((name) => join(folder, name, "README.md"))
    .filter((name) => existsSync(join(root, name)));

export const pages: readonly string[] = [
  ...readdirSync(join(root, "docs")).map((name) => join("docs", name)),
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", join("infra", "README.md")],
  ...readmesIn("actions"),
  ...readmesIn("examples"),
].filter((name) => name.endsWith(".md"));

export interface Block {
  readonly page: string;
  /** The page and the line it begins at. */
  readonly place: string;
  readonly text: string;
  readonly kind: "workflow" | "template" | "other";
}

const kindOf = (text: string): Block["kind"] =>
  /^jobs:/m.test(text) && /^on:/m.test(text) ? "workflow" : /^Resources:/m.test(text) ? "template" : "other";

/** Every YAML block of the pages. */
export const blocks: readonly Block[] = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^( *)```ya?ml\n(.*?)^ *```$/gms)].map((match) => {
    const body = (match[2] ?? "").replaceAll(new RegExp(`^${match[1] ?? ""}`, "gm"), "");
    return { page, place: `${page}:${text.slice(0, match.index).split("\n").length}`, text: body, kind: kindOf(body) };
  });
});

/** A workflow that a page shows from its first line to its last, or a file of examples/workflows. */
export interface Example {
  readonly page: string;
  /** Page and name: `README.md · Deploy`. */
  readonly id: string;
  readonly text: string;
}

const workflowFiles = (): readonly { readonly page: string; readonly text: string }[] =>
  readdirSync(join(root, "examples", "workflows")).map((name) => {
    const page = join("examples", "workflows", name);
    return { page, text: readFileSync(join(root, page), "utf8") };
  });

export const examples: readonly Example[] = [...blocks.filter(({ kind }) => kind === "workflow"), ...workflowFiles()].map(
  ({ page, text }) => ({ page, text, id: `${page} · ${String((parseDocument(text).toJSON() as { name?: string }).name)}` }),
);
