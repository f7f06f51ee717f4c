// Bundles every action with ncc into its committed dist/.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);

/** The names of all actions: the folders in actions/ that hold an entry. */
export const actionNames = (): string[] =>
  readdirSync(join(root, "actions"))
    .filter((name) => existsSync(join(root, "actions", name, "src", "main.ts")))
    .sort();

async function build(name: string): Promise<void> {
  const folder = join(root, "actions", name);
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  const ncc = join(root, "node_modules/@vercel/ncc/dist/ncc/cli.js");
  const args = [
    ncc,
    "build",
    join(folder, "src/main.ts"),
    "--out",
    join(folder, "dist"),
    "--transpile-only",
    "--no-cache",
    "--license",
    "licenses.txt",
  ];
  const { stdout } = await run(process.execPath, args, { cwd: root });
  process.stdout.write(`${name}: ${stdout.trim().split("\n").at(-1)}\n`);
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  for (const name of wanted.length > 0 ? wanted : actionNames()) await build(name);
}
