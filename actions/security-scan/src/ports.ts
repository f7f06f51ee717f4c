import type { Seconds } from "@aws-deploy-actions/shared/units";

/** A regular file of the repository. */
export interface TreeFile {
  /** Relative to the repository's root, as reports name it. */
  readonly path: string;
  /** The name it gets in a scanner's folder: the same, unless the name could fool somebody. */
  readonly staged: string;
  /** Bytes. */
  readonly size: number;
}

/** What stands in the repository and is no file to be scanned. */
export interface Oddity {
  readonly path: string;
  readonly kind: "link-outside" | "odd-name" | "special-file" | "submodule" | "unreadable";
  readonly detail: string;
}

export interface Tree {
  readonly files: readonly TreeFile[];
  readonly oddities: readonly Oddity[];
}

/** The checked-out repository. It is hostile: nothing in it is followed out of it, nothing is executed. */
export interface Repository {
  /** Lists regular files below the given paths, sorted; everything when no path is given. */
  list(paths: readonly string[]): Promise<Tree>;
  /** The first bytes of a file as text; an empty text when it cannot be read. */
  beginning(file: TreeFile, bytes: number): Promise<string>;
  /** Lines of a file by their number, each cut to 2,000 characters; reads a file of any size in little memory. */
  lines(path: string, numbers: ReadonlySet<number>): Promise<ReadonlyMap<number, string>>;
  /**
   * Puts copies of files into a folder: what a scanner gets to see.
   *
   * @param disarm matches are made unreadable in the copies, by as many other characters
   */
  stage(files: readonly TreeFile[], folder: string, disarm?: RegExp): Promise<void>;
}

/** A version of the repository that the author of a pull request cannot change. */
export interface TrustedVersion {
  /** For messages: `the base branch (1a2b3c4)` or `the checked-out files`. */
  readonly name: string;
  /** The text of a file, `missing`, or `unreadable` where the version cannot be had. */
  read(path: string): Promise<{ readonly text: string } | "missing" | "unreadable">;
}

/** What git knows. */
export interface History {
  /** Where configuration comes from: in a pull request its base, else what is checked out. */
  trusted(): Promise<TrustedVersion>;
  /** Paths that differ from the base, or why that cannot be known. */
  changedFiles(): Promise<{ readonly paths: ReadonlySet<string> } | { readonly unknown: string }>;
  /** Whether a line is new since the base; undefined where there is nothing to compare with. */
  addedLines(paths: readonly string[]): Promise<((path: string, line: number, endLine: number) => boolean) | undefined>;
}

/** How a program is got. */
export interface ProgramSpec {
  /** The name on PATH, `gitleaks`. */
  readonly command: string;
  /** Installed from this file of pinned and hashed Python packages (in requirements/) when PATH has none. */
  readonly requirements?: string;
  /** A release archive that holds the program, when PATH has none. */
  readonly archive?: Archive;
}

/** A release as an archive for each platform, `linux-x64`; each with the SHA-256 of its bytes. */
export interface Archive {
  readonly version: string;
  readonly byPlatform: Readonly<Record<string, { readonly url: string; readonly sha256: string }>>;
}

export interface Program {
  readonly path: string;
  /** Where it comes from: `on PATH`, `installed, pinned`. */
  readonly origin: string;
}

/** How a program ended. */
export interface Ended {
  /** undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  /** The last 4,000 characters. */
  readonly stderr: string;
}

export interface RunOptions {
  /** What it may know of the environment beyond the least. Values of the network's own (proxy, certificates) come with `network`. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly network?: boolean;
  /** It may log in to container registries as the job does. */
  readonly registries?: boolean;
  readonly folder: string;
  readonly limit: Seconds;
  /** A file that the program writes, read instead of its standard output. */
  readonly report?: string;
  readonly cancelled: AbortSignal;
}

/** Other people's programs. */
export interface Programs {
  /** @throws Unavailable with the reason */
  find(spec: ProgramSpec): Promise<Program>;
  /**
   * Runs a program with a list of arguments in a scrubbed environment: no tokens, no credentials, a home of its own.
   *
   * @throws Unavailable when it cannot be started, ran out of time, or wrote more than can be read
   */
  run(program: Program, args: readonly string[], options: RunOptions): Promise<Ended>;
  /** A fresh private folder, gone when the action ends. */
  folder(): Promise<string>;
  /** Ends what still runs and removes all folders. */
  close(): Promise<void>;
}

/** Why a scanner gave no result, in words that complete "did not run: …". */
export class Unavailable extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = "Unavailable";
  }
}

/** Writes a report into the workspace, never through a link that leads out of it. Returns the path as given. */
export interface Reports {
  write(path: string, text: string): Promise<void>;
}
