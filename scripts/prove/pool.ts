// Spreads trials over the machine's cores.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Verdict } from "../../test/simulation/matrix/trial.ts";

export interface Judged {
  readonly name: string;
  readonly verdict: Verdict;
}

/** Runs every trial once, in the order of the names, on as many threads as there are cores. @throws Error when a thread dies */
export async function runAll(names: readonly string[], progress: (done: number, one: Judged) => void): Promise<readonly Judged[]> {
  const queue = [...names];
  const judged: Judged[] = [];
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("worker.ts", import.meta.url));
    try {
      await new Promise<void>((resolve, reject) => {
        const next = (): void => {
          const name = queue.shift();
          if (name === undefined) resolve();
          else worker.postMessage(name);
        };
        worker.on("error", reject);
        worker.on("message", (one: Judged) => {
          judged.push(one);
          progress(judged.length, one);
          next();
        });
        next();
      });
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), names.length) }, work));
  return judged;
}
