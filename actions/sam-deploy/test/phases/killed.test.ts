// A run that dies at any call to AWS, before it or after it was carried out: the next run goes on from there, and nothing is deployed twice.
import { isBusy } from "../../src/model/stack.ts";
import { Killed, Stage, templateOf } from "../support/stage.ts";

interface Scenario {
  readonly name: string;
  /** Brings a fresh stage to where the run begins, and gives its inputs. */
  readonly begin: (stage: Stage) => Promise<Readonly<Record<string, string>>>;
  /** What the stack holds in the end; found in its template. */
  readonly ends: string;
  /** How often resources are changed by the run and the one after it. */
  readonly operations: number;
}

const version = (stage: Stage, description: string): void => {
  stage.template = templateOf(description);
  stage.artefacts.set(`packages/${description}`, { bucket: "packages", key: description, etag: description });
};
const store = { "state-bucket": "states" };

const scenarios: readonly Scenario[] = [
  { name: "the first deployment", begin: async () => store, ends: "v1", operations: 1 },
  {
    name: "an update",
    begin: async (stage) => {
      await stage.run(store);
      version(stage, "v2");
      return store;
    },
    ends: "v2",
    operations: 1,
  },
  {
    name: "a deployment over a failed first creation",
    begin: async (stage) => {
      version(stage, "v1 FAIL");
      await stage.run(store);
      version(stage, "v2");
      return store;
    },
    ends: "v2",
    operations: 1,
  },
  {
    name: "a deployment over a stuck rollback",
    begin: async (stage) => {
      await stage.run(store);
      version(stage, "v2 STUCK");
      await stage.run(store);
      version(stage, "v3");
      return { ...store, "resources-to-skip": "Function" };
    },
    ends: "v3",
    operations: 1,
  },
  {
    name: "a rollback to a named release",
    begin: async (stage) => {
      version(stage, "v1");
      await stage.run(store);
      const release = stage.stack.content?.tags["deploy:release"] ?? "";
      for (const later of ["v2", "v3"]) {
        version(stage, later);
        await stage.run(store);
      }
      return { ...store, mode: "rollback", release };
    },
    ends: "v1",
    operations: 1,
  },
];

async function rehearse({ begin }: Scenario): Promise<number> {
  const stage = new Stage();
  await stage.run({ ...(await begin(stage)) });
  return stage.calls;
}

describe.each(scenarios)("$name, killed at each call", (scenario) => {
  test("is finished by the next run, and deployed once", async () => {
    const calls = await rehearse(scenario);
    expect(calls).toBeGreaterThan(8);
    for (let call = 1; call <= calls; call++)
      for (const when of ["before", "after"] as const) {
        const stage = new Stage();
        const inputs = await scenario.begin(stage);
        const before = stage.stack.operations.length;
        const where = `call ${call}, ${when}`;
        const first = await stage.run(inputs, { call, when }).catch((error: unknown) => error);
        if (!(first instanceof Killed)) throw new Error(`${where}: was not killed`);
        const next = await stage.run(inputs);
        expect({ where, outcome: next.outcome, ok: next.ok, reason: next.reason }).toMatchObject({
          outcome: expect.stringMatching(/^(deployed|unchanged)$/),
          ok: true,
        });
        expect({ where, operations: stage.stack.operations.length - before }).toEqual({ where, operations: scenario.operations });
        expect({ where, template: stage.stack.content?.template }).toEqual({ where, template: expect.stringContaining(scenario.ends) });
        const { outcome } = await stage.run(inputs);
        expect({ where, outcome }).toEqual({ where, outcome: "unchanged" });
      }
  });

  test("is shown by status and can be cancelled", async () => {
    const calls = await rehearse(scenario);
    for (let call = 1; call <= calls; call += 3) {
      const stage = new Stage();
      const inputs = await scenario.begin(stage);
      const where = `call ${call}`;
      await stage.run(inputs, { call, when: "after" }).catch(() => undefined);
      const status = await stage.run({ ...store, mode: "status" });
      expect({ where, ok: status.ok, outcome: status.outcome }).toEqual({ where, ok: true, outcome: "status" });
      const cancelled = await stage.run({ ...store, mode: "cancel", "resources-to-skip": "Function" });
      expect({ where, reason: cancelled.reason }).toEqual({
        where,
        reason: expect.stringMatching(/nothing to cancel|release from before|too late|There is no stack|cannot cancel/),
      });
      stage.stack.settle();
      const standing = stage.stack.status;
      if (!/cannot cancel|too late/.test(cancelled.reason))
        expect({ where, busy: standing !== undefined && isBusy(standing) }).toEqual({ where, busy: false });
    }
  });
});
