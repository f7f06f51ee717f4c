import { imageOf } from "@aws-deploy-actions/local-cloud/virtual/account";
import { callsBeforeSwitch, rollBackNow, sharesOf, startRollback } from "./emergency-scenario.ts";
import { createStage, finish, type Inputs, type Stage, start } from "./scenario.ts";

const mutating = /:(Modify|Update|Register|Run|Stop|Create|Delete|Tag|Put)/;
const kept: Inputs = { "keep-previous": "60", "rollback-window": "1", "on-inconclusive": "proceed" };
const bucket: Inputs = { "state-bucket": "shop-state" };
const bad = { ["a2".padEnd(64, "0")]: { errorRate: 0.05 } };
const serviceOf = (stage: Stage, colour: "blue" | "green") =>
  stage.account.world.ecs().services.get(stage.account.services.get(`shop-${colour}-staging`)?.arn ?? "");
const noHarm = { lost: 0, toUnhealthy: 0, emptySeconds: 0 };

describe.each([
  ["tags", {}],
  ["a state bucket", bucket],
] as const)("an emergency rollback with its record in %s", (_, record: Inputs) => {
  test("moves users within a second when the previous colour is kept, then cleans up", async () => {
    const stage = createStage({ autoscaling: true, behaviours: bad });
    await finish(stage, { ...kept, ...record });
    const began = stage.clock.now();
    const { result, reports } = await rollBackNow(stage, record);
    expect(result).toMatchObject({ outcome: "succeeded", ok: true });
    expect(result.outputs).toMatchObject({ "traffic-on": "blue", "active-colour": "blue", "previous-colour": "green" });
    const moved = stage.account.calls.find((call) => call.process === "rescue" && call.operation === "elb:ModifyListener");
    expect((moved?.at ?? Number.POSITIVE_INFINITY) - began).toBeLessThan(1);
    expect(callsBeforeSwitch(stage, "rescue").length).toBeLessThanOrEqual(6);
    expect(serviceOf(stage, "green")?.desiredCount).toBe(0);
    expect(serviceOf(stage, "blue")?.desiredCount).toBe(2);
    expect(stage.account.world.tally).toMatchObject(noHarm);
    expect(stage.account.scaling.get("service/shop-staging/shop-blue-staging")?.suspended).toMatchObject({
      DynamicScalingInSuspended: false,
    });
    expect(stage.account.scaling.get("service/shop-staging/shop-green-staging")?.suspended).toMatchObject({
      DynamicScalingInSuspended: true,
      DynamicScalingOutSuspended: true,
      ScheduledScalingSuspended: true,
    });
    expect(reports[0]).toContain("checkout fails for everybody");
  });

  test("starts the previous colour first when it is scaled to zero, and says how long that takes", async () => {
    const stage = createStage();
    await finish(stage, record);
    expect(serviceOf(stage, "blue")?.desiredCount).toBe(0);
    const { result, lines } = await rollBackNow(stage, record);
    expect(result).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
    expect(lines.join("\n")).toMatch(
      /blue is scaled to zero: tasks of shop:1 must start first, the last rollout needed \d+ s until it could switch/,
    );
    expect(stage.account.world.tally).toMatchObject(noHarm);
  });

  test("a second one does not swing back, and says what can be given", async () => {
    const stage = createStage();
    await finish(stage, { ...kept, ...record });
    await rollBackNow(stage, record);
    const before = stage.account.calls.length;
    const { result, lines } = await rollBackNow(stage, record);
    expect(result).toMatchObject({ outcome: "unchanged", ok: true, outputs: { "traffic-on": "blue" } });
    expect(result.reason).toMatch(/does not swing back to shop:2/);
    expect(lines.join("\n")).toContain("To go to another version, name it");
    expect(stage.account.calls.slice(before).filter((call) => mutating.test(call.operation))).toEqual([]);
  });

  test("goes past a deployment that was rolled back, to what was there before the version that users are on", async () => {
    const stage = createStage({ behaviours: { ["a3".padEnd(64, "0")]: { crashesAfter: 1, passesHealthChecks: false } } });
    await finish(stage, record);
    const failed = await finish(stage, { ...record, image: imageOf("v3") });
    expect(failed.result.outcome).toBe("failed");
    expect(sharesOf(stage)).toEqual({ green: 100 });
    const { result } = await rollBackNow(stage, record);
    expect(result).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
    expect(result.outputs?.["task-definition-arn"]).toMatch(/shop:1$/);
    expect(serviceOf(stage, "blue")?.deployments[0]?.spec.taskDefinitionArn).toMatch(/shop:1$/);
    expect(stage.account.world.tally).toMatchObject(noHarm);
  });

  test("goes to a version by name that neither colour holds any more", async () => {
    const stage = createStage();
    await finish(stage, record);
    await finish(stage, { ...record, image: imageOf("v3") });
    await finish(stage, { ...record, image: imageOf("v4") });
    const { result } = await rollBackNow(stage, { ...record, to: "shop:1" });
    expect(result).toMatchObject({ outcome: "succeeded", ok: true });
    expect(result.outputs?.["task-definition-arn"]).toMatch(/shop:1$/);
    expect(stage.account.world.tally).toMatchObject(noHarm);
  });

  test.each([4, 8, 14, 20, 26, 40, 120, 300, 590, 640])(
    "takes a running deployment over after %i s, and its weights stand last",
    async (after) => {
      const stage = createStage({ autoscaling: true });
      const deployment = start(stage, { ...record, strategy: "canary", steps: "50%:2m" });
      await stage.clock.until(stage.clock.sleep(after));
      const isOver = stage.account.calls.length;
      const rescue = startRollback(stage, record);
      const [deployed, rescued] = await stage.clock.until(Promise.all([deployment.result, rescue.result]));
      expect(rescued).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
      expect(deployed.ok).toBe(false);
      expect(deployed.reason).toMatch(/has taken this environment over/);
      expect(sharesOf(stage)).toEqual({ blue: 100 });
      expect(serviceOf(stage, "blue")?.desiredCount).toBe(2);
      expect(serviceOf(stage, "green")?.desiredCount).toBe(0);
      expect(stage.account.world.tally).toMatchObject(noHarm);
      expect(isOver).toBeGreaterThan(0);
      // The next deployment finds an environment that nobody holds and nothing is left in.
      const next = await finish(stage, { ...record, image: imageOf("v3") });
      expect(next.result).toMatchObject({ outcome: "succeeded" });
    },
  );

  test("is refused while another rollback is under way, unless the lock is broken", async () => {
    const stage = createStage();
    await finish(stage, { ...kept, ...record });
    const first = startRollback(stage, record);
    await stage.clock.until(stage.clock.sleep(5));
    const second = await rollBackNow(stage, record, undefined);
    expect(second.result).toMatchObject({ outcome: "failed", ok: false });
    expect(second.result.reason).toMatch(/Another run works on this environment/);
    const third = startRollback(stage, { ...record, "break-lock": "true" });
    const [one, other] = await stage.clock.until(Promise.all([first.result, third.result]));
    expect(one.reason).toMatch(/has taken this environment over/);
    expect(other).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
    expect(sharesOf(stage)).toEqual({ blue: 100 });
  });
});
