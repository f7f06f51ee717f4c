import type { Problem } from "../problems.ts";
import { asCodeBlock, forMarkdown } from "../text/sanitise.ts";
import { paragraphs } from "./markdown.ts";
import { withCommands } from "./summary.ts";

/** Problems as a list, each with what mends it. */
export function problemList(problems: readonly Problem[]): string {
  const items = problems.map(
    ({ what, mend }) => `- ${withCommands(what)}${mend === undefined ? "" : `\n\n${indented(asCodeBlock(mend))}\n`}`,
  );
  return items.join("\n");
}

/** As part of the list's item above it. */
const indented = (text: string): string => text.replace(/^/gm, "  ");

/** The job summary of a run that ended before there was anything else to tell. */
export const failureMarkdown = (action: string, problems: readonly Problem[]): string =>
  paragraphs([`## ❌ ${forMarkdown(action)}: failed`, problemList(problems)]);
