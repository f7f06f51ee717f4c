import { virtualClock } from "@aws-deploy-actions/local-cloud/virtual/clock";
import { createPace } from "../../src/aws/pace.ts";
import { defaultRetry, withRetry } from "../../src/aws/retry.ts";

const refused = (): Error => Object.assign(new Error("Rate exceeded"), { name: "Throttling" });
const broken = (): Error => Object.assign(new Error("Internal error"), { name: "ServerException", $metadata: { httpStatusCode: 500 } });

describe("the pace of reading", () => {
  const paced = () => {
    const clock = virtualClock(1000);
    const pace = createPace(clock, () => 0.5);
    const wait = async (service: string): Promise<number> => {
      const begin = clock.now();
      await clock.until(pace.ready(service));
      return clock.now() - begin;
    };
    const pass = async (seconds: number): Promise<void> => await clock.until(clock.sleep(seconds));
    return { pace, wait, pass };
  };

  test("is not held back before anything was refused", async () => {
    const { pace, wait } = paced();
    expect([await wait("elb"), await wait("elb"), pace.slowness()]).toEqual([0, 0, 1]);
  });

  test("leaves a gap between two reads of the service that refused, and none between those of others", async () => {
    const { pace, wait } = paced();
    pace.refused("elb");
    expect([await wait("elb"), await wait("elb"), await wait("ecs"), await wait("ecs")]).toEqual([0, 0.5, 0, 0]);
  });

  test("takes the refusals of one look for one, gets slower with each further one, and never slower than sixteen times", async () => {
    const { pace, pass } = paced();
    for (let call = 0; call < 5; call++) pace.refused("elb");
    expect(pace.slowness()).toBe(2);
    await pass(1);
    pace.refused("elb");
    expect(pace.slowness()).toBeCloseTo(3.47, 1);
    for (let turn = 0; turn < 20; turn++) {
      await pass(1);
      pace.refused("elb");
    }
    expect(pace.slowness()).toBe(16);
  });

  test("forgets half of it every thirty seconds", async () => {
    const { pace, pass } = paced();
    pace.refused("elb");
    await pass(30);
    expect(pace.slowness()).toBe(1.5);
    await pass(3600);
    expect(pace.slowness()).toBeCloseTo(1);
  });
});

describe("a call that is refused for its rate", () => {
  const after = async (failures: number, error: () => Error, policy = defaultRetry): Promise<string> => {
    const clock = virtualClock(0);
    let calls = 0;
    const call = async (): Promise<string> => {
      calls += 1;
      if (calls <= failures) throw error();
      return `answered at call ${calls}`;
    };
    return await clock.until(withRetry(clock, policy, call, () => 1).catch((failure: Error) => `${failure.message} at ${clock.now()} s`));
  };

  test.each`
    failures | error      | policy                                        | said
    ${12}    | ${refused} | ${defaultRetry}                               | ${"answered at call 13"}
    ${1000}  | ${refused} | ${defaultRetry}                               | ${"Rate exceeded at 119.5 s"}
    ${5}     | ${broken}  | ${defaultRetry}                               | ${"answered at call 6"}
    ${6}     | ${broken}  | ${defaultRetry}                               | ${"Internal error at 15.5 s"}
    ${3}     | ${refused} | ${{ attempts: 1, budget: 0, throttled: 120 }} | ${"answered at call 4"}
    ${1}     | ${refused} | ${{ attempts: 1, budget: 0 }}                 | ${"Rate exceeded at 0 s"}
    ${1}     | ${broken}  | ${{ attempts: 1, budget: 0, throttled: 120 }} | ${"Internal error at 0 s"}
  `("$failures times $error.name with $policy: $said", async ({ failures, error, policy, said }) => {
    expect(await after(failures, error, policy)).toBe(said);
  });
});
