// What Linux tells of processes: proc(5).
import { readdirSync, readFileSync } from "node:fs";

export interface MachineProcess {
  readonly pid: number;
  readonly parent: number;
  /** Empty for one that has ended and that nobody has looked after. */
  readonly command: string;
  /** Whether its environment holds the mark that was looked for. */
  readonly isMarked: boolean;
}

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Gone meanwhile, or somebody else's.
    return "";
  }
};

/** Everything that runs on this machine. @param mark a text in the environment of processes that belong together */
export function processes(mark: string): readonly MachineProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const parent = /^\d+ \(.*\) \S (\d+)/s.exec(read(`/proc/${name}/stat`))?.[1];
      if (parent === undefined) return [];
      const command = read(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim();
      return [{ pid: Number(name), parent: Number(parent), command, isMarked: read(`/proc/${name}/environ`).includes(mark) }];
    });
}

/** Resident memory in MB; undefined for a process that is gone. */
export function residentMB(pid: number | "self"): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** Open files and sockets of this process. */
export const openFiles = (): number => readdirSync("/proc/self/fd").length;
