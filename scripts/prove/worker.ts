// Carries out trials by name, one after the other, in a thread of its own.
import { parentPort } from "node:worker_threads";
import { trialOf } from "../../test/simulation/matrix/names.ts";
import { tryOut } from "../../test/simulation/matrix/trial.ts";

parentPort?.on("message", async (name: string) => {
  parentPort?.postMessage({ name, verdict: await tryOut(trialOf(name)) });
});
