import { createAccount } from "@aws-deploy-actions/local-cloud/virtual/account";
import { loadSdk, virtualAws, virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import { virtualClock } from "@aws-deploy-actions/local-cloud/virtual/clock";
import type { Fault } from "@aws-deploy-actions/local-cloud/virtual/faults";
import { readDefinition, registerOnce } from "../../src/aws/definitions.ts";

const sdks = await loadSdk();

/** Registers a new body under a fault at the first of its calls, and after a run that had registered the very same. */
async function register(fault: Fault | undefined, family = "shop"): Promise<{ readonly revisions: number; readonly said: string }> {
  const account = createAccount({ seed: 1, start: 1_800_000_000, tasks: 1, requestsPerSecond: 0 });
  const clock = virtualClock(account.now);
  clock.onAdvance((to) => account.advanceTo(to));
  const calm = virtualAws(account, virtualProcess("before"), clock, sdks);
  const { body } = await clock.until(readDefinition(calm, "shop:1"));
  const changed = { ...body, family, cpu: "512" };
  await clock.until(registerOnce(calm, changed, clock));
  const aws = virtualAws(account, virtualProcess("run", fault === undefined ? [] : [{ at: 0, fault }]), clock, sdks);
  const again = registerOnce(aws, changed, clock).then(
    ({ arn, created }) => `${created ? "created" : "found"} ${arn.split("/").at(-1)}`,
    (error: Error) => error.message,
  );
  return { said: await clock.until(again), revisions: account.definitions.size };
}

test.each([
  ["nothing breaks", undefined, /^found shop:2$/],
  ["the look is throttled", "throttled", /^found shop:2$/],
  ["the look may not be made", "denied", /DescribeTaskDefinition failed: AccessDenied/],
] as const)("a revision that is there already is never registered again when %s", async (_, fault, said) => {
  expect(await register(fault)).toEqual({ revisions: 2, said: expect.stringMatching(said) });
});

test("the first revision of a family is registered", async () => {
  expect(await register(undefined, "cart")).toEqual({ revisions: 2, said: "found cart:1" });
});

test.each([
  ["throttled three times", "throttled", "created shop:2", 4],
  ["answered with an error of AWS's own", "error-500", "created shop:2", 2],
  ["carried out, and its answer lost", "reply-lost", "created shop:2", 1],
  ["not answered", "silence", "created shop:2", 2],
  ["denied", "denied", expect.stringMatching(/RegisterTaskDefinition failed: AccessDenied/), 1],
] as const)("one revision is registered when the call is %s", async (_, fault, said, sent) => {
  const account = createAccount({ seed: 1, start: 1_800_000_000, tasks: 1, requestsPerSecond: 0 });
  const clock = virtualClock(account.now);
  clock.onAdvance((to) => account.advanceTo(to));
  const { body } = await clock.until(readDefinition(virtualAws(account, virtualProcess("before"), clock, sdks), "shop:1"));
  const aws = virtualAws(account, virtualProcess("run", [{ at: 1, fault }]), clock, sdks);
  const once = registerOnce(aws, { ...body, cpu: "512" }, clock).then(
    ({ arn, created }) => `${created ? "created" : "found"} ${arn.split("/").at(-1)}`,
    (error: Error) => error.message,
  );
  expect(await clock.until(once)).toEqual(said);
  expect(account.definitions.size).toBe(fault === "denied" ? 1 : 2);
  expect(account.calls.filter((call) => call.operation === "ecs:RegisterTaskDefinition")).toHaveLength(sent);
});
