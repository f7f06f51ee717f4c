// A seeded part of the fault matrix; `npm run prove` tries every call with every fault.
import { seededRandom } from "@aws-deploy-actions/local-cloud/balancer/random";
import { faults } from "@aws-deploy-actions/local-cloud/virtual/faults";
import { matrixSeed, nameOf } from "./matrix/names.ts";
import { stores, stories } from "./matrix/stories.ts";
import { tryOut } from "./matrix/trial.ts";

/** Another part of the matrix is tried with another seed: FAULT_SEED=7 npm test. */
const seed = Number(process.env["FAULT_SEED"] ?? 1);
/** Of the machine, which may be busy: nothing in here waits for real time. */
const patience = 120_000;

describe.each(stories)("a rollout ($name) that meets a fault", (story) => {
  test.each(Object.keys(stores))(
    "ends in an allowed state, with the record in %s",
    async (store) => {
      const random = seededRandom(seed + story.name.length);
      const unbroken = await tryOut({ story, store, fault: undefined, seed: matrixSeed });
      expect(unbroken.violations).toEqual([]);
      const broken: string[] = [];
      for (const kind of faults) {
        const at = Math.floor(random() * unbroken.calls);
        const trial = { story, store, fault: { kind, at }, seed: matrixSeed };
        const { violations, operation, ending } = await tryOut(trial);
        broken.push(...violations.map((one) => `${one} (${operation}; ${ending}): npm run prove -- --only ${nameOf(trial)}`));
      }
      expect(broken).toEqual([]);
    },
    patience,
  );
});
