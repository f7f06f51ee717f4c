import { lstatSync } from "node:fs";
import { mkdir, realpath, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Files } from "../ports.ts";

/** Files of the workspace. What is checked out may hold links: nothing is written through one. */
export function diskFiles(root: string): Files {
  return {
    write: async (path, text) => {
      await mkdir(root, { recursive: true });
      const home = await realpath(root);
      let folder = home;
      for (const segment of dirname(path).split("/")) {
        await mkdir(join(folder, segment)).catch(() => undefined);
        folder = await realpath(join(folder, segment));
        if (folder !== home && !folder.startsWith(home + sep))
          throw inputTrouble(`${oneLine(path, 120)} would be written outside of the workspace: a folder of its path is a link.`);
      }
      // The name itself may be a link: a new file takes its place.
      const draft = join(folder, `.${basename(path)}.${crypto.randomUUID()}`);
      await writeFile(draft, text, { flag: "wx" });
      await rename(draft, join(folder, basename(path)));
    },
    exists: (path) => {
      try {
        return lstatSync(join(root, path)).isFile();
      } catch {
        return false;
      }
    },
  };
}
