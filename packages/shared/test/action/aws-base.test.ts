import { type LocalCloud, startLocalCloud } from "../../../local-cloud/src/start.ts";
import { openAws } from "../../src/action/aws-base.ts";
import { readInputs } from "../../src/action/inputs.ts";
import type { Base } from "../../src/action/launch.ts";
import { awsFields, awsSettings } from "../../src/aws/settings.ts";
import { systemClock } from "../../src/clock.ts";

let cloud: LocalCloud;
const before = { ...process.env };

beforeAll(async () => {
  cloud = await startLocalCloud();
  // The SDK itself reads endpoint and credentials from the process, as it does in a job.
  Object.assign(process.env, cloud.environment);
});
afterAll(async () => {
  await cloud.stop();
  for (const name of Object.keys(cloud.environment)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});
beforeEach(() => cloud.calls.clear());

function open(inputs: Record<string, string>, environment: Record<string, string> = {}) {
  const warnings: string[] = [];
  const masked: string[] = [];
  const base = {
    runner: { mask: (value: string) => masked.push(value) },
    journal: { annotate: (_: string, message: string) => warnings.push(message) },
    clock: systemClock(),
    environment,
  } as unknown as Base;
  const settings = awsSettings(readInputs(awsFields, inputs), { AWS_REGION: cloud.region }, 7200);
  return { warnings, masked, opened: openAws({ secrets: () => import("@aws-sdk/client-secrets-manager") }, settings, base) };
}

test("without an expected account nothing is called until the action calls", async () => {
  const { aws } = await open({}).opened;
  expect(cloud.calls.all()).toEqual([]);
  await aws.secrets((sdk) => new sdk.ListSecretsCommand({}));
  expect(cloud.calls.all().map((call) => call.operation)).toEqual(["ListSecrets"]);
});

test("the identity is asked once, however often it is needed", async () => {
  const { identity } = await open({ "expected-account-id": "123456789012" }).opened;
  const both = await Promise.all([identity(), identity()]);
  expect(both[0]).toMatchObject({ account: "123456789012", partition: "aws" });
  expect(cloud.calls.all().map((call) => call.operation)).toEqual(["GetCallerIdentity"]);
});

test("another account than the expected one is refused, naming both", async () => {
  await expect(open({ "expected-account-id": "210987654321" }).opened).rejects.toThrow(/belong to account 123456789012.*is 210987654321/);
  expect(cloud.calls.all().map((call) => call.operation)).toEqual(["GetCallerIdentity"]);
});

test("a role is assumed for the first call, and its parts are masked", async () => {
  const { opened, masked } = open({ "role-to-assume": "arn:aws:iam::123456789012:role/deploy", "role-external-id": "ours" });
  const { aws } = await opened;
  await aws.secrets((sdk) => new sdk.ListSecretsCommand({}));
  expect(cloud.calls.all().map((call) => call.operation)).toEqual(["AssumeRole", "ListSecrets"]);
  expect(cloud.calls.all()[0]?.params).toMatchObject({ ExternalId: "ours", DurationSeconds: "3600" });
  expect(masked).toHaveLength(2);
});

test("ambient session credentials that may end before the run are said at the start", () => {
  expect(open({}, { AWS_SESSION_TOKEN: "token" }).warnings.join()).toContain("cannot be renewed");
  expect(open({}).warnings).toEqual([]);
});
