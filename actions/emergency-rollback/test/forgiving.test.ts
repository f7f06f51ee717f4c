import { virtualClock } from "@aws-deploy-actions/local-cloud/virtual/clock";
import type { RolloutPorts } from "@aws-deploy-actions/rollout/order";
import type { ScalingPort } from "@aws-deploy-actions/rollout/ports";
import { forgiving } from "../src/forgiving.ts";

const free = { scaleInSuspended: false, scaleOutSuspended: false, scheduledSuspended: false };
const held = { scaleInSuspended: true, scaleOutSuspended: true, scheduledSuspended: true };

/** Autoscaling that answers as told; what is not told works. */
function scalingOf(over: Partial<ScalingPort> = {}) {
  const clock = virtualClock(1000);
  const said: string[] = [];
  const scaling: ScalingPort = {
    look: async () => ({ blue: free, green: undefined }),
    suspend: async () => undefined,
    giveBack: async () => undefined,
    ...over,
  };
  const ports = { scaling, narrator: { trouble: (text: string) => said.push(text) } } as unknown as RolloutPorts;
  const calm = forgiving(ports, clock);
  return { calm, clock, said, look: async () => await clock.until(calm.scaling.look()) };
}
const denied = async (): Promise<never> => await Promise.reject(new Error("denied"));
const silent = async (): Promise<never> => await new Promise<never>(() => undefined);

describe("autoscaling in an emergency", () => {
  test("is shown as it is where AWS answers", async () => {
    const { look, calm } = scalingOf();
    expect(await look()).toEqual({ blue: free, green: undefined });
    expect(calm.leavesUndone()).toBe(false);
  });

  test("that nobody may look at counts as suspended: nothing is lost by giving it back", async () => {
    const { look, said } = scalingOf({ look: denied });
    expect(await look()).toEqual({ blue: held, green: held });
    await look();
    expect(said).toHaveLength(1);
  });

  test("that answers once and then no more is as it was, with what was done to it", async () => {
    let calls = 0;
    const { look, calm, clock } = scalingOf({ look: async () => (calls++ === 0 ? { blue: free, green: undefined } : await silent()) });
    await look();
    await clock.until(calm.scaling.suspend("blue", "all"));
    expect(await look()).toEqual({ blue: held, green: undefined });
    expect(clock.now()).toBe(1003);
    await clock.until(calm.scaling.giveBack("blue"));
    expect((await look()).blue).toEqual(free);
  });

  test("whose suspending got no answer in time may be suspended all the same", async () => {
    const { look, calm, clock } = scalingOf({ suspend: silent });
    await clock.until(calm.scaling.suspend("blue", "scale-in"));
    expect((await look()).blue).toEqual(held);
  });

  test("that cannot be given back is left to the next run", async () => {
    const { look, calm, clock, said } = scalingOf({ giveBack: denied });
    await clock.until(calm.scaling.giveBack("blue"));
    expect(await look()).toEqual({ blue: undefined, green: undefined });
    expect(calm.leavesUndone()).toBe(true);
    expect(said.join()).toMatch(/autoscaling of blue cannot be given back/);
  });

  test("is waited for longer at the end, when users are back", async () => {
    const { calm, clock } = scalingOf({ giveBack: async () => await clock.sleep(20) });
    await clock.until(calm.scaling.giveBack("blue"));
    expect(calm.leavesUndone()).toBe(false);
  });
});
