import type { News } from "../action/result.ts";
import { type Problem, problemsOf } from "../problems.ts";
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
export const failureMarkdown = (action: string, problems: readonly Problem[], usersSeeNow?: string): string =>
  paragraphs([
    `## ❌ ${forMarkdown(action)}: failed`,
    ...(usersSeeNow === undefined ? [] : [forMarkdown(usersSeeNow)]),
    problemList(problems),
  ]);

/** What ended a run, as news. */
export function newsOfProblems(title: string, usersSeeNow: string, error: unknown, contacts: string | undefined): News {
  const problems = problemsOf(error);
  const facts: readonly (readonly [string, string])[] = [
    ["Users see now", usersSeeNow],
    ["What happened", problems.map(({ what }) => what).join("\n")],
    ["What to do next", problems.flatMap(({ mend }) => mend ?? []).join("\n")],
    ["Contacts", contacts ?? ""],
  ];
  return { event: "failure", title, facts: facts.filter(([, value]) => value !== "") };
}
