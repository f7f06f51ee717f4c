import { realpathSync } from "node:fs";
import { isAbsolute, join, sep } from "node:path";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";

/**
 * A folder for the log, as given. The repository may hold a link of its name that leads elsewhere: nothing is written through it.
 *
 * @throws Trouble of kind `input` for a relative folder that leads out of the workspace (the current folder)
 */
export function insideOnly(folder: string, workspace = "."): string {
  if (isAbsolute(folder)) return folder;
  const home = realpathSync(workspace);
  let path = home;
  for (const segment of folder.split("/")) {
    path = join(path, segment);
    const real = existing(path);
    if (real === undefined) return folder;
    if (real !== home && !real.startsWith(home + sep))
      throw inputTrouble(`log-directory: ${oneLine(folder, 120)} leads out of the workspace, through a link in the repository.`);
  }
  return folder;
}

function existing(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
