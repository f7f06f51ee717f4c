import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { join } from "node:path";

/** Starts processes that never outlive the local cloud. */
export interface Keeper {
  /** Starts a program in a process group of its own, so that what it starts ends with it. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;
  /** Signals a process and what it started. */
  signal(child: ChildProcess, signal: NodeJS.Signals): void;
  /** Pids of what is still running. */
  running(): readonly number[];
  /** Kills everything that is left. */
  stop(): Promise<void>;
}

export function createKeeper(): Keeper {
  const guardian = spawn(process.execPath, [join(import.meta.dirname, "guardian.ts")], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: { PATH: process.env["PATH"] },
  });
  guardian.unref();
  // The guardian may be gone first when the whole machine goes down.
  guardian.stdin.on("error", () => undefined);
  (guardian.stdin as { unref?: () => void }).unref?.();
  const children = new Map<number, ChildProcess>();
  const note = (line: string) => guardian.stdin.write(`${line}\n`);

  const signal = (child: ChildProcess, name: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // Gone already.
    }
  };

  return {
    spawn: (command, args, options) => {
      const child = spawn(command, args, { ...options, detached: true });
      const { pid } = child;
      if (pid !== undefined) {
        children.set(pid, child);
        note(`+${pid}`);
        child.once("exit", () => {
          // What it started and left behind ends too, as with a container's other processes.
          signal(child, "SIGKILL");
          children.delete(pid);
          note(`-${pid}`);
        });
      }
      return child;
    },
    signal,
    running: () => [...children.keys()],
    stop: async () => {
      const left = [...children.values()];
      const ended = left.map((child) => new Promise((resolve) => child.once("exit", resolve)));
      for (const child of left) signal(child, "SIGKILL");
      await Promise.all(ended);
      guardian.ref();
      const gone = new Promise((resolve) => guardian.once("exit", resolve));
      guardian.stdin.end();
      await gone;
    },
  };
}
