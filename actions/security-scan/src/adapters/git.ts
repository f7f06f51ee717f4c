import { spawn } from "node:child_process";

/** Git, as far as a hostile repository may be asked: no hooks, no helpers, no file system monitor, no filters. */
export interface Git {
  /** Tracked files and untracked ones that are not ignored, as raw names; undefined where there is no work tree. */
  files(): Promise<readonly Buffer[] | undefined>;
  /** Whether a commit is here, fetched when it is not. */
  has(commit: string): Promise<boolean>;
  /** A file of a commit; undefined when the commit has none. */
  blob(commit: string, path: string): Promise<string | undefined>;
  /** Paths that differ between a commit and the work tree, without those that are gone. */
  changed(commit: string): Promise<readonly string[] | undefined>;
  /** All files of a commit. */
  names(commit: string): Promise<readonly string[]>;
  /** The hunks between a commit and the work tree, as a patch without context. */
  patch(commit: string, paths: readonly string[]): Promise<string | undefined>;
}

const quiet = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*", "-c", "protocol.ext.allow=never"];
const limit = 64 * 1024 * 1024;

interface Answer {
  readonly code: number | null;
  readonly bytes: Buffer;
}

export function gitIn(root: string, environment: Readonly<Record<string, string | undefined>>): Git {
  const ask = (args: readonly string[]): Promise<Answer> =>
    new Promise((resolve) => {
      const child = spawn("git", [...quiet, "-C", root, ...args], {
        stdio: ["ignore", "pipe", "ignore"],
        env: { ...environment, GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
      });
      const chunks: Buffer[] = [];
      let size = 0;
      child.stdout.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > limit) child.kill("SIGKILL");
        else chunks.push(chunk);
      });
      child.on("error", () => resolve({ code: null, bytes: Buffer.alloc(0) }));
      child.on("close", (code) => resolve({ code: size > limit ? null : code, bytes: Buffer.concat(chunks) }));
    });
  const present = async (commit: string): Promise<boolean> => (await ask(["cat-file", "-e", `${commit}^{commit}`])).code === 0;
  return {
    files: async () => {
      const { code, bytes } = await ask(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]);
      return code === 0 ? splitAtZero(bytes) : undefined;
    },
    has: async (commit) => {
      if (!/^[0-9a-f]{40,64}$/.test(commit)) return false;
      if (await present(commit)) return true;
      await ask(["fetch", "--quiet", "--no-tags", "--depth=1", "--no-recurse-submodules", "origin", commit]);
      return present(commit);
    },
    blob: async (commit, path) => {
      // cat-file gives the bytes as they are: no conversion that the repository's attributes could ask for.
      const { code, bytes } = await ask(["cat-file", "blob", `${commit}:./${path}`]);
      return code === 0 ? bytes.toString("utf8") : undefined;
    },
    changed: async (commit) => {
      const since = [
        "diff",
        "--name-only",
        "-z",
        "--relative",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--diff-filter=d",
        commit,
        "--",
      ];
      const tracked = await ask(since);
      const untracked = await ask(["ls-files", "-z", "--others", "--exclude-standard"]);
      if (tracked.code !== 0) return undefined;
      return [...splitAtZero(tracked.bytes), ...splitAtZero(untracked.bytes)].map((name) => name.toString("utf8"));
    },
    names: async (commit) =>
      splitAtZero((await ask(["ls-tree", "-r", "-z", "--name-only", commit])).bytes).map((name) => name.toString("utf8")),
    patch: async (commit, paths) => {
      const options = ["diff", "--unified=0", "--relative", "--no-color", "--no-renames", "--no-ext-diff", "--no-textconv", commit, "--"];
      const { code, bytes } = await ask(["--literal-pathspecs", "-c", "core.quotePath=false", ...options, ...paths]);
      return code === 0 ? bytes.toString("utf8") : undefined;
    },
  };
}

function splitAtZero(bytes: Buffer): readonly Buffer[] {
  const names: Buffer[] = [];
  for (let start = 0, end = bytes.indexOf(0); end >= 0; start = end + 1, end = bytes.indexOf(0, start))
    names.push(bytes.subarray(start, end));
  return names;
}
