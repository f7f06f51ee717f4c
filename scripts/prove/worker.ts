// Carries out trials by name, one after the other, in a thread of its own.
import { parentPort } from "node:worker_threads";
import { carryOut } from "../../test/simulation/matrix/names.ts";

parentPort?.on("message", async (name: string) => {
  parentPort?.postMessage({ name, verdict: await carryOut(name) });
});
