import { appendFileSync } from "node:fs";
import { createHiding, shortestHidden } from "../text/hiding.ts";
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

/** GitHub drops a step's summary of more than 1 MiB: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits */
const summaryLimit = 1_000_000;

/** The forms in which a secret may turn up: itself, each of its lines (the runner masks line by line), as the sanitiser leaves it, inside JSON. */
function formsOf(value: string): readonly string[] {
  const forms = [value, ...value.split(/\r?\n/), plain(value), JSON.stringify(value).slice(1, -1)];
  return [...new Set(forms)].filter((form) => form.trim().length >= shortestHidden);
}

/** The beginning of a text, in whole lines where it is cut. */
function cutToBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  const cut = bytes.subarray(0, bytes.lastIndexOf(10, limit));
  return `${cut.toString("utf8")}\n\n…\n`;
}

/** The runner that the environment describes; outside of GitHub Actions outputs are only logged. */
export function githubRunner(environment: Environment, write: (line: string) => void): Runner {
  const { add, hide } = createHiding();
  // Where no runner takes the command and its value away, it would show what it is to hide.
  const tell = environment["GITHUB_ACTIONS"] === "true" ? (form: string) => write(workflowCommand("add-mask", {}, form)) : () => undefined;
  // A secret may be hidden from `hide` by characters that the sanitiser takes out, or by those that it puts in.
  const shown = (text: string): string => hide(plain(hide(text)));
  return {
    hide,
    log: (text) => write(forLog(shown(text))),
    startGroup: (title) => write(workflowCommand("group", {}, shown(title))),
    endGroup: () => write(workflowCommand("endgroup", {}, "")),
    annotate: (level, message, { title, file, line, endLine } = {}) =>
      write(
        workflowCommand(
          level,
          { title: title && shown(title), file: file && shown(file), line, endLine: endLine && Math.max(endLine, line ?? 1) },
          shown(message),
        ),
      ),
    mask: (value) => {
      for (const form of formsOf(value)) if (add(form)) tell(form);
    },
    output: (name, value) => appendPair(environment["GITHUB_OUTPUT"], name, hide(value)),
    saveState: (name, value) => appendPair(environment["GITHUB_STATE"], name, value),
    summary: (markdown) => {
      const path = environment["GITHUB_STEP_SUMMARY"];
      if (path !== undefined && path !== "") appendFileSync(path, `${cutToBytes(hide(markdown), summaryLimit)}\n`);
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
