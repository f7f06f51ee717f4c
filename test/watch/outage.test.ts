// AWS in trouble while a new version is watched says nothing about the version.
import { virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import type { Fault } from "@aws-deploy-actions/local-cloud/virtual/faults";
import { createStage, type Inputs } from "../simulation/scenario.ts";
import { backAt, movedAt, type Watched, watchDeployment } from "./deployment.ts";

const health = { "health-checks": "backend https://shop.example.com/health" };
const minute = 60;

interface Trouble {
  readonly kind: Fault;
  /** Which calls meet it. */
  readonly of: RegExp;
  /** From and to, in minutes after users were moved. */
  readonly during: readonly [from: number, to: number];
}

const failing = { behaviours: { ["a2".padEnd(64, "0")]: { errorRate: 0.3 } } };

async function deploymentIn({ kind, of, during: [from, to] }: Trouble, inputs: Inputs = {}, bad = false): Promise<Watched> {
  const stage = createStage({ requestsPerSecond: 20, ...(bad ? failing : {}) });
  stage.account.alarms.set("shop-staging-errors", { state: "OK", since: 0 });
  const process = virtualProcess("run");
  process.trouble = (operation, now) => {
    const since = (now - movedAt(stage)) / minute;
    return of.test(operation) && since >= from && since < to ? kind : undefined;
  };
  return await watchDeployment(stage, { ...health, ...inputs }, undefined, process);
}

const everything = /./;
const metrics = /^cloudwatch:/;

describe.each(["throttled", "error-500", "silence"] as const)("a good version, while calls end in %s", (kind) => {
  test.each`
    what            | of            | during      | outcome           | because
    ${"CloudWatch"} | ${metrics}    | ${[2, 3.5]} | ${"succeeded"}    | ${"it came back, and showed what it had not"}
    ${"CloudWatch"} | ${metrics}    | ${[2, 6]}   | ${"succeeded"}    | ${"it came back before the window ended"}
    ${"CloudWatch"} | ${metrics}    | ${[7, 99]}  | ${"inconclusive"} | ${"it was away when the window ended"}
    ${"all of AWS"} | ${everything} | ${[4, 5.5]} | ${"succeeded"}    | ${"it was away for less than two minutes"}
    ${"all of AWS"} | ${everything} | ${[7, 14]}  | ${"inconclusive"} | ${"it was away when the window ended"}
  `(
    "$what, minutes $during: $outcome, $because",
    async ({ of, during, outcome }) => {
      const { result } = await deploymentIn({ kind, of, during });
      expect(result).toMatchObject({
        outcome,
        ok: outcome === "succeeded",
        outputs: { "traffic-on": outcome === "succeeded" ? "green" : "blue" },
      });
      if (outcome === "inconclusive") expect(result.reason).toMatch(/AWS did not answer for 2 min|no answer from CloudWatch/);
    },
    60_000,
  );
});

// Throttled calls are made less often instead, and what was missed is caught up with.
test.each(["error-500", "silence"] as const)(
  "all of AWS away for four minutes of the window (%s) is inconclusive",
  async (kind) => {
    const { result } = await deploymentIn({ kind, of: everything, during: [4, 8] });
    expect(result).toMatchObject({ outcome: "inconclusive", ok: false, outputs: { "traffic-on": "blue" } });
    expect(result.reason).toContain("AWS did not answer for 2 min");
  },
  60_000,
);

test.each`
  onInconclusive | of            | outcome           | on         | because
  ${"hold"}      | ${everything} | ${"inconclusive"} | ${"green"} | ${"both colours stay"}
  ${"hold"}      | ${metrics}    | ${"inconclusive"} | ${"green"} | ${"both colours stay"}
  ${"proceed"}   | ${everything} | ${"succeeded"}    | ${"green"} | ${"it waits until AWS is back"}
  ${"proceed"}   | ${metrics}    | ${"succeeded"}    | ${"green"} | ${"it goes on without a verdict"}
`("on-inconclusive: $onInconclusive ends $outcome on $on: $because", async ({ onInconclusive, of, outcome, on }) => {
  const during = of === everything ? [4, 8] : [7, 99];
  const { result } = await deploymentIn({ kind: "error-500", of, during: during as never }, { "on-inconclusive": onInconclusive });
  expect(result).toMatchObject({ outcome, outputs: { "traffic-on": on } });
});

test("what was bad before and after an outage is rolled back for what it did, not for the outage", async () => {
  const { result } = await deploymentIn({ kind: "throttled", of: everything, during: [3, 4.5] }, {}, true);
  expect(result).toMatchObject({ outcome: "rolled-back", outputs: { "traffic-on": "blue" } });
  expect(result.reason).toMatch(/error rate 3\d?/);
});

/** How long after users met a bad version they left it, and what became of the deployment. */
async function leaving(kind: Fault, of: RegExp, inputs: Inputs): Promise<{ readonly after: number; readonly watched: Watched }> {
  const stage = createStage({ requestsPerSecond: 20, ...failing });
  const process = virtualProcess("run");
  process.trouble = (operation, now) => (of.test(operation) && now - movedAt(stage) >= minute ? kind : undefined);
  const watched = await watchDeployment(stage, { "breach-duration": "2m", timeout: "30", ...inputs }, undefined, process);
  return { after: backAt(stage, movedAt(stage) + 1) - movedAt(stage), watched };
}

// What shows a version to be bad is asked of CloudWatch; what puts users back is one call of the load balancer.
describe.each(["throttled", "error-500", "silence", "denied"] as const)("a bad version, while calls of AWS end in %s for good", (kind) => {
  test.each`
    what                       | of
    ${"the services"}          | ${/^ecs:(Describe|List)/}
    ${"the targets' health"}   | ${/^elb:DescribeTargetHealth/}
    ${"listeners and rules"}   | ${/^elb:Describe(Listeners|Rules)/}
    ${"all that is looked at"} | ${/^(elb|ecs):(Describe|List)/}
    ${"all but the way back"}  | ${/^(?!elb:ModifyListener|cloudwatch:)/}
  `(
    "$what: users leave it as soon as without the trouble, or within 10 s of it",
    async ({ of }) => {
      const { after: usual } = await leaving(kind, /^none/, {});
      const { after, watched } = await leaving(kind, of, {});
      expect(after).toBeLessThan(usual + 10);
      expect(watched.result.outputs?.["traffic-on"]).toBe("blue");
      expect(watched.result.reason).toMatch(/^(shop:2 was rolled back|Users are back on blue, but the rollback did not come to its end)/);
    },
    60_000,
  );
});
