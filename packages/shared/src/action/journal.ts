import { appendFileSync, closeSync, constants, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { AnnotationLevel, AnnotationPlace } from "../github/commands.ts";
import type { Runner } from "../github/runner.ts";
import { plain } from "../text/sanitise.ts";
import type { Instant } from "../units.ts";

/** The running account of what an action does: on the screen, and with times in the log file. */
export interface Journal {
  /** The log file's path, relative to the workspace where it lies in it. */
  readonly path: string;
  say(text: string): void;
  /** A phase: the lines inside are folded on the screen. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** For phases that do not end where they began in the code. */
  startGroup(title: string): void;
  endGroup(): void;
  annotate(level: AnnotationLevel, message: string, place?: AnnotationPlace): void;
}

/** `20261122-034801`, in UTC. */
export function fileStamp(now: Instant): string {
  const [day, time] = new Date(now * 1000).toISOString().slice(0, 19).split("T") as [string, string];
  return `${day.replaceAll("-", "")}-${time.replaceAll(":", "")}`;
}

/**
 * Opens `{directory}/{name}-YYYYMMDD-HHMMSS.log`. A log file that cannot be written never stops a deployment: it is said once.
 */
export function openJournal(runner: Runner, directory: string, name: string, now: () => Instant): Journal {
  const path = join(directory, `${name}-${fileStamp(now())}.log`);
  let writable = true;
  const append = (text: string): void => {
    if (!writable) return;
    const time = new Date(now() * 1000).toISOString();
    try {
      mkdirSync(directory, { recursive: true });
      const lines = runner.hide(plain(text)).split("\n");
      appendToFile(path, lines.map((line) => `${time} ${line}\n`).join(""));
    } catch (error) {
      writable = false;
      runner.log(`The log file ${path} cannot be written (${(error as Error).message}); going on without it.`);
    }
  };
  const say = (text: string): void => {
    runner.log(text);
    append(text);
  };
  const startGroup = (title: string): void => {
    runner.startGroup(title);
    append(`── ${title}`);
  };
  const endGroup = (): void => runner.endGroup();
  return {
    path,
    say,
    startGroup,
    endGroup,
    group: async (title, body) => {
      startGroup(title);
      try {
        return await body();
      } finally {
        endGroup();
      }
    },
    annotate: (level, message, place) => {
      runner.annotate(level, message, place);
      append(`${level}: ${message}`);
    },
  };
}

/** The name can be guessed: a symbolic link in the file's place, out of a checkout, must not lead the log to where it points. */
function appendToFile(path: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW);
  try {
    appendFileSync(file, text);
  } finally {
    closeSync(file);
  }
}
