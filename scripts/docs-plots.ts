// The plotting library as text, so that the HTML report can carry it: packages/shared/src/report/assets/uplot.ts.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const target = "packages/shared/src/report/assets/uplot.ts";

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

/** Brings the module up to date; returns a sentence where it was not. */
export function refreshPlotLibrary(write: boolean): readonly string[] {
  const path = join(root, target);
  const wanted = plotLibrary();
  if (existsSync(path) && readFileSync(path, "utf8") === wanted) return [];
  if (write) writeFileSync(path, wanted);
  return [`${target} is not what node_modules/uplot holds: npm run docs`];
}
