import { imageOf } from "@aws-deploy-actions/local-cloud/virtual/account";
import { createStage, finish, start } from "./scenario.ts";

const mutating = /:(Modify|Update|Register|Run|Stop|Create|Delete|Tag|Put)/;
const on = (stage: ReturnType<typeof createStage>): readonly string[] =>
  [...stage.account.world.tally.byRevision.keys()].map((arn) => arn.split("/").at(-1) ?? "");

describe("a deployment in virtual time", () => {
  test("brings a good version to users without losing a request", async () => {
    const stage = createStage({ autoscaling: true });
    const { result } = await finish(stage);
    expect(result.outcome).toBe("succeeded");
    expect(result.outputs?.["traffic-on"]).toBe("green");
    expect(stage.account.world.tally).toMatchObject({ lost: 0, toUnhealthy: 0, emptySeconds: 0 });
    const green = stage.account.scaling.get("service/shop-staging/shop-green-staging");
    const blue = stage.account.scaling.get("service/shop-staging/shop-blue-staging");
    expect(green?.suspended).toMatchObject({ DynamicScalingInSuspended: false, DynamicScalingOutSuspended: false });
    expect(blue?.suspended).toMatchObject({ DynamicScalingInSuspended: true });
  });

  test("keeps fields of the task definition that nobody here knows", async () => {
    const stage = createStage();
    await finish(stage);
    expect(JSON.stringify(stage.account.definitions.get("shop:2"))).toContain('"futureField":"kept"');
  });

  test("does nothing when nothing differs", async () => {
    const stage = createStage();
    const { result } = await finish(stage, { image: "", "environment-variables": "", "task-definition": "shop:1" });
    expect(result.outcome).toBe("unchanged");
    expect(stage.account.definitions.size).toBe(1);
  });

  test("rolls back a version that fails a third of its requests, users first", async () => {
    const stage = createStage({ behaviours: { ["a2".padEnd(64, "0")]: { errorRate: 0.3 } }, requestsPerSecond: 50 });
    const { result } = await finish(stage, { "breach-duration": "2m" });
    expect(result.outcome).toBe("rolled-back");
    expect(result.ok).toBe(false);
    expect(result.outputs?.["traffic-on"]).toBe("blue");
    expect(stage.account.world.tally.lost).toBe(0);
    expect(result.reason).toMatch(/30 %|30\.0 %/);
  });

  test("never sends users to a version that keeps crashing, and says why it stops", async () => {
    const stage = createStage({ behaviours: { ["a2".padEnd(64, "0")]: { crashesAfter: 1, exitCode: 1, passesHealthChecks: false } } });
    const { result } = await finish(stage);
    expect(result.outcome).toBe("failed");
    expect(result.reason).toMatch(/keeps stopping.*exited with 1/);
    expect(on(stage)).toEqual(["shop:1"]);
    expect(stage.account.world.tally.lost).toBe(0);
  });

  test("reports everything that is missing together, and changes nothing", async () => {
    const stage = createStage();
    const { result } = await finish(stage, { cluster: "nowhere", "load-balancer": "nothing", image: imageOf("v9") });
    expect(result.outcome).toBe("failed");
    expect(result.reason).toContain("nothing");
    expect(stage.account.calls.filter((call) => mutating.test(call.operation))).toEqual([]);
  });

  test("a cancelled job puts users back with the very next calls", async () => {
    const stage = createStage();
    const run = start(stage, { "rollback-window": "10m" });
    void stage.clock.sleep(200).then(() => run.cancel());
    const result = await stage.clock.until(run.result);
    expect(result.outcome).toBe("cancelled");
    expect(result.outputs?.["traffic-on"]).toBe("blue");
    expect(stage.account.world.tally.lost).toBe(0);
    const modifications = stage.account.calls.filter((call) => call.operation === "elb:ModifyListener");
    const switched = modifications.length;
    expect(switched).toBeGreaterThanOrEqual(3);
  });
});
