import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import type { History, TrustedVersion } from "../ports.ts";
import type { Git } from "./git.ts";

type Payload = Readonly<Record<string, unknown>>;

const textAt = (payload: Payload, ...path: readonly string[]): string | undefined => {
  let value: unknown = payload;
  for (const key of path) value = typeof value === "object" && value !== null ? (value as Payload)[key] : undefined;
  return typeof value === "string" ? value : undefined;
};

/**
 * The commit that a pull request's author does not control; undefined outside of one.
 * https://docs.github.com/webhooks/webhook-events-and-payloads#pull_request
 */
export const pullRequestBase = (payload: Payload): string | undefined => textAt(payload, "pull_request", "base", "sha");

/** Git's history, seen from the event that started the run. */
export function gitHistory(root: string, git: Git, payload: Payload): History {
  const base = pullRequestBase(payload);
  return {
    trusted: async () => (base === undefined ? checkedOut(root) : atCommit(git, base)),
    changedFiles: async () => {
      const since = base ?? textAt(payload, "before");
      if (since === undefined || /^0+$/.test(since)) return { unknown: "the event names no commit to compare with" };
      if (!(await git.has(since))) return { unknown: `commit ${since.slice(0, 7)} is not in the clone and cannot be fetched` };
      const paths = await git.changed(since);
      return paths === undefined ? { unknown: `git cannot compare with ${since.slice(0, 7)}` } : { paths: new Set(paths) };
    },
    addedLines: async (paths) => {
      if (base === undefined || paths.length === 0 || !(await git.has(base))) return undefined;
      // A very long list of arguments is refused by the system; what is not compared counts as new.
      const patch = await git.patch(base, paths.slice(0, 500));
      const before = new Set(await git.names(base));
      return patch === undefined ? undefined : addedIn(patch, before);
    },
  };
}

function atCommit(git: Git, commit: string): TrustedVersion {
  return {
    name: `the base branch (${commit.slice(0, 7)})`,
    read: async (path) => {
      if (!(await git.has(commit))) return "unreadable";
      const text = await git.blob(commit, path);
      return text === undefined ? "missing" : { text };
    },
  };
}

const largest = 5_000_000;

function checkedOut(root: string): TrustedVersion {
  return {
    name: "the checked-out files",
    read: async (path) => {
      const full = join(root, path);
      const home = await realpath(root);
      const real = await realpath(full).catch(() => undefined);
      if (real === undefined) return "missing";
      if (!real.startsWith(home + sep)) return "unreadable";
      const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
      if (handle === undefined) return "unreadable";
      try {
        const stats = await handle.stat();
        return stats.isFile() && stats.size <= largest ? { text: await handle.readFile("utf8") } : "unreadable";
      } finally {
        await handle.close();
      }
    },
  };
}

/**
 * The lines that a patch without context adds. A file whose name git had to quote cannot be found in it and counts as new.
 *
 * @param before the files that the base has: the lines of any other are all new
 */
export function addedIn(patch: string, before: ReadonlySet<string>): (path: string, line: number, endLine: number) => boolean {
  const ranges = new Map<string, [number, number][]>();
  let current: [number, number][] = [];
  let inHunk = 0;
  for (const line of patch.split("\n")) {
    const hunk = inHunk === 0 ? /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line) : null;
    if (hunk !== null) {
      const [removed, start, added] = [Number(hunk[1] ?? "1"), Number(hunk[2]), Number(hunk[3] ?? "1")];
      if (added > 0) current.push([start, start + added - 1]);
      inHunk = removed + added;
    } else if (inHunk > 0) {
      // Content, which may look like a header.
      if (!line.startsWith("\\")) inHunk -= 1;
    } else if (line.startsWith("+++ b/")) {
      current = [];
      ranges.set(line.slice("+++ b/".length).replace(/\t$/, ""), current);
    }
  }
  return (path, line, endLine) => {
    const own = ranges.get(path);
    if (own === undefined) return !before.has(path);
    return own.some(([from, to]) => from <= endLine && line <= to);
  };
}
