// The reference tables of the CloudFormation templates, in infra/README.md.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..");
const readmePath = join(root, "infra", "README.md");
const [begin, end] = ["<!-- templates -->", "<!-- /templates -->"];

interface TemplateFile {
  readonly Description: string;
  readonly Parameters?: Readonly<Record<string, { readonly Description?: string; readonly Default?: string | number }>>;
  readonly Outputs: Readonly<Record<string, { readonly Description?: string }>>;
}

const cell = (text: string): string => text.trim().replace(/\s+/g, " ").replace(/\|/g, "\\|");

/** One section for each template, in alphabetical order: what it is, its parameters, its outputs. */
export function templateTables(): string {
  const files = readdirSync(join(root, "infra")).filter((file) => file.endsWith(".yaml"));
  return files.sort().map(templateSection).join("\n\n");
}

function templateSection(file: string): string {
  // The tags of CloudFormation (!Ref and the like) stand where no table looks.
  const template = parse(readFileSync(join(root, "infra", file), "utf8"), { logLevel: "silent" }) as TemplateFile;
  const parameters = Object.entries(template.Parameters ?? {}).map(([name, { Description = "", Default }]) => {
    const shown = Default === undefined ? "**required**" : Default === "" ? "" : `\`${cell(String(Default))}\``;
    return `| \`${name}\` | ${cell(Description)} | ${shown} |`;
  });
  const outputs = Object.entries(template.Outputs).map(([name, { Description = "" }]) => `| \`${name}\` | ${cell(Description)} |`);
  return [
    `### ${file}`,
    "",
    cell(template.Description),
    "",
    ...(parameters.length === 0 ? [] : ["| Parameter | What it is | Default |", "| --- | --- | --- |", ...parameters, ""]),
    "| Output | What it is for |",
    "| --- | --- |",
    ...outputs,
  ].join("\n");
}

/** Brings infra/README.md up to date; returns a sentence where it was not. */
export function refreshTemplateTables(write: boolean): readonly string[] {
  if (!existsSync(readmePath)) return ["infra/README.md is missing"];
  const before = readFileSync(readmePath, "utf8");
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from < 0 || to < from) return [`infra/README.md needs the lines ${begin} and ${end}, between which the tables go`];
  const after = `${before.slice(0, from + begin.length)}\n\n${templateTables()}\n\n${before.slice(to)}`;
  if (after === before) return [];
  if (write) writeFileSync(readmePath, after);
  return ["infra/README.md is not up to date with the templates: npm run docs"];
}
