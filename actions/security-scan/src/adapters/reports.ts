import { mkdir, realpath, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Reports } from "../ports.ts";

/**
 * Reports as files of the workspace. The repository may hold a link of the report's name: the file is written beside it and put in its place,
 * so nothing is ever written through a link.
 */
export function diskReports(root: string): Reports {
  return {
    write: async (path, text) => {
      const home = await realpath(root);
      let real = home;
      for (const segment of dirname(path).split("/")) {
        await mkdir(join(real, segment)).catch(() => undefined);
        real = await realpath(join(real, segment));
        if (real !== home && !real.startsWith(home + sep))
          throw inputTrouble(`The report ${oneLine(path, 120)} would be written outside of the workspace: a folder of its path is a link.`);
      }
      const draft = join(real, `.${basename(path)}.${crypto.randomUUID()}`);
      await writeFile(draft, text, { flag: "wx" });
      await rename(draft, join(real, basename(path)));
    },
  };
}
