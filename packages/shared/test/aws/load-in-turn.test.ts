import { inTurn } from "../../src/aws/load-in-turn.ts";

/** Sleeps end when the test says so. */
function sleepy() {
  const sleeps: (() => void)[] = [];
  const clock = { now: () => 0, sleep: async () => await new Promise<void>((resolve) => void sleeps.push(resolve)) };
  return { clock, wake: () => sleeps.shift()?.() };
}
const turns = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

describe("clients loaded in turn", () => {
  test.each`
    what                                             | then
    ${"the first call of the one before is sent"}    | ${"sent"}
    ${"nobody knows when that will be: after 50 ms"} | ${"slept"}
    ${"the one before cannot be loaded"}             | ${"failed"}
  `("the next one is loaded when $what", async ({ then }) => {
    const { clock, wake } = sleepy();
    const turn = inTurn(clock);
    const loaded: string[] = [];
    const load = (name: string) => async (): Promise<object> => {
      loaded.push(name);
      if (name === "ecs" && then === "failed") throw new Error("no such file");
      return { name };
    };
    const first = turn(load("ecs"));
    const second = turn(load("elb"));
    const settled = await Promise.allSettled([first]);
    await turns();
    expect(loaded).toEqual(["ecs"]);
    if (then === "sent" && settled[0].status === "fulfilled") settled[0].value.sent();
    else wake();
    expect((await second).module).toEqual({ name: "elb" });
    expect(loaded).toEqual(["ecs", "elb"]);
  });
});
