// Every request that whole rollouts send, held against AWS's own description of its services.
import { createStage, finish, type Inputs, type Stage, start } from "../simulation/scenario.ts";
import { violations } from "./check.ts";

const digest = (version: string): string => version.padEnd(64, "0").replace("v", "a");
const bad = { behaviours: { [digest("v2")]: { errorRate: 0.3 } }, requestsPerSecond: 50 };

/** All requests of a story: each distinct one once. */
function requestsOf(stage: Stage) {
  return [...new Map(stage.account.calls.map((call) => [JSON.stringify([call.operation, call.input]), call])).values()];
}

async function play(stage: Stage, ...runs: readonly Inputs[]): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (const inputs of runs) outcomes.push((await finish(stage, inputs)).result.outcome);
  return outcomes;
}

const quick = { "rollback-window": "5m" };

describe("the requests of", () => {
  test.each([
    ["a deployment with tags", createStage({ autoscaling: true }), [quick], ["succeeded"]],
    [
      "a deployment with S3, then its status",
      createStage(),
      [
        { ...quick, "state-bucket": "state-123" },
        { mode: "status", image: "", "state-bucket": "state-123" },
      ],
      ["succeeded", "status"],
    ],
    [
      "a canary with stickiness and alarms",
      createStage({ stickySeconds: 60, stickyClients: 4 }),
      [{ ...quick, strategy: "canary", steps: "10%:2m", alarms: "errors\nlatency" }],
      undefined,
    ],
    ["a rollback", createStage(bad), [{ "breach-duration": "2m" }], ["rolled-back"]],
    ["a migration", createStage(), [{ ...quick, "migration-command": '["npm", "run", "migrate"]' }], undefined],
    [
      "overrides of several kinds",
      createStage(),
      [{ ...quick, "environment-variables": "app/LOG_LEVEL=debug", "container-name": "app", "desired-count": "3" }],
      ["succeeded"],
    ],
    ["a plan", createStage(), [{ mode: "plan" }], ["planned"]],
  ] as const)("%s", async (_, stage, runs, outcomes) => {
    const ended = await play(stage, ...runs);
    if (outcomes !== undefined) expect(ended).toEqual(outcomes);
    const requests = requestsOf(stage);
    expect(requests.length).toBeGreaterThan(5);
    expect(requests.flatMap(violations)).toEqual([]);
  });

  test("a run that was lost, and the resume that ends it", async () => {
    const stage = createStage();
    const first = start(stage, { ...quick, "state-bucket": "state-123" });
    await stage.clock.until(stage.clock.sleep(45));
    first.process.isDead = true;
    await stage.clock.until(stage.clock.sleep(1200));
    await finish(stage, { mode: "resume", image: "", "state-bucket": "state-123" });
    expect(requestsOf(stage).flatMap(violations)).toEqual([]);
  });
});

describe("the check itself", () => {
  test.each([
    ["a required member is missing", "ecs:UpdateService", {}, "service is required"],
    ["a member is misspelt", "ecs:UpdateService", { service: "s", desiredcount: 1 }, "desiredcount is no member"],
    ["a number is a text", "ecs:UpdateService", { service: "s", desiredCount: "1" }, "a whole number is expected"],
    ["an enum's value is unknown", "ecs:ListTasks", { desiredStatus: "GONE" }, '"GONE" is none of'],
    ["a list is no list", "ecs:DescribeServices", { services: "s" }, "a list is expected"],
    [
      "a weight is too large, deep inside",
      "elb:ModifyListener",
      { ListenerArn: "l", DefaultActions: [{ Type: "forwards" }] },
      '"forwards" is none of',
    ],
    ["a text is too long", "secrets:DescribeSecret", { SecretId: "x".repeat(2049) }, "2049 characters, at most 2048"],
    ["a text is empty", "secrets:DescribeSecret", { SecretId: "" }, "0 characters, at least 1"],
    ["a pattern is not matched", "logs:GetLogEvents", { logGroupName: "a b", logStreamName: "s" }, "does not match"],
    [
      "too many items",
      "cloudwatch:DescribeAlarms",
      { AlarmNames: Array.from({ length: 101 }, (_, index) => `a${index}`) },
      "101 items, at most 100",
    ],
    ["a number is out of bounds", "cloudwatch:DescribeAlarms", { MaxRecords: 101 }, "101, at most 100"],
    ["a time is a number", "cloudwatch:GetMetricData", { MetricDataQueries: [], StartTime: 1, EndTime: new Date() }, "a time is expected"],
    ["a flag is a text", "ecs:UpdateService", { service: "s", forceNewDeployment: "true" }, "true or false is expected"],
    ["an operation does not exist", "ecs:Deploy", {}, "AWS has no such operation"],
  ])("%s", (_, operation, input, expected) => {
    expect(violations({ operation, input }).join("; ")).toContain(expected);
  });

  test("a right request has none", () => {
    expect(violations({ operation: "ecs:UpdateService", input: { service: "s", desiredCount: 1, cluster: undefined } })).toEqual([]);
  });

  test("a service that nobody knows is a mistake", () => {
    expect(() => violations({ operation: "nothing:Get", input: {} })).toThrow('no service "nothing"');
  });
});
