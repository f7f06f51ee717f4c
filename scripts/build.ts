// Bundles every action with ncc into its committed dist/.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { minify } from "@swc/core";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);

/** The names of all actions: the folders in actions/ that hold an entry. */
export const actionNames = (): string[] =>
  readdirSync(join(root, "actions"))
    .filter((name) => existsSync(join(root, "actions", name, "src", "main.ts")))
    .sort();

/** Bundles one action into a folder, its own dist/ where none is given. @returns bytes of code */
export async function build(name: string, out = join(root, "actions", name, "dist")): Promise<number> {
  const folder = join(root, "actions", name);
  rmSync(out, { recursive: true, force: true });
  const ncc = join(root, "node_modules/@vercel/ncc/dist/ncc/cli.js");
  const args = [ncc, "build", join(folder, "src/main.ts"), "--out", out, "--transpile-only", "--no-cache", "--license", "licenses.txt"];
  const { stdout } = await run(process.execPath, args, { cwd: root });
  if (stdout === "") throw new Error("ncc said nothing");
  return await minifyAll(out);
}

/** ncc minifies its entry alone; most of a bundle lies in the chunks that are loaded when they are needed (docs/adr/0009). */
async function minifyAll(dist: string): Promise<number> {
  let bytes = 0;
  for (const file of readdirSync(dist).filter((name) => name.endsWith(".js"))) {
    const path = join(dist, file);
    const { code } = await minify(readFileSync(path, "utf8"), {
      module: true,
      compress: { defaults: true, passes: 1 },
      mangle: { keep_classnames: true, keep_fnames: true },
    });
    writeFileSync(path, `${code}\n`);
    bytes += Buffer.byteLength(code);
  }
  return bytes;
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  for (const name of wanted.length > 0 ? wanted : actionNames())
    process.stdout.write(`${name}: ${((await build(name)) / 1e6).toFixed(2)} MB\n`);
}
