import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { Lambda } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPI } from "@aws-sdk/client-resource-groups-tagging-api";
import { jest } from "@jest/globals";
import { type BareCloud, startBareCloud } from "./cloud.ts";
import { runAction } from "./harness.ts";
import { blockAccount, createStack, finish, template } from "./stack.ts";

jest.setTimeout(120_000);

const secret = ["Zk3vQ9xT7m", "Wp2LrN8sYb"].join("");
let cloud: BareCloud;

beforeAll(async () => {
  cloud = await startBareCloud();
  await createStack(cloud);
});
afterAll(async () => await cloud.stop());
beforeEach(() => {
  cloud.calls.clear();
  cloud.faults.clear();
});

test("a stack in order passes in at most 60 calls", async () => {
  const seen = await runAction({ profile: "serverless" });
  expect(seen.evidence.checks.filter(({ remarks }) => remarks.length > 0)).toEqual([]);
  expect(seen.outputs).toMatchObject({ outcome: "passed", score: "13/13 (100%)", failed: "0", unknown: "0" });
  expect(cloud.calls.length).toBeLessThanOrEqual(60);
});

test("whatever is denied makes the run incomplete, never green", async () => {
  cloud.calls.clear();
  await runAction({ profile: "serverless" });
  const operations = [...new Map(cloud.calls.all().map((call) => [`${call.service}:${call.operation}`, call])).values()].filter(
    // Without the listing of all roles each is read by itself: the next test.
    ({ service, operation }) => service !== "sts" && operation !== "GetAccountAuthorizationDetails",
  );
  expect(operations.length).toBeGreaterThanOrEqual(16);
  for (const { service, operation } of operations) {
    cloud.faults.clear();
    cloud.faults.inject({ service, operation, times: Number.POSITIVE_INFINITY, fault: { kind: "access-denied" } });
    const seen = await runAction({ profile: "serverless" });
    const told = `${service}:${operation} ${JSON.stringify(seen.states)}`;
    expect([told, seen.outputs["outcome"], seen.failed]).toEqual([told, "incomplete", true]);
    expect(Number(seen.outputs["unknown"])).toBeGreaterThan(0);
    expect(seen.outputs["score"]).not.toContain("100%");
  }
});

test("a bucket relies on the account's block while there is one", async () => {
  const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
  await blockAccount(cloud, { ...all, RestrictPublicBuckets: false });
  const partly = await runAction({ profile: "serverless", checks: "s3-public-access-blocked" });
  await blockAccount(cloud, undefined);
  const none = await runAction({ profile: "serverless", checks: "s3-public-access-blocked" });
  await blockAccount(cloud, all);
  const found = ({ evidence }: typeof none) => evidence.checks.flatMap(({ remarks }) => remarks.map((one) => one.found));
  expect(found(partly)).toEqual(["RestrictPublicBuckets off"]);
  expect(found(none)).toEqual(["no public access block"]);
});

test("a resource that lost its tags is told", async () => {
  const arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop-staging-f0";
  const tagging = new ResourceGroupsTaggingAPI({});
  await new Lambda({}).untagResource({ Resource: arn, TagKeys: ["Project"] });
  const seen = await runAction({ profile: "serverless", checks: "tags", "required-tags": "Project" });
  await tagging.tagResources({ ResourceARNList: [arn], Tags: { Project: "shop" } });
  expect(seen.states).toEqual({ tags: "failed" });
  expect(seen.visible.includes(`aws resourcegroupstaggingapi tag-resources --resource-arn-list ${arn} --tags Project=VALUE`)).toBe(true);
});

test("a stack that is not there is incomplete", async () => {
  const seen = await runAction({ profile: "serverless", "stack-name": "nowhere" });
  expect(seen.outputs["outcome"]).toBe("incomplete");
  expect(seen.failed).toBe(true);
});

test("a listing of all roles that is denied leaves each to be read by itself", async () => {
  cloud.faults.inject({
    service: "iam",
    operation: "GetAccountAuthorizationDetails",
    times: Number.POSITIVE_INFINITY,
    fault: { kind: "access-denied" },
  });
  const seen = await runAction({ profile: "serverless", checks: "least-privilege-roles" });
  expect(seen.states).toEqual({ "least-privilege-roles": "passed" });
});

test("a password in a function is named, and not shown", async () => {
  await new CloudFormation({}).createStack({
    StackName: "bad-staging",
    TemplateBody: template({ password: secret, tableName: "orders" }).replaceAll("shop-staging", "bad-staging"),
  });
  await finish("bad-staging", "orders");
  await blockAccount(cloud, undefined);
  const seen = await runAction({ profile: "serverless", application: "bad" });
  expect(seen.states).toMatchObject({
    "no-hardcoded-credentials": "failed",
    naming: "failed",
    tags: "failed",
    "s3-public-access-blocked": "failed",
    backups: "warning",
  });
  expect(seen.visible.includes("DB_PASSWORD")).toBe(true);
  expect(seen.visible.includes(secret)).toBe(false);
});
