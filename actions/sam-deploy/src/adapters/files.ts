import { createHash } from "node:crypto";
import { chmodSync, createReadStream, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { FileSeen, FilesPort } from "../ports.ts";

/** A build with more files than this is a mistake. */
const fileLimit = 200_000;

/** The files of this machine. */
export function localFiles(temporaryRoot: string): FilesPort {
  let folder: string | undefined;
  return {
    read: (path) => {
      try {
        return readFileSync(path, "utf8");
      } catch (error) {
        if (["ENOENT", "EISDIR", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
        throw inputTrouble(`${oneLine(path, 200)} cannot be read: ${oneLine((error as Error).message, 200)}`);
      }
    },
    write: (path, content) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    },
    list: async (directory) => {
      const found: FileSeen[] = [];
      await walk(directory, "", found);
      return found;
    },
    makeExecutable: (path) => chmodSync(path, 0o755),
    temporary: (name) => {
      folder ??= mkdtempSync(join(temporaryRoot, "sam-deploy-"));
      return join(folder, name);
    },
  };
}

async function walk(root: string, below: string, found: FileSeen[]): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) await walk(root, path, found);
    else {
      const file = join(root, path);
      // A link is read through to what it points at: that is what the SAM CLI packs.
      const { mode, isFile } = await stat(file).then((one) => ({ mode: one.mode, isFile: one.isFile() }));
      if (!isFile) continue;
      found.push({ path, sha256: await hashOf(file), executable: (mode & 0o100) !== 0 });
      if (found.length > fileLimit) throw inputTrouble(`build-directory: ${oneLine(root, 120)} holds more than ${fileLimit} files.`);
    }
  }
}

function hashOf(file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const hash = createHash("sha256");
    createReadStream(file)
      .on("data", (chunk) => hash.update(chunk))
      .once("error", reject)
      .once("end", () => resolve(hash.digest("hex")));
  });
}
