import { type BareCloud, startBareCloud } from "./cloud.ts";
import { runAction } from "./harness.ts";
import { createShop } from "./shop.ts";

let cloud: BareCloud;

beforeAll(async () => {
  cloud = await startBareCloud();
  await createShop();
}, 120_000);
afterAll(async () => await cloud.stop());
beforeEach(() => {
  cloud.faults.clear();
  cloud.calls.clear();
});

describe("an environment in order", () => {
  test("passes whatever applies, in at most 60 calls", async () => {
    const seen = await runAction({ "skip-checks": "certificates" });
    expect(seen.outputs).toMatchObject({ outcome: "passed", score: "18/18 (100%)", failed: "0", unknown: "0" });
    expect(seen.failed).toBe(false);
    expect(seen.states["automatic-failover"]).toBe("not-applicable");
    expect(cloud.calls.length).toBeLessThanOrEqual(60);
  });
});
