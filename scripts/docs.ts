// Fills the tables in the actions' READMEs from action.yml; with --check only says which are not up to date.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { actionNames } from "./build.ts";
import { refreshTemplateTables } from "./docs-infra.ts";
import { refreshPlotLibrary } from "./docs-plots.ts";
import { type ActionFile, splitDefault } from "./lint-contract.ts";
import { refreshPolicies } from "./policies.ts";

const root = join(import.meta.dirname, "..");

const cell = (text: string): string => text.trim().replace(/\s+/g, " ").replace(/\|/g, "\\|");

/** The table of an action's inputs, in the order of action.yml. */
export function inputTable(file: ActionFile): string {
  const rows = Object.entries(file.inputs ?? {}).map(([name, input]) => {
    const { words, fallback } = splitDefault(input?.description ?? "");
    const shown = input?.required === true ? "**required**" : fallback === undefined ? "" : `\`${cell(fallback)}\``;
    return `| \`${name}\` | ${cell(words)} | ${shown} |`;
  });
  return ["| Input | What it does | Default |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The table of an action's outputs, in the order of action.yml. */
export function outputTable(file: ActionFile): string {
  const rows = Object.entries(file.outputs ?? {}).map(([name, output]) => `| \`${name}\` | ${cell(output?.description ?? "")} |`);
  return ["| Output | What it holds |", "| --- | --- |", ...rows].join("\n");
}

/** The README with both tables filled in. @throws Error where a pair of markers is missing */
export function fillTables(readme: string, file: ActionFile): string {
  return replaceBetween(replaceBetween(readme, "inputs", inputTable(file)), "outputs", outputTable(file));
}

function replaceBetween(text: string, marker: string, body: string): string {
  const [begin, end] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`it needs the lines ${begin} and ${end}, between which the table of ${marker} goes`);
  return `${text.slice(0, from + begin.length)}\n${body}\n${text.slice(to)}`;
}

/** Brings everything that is generated up to date; returns what was not, one sentence each. */
export function refreshDocs(write: boolean): readonly string[] {
  return [...refreshReadmes(write), ...refreshPlotLibrary(write), ...refreshTemplateTables(write), ...refreshPolicies(write)];
}

function refreshReadmes(write: boolean): readonly string[] {
  return actionNames().flatMap((name) => {
    const [readmePath, actionPath] = [join(root, "actions", name, "README.md"), join(root, "actions", name, "action.yml")];
    const shown = `actions/${name}/README.md`;
    if (!existsSync(actionPath)) return [`actions/${name}/action.yml is missing`];
    if (!existsSync(readmePath)) return [`${shown} is missing`];
    const before = readFileSync(readmePath, "utf8");
    try {
      const after = fillTables(before, parse(readFileSync(actionPath, "utf8")) as ActionFile);
      if (after === before) return [];
      if (write) writeFileSync(readmePath, after);
      return [`${shown} is not up to date with action.yml: npm run docs`];
    } catch (error) {
      return [`${shown}: ${(error as Error).message}`];
    }
  });
}

if (import.meta.main) {
  const check = process.argv.includes("--check");
  const stale = refreshDocs(!check);
  const wrong = check ? stale : refreshDocs(false);
  for (const sentence of wrong) process.stderr.write(`✖ ${sentence}\n`);
  process.stdout.write(wrong.length === 0 ? "docs are up to date\n" : "");
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
