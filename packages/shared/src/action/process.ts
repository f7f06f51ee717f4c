import type { Process } from "./launch.ts";

/** The real process, for main.ts alone. The step fails through the exit code, so that outputs and logs are flushed first. */
export const thisProcess = (): Process => ({
  environment: process.env,
  write: (line) => {
    process.stdout.write(`${line}\n`);
  },
  fail: () => {
    process.exitCode = 1;
  },
  onCancel: (listener) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => listener(signal));
  },
  onCrash: (listener) => {
    process.on("uncaughtException", (error) => {
      // After a crash nothing can be relied on: said, and over.
      try {
        listener(error);
      } finally {
        process.exit(1);
      }
    });
  },
});
