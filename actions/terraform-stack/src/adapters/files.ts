import { createHash } from "node:crypto";
import { chmodSync, createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { FilesPort } from "../ports.ts";

/** The files of this machine. Whatever holds values is readable by this user alone. */
export function localFiles(temporaryRoot: string): FilesPort {
  let folder: string | undefined;
  return {
    exists: (path) => existsSync(path),
    digest: (path) =>
      new Promise((done, reject) => {
        if (!existsSync(path)) return done(undefined);
        const hash = createHash("sha256");
        createReadStream(path)
          .on("data", (chunk) => hash.update(chunk))
          .once("error", reject)
          .once("end", () => done(hash.digest("hex")));
      }),
    write: (path, content) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    },
    makePrivate: (path) => chmodSync(path, 0o600),
    temporary: (name, content) => {
      folder ??= mkdtempSync(join(temporaryRoot, "terraform-stack-"));
      const path = join(folder, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    },
    clean: () => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      folder = undefined;
    },
    absolute: (path) => resolve(path),
  };
}
