// What only the whole way shows: values that arrive byte for byte, a reviewed change set, and a job that is cancelled.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { jobEnvironment, mustHaveSam, type RunResult, runAction, shown } from "../support/real.ts";

const account = "555555555555";
const braces = (text: string): string => `$${text}`;
const nasty: readonly string[] = [
  "hello world",
  " leading and trailing ",
  "  two  blanks  ",
  "a,b,c",
  "a=b=c",
  "=starts with equals",
  "'single'",
  '"double"',
  "it's",
  'say "hi"',
  "back\\slash",
  "\\",
  "\\n is not a newline",
  '{"json":{"a":[1,2,"x y"]}}',
  "[1, 2]",
  "line 1\nline 2\n",
  "\n\nblank lines around\n\n",
  "tab\there",
  "Grüße, 日本語, 🚀",
  "e\u0301 is not \u00e9",
  "right\u202eleft",
  "--force",
  "-x",
  "--parameter-overrides A=b",
  "$(id)",
  "`id`",
  "$HOME",
  braces("{Environment}"),
  "{{braces}}",
  braces("{{ github.token }}"),
  "; rm -rf / #",
  "a|b&c>d<e",
  "* ? ~ !",
  "%0A::error::x",
  "::add-mask::x",
  "ParameterKey=A,ParameterValue=b",
  "file:///etc/passwd",
  "https://user:pass@example.com/?a=1&b=2",
  "",
  "0123456789abcdef".repeat(256),
];

let cloud: Ministack;
const template = (extra: object = {}, count = nasty.length): string =>
  JSON.stringify({
    Transform: "AWS::Serverless-2016-10-31",
    Parameters: Object.fromEntries(Array.from({ length: count }, (_, index) => [`P${index}`, { Type: "String", Default: "" }])),
    Resources: { Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" }, ...extra },
  });

function project(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sam-values-"));
  writeFileSync(join(folder, "template.yaml"), text);
  writeFileSync(join(folder, "samconfig.toml"), 'version = 0.1\n[default.deploy.parameters]\ns3_bucket = "packages"\n');
  return folder;
}

const run = (
  folder: string,
  inputs: Readonly<Record<string, string>>,
  onLine?: Parameters<typeof runAction>[3],
  state = {},
): Promise<RunResult> => runAction(folder, { ...jobEnvironment(cloud, account, folder), ...state }, inputs, onLine);

const stackOf = async (name: string) => {
  const client = new CloudFormationClient({
    endpoint: cloud.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: account, secretAccessKey: "x" },
  });
  return (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
};

beforeAll(async () => {
  mustHaveSam();
  cloud = await startMinistack();
  const s3 = new S3Client({
    endpoint: cloud.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: account, secretAccessKey: "x" },
  });
  await s3.send(new CreateBucketCommand({ Bucket: "packages" }));
}, 120_000);
afterAll(() => cloud?.stop());

test("40 values that others garble arrive byte for byte, and a reviewed change set is what is executed", async () => {
  expect(nasty).toHaveLength(40);
  const folder = project(template());
  const values = Object.fromEntries(nasty.map((value, index) => [`P${index}`, value]));
  const planned = await run(folder, { mode: "plan", "stack-name": "values", "parameter-overrides": JSON.stringify(values) });
  expect(shown(planned)).toMatch(/^planned/);
  const { "change-set": changeSet = "", "change-set-digest": digest = "" } = planned.outputs;
  const wrong = await run(folder, {
    mode: "execute",
    "stack-name": "values",
    "change-set": changeSet,
    "change-set-digest": "0".repeat(64),
  });
  expect(wrong.outputs["reason"]).toContain("it is not what was reviewed");
  const executed = await run(folder, { mode: "execute", "stack-name": "values", "change-set": changeSet, "change-set-digest": digest });
  expect(shown(executed)).toMatch(/^deployed/);
  const arrived = Object.fromEntries(
    (await stackOf("values"))?.Parameters?.map((one) => [one.ParameterKey, one.ParameterValue ?? ""]) ?? [],
  );
  expect(arrived).toEqual(values);
}, 120_000);

test("an interrupted job cancels its update at once, and its post step waits until the release from before is back", async () => {
  const slow = { Wait: { Type: "AWS::CloudFormation::WaitCondition", Properties: { Handle: { Ref: "Handle" }, Timeout: "8" } } };
  const folder = project(template(slow));
  let sent = false;
  const cancelled = await run(folder, { "stack-name": "values" }, (line, kill) => {
    if (sent || !line.includes("AWS::CloudFormation::WaitCondition")) return;
    sent = true;
    kill("SIGINT");
  });
  expect(sent).toBe(true);
  expect(cancelled.code).toBe(1);
  expect(shown(cancelled)).toMatch(/^cancelled/);
  const state = Object.fromEntries(Object.entries(cancelled.state).map(([key, value]) => [`STATE_${key}`, value]));
  const post = await run(folder, { "stack-name": "values" }, undefined, state);
  expect(post.log).toContain("Users see the release from before");
  expect((await stackOf("values"))?.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
}, 180_000);
