// Programs that an action starts: with an argument list, never through a shell.
import { spawn } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { Clock } from "../clock.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How a program is run. */
export interface ProgramOptions {
  readonly environment: Environment;
  readonly directory?: string;
  /** Called with each line as it comes, from both streams. */
  readonly onLine?: (line: string, stream: "out" | "err") => void;
  /** When aborted the program is interrupted once, as Ctrl-C would, and given `grace` to end. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the interrupt to the kill; undefined: never killed. */
  readonly grace?: number;
}

export interface ProgramEnd {
  /** 128 and more for a program that a signal ended. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Both, line by line as they came. */
  readonly both: string;
}

/** The most of each stream that is kept; a program that says more loses its beginning. */
const keptCharacters = 8_000_000;

/** The program was not found. */
export class ProgramMissing extends Error {}

/**
 * Runs a program to its end. A failing program is no error: its code tells.
 *
 * @throws ProgramMissing where there is no such program
 */
export async function runProgram(file: string, args: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  const child = spawn(file, [...args], {
    cwd: options.directory,
    env: definedOf(options.environment),
    stdio: ["ignore", "pipe", "pipe"],
    shell: false,
  });
  const both: string[] = [];
  const kept = { out: "", err: "" };
  const finishers = (["out", "err"] as const).map((stream) => {
    let partial = "";
    const line = (text: string): void => {
      both.push(text);
      options.onLine?.(text, stream);
    };
    child[stream === "out" ? "stdout" : "stderr"].setEncoding("utf8").on("data", (text: string) => {
      kept[stream] = (kept[stream] + text).slice(-keptCharacters);
      const lines = (partial + text).split("\n");
      partial = lines.pop() ?? "";
      lines.forEach(line);
    });
    return () => {
      if (partial !== "") line(partial);
    };
  });
  const stop = interrupter(child, options.grace);
  if (options.signal?.aborted === true) stop();
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    const code = await ended(child, file);
    for (const finish of finishers) finish();
    return { code, ...kept, both: both.join("\n").slice(-keptCharacters) };
  } finally {
    options.signal?.removeEventListener("abort", stop);
  }
}

function ended(child: ReturnType<typeof spawn>, file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new ProgramMissing(`there is no program ${file}`) : error),
    );
    child.once("close", (code, signal) => resolve(code ?? (signal === "SIGKILL" ? 137 : 130)));
  });
}

/** One interrupt; a second one makes many programs give up their own clean-up. */
function interrupter(child: ReturnType<typeof spawn>, grace: number | undefined): () => void {
  return () => {
    child.kill("SIGINT");
    if (grace === undefined) return;
    const signal = AbortSignal.timeout(grace);
    signal.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });
  };
}

const definedOf = (environment: Environment): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter((pair): pair is [string, string] => pair[1] !== undefined));

/** The first program of this name in PATH, or undefined. */
export function findProgram(name: string, environment: Environment): string | undefined {
  for (const folder of (environment["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}

const runnersOwn = /^(INPUT_|STATE_|ACTIONS_|GITHUB_(TOKEN|OUTPUT|STATE|ENV|PATH|STEP_SUMMARY)$|RUNNER_TRACKING_ID$)/;
const awsCredentials =
  /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|WEB_IDENTITY_TOKEN_FILE|ROLE_ARN|PROFILE|CONTAINER_.*)$/;

/** An environment for a program that has no business with the runner: without inputs (they may hold secrets), tokens and the runner's files. */
export const forPrograms = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !runnersOwn.test(name)));

/** The same without AWS credentials: for programs that run a project's own build scripts. */
export const withoutCredentials = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(forPrograms(environment)).filter(([name]) => !awsCredentials.test(name)));

export interface DetachedOptions {
  readonly environment: Environment;
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Where the program writes; private, and removed at the end. */
  readonly outputFile: string;
  readonly onLine: (line: string) => void;
  readonly onStart: (pid: number) => void;
}

/**
 * Runs a program that must come to its own end, whatever becomes of us: it is in a process group of its own, so that no signal to ours reaches it but
 * the one interrupt that we send, and it writes into a file, since a pipe that nobody reads any more would kill it.
 */
export async function runDetached(file: string, args: readonly string[], options: DetachedOptions): Promise<number> {
  const { clock, outputFile } = options;
  const output = openSync(outputFile, "w", 0o600);
  const child = spawn(file, [...args], {
    cwd: options.directory,
    env: definedOf(options.environment),
    stdio: ["ignore", output, output],
    detached: true,
    shell: false,
  });
  closeSync(output);
  if (child.pid !== undefined) options.onStart(child.pid);
  const stop = interrupter(child, undefined);
  if (options.signal.aborted) stop();
  options.signal.addEventListener("abort", stop, { once: true });
  const tail = tailOf(outputFile, options.onLine);
  let over = false;
  const end = ended(child, file).finally(() => {
    over = true;
  });
  try {
    while (!over) {
      await Promise.race([clock.sleep(0.2), end.catch(() => undefined)]);
      tail.read();
    }
    return await end;
  } finally {
    options.signal.removeEventListener("abort", stop);
    tail.finish();
    rmSync(outputFile, { force: true });
  }
}

/** Reads what a file has grown by, in whole lines. */
function tailOf(path: string, onLine: (line: string) => void): { readonly read: () => void; readonly finish: () => void } {
  const descriptor = openSync(path, "r");
  const decoder = new StringDecoder("utf8");
  const chunk = Buffer.alloc(65_536);
  let partial = "";
  const read = (): void => {
    for (;;) {
      const count = readSync(descriptor, chunk, 0, chunk.length, null);
      if (count === 0) return;
      const lines = (partial + decoder.write(chunk.subarray(0, count))).split("\n");
      partial = lines.pop() ?? "";
      lines.forEach(onLine);
    }
  };
  return {
    read,
    finish: () => {
      read();
      if (partial !== "") onLine(partial);
      closeSync(descriptor);
    },
  };
}
