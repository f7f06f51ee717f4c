// What runs in the reader's browser as text, so that the HTML report can carry it: the plotting library and the script that uses it, in
// packages/shared/src/report/assets/. As text no bundler touches it: one that keeps names would leave calls of its own in it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { minifySync, transformSync } from "@swc/core";

const root = join(import.meta.dirname, "..");
const assets = "packages/shared/src/report/assets";

function plotLibrary(): string {
  const of = (name: string): string => readFileSync(join(root, "node_modules", "uplot", name), "utf8").trim();
  const { version } = JSON.parse(of("package.json")) as { version: string };
  const script = `${of("dist/uPlot.iife.min.js")}\n/*\n${of("LICENSE")}\n*/`;
  return [
    `// uPlot ${version}, written by scripts/docs-plots.ts (npm run docs). Not to be edited.`,
    `export const uplotScript = ${JSON.stringify(script)};`,
    `export const uplotStyle = ${JSON.stringify(of("dist/uPlot.min.css"))};`,
    "",
  ].join("\n");
}

function pageScript(): string {
  const source = readFileSync(join(root, "packages/shared/src/report/page.ts"), "utf8");
  const { code } = transformSync(source, { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "es6" } });
  const script = minifySync(code.replace("export function", "function"), { compress: true, mangle: true, module: false });
  return [
    "// page.ts as text, written by scripts/docs-plots.ts (npm run docs). Not to be edited.",
    `export const pageScript = ${JSON.stringify(script.code.trim())};`,
    "",
  ].join("\n");
}

/** Brings the modules up to date; returns a sentence for each that was not. */
export function refreshPlotLibrary(write: boolean): readonly string[] {
  const wanted = { "uplot.ts": plotLibrary(), "page.ts": pageScript() };
  return Object.entries(wanted).flatMap(([name, text]) => {
    const path = join(root, assets, name);
    if (existsSync(path) && readFileSync(path, "utf8") === text) return [];
    if (write) writeFileSync(path, text);
    return [`${assets}/${name} is not up to date: npm run docs`];
  });
}
