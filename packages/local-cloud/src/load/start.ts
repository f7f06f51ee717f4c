import { isIP } from "node:net";
import { Worker } from "node:worker_threads";
import type { Load, LoadOptions, LoadReport } from "./types.ts";

/**
 * Sends requests at a steady rate to loopback addresses, from a thread of its own.
 *
 * @throws Error that names every wrong option, before anything is sent
 */
export function startLoad(options: LoadOptions): Load {
  const problems = findProblems(options);
  if (problems.length > 0) throw new Error(`The load cannot be made: ${problems.join("; ")}.`);
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: options });
  const waiting: { snapshot: Waiting[]; stop: Waiting[] } = { snapshot: [], stop: [] };
  let died: Error | undefined;
  const fail = (error: Error): void => {
    died ??= error;
    for (const { reject } of [...waiting.snapshot.splice(0), ...waiting.stop.splice(0)]) reject(died);
  };
  worker.on("message", ({ wanted, report }: { wanted: "snapshot" | "stop"; report: LoadReport }) => {
    for (const { resolve } of waiting[wanted].splice(0)) resolve(report);
  });
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("The load generator has ended.")));
  const asked = (wanted: "snapshot" | "stop") =>
    new Promise<LoadReport>((resolve, reject) => {
      if (died !== undefined) {
        reject(died);
        return;
      }
      waiting[wanted].push({ resolve, reject });
      worker.postMessage(wanted);
    });
  let stopped: Promise<LoadReport> | undefined;
  return {
    snapshot: () => stopped ?? asked("snapshot"),
    stop: () => {
      stopped ??= asked("stop").finally(() => worker.terminate());
      return stopped;
    },
  };
}

interface Waiting {
  readonly resolve: (report: LoadReport) => void;
  readonly reject: (error: Error) => void;
}

function findProblems(options: LoadOptions): string[] {
  const problems: string[] = [];
  const within = (name: string, value: number | undefined, least: number, most: number): void => {
    if (value !== undefined && !(value >= least && value <= most)) problems.push(`${name} must be from ${least} to ${most}, not ${value}`);
  };
  if (options.addresses.length === 0) problems.push("addresses must hold at least one");
  for (const { host, port } of options.addresses) {
    // A name could lead anywhere: this must never become a flood on somebody else's machine.
    if (!isLoopback(host)) problems.push(`address ${host}:${port} is not a loopback address (127.0.0.0/8 or ::1)`);
  }
  if (options.requestsPerSecond === 0) problems.push("requestsPerSecond must be above 0");
  within("requestsPerSecond", options.requestsPerSecond, 0, 5000);
  within("maxSeconds", options.maxSeconds, 0, 7200);
  within("maxRequests", options.maxRequests, 0, 1_000_000);
  within("newConnectionShare", options.newConnectionShare, 0, 1);
  within("slow.share", options.slow?.share, 0, 1);
  within("sticky.share", options.sticky?.share, 0, 1);
  within("sticky.clients", options.sticky?.clients, 1, 10_000);
  within("webSockets.count", options.webSockets?.count, 0, 1000);
  within("streams.count", options.streams?.count, 0, 1000);
  within("timeoutSeconds", options.timeoutSeconds, 0.001, 600);
  return problems;
}

function isLoopback(host: string): boolean {
  return host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
