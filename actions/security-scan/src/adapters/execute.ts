import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { formatDuration } from "@aws-deploy-actions/shared/units";
import { type Ended, type RunOptions, Unavailable } from "../ports.ts";

/** More than this is not read: our own memory stays small whatever a scanner writes. */
export const largestReport = 32 * 1024 * 1024;
const tail = 4000;

export interface Execution extends Pick<RunOptions, "folder" | "limit" | "report" | "cancelled"> {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends a process group at once. */
  readonly killGroup: (leader: number) => void;
  /** Where standard output goes, as a file. */
  readonly output: string;
}

/**
 * Runs a program in a process group of its own, so that its children end with it.
 *
 * @throws Unavailable when it cannot be started, ran out of time, was cancelled, or wrote more than can be read
 */
export async function execute(execution: Execution, clock: Clock): Promise<Ended> {
  const { command, args, folder, environment, limit, cancelled, output, report, killGroup } = execution;
  const stdout = await open(output, "w", 0o600);
  const stop = new AbortController();
  let late = false;
  try {
    const child = spawn(command, [...args], { cwd: folder, env: environment, stdio: ["ignore", stdout.fd, "pipe"], detached: true });
    const kill = (): void => {
      try {
        if (child.pid !== undefined) killGroup(child.pid);
      } catch {
        // It has ended by itself.
      }
    };
    cancelled.addEventListener("abort", kill, { once: true });
    clock.sleep(limit, stop.signal).then(
      () => {
        late = true;
        kill();
      },
      () => undefined,
    );
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-tail);
    });
    const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      child.once("error", (error: NodeJS.ErrnoException) =>
        reject(new Unavailable(`it cannot be started (${error.code ?? error.message})`)),
      );
      child.once("close", (exit, by) => resolve({ code: exit, signal: by }));
    }).finally(() => cancelled.removeEventListener("abort", kill));
    // What it left running in the background ends too.
    kill();
    if (late) throw new Unavailable(`it took longer than ${formatDuration(limit)} and was ended`);
    if (cancelled.aborted) throw new Unavailable("the job was cancelled");
    return { exitCode: code ?? undefined, signal: signal ?? undefined, stdout: await readLimited(report ?? output), stderr };
  } finally {
    stop.abort();
    await stdout.close();
  }
}

async function readLimited(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (handle === undefined) return "";
  try {
    const { size } = await handle.stat();
    if (size > largestReport) throw new Unavailable(`its report has ${Math.round(size / 1e6)} MB, more than can be read`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/** Where a program's standard output lies. */
export const outputIn = (folder: string): string => join(folder, `output-${crypto.randomUUID()}`);
