// Makes a repository with planted defects, or its clean twin, in a folder of its own:
//   node examples/planted-defects/plant.ts <folder> [defects|clean]
// Secrets are made up here and now, so that none lies in this repository.
import { randomBytes, randomInt } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const some = (length: number, alphabet = letters): string => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");

/** Each kind has the form that its provider gives, and no value. */
const kinds: Readonly<Record<string, () => string>> = {
  phrase: () => `${some(6)}-${some(6)}-${some(6)}`,
  "aws-key": () => `AKIA${some(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`,
  stripe: () => `sk_live_${some(24)}`,
  slack: () => `xoxb-${some(12, "0123456789")}-${some(12, "0123456789")}-${some(24)}`,
  "slack-hook": () => `https://hooks.slack.com/services/T${some(8, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")}/B${some(8, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")}/${some(24)}`,
  sendgrid: () => `SG.${some(22)}.${some(43)}`,
  github: () => `ghp_${some(36)}`,
  google: () => `AIza${some(35)}`,
  generic: () => some(40),
  npm: () => `npm_${some(36)}`,
  gitlab: () => `glpat-${some(20)}`,
  "private-key": () => {
    const body = randomBytes(600).toString("base64").match(/.{1,64}/g) ?? [];
    return [`-----BEGIN RSA ${"PRIVATE"} KEY-----`, ...body, `-----END RSA ${"PRIVATE"} KEY-----`].join("\n");
  },
};

/**
 * Copies the tree with its defects, or the clean one, and fills in secrets.
 *
 * @returns the secrets, none of which may ever be seen in an output
 */
export function plant(folder: string, tree: "defects" | "clean"): readonly string[] {
  const secrets: string[] = [];
  const source = join(import.meta.dirname, tree);
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
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
