import { appendFileSync } from "node:fs";
import { forLog, plain } from "../text/sanitise.ts";
import { type AnnotationLevel, type AnnotationPlace, workflowCommand } from "./commands.ts";

/** What an action may tell the runner. Every text passes the sanitiser here, so no caller can forget it. */
export interface Runner {
  /** One or more lines in the step's log. */
  log(text: string): void;
  startGroup(title: string): void;
  endGroup(): void;
  annotate(level: AnnotationLevel, message: string, place?: AnnotationPlace): void;
  /** Keeps a value out of the log from now on. Texts shorter than 4 characters are not masked: they would garble it. */
  mask(value: string): void;
  /** A text with every masked value replaced: for files that the runner does not filter. */
  hide(text: string): string;
  output(name: string, value: string): void;
  /** For the `post` step of the same action. */
  saveState(name: string, value: string): void;
  /** Markdown, appended to the job summary; made safe by who wrote it. */
  summary(markdown: string): void;
  oidcToken(audience: string): Promise<string>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** GitHub keeps at most 1 MiB of a step's summary: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits */
const summaryLimit = 1_000_000;

/** The runner that the environment describes; outside of GitHub Actions outputs are only logged. */
export function githubRunner(environment: Environment, write: (line: string) => void): Runner {
  const masked = new Set<string>();
  const hide = (text: string): string => {
    let result = text;
    for (const value of masked) result = result.replaceAll(value, "***");
    return result;
  };
  return {
    hide,
    log: (text) => write(hide(forLog(text))),
    startGroup: (title) => write(workflowCommand("group", {}, hide(plain(title)))),
    endGroup: () => write(workflowCommand("endgroup", {}, "")),
    annotate: (level, message, { title, file, line, endLine } = {}) =>
      write(workflowCommand(level, { title: title && hide(plain(title)), file, line, endLine }, hide(plain(message)))),
    mask: (value) => {
      if (value.length < 4 || masked.has(value)) return;
      // The runner masks line by line, so each line of a longer secret needs a mask of its own.
      for (const part of new Set([value, ...value.split(/\r?\n/)])) {
        if (part.trim().length < 4) continue;
        masked.add(part);
        write(workflowCommand("add-mask", {}, part));
      }
    },
    output: (name, value) => appendPair(environment["GITHUB_OUTPUT"], name, hide(value)),
    saveState: (name, value) => appendPair(environment["GITHUB_STATE"], name, value),
    summary: (markdown) => {
      const path = environment["GITHUB_STEP_SUMMARY"];
      if (path !== undefined && path !== "") appendFileSync(path, `${hide(markdown).slice(0, summaryLimit)}\n`);
    },
    oidcToken: async (audience) => await (await import("@actions/core")).getIDToken(audience),
  };
}

/** Appends `name<<delimiter` to a runner's file; the delimiter is random, so no value can end it early. */
function appendPair(path: string | undefined, name: string, value: string): void {
  if (path === undefined || path === "") return;
  const delimiter = `end_${crypto.randomUUID()}`;
  appendFileSync(path, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}
