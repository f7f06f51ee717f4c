// The thread that sends: its own event loop, so that neither the cloud nor the tests hold it up.
import { parentPort, workerData } from "node:worker_threads";
import { Generator } from "./generator.ts";
import type { LoadOptions } from "./types.ts";

const generator = new Generator(workerData as LoadOptions);
parentPort?.on("message", async (wanted: "snapshot" | "stop") => {
  parentPort?.postMessage({ wanted, report: wanted === "stop" ? await generator.stop() : generator.report() });
});
