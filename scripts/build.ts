// Bundles every action with ncc into its committed dist/.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { minify } from "@swc/core";
import { licencesOf, shake } from "./shake.ts";

const root = join(import.meta.dirname, "..");

/** What ncc's programming interface gives: https://github.com/vercel/ncc#programmatically-from-nodejs */
interface Packed {
  readonly code: string;
  readonly assets: Readonly<Record<string, { readonly source: string | Uint8Array }>>;
}
type Ncc = (entry: string, options: { cache: false; license: string; quiet: true }) => Promise<Packed>;

/** The names of all actions: the folders in actions/ that hold an entry. */
export const actionNames = (): string[] =>
  readdirSync(join(root, "actions"))
    .filter((name) => existsSync(join(root, "actions", name, "src", "main.ts")))
    .sort();

/** Bundles one action into a folder, its own dist/ where none is given. @returns bytes of code */
export async function build(name: string, out = join(root, "actions", name, "dist")): Promise<number> {
  const folder = join(root, "actions", name);
  // ncc numbers modules by their paths: the same folder each time makes the same bundle each time.
  const shaken = join(folder, ".bundle");
  rmSync(shaken, { recursive: true, force: true });
  try {
    const packages = await shake(root, join(folder, "src", "main.ts"), shaken);
    const { code, assets } = await ncc(join(shaken, "main.js"));
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    let bytes = 0;
    for (const [file, source] of [
      ["index.js", code] as const,
      ...Object.entries(assets).map(([file, asset]) => [file, asset.source] as const),
    ]) {
      const content = file.endsWith(".js") ? await minified(source.toString()) : source;
      if (file.endsWith(".js")) bytes += Buffer.byteLength(content);
      writeFileSync(join(out, file), file === "licenses.txt" ? licencesOf(root, packages, content.toString()) : content);
    }
    return bytes;
  } finally {
    rmSync(shaken, { recursive: true, force: true });
  }
}

async function ncc(entry: string): Promise<Packed> {
  const pack = createRequire(import.meta.url)("@vercel/ncc") as Ncc;
  return await pack(entry, { cache: false, license: "licenses.txt", quiet: true });
}

/** ncc minifies its entry alone; most of a bundle lies in the chunks that are loaded when they are needed (docs/adr/0009). */
async function minified(source: string): Promise<string> {
  const { code } = await minify(source, {
    module: true,
    compress: { defaults: true, passes: 1 },
    mangle: { keep_classnames: true, keep_fnames: true },
  });
  return `${code}\n`;
}

if (import.meta.main) {
  // ncc numbers modules by their paths from here.
  process.chdir(root);
  const wanted = process.argv.slice(2);
  for (const name of wanted.length > 0 ? wanted : actionNames())
    process.stdout.write(`${name}: ${((await build(name)) / 1e6).toFixed(2)} MB\n`);
}
