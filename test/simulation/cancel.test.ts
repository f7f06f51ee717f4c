// A seeded part of the cancellations that `npm run prove` tries at every call.
import { seededRandom } from "@aws-deploy-actions/local-cloud/balancer/random";
import { tryCancel } from "./matrix/cancel.ts";
import { stores, storyOf } from "./matrix/stories.ts";

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
