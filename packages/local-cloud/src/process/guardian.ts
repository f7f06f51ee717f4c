// Outlives its parent for a moment: when the parent is gone, however it ended, the processes it had started are killed.
// Reads "+PID" and "-PID" lines on standard input; its end means that the parent is gone.
import { createInterface } from "node:readline";

const groups = new Set<number>();

function killAll(): void {
  for (const pid of groups) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // Gone already.
    }
  }
  process.exit(0);
}

// Ctrl-C reaches the whole terminal: the parent decides when things end.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const pid = Number(line.slice(1));
    // Never 0 or 1: as a group these would be everybody.
    if (!Number.isInteger(pid) || pid < 2) return;
    if (line.startsWith("+")) groups.add(pid);
    else groups.delete(pid);
  })
  .on("close", killAll);
