import { jest } from "@jest/globals";
import { type BareCloud, selectionsOf, startBareCloud } from "./cloud.ts";
import { type Outcome, runAction, runBundle } from "./harness.ts";
import { clients, createShop, type Shop } from "./shop.ts";

jest.setTimeout(120_000);

let cloud: BareCloud;
let shop: Shop;
let inOrder: Outcome;
let answered = 0;
/** The calls of a run over the environment in order, as production. */
let made: readonly { readonly service: string; readonly operation: string }[];

beforeAll(async () => {
  cloud = await startBareCloud();
  shop = await createShop();
  selectionsOf(cloud, shop.backupPlan, { database: ["arn:aws:rds:eu-central-1:123456789012:db:shop-staging"] });
  cloud.calls.clear();
  inOrder = await runAction({});
  const calls = cloud.calls.all();
  await runAction({ "environment-class": "production" });
  made = cloud.calls.since(calls.length);
  answered = calls.length;
});
afterAll(async () => await cloud.stop());
beforeEach(() => cloud.faults.clear());

const failedIn = ({ states }: Outcome): readonly string[] =>
  Object.entries(states).flatMap(([id, state]) => (state === "failed" ? [id] : []));

describe("an environment in order", () => {
  test("passes whatever applies", () => {
    expect(inOrder.outputs).toMatchObject({
      outcome: "passed",
      score: "20/20 (100%)",
      passed: "20",
      failed: "0",
      unknown: "0",
      warnings: "1",
    });
    expect(inOrder.failed).toBe(false);
    expect(inOrder.visible.includes("Security Score: 20/20 (100%)")).toBe(true);
    expect(inOrder.states["automatic-failover"]).toBe("not-applicable");
  });
  test("takes at most 60 calls, none of which changes anything", () => {
    expect(made.length).toBeLessThanOrEqual(60);
    expect(made.filter(({ operation }) => !/^(Describe|List|Get|GET )/.test(operation))).toEqual([]);
  });
  test("leaves evidence: who, where, when, and every answer", () => {
    const { account, region, time, answers } = inOrder.evidence;
    expect({ account, region }).toEqual({ account: "123456789012", region: "eu-central-1" });
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(120_000);
    // All but the question who we are.
    expect(answers.length).toBe(answered - 1);
    expect(JSON.stringify(answers)).toContain('"ParameterName":"rds.force_ssl","ParameterValue":"1"');
  });
  test("is read by the bundle, which holds only parts of each client, as by the code", async () => {
    const { checks, answers } = await runBundle({});
    expect(checks).toEqual(inOrder.evidence.checks);
    // Times and request ids differ from run to run.
    const steady = (text: string): string => text.replace(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"time"').replace(/\(request \w+\)/g, "");
    const texts = (all: typeof answers): readonly string[] => all.map((one) => steady(JSON.stringify(one))).sort();
    expect(texts(answers)).toEqual(texts(inOrder.evidence.answers));
  });
  test("is asked only what a chosen check needs", async () => {
    cloud.calls.clear();
    const seen = await runAction({ checks: "cloudtrail" });
    expect(seen.outputs).toMatchObject({ outcome: "passed", score: "1/1 (100%)" });
    expect(new Set(cloud.calls.all().map(({ service }) => service))).toEqual(new Set(["sts", "ecs", "cloudtrail"]));
  });
  test("in production needs more", async () => {
    const seen = await runAction({ "environment-class": "production", strict: "true" });
    expect(seen.states).toMatchObject({ "automatic-failover": "passed", "database-backups": "passed", "image-scanning": "failed" });
    expect(seen.outputs["outcome"]).toBe("failed");
  });
});

test("whatever is denied makes the run incomplete, never green", async () => {
  const operations = [...new Map(made.map((call) => [`${call.service}:${call.operation}`, call])).values()].filter(
    ({ service }) => service !== "sts",
  );
  expect(operations.length).toBeGreaterThan(25);
  for (const { service, operation } of operations) {
    cloud.faults.clear();
    cloud.faults.inject({ service, operation, times: Number.POSITIVE_INFINITY, fault: { kind: "access-denied" } });
    const seen = await runAction({ "environment-class": "production" });
    const told = `${service}:${operation} ${JSON.stringify(seen.states)}`;
    expect([told, seen.outputs["outcome"], seen.failed]).toEqual([told, "incomplete", true]);
    expect(Number(seen.outputs["unknown"])).toBeGreaterThan(0);
    expect(seen.outputs["score"]).not.toContain("100%");
  }
});

test("an application that is not there is nothing checked", async () => {
  const seen = await runAction({ environment: "nowhere" });
  expect(seen.outputs["outcome"]).toBe("incomplete");
  expect(seen.outputs["reason"]).toContain("neither shop-blue-nowhere nor shop-green-nowhere is in the cluster shop-nowhere");
  expect(seen.failed).toBe(true);
});

test("a database that is named must exist", async () => {
  const seen = await runAction({ database: "shop-stagin", checks: "encryption-at-rest" });
  expect(seen.outputs).toMatchObject({ outcome: "incomplete", unknown: "1" });
});

describe("an environment out of order", () => {
  const secret = ["Zk3vQ9xT7m", "Wp2LrN8sYb"].join("");

  test("is told what, where and how to mend it, and no secret", async () => {
    const aws = clients();
    await aws.ec2.authorizeSecurityGroupIngress({
      GroupId: shop.securityGroups.tasks,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    });
    await aws.elb.createRule({
      ListenerArn: shop.httpListenerArn,
      Priority: 5,
      Conditions: [{ Field: "path-pattern", Values: ["/health"] }],
      Actions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }],
    });
    const { taskDefinition } = await aws.ecs.describeTaskDefinition({ taskDefinition: shop.taskDefinition });
    const [app] = taskDefinition?.containerDefinitions ?? [];
    const { taskDefinition: next } = await aws.ecs.registerTaskDefinition({
      family: "shop-staging",
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      taskRoleArn: taskDefinition?.taskRoleArn,
      executionRoleArn: taskDefinition?.executionRoleArn,
      containerDefinitions: [
        {
          ...app,
          environment: [{ name: "DATABASE_PASSWORD", value: secret }],
          command: ["serve", "--token", `ghp_${secret}${secret}`],
          dockerLabels: { note: secret },
        },
      ],
    });
    await aws.ecs.updateService({ cluster: "shop-staging", service: "shop-blue-staging", taskDefinition: next?.taskDefinitionArn });
    // 120 groups are three pages; the bad one is on the last.
    for (let index = 0; index < 120; index++) await aws.logs.createLogGroup({ logGroupName: `/aws/shop/a${index}-staging`, kmsKeyId: "k" });
    await aws.logs.createLogGroup({ logGroupName: "/aws/shop/zz-staging" });
    await aws.logs.createLogGroup({ logGroupName: "/aws/shop/zz-prod" });
    await aws.iam.putRolePolicy({
      RoleName: "shop-staging-task",
      PolicyName: "more",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } }),
    });

    const seen = await runAction({});
    expect(failedIn(seen)).toEqual(["security-groups", "logs-encrypted", "least-privilege-roles", "no-hardcoded-secrets", "tls"]);
    expect(seen.outputs).toMatchObject({ outcome: "failed", score: "15/20 (75%)" });
    expect(seen.visible.includes(secret)).toBe(false);
    for (const text of [
      `aws ec2 revoke-security-group-ingress --group-id ${shop.securityGroups.tasks}`,
      "aws logs associate-kms-key --log-group-name '/aws/shop/zz-staging'",
      "DATABASE_PASSWORD holds a value that its name calls a secret",
      "aws elbv2 modify-rule",
    ])
      expect([text, seen.visible.includes(text)]).toEqual([text, true]);
    expect(JSON.stringify(seen.evidence.checks)).not.toContain("zz-prod");

    const sarif = JSON.parse(seen.sarif) as {
      runs: { results: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[]; partialFingerprints: object }[] }[];
    };
    const results = sarif.runs[0]?.results ?? [];
    expect(results.length).toBeGreaterThanOrEqual(6);
    for (const { locations } of results) expect(locations[0]?.physicalLocation.artifactLocation.uri).toBe("README.md");
    expect(new Set(results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints))).size).toBe(results.length);

    const lenient = await runAction({ "minimum-score": "70" });
    expect(lenient.outputs["outcome"]).toBe("passed");
  });
});
