import { callsBeforeSwitch, rollBackNow } from "./emergency-scenario.ts";
import { createStage, finish } from "./scenario.ts";

describe("an emergency rollback in virtual time", () => {
  test("moves users at once when the previous colour is kept", async () => {
    const stage = createStage({ autoscaling: true });
    await finish(stage, { "keep-previous": "60" });
    const began = stage.clock.now();
    const { result, reports } = await rollBackNow(stage);
    expect(result).toMatchObject({ outcome: "succeeded", ok: true });
    expect(result.outputs).toMatchObject({ "traffic-on": "blue", "active-colour": "blue", "previous-colour": "green" });
    const calls = callsBeforeSwitch(stage, "rescue");
    expect(calls).toHaveLength(4);
    const moved = stage.account.calls.find((call) => call.process === "rescue" && call.operation === "elb:ModifyListener");
    expect((moved?.at ?? 0) - began).toBeLessThan(1);
    expect(stage.account.world.tally).toMatchObject({ lost: 0, toUnhealthy: 0, emptySeconds: 0 });
    expect(reports[0]).toContain("checkout fails for everybody");
  });
});
