// The first half of a bundle's making: an action's own code and the parts of the AWS SDK that it calls, as modules that ncc then packs (docs/adr/0071).
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

const own = /^@aws-deploy-actions\//;
const sdk = /^@(aws|aws-crypto|aws-sdk|smithy)\//;

/**
 * Writes an entry as ES modules to a folder: `main.js`, and a file for every part that is loaded when it is needed.
 * Packages other than the AWS SDK stay imports, which ncc resolves.
 *
 * @returns the folders of the packages whose code is in it, from the repository's root
 * @throws Error where the result would not run
 */
export async function shake(root: string, entry: string, out: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: entry },
    outdir: out,
    chunkNames: "[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    conditions: ["module"],
    // Messages, policies and the local cloud's call log know calls by the names of their classes.
    keepNames: true,
    metafile: true,
    logLevel: "error",
    plugins: [ownAndSdk, plainSchemas],
  });
  const dynamic = readdirSync(out).filter((file) => readFileSync(join(out, file), "utf8").includes("Dynamic require of"));
  if (dynamic.length > 0)
    throw new Error(`${dynamic.join(", ")}: a CommonJS package requires a module of Node's, which fails in an ES module`);
  return packagesIn(metafile);
}

/** Takes in the action's own code and the SDK with whatever the SDK needs. */
const ownAndSdk: Plugin = {
  name: "own code and the SDK",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      const within = kind === "entry-point" || own.test(path) || sdk.test(path) || (importer.includes("node_modules") && !isBuiltin(path));
      return within ? undefined : { external: true };
    }),
};

/**
 * Schemas name their keys by constants, `{ [_xN]: … }`, which esbuild must take for code with effects: a key could be an object with a toString of
 * its own. Written as the texts that they are, the schemas of all calls that nobody makes fall away: 0.9 MB of EC2 alone.
 */
const plainSchemas: Plugin = {
  name: "plain schemas",
  setup: ({ onLoad }) =>
    onLoad({ filter: /client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const code = await readFile(path, "utf8");
      const texts = new Map([...code.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name = "", text = ""]) => [name, text]));
      return { contents: code.replace(/\[(_\w+)\]:/g, (key, name) => (texts.has(name) ? `${texts.get(name)}:` : key)), loader: "js" };
    }),
};

const packagesIn = ({ outputs }: Metafile): readonly string[] => {
  const used = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0));
  const folders = used.flatMap(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(folders)].sort();
};

/** The licences that ncc has listed, with those of the packages that it did not see: name, licence, and text. */
export function licencesOf(root: string, packages: readonly string[], listed: string): string {
  const known = new Set(listed.split("\n"));
  const missing = packages.flatMap((folder) => {
    const { name, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as { name: string; license: string };
    if (known.has(name)) return [];
    const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e(\.(md|txt))?$/i.test(one));
    return [`${name}\n${license}\n${file === undefined ? "" : readFileSync(join(root, folder, file), "utf8")}\n`];
  });
  return [listed.trimEnd(), "", ...missing].join("\n");
}
