// Makes a repository with planted defects, or its clean twin, in a folder of its own:
//   node examples/planted-defects/plant.ts <folder> [defects|clean]
// Secrets are made up here and now, so that none lies in this repository; by a fixed seed, so that each run finds the same.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const digits = "0123456789";

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Each kind has the form that its provider gives, and no value. */
function kindsOf(next: () => number): Readonly<Record<string, () => string>> {
  const some = (length: number, alphabet = letters): string =>
    Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)]).join("");
  return {
    phrase: () => `${some(8)}-${some(8)}-${some(8)}`,
    "aws-key": () => `AKIA${some(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`,
    stripe: () => `sk_live_${some(24)}`,
    slack: () => `xoxb-${some(12, digits)}-${some(12, digits)}-${some(24)}`,
    "slack-hook": () => `https://hooks.slack.com/services/T${some(8, capitals)}/B${some(8, capitals)}/${some(24)}`,
    sendgrid: () => `SG.${some(22)}.${some(43)}`,
    github: () => `ghp_${some(36)}`,
    google: () => `AIza${some(35)}`,
    generic: () => some(40),
    npm: () => `npm_${some(36)}`,
    gitlab: () => `glpat-${some(20)}`,
    "private-key": () =>
      [`-----BEGIN RSA ${"PRIVATE"} KEY-----`, ...Array.from({ length: 12 }, () => some(64)), `-----END RSA ${"PRIVATE"} KEY-----`].join("\n"),
  };
}

/**
 * Copies the tree with its defects, or the clean one, and fills in secrets.
 *
 * @returns the secrets, none of which may ever be seen in an output
 */
export function plant(folder: string, tree: "defects" | "clean"): readonly string[] {
  const secrets: string[] = [];
  const kinds = kindsOf(numbers(20_261_123));
  const source = join(import.meta.dirname, tree);
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true }).sort((one, other) => (join(one.parentPath, one.name) < join(other.parentPath, other.name) ? -1 : 1))) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(folder, from.slice(source.length + 1));
    mkdirSync(dirname(to), { recursive: true });
    const text = readFileSync(from, "utf8");
    if (!text.includes("@@secret:")) copyFileSync(from, to);
    else
      writeFileSync(
        to,
        text.replace(/@@secret:([a-z-]+)@@/g, (_, kind: string) => {
          const secret = kinds[kind]?.() ?? "";
          secrets.push(...secret.split("\n").filter((line) => !line.startsWith("-----")));
          return secret;
        }),
      );
  }
  return secrets;
}

if (import.meta.main) {
  const [folder, tree = "defects"] = process.argv.slice(2);
  if (folder === undefined || (tree !== "defects" && tree !== "clean")) {
    process.stderr.write("usage: node examples/planted-defects/plant.ts <folder> [defects|clean]\n");
    process.exitCode = 2;
  } else {
    const secrets = plant(folder, tree);
    process.stdout.write(`${folder}: ${tree} planted, with ${secrets.length} made-up secrets\n`);
  }
}
