// A seeded part of the cancellations that `npm run prove` tries at every call.
import { seededRandom } from "@aws-deploy-actions/local-cloud/balancer/random";
import { tryCancel } from "./matrix/cancel.ts";
import { stores, storyOf } from "./matrix/stories.ts";
import { createStage, type Stage, start } from "./scenario.ts";

const calls = 330;

test.each(Object.keys(stores))(
  "a job that is cancelled puts users back with its next calls, with the record in %s",
  async (store) => {
    const random = seededRandom(Number(process.env["FAULT_SEED"] ?? 1));
    const broken: string[] = [];
    for (let tries = 0; tries < 15; tries += 1) {
      const at = Math.floor(random() * calls);
      const { violations, operation } = await tryCancel(storyOf("good"), store, at, 1);
      broken.push(...violations.map((one) => `${one} (${operation}): npm run prove -- --only cancel:good:${store}:${at}`));
    }
    expect(broken).toEqual([]);
  },
  120_000,
);

test.each([1, 5, 10])("a job that is cancelled during the checks, at call %s, changes nothing", async (at) => {
  const stage = createStage();
  const run = start(stage);
  const isReached = (): boolean => stage.account.calls.length >= at;
  await stage.clock.until(untilCall(stage, isReached));
  run.cancel();
  const result = await stage.clock.until(run.result);
  expect(result).toMatchObject({ outcome: "cancelled", ok: false, outputs: { "traffic-on": "blue" } });
  expect(result.mend).toContain("Users are on blue (shop:1), as before.");
  const changed = stage.account.calls.map(({ operation }) => operation).filter((one) => /:(Register|Update|Modify|Run|Put)/.test(one));
  expect(changed).toEqual([]);
});

async function untilCall(stage: Stage, isReached: () => boolean): Promise<void> {
  while (!isReached()) await stage.clock.sleep(0.01);
}
