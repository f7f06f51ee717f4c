import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { DeploymentStory } from "../report/model.ts";
import type { Journal } from "./journal.ts";

/**
 * Writes the page of a deployment beside its log, under the same name, and with it reports as plain text. The page's plotting library is
 * loaded only here: it is a chunk of its own. A report that cannot be written never changes how a deployment ended: it is said.
 *
 * @param texts reports as plain text, by their file's ending, such as `.txt`; written first, so that the plain one is there when the page fails
 * @returns the page's path; undefined when it could not be written
 */
export async function writeReports(
  story: DeploymentStory,
  journal: Pick<Journal, "path" | "annotate">,
  texts: Readonly<Record<string, (story: DeploymentStory) => string>> = {},
): Promise<string | undefined> {
  const beside = (ending: string): string => journal.path.replace(/(\.log)?$/, ending);
  try {
    for (const [ending, textOf] of Object.entries(texts)) await replace(beside(ending), textOf(story));
    const { htmlReport } = await import("../report/html.ts");
    await replace(beside(".html"), htmlReport(story));
    return beside(".html");
  } catch (error) {
    journal.annotate("warning", `The reports beside ${journal.path} could not be written: ${(error as Error).message}`);
    return undefined;
  }
}

/** A symbolic link in the file's place, out of a checkout, must not lead the text to where it points. */
async function replace(path: string, text: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}
