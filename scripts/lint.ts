// Every static check. All run, also when one fails; each says one line, and what is wrong below it.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import type { InputSpec } from "../packages/shared/src/action/inputs.ts";
import { actionNames } from "./build.ts";
import { refreshDocs } from "./docs.ts";
import { type ActionFile, contractProblems } from "./lint-contract.ts";
import { layerProblems } from "./lint-layers.ts";
import { actionlint, zizmor } from "./lint-workflows.ts";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);

/** A check: the lines it has to complain about, none when all is well. */
export interface Check {
  readonly name: string;
  readonly find: () => Promise<readonly string[]>;
}

/** A tool that says what is wrong on its output and ends with another code than 0. */
const tool = (name: string, script: string, ...args: readonly string[]): Check => ({
  name,
  find: async () => {
    try {
      await run(process.execPath, [join(root, "node_modules", script), ...args], { cwd: root, maxBuffer: 1e8 });
      return [];
    } catch (error) {
      const { stdout = "", stderr = "", message } = error as { stdout?: string; stderr?: string; message: string };
      const said = `${stdout}\n${stderr}`.trim();
      return (said === "" ? message : said).split("\n");
    }
  },
});

/** Every action's action.yml against the `spec` that its src/inputs.ts exports. */
const contract: Check = {
  name: "action.yml",
  find: async () => {
    const perAction = await Promise.all(
      actionNames().map(async (name) => {
        const path = join(root, "actions", name, "action.yml");
        if (!existsSync(path)) return [`actions/${name}: action.yml is missing`];
        const file = parse(readFileSync(path, "utf8")) as ActionFile;
        const { spec } = (await import(join(root, "actions", name, "src", "inputs.ts"))) as { spec?: InputSpec };
        if (spec === undefined) return [`actions/${name}: src/inputs.ts does not export spec`];
        return contractProblems(file, spec).map((sentence) => `actions/${name}: ${sentence}`);
      }),
    );
    return perAction.flat();
  },
};

// The slow ones first, so that two workers end together.
const checks: readonly Check[] = [
  tool(
    "types",
    "typescript/bin/tsc",
    "-p",
    ".",
    "--noEmit",
    "--incremental",
    "--tsBuildInfoFile",
    ".tools/tsc.tsbuildinfo",
    "--pretty",
    "false",
  ),
  tool("unused code", "knip/bin/knip.js", "--no-progress", "--no-config-hints"),
  { name: "layers", find: () => layerProblems(root, ["actions", "packages", "scripts", "test"]) },
  tool("format and lint", "@biomejs/biome/bin/biome", "check", "--error-on-warnings", "--colors=off", "--max-diagnostics=50"),
  { name: "actionlint", find: actionlint },
  { name: "zizmor", find: zizmor },
  contract,
  { name: "docs", find: async () => refreshDocs(false) },
];

/**
 * Runs all checks, some at a time, and says how each ended.
 *
 * @returns how many found something, or could not run
 */
export async function runChecks(all: readonly Check[], say: (line: string) => void, workers = 2): Promise<number> {
  const waiting = [...all];
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const begin = performance.now();
      const found = await check.find().catch((error: unknown) => [`could not run: ${(error as Error).message}`]);
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      if (found.length > 0) failed++;
      say([`${found.length === 0 ? "✔" : "✖"} ${check.name} · ${seconds} s`, ...found.map((line) => `    ${line}`)].join("\n"));
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return failed;
}

if (import.meta.main) {
  mkdirSync(join(root, ".tools"), { recursive: true });
  const wanted = process.argv.slice(2);
  const chosen = checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const failed = await runChecks(chosen, (line) => process.stdout.write(`${line}\n`));
  process.stdout.write(failed === 0 ? `all ${chosen.length} checks passed\n` : `✖ ${failed} of ${chosen.length} checks found something\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
