import { imageOf } from "@aws-deploy-actions/local-cloud/virtual/account";
import { virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import type { Fault } from "@aws-deploy-actions/local-cloud/virtual/faults";
import { callsBeforeSwitch, rollBackNow, sharesOf, startRollback } from "./emergency-scenario.ts";
import { createStage, finish, type Inputs, type Stage, start } from "./scenario.ts";

const kept: Inputs = { "keep-previous": "60", "rollback-window": "1", "on-inconclusive": "proceed" };
const bucket: Inputs = { "state-bucket": "shop-state" };
const mutating = /:(Modify|Update|Register|Run|Stop|Create|Delete|Tag|Put)/;
const image = (version: string) => `a${version}`.padEnd(64, "0");
const mutations = (stage: Stage, process = "rescue") =>
  stage.account.calls.filter((call) => call.process === process && mutating.test(call.operation));
const serviceOf = (stage: Stage, colour: "blue" | "green") =>
  stage.account.world.ecs().services.get(stage.account.services.get(`shop-${colour}-staging`)?.arn ?? "");
const setShares = (stage: Stage, blue: number, green: number): void => {
  const [listener] = stage.account.listeners;
  if (listener === undefined) throw new Error("no listener");
  const { groups, world } = stage.account;
  listener.defaultActions = [
    {
      Type: "forward",
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: groups.blue, Weight: blue },
          { TargetGroupArn: groups.green, Weight: green },
        ],
      },
    },
  ];
  world.applyListeners();
};

/** Without these nobody knows where users are, and who answers. */
const essential = ["ecs:DescribeServices", "elb:DescribeLoadBalancers", "elb:DescribeListeners", "elb:DescribeTargetHealth"];

describe("what an immediate rollback does not need", () => {
  const cases = (["throttled", "denied", "silence"] as const).flatMap((fault) =>
    ([{}, bucket] as const).map((record) => ({ fault, record, where: record === bucket ? "a state bucket" : "tags" })),
  );
  test.each(cases)(
    "does not hold it up when it is $fault (record in $where)",
    async ({ fault, record }) => {
      const calm = await prepared(record);
      await rollBackNow(calm, record);
      const operations = [...new Set(ownCalls(calm))].filter(
        (operation) => !essential.includes(operation) && !operation.startsWith("elb:Modify"),
      );
      expect(operations.length).toBeGreaterThan(5);
      for (const operation of operations) {
        const stage = await prepared(record);
        const process = virtualProcess("rescue", [{ at: ownCalls(calm).indexOf(operation), fault: fault as Fault }]);
        const began = stage.clock.now();
        const { result } = await rollBackNow(stage, record, process);
        const moved = stage.account.calls.find((call) => call.process === "rescue" && call.operation === "elb:ModifyListener");
        const said = `${operation} ${fault}`;
        expect([said, callsBeforeSwitch(stage, "rescue").length <= 6]).toEqual([said, true]);
        expect([said, (moved?.at ?? Number.POSITIVE_INFINITY) - began < 2]).toEqual([said, true]);
        expect([said, sharesOf(stage)]).toEqual([said, { blue: 100 }]);
        // What can be waited out, or passed over, does not spoil the rest of it.
        if (fault !== "denied" || !/^(ecs|elb):/.test(operation)) expect([said, result.outcome]).toEqual([said, "succeeded"]);
        expect([said, stage.account.world.tally.lost]).toEqual([said, 0]);
      }
    },
    30_000,
  );

  const prepared = async (record: Inputs): Promise<Stage> => {
    const stage = createStage({ autoscaling: true });
    await finish(stage, { ...kept, ...record });
    return stage;
  };
  const ownCalls = (stage: Stage): readonly string[] =>
    stage.account.calls.filter((call) => call.process === "rescue").map((call) => call.operation);
});

describe("a rollback that cannot be, or need not be", () => {
  test.each([
    ["no reason", { reason: "" }, /reason is required/],
    [
      "the wrong environment's name",
      { confirm: "production" },
      /confirm: "production" is not the environment's name; accepted: "staging", or force: true/,
    ],
    ["no confirmation", { confirm: "" }, /confirm: nothing is given/],
    ["neither reason nor confirmation", { reason: "", confirm: "" }, /reason is required.*confirm: nothing is given/s],
    ["a version that is none", { to: "the good one" }, /to: "the good one" is not accepted; accepted: a deployment's id/],
  ])("asks AWS nothing with %s", async (_, inputs, message) => {
    const stage = createStage();
    const { result } = await rollBackNow(stage, inputs);
    expect(result).toMatchObject({ outcome: "failed", ok: false });
    expect(result.reason).toMatch(message);
    expect(stage.account.calls).toEqual([]);
  });

  test("needs no confirmation with force", async () => {
    const stage = createStage();
    await finish(stage, kept);
    expect((await rollBackNow(stage, { confirm: "", force: "true" })).result.outcome).toBe("succeeded");
  });

  test("says that there is nothing to go back to where no deployment was ever recorded", async () => {
    const stage = createStage();
    const { result } = await rollBackNow(stage);
    expect(result).toMatchObject({ outcome: "failed", ok: false });
    expect(result.reason).toMatch(/no record of a deployment that succeeded, and green is empty/);
    expect(mutations(stage)).toEqual([]);
  });

  test("goes to the older version that runs when there is no record, and says so", async () => {
    const stage = createStage();
    await finish(stage, kept);
    for (const one of stage.account.services.values()) one.tags.clear();
    const { result, lines } = await rollBackNow(stage);
    expect(result).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
    expect(lines.join("\n")).toMatch(/There is no record .* blue was taken because its 2 running tasks are of the older shop:1/);
  });

  test("never goes to the newer version without a record", async () => {
    const stage = createStage();
    await finish(stage, kept);
    for (const one of stage.account.services.values()) one.tags.clear();
    setShares(stage, 100, 0);
    const { result } = await rollBackNow(stage);
    expect(result.reason).toMatch(/what users are on is the older one/);
    expect(mutations(stage)).toEqual([]);
  });

  test.each([
    ["a deployment that was rolled back", /did not succeed \(failed\)/],
    ["a deployment that nobody knows", /there is no record of deployment d-20260101000000-1-1/],
    ["a revision that does not exist", /ecs:DescribeTaskDefinition failed/],
  ])("refuses %s", async (what, message) => {
    const stage = createStage({ behaviours: { [image("2")]: { crashesAfter: 1, passesHealthChecks: false } } });
    const failed = await finish(stage, { ...bucket });
    const ids = {
      "a deployment that was rolled back": String(failed.result.outputs?.["deployment-id"]),
      "a deployment that nobody knows": "d-20260101000000-1-1",
    };
    const to = ids[what as keyof typeof ids] ?? "shop:99";
    const before = stage.account.calls.length;
    const { result } = await rollBackNow(stage, { ...bucket, to });
    expect(result.reason).toMatch(message);
    expect(stage.account.calls.slice(before).filter((call) => mutating.test(call.operation))).toEqual([]);
  });

  test("goes to a deployment by its id", async () => {
    const stage = createStage();
    const second = await finish(stage, { ...bucket });
    await finish(stage, { ...bucket, image: imageOf("v3") });
    await finish(stage, { ...bucket, image: imageOf("v4") });
    const { result } = await rollBackNow(stage, { ...bucket, to: String(second.result.outputs?.["deployment-id"]) });
    expect(result).toMatchObject({ outcome: "succeeded" });
    expect(result.outputs?.["task-definition-arn"]).toMatch(/shop:2$/);
  });
});

describe("an emergency rollback", () => {
  test("brings users back who were put on both colours by a deployment whose run is dead", async () => {
    const stage = createStage();
    const process = virtualProcess("run");
    const deployment = start(stage, { strategy: "canary", steps: "50%:10m" }, process);
    await stage.clock.until(stage.clock.sleep(120));
    process.isDead = true;
    void deployment.result;
    expect(sharesOf(stage)).toEqual({ blue: 50, green: 50 });
    const { result } = await rollBackNow(stage);
    expect(result).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
    expect(sharesOf(stage)).toEqual({ blue: 100 });
    expect(stage.account.world.tally).toMatchObject({ lost: 0, toUnhealthy: 0 });
  });

  test("leaves no user on the bad version through a cookie", async () => {
    const stage = createStage({ stickySeconds: 86_400, stickyClients: 20 });
    await finish(stage, kept);
    await rollBackNow(stage);
    const { tally } = stage.account.world;
    // With the very call that moves users: later would leave those with a cookie where they are until then.
    const [moved] = mutations(stage);
    expect(moved?.operation).toBe("elb:ModifyListener");
    expect(JSON.stringify(moved?.input)).not.toContain("shop-green");
    expect(JSON.stringify(stage.account.listeners[0]?.defaultActions)).not.toContain("shop-green");
    const before = tally.byRevision.get("arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:2");
    await stage.clock.until(stage.clock.sleep(300));
    expect(tally.byRevision.get("arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:2")).toBe(before);
    expect(tally).toMatchObject({ lost: 0 });
  });

  test("moves every listener and rule of the pair", async () => {
    const stage = createStage();
    const { groups, listeners } = stage.account;
    const actions = [{ Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn: groups.blue, Weight: 100 }] } }];
    for (const priority of ["5", "9"]) {
      const arn = `${listeners[0]?.arn.replace(":listener/", ":listener-rule/")}/${priority}`;
      listeners[0]?.rules.push({
        arn,
        priority,
        conditions: [{ Field: "path-pattern", Values: [`/${priority}/*`] }],
        actions: actions as never,
      });
    }
    await finish(stage, kept);
    const { result } = await rollBackNow(stage);
    expect(result).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
    expect(callsBeforeSwitch(stage, "rescue")).toHaveLength(4);
    for (const rule of listeners[0]?.rules ?? []) expect(JSON.stringify(rule.actions)).toMatch(/shop-blue-staging\/aaaa","Weight":100/);
    for (const rule of listeners[0]?.rules ?? [])
      expect(JSON.stringify(rule.actions)).not.toMatch(/shop-green-staging\/bbbb","Weight":[1-9]/);
  });

  test("that is killed between the switch and its record is finished by the next one", async () => {
    const stage = createStage();
    await finish(stage, kept);
    const process = virtualProcess("rescue", [{ at: 4, fault: "killed-after" }]);
    startRollback(stage, {}, process);
    await stage.clock.until(stage.clock.sleep(30));
    expect(process.isDead).toBe(true);
    expect(sharesOf(stage)).toEqual({ blue: 100 });
    const { result, lines } = await rollBackNow(stage);
    expect(result).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
    expect(lines.join("\n")).toMatch(/somebody moved them by hand, or a rollback was lost/);
    expect(serviceOf(stage, "green")?.desiredCount).toBe(0);
  });

  test("that is killed during its clean-up is carried on by the next one", async () => {
    const stage = createStage();
    await finish(stage, kept);
    const process = virtualProcess("rescue");
    startRollback(stage, {}, process);
    await stage.clock.until(stage.clock.sleep(4));
    process.isDead = true;
    await stage.clock.until(stage.clock.sleep(400));
    const { result } = await rollBackNow(stage);
    expect(result).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
    expect(serviceOf(stage, "green")?.desiredCount).toBe(0);
  });

  test("that is killed is ended by blue-green-deploy's resume as well", async () => {
    const stage = createStage();
    await finish(stage, kept);
    const process = virtualProcess("rescue");
    startRollback(stage, {}, process);
    await stage.clock.until(stage.clock.sleep(4));
    process.isDead = true;
    await stage.clock.until(stage.clock.sleep(400));
    const { result } = await finish(stage, { mode: "resume", image: "" });
    expect(result).toMatchObject({ ok: true, outputs: { "traffic-on": "blue" } });
    expect(serviceOf(stage, "green")?.desiredCount).toBe(0);
  });

  test("goes on when its job is cancelled", async () => {
    const stage = createStage();
    await finish(stage);
    const run = startRollback(stage);
    await stage.clock.until(stage.clock.sleep(3));
    run.cancel();
    expect(await stage.clock.until(run.result)).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
  });

  test("leaves users where they are when the previous version does not come up any more", async () => {
    const behaviours: Record<string, object> = {};
    const stage = createStage({ behaviours });
    await finish(stage);
    behaviours["v1"] = { crashesAfter: 1, exitCode: 3, passesHealthChecks: false };
    const { result } = await rollBackNow(stage);
    expect(result).toMatchObject({ outcome: "rollback-failed", ok: false, outputs: { "traffic-on": "green" } });
    expect(result.reason).toMatch(/shop:1 keeps stopping.*exited with 3/);
    expect(result.mend).toMatch(/blue has 0 healthy targets, green has 2 healthy targets/);
    expect(serviceOf(stage, "blue")?.desiredCount).toBe(0);
    expect(serviceOf(stage, "green")?.desiredCount).toBe(2);
    expect(stage.account.world.tally).toMatchObject({ lost: 0, toUnhealthy: 0 });
  });

  test("gives users up again when the previous version dies under them, and takes nothing down", async () => {
    const behaviours: Record<string, { passesHealthChecks: boolean }> = {};
    const stage = createStage({ behaviours });
    await finish(stage, kept);
    const run = startRollback(stage, { "rollback-window": "10" });
    await stage.clock.until(stage.clock.sleep(20));
    behaviours["v1"] = { passesHealthChecks: false };
    const result = await stage.clock.until(run.result);
    expect(result).toMatchObject({ outcome: "rollback-failed", ok: false, outputs: { "traffic-on": "green" } });
    expect(serviceOf(stage, "green")?.desiredCount).toBe(2);
  });

  test("graceful: scales up and checks before it moves anybody", async () => {
    const stage = createStage();
    await finish(stage);
    const { result } = await rollBackNow(stage, { type: "graceful" });
    expect(result).toMatchObject({ outcome: "succeeded", outputs: { "traffic-on": "blue" } });
    const own = stage.account.calls.filter((call) => call.process === "rescue").map((call) => call.operation);
    expect(own.indexOf("ecs:UpdateService")).toBeLessThan(own.lastIndexOf("elb:ModifyListener"));
    expect(stage.account.world.tally).toMatchObject({ lost: 0, toUnhealthy: 0 });
  });

  test("status shows the rollback and its reason", async () => {
    const stage = createStage();
    await finish(stage, kept);
    await rollBackNow(stage);
    const { result, lines } = await rollBackNow(stage, { mode: "status", reason: "", confirm: "" });
    expect(result).toMatchObject({ outcome: "status", ok: true, outputs: { "traffic-on": "blue" } });
    expect(lines.join("\n")).toMatch(/r-\d+-rescue-1 \(shop:1 to blue\), succeeded, .*checkout fails for everybody/);
  });
});
