// The example application through three accounts, with the real SAM CLI and an emulator that checks roles and ExternalIds.
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { everythingWritten, jobEnvironment, mustHaveSam, type RunResult, runAction, shown } from "../support/real.ts";

const example = join(import.meta.dirname, "..", "..", "..", "..", "examples", "sam-app");
const tools = "111111111111";
const accounts = { dev: "222222222222", staging: "333333333333", prod: "444444444444" } as const;
type Environment = keyof typeof accounts;

/** Values that the tests put in as secrets: they must stand nowhere. */
const secrets: string[] = [];
const secret = (text: string): string => {
  secrets.push(text);
  return text;
};
const keys = (kind: "test" | "live") =>
  [
    `StripeSecretKey=${secret(`sk_${kind}_51Hq7fK2vTzWm9`)}`,
    `StripePublishableKey=pk_${kind}_51Hx4RbN8cYpLd`,
    `StripeWebhookSecret=${secret("whsec_Zk3Wq8vT5mXc2L")}`,
    "GoogleClientId=407408718192-k2vq9.apps.googleusercontent.com",
  ].join("\n");

let cloud: Ministack;
let app: string;
const results: RunResult[] = [];

const client = (account: string) => ({
  endpoint: cloud.endpoint,
  region: "us-east-1",
  forcePathStyle: true,
  credentials: { accessKeyId: account, secretAccessKey: "test" },
});

beforeAll(async () => {
  mustHaveSam();
  cloud = await startMinistack({ auth: true });
  app = mkdtempSync(join(tmpdir(), "sam-app-"));
  copyApp(app);
  await Promise.all(Object.entries(accounts).map(([environment, account]) => prepareAccount(environment, account)));
}, 120_000);
afterAll(() => cloud?.stop());

/** The policy of SAM's own bucket denies plain HTTP, which is all that the emulator speaks: so each account gets a bucket of its own. */
function copyApp(folder: string): void {
  cpSync(example, folder, { recursive: true });
  const file = join(folder, "samconfig.toml");
  let environment = "";
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => {
      environment = /^\[(\w+)\./.exec(line)?.[1] ?? environment;
      return line === "resolve_s3 = true" ? `s3_bucket = "packages-${environment}"` : line;
    });
  writeFileSync(file, lines.join("\n"));
}

async function prepareAccount(environment: string, account: string): Promise<void> {
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${tools}:root` },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "themisguard-deployment" } },
      },
    ],
  };
  const iam = new IAMClient(client(account));
  await iam.send(new CreateRoleCommand({ RoleName: "deploy", AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: "deploy", PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }));
  for (const name of ["states", "packages"])
    await new S3Client(client(account)).send(new CreateBucketCommand({ Bucket: `${name}-${environment}` }));
}

async function deploy(environment: Environment, inputs: Readonly<Record<string, string>>, directory = app): Promise<RunResult> {
  const result = await runAction(directory, jobEnvironment(cloud, tools, directory), {
    "config-env": environment,
    "role-to-assume": `arn:aws:iam::${accounts[environment]}:role/deploy`,
    "role-external-id": "themisguard-deployment",
    "expected-account-id": accounts[environment],
    "state-bucket": `states-${environment}`,
    ...inputs,
  });
  results.push(result);
  return result;
}

const stackOf = async (environment: Environment, name = `themisguard-api-${environment}`) =>
  (await new CloudFormationClient(client(accounts[environment])).send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];

async function codeHash(environment: Environment): Promise<string> {
  const name = (await stackOf(environment))?.Outputs?.find(({ OutputKey }) => OutputKey === "FunctionName")?.OutputValue;
  return (
    (await new LambdaClient(client(accounts[environment])).send(new GetFunctionConfigurationCommand({ FunctionName: name }))).CodeSha256 ??
    ""
  );
}

let digest = "";
test("is built without credentials", async () => {
  const result = await runAction(
    app,
    { PATH: jobEnvironment(cloud, tools, app)["PATH"] ?? "", HOME: app },
    { mode: "build", "config-env": "dev" },
  );
  expect(shown(result)).toMatch(/^built/);
  digest = result.outputs["build-digest"] ?? "";
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
}, 120_000);

test("the same build goes to dev, staging and production", async () => {
  const [dev, staging, prod] = await Promise.all([
    deploy("dev", { "build-digest": digest, "parameter-overrides": keys("test") }),
    deploy("staging", { "build-digest": digest, "parameter-overrides": keys("test") }),
    deploy("prod", {
      "build-digest": digest,
      "parameter-overrides": `${keys("live")}\nCustomDomainName=api.example.com\nSSLCertificateArn=arn:aws:acm:us-east-1:444444444444:certificate/1b2c3d4e`,
    }),
  ]);
  for (const result of [dev, staging, prod]) {
    expect(shown(result)).toMatch(/^deployed/);
    expect(result.code).toBe(0);
    expect(JSON.parse(result.outputs["stack-outputs"] ?? "{}")).toMatchObject({ TableName: expect.stringContaining("-scans") });
  }
  expect(new Set(await Promise.all([codeHash("dev"), codeHash("staging"), codeHash("prod")])).size).toBe(1);
}, 240_000);

test("a wrong ExternalId ends it with the reason, and an exchanged file in the build does too", async () => {
  const denied = await deploy("dev", { "build-digest": digest, "parameter-overrides": keys("test"), "role-external-id": "guessed" });
  expect(denied.code).toBe(1);
  expect(denied.outputs["reason"]).toMatch(/assuming arn:aws:iam::222222222222:role\/deploy failed: AccessDenied/);
  const tampered = mkdtempSync(join(tmpdir(), "sam-app-"));
  cpSync(app, tampered, { recursive: true });
  writeFileSync(join(tampered, ".aws-sam/build/HealthFunction/health.js"), "export const handler = () => 'mine';\n");
  const refused = await deploy("dev", { "build-digest": digest, "parameter-overrides": keys("test") }, tampered);
  expect(refused.outputs["reason"]).toContain("changed: HealthFunction/health.js");
}, 120_000);

test("no change, a new version, a failing one, and back to the release before: the code is identical", async () => {
  const first = await codeHash("dev");
  const again = await deploy("dev", { "build-digest": digest });
  expect(shown(again)).toMatch(/^unchanged/);

  const next = mkdtempSync(join(tmpdir(), "sam-app-"));
  copyApp(next);
  writeFileSync(join(next, "src/health.js"), 'export const handler = async () => ({ statusCode: 200, body: "v2" });\n');
  const second = await deploy("dev", { "parameter-overrides": "Greeting=hello, second = world" }, next);
  expect(shown(second)).toMatch(/^deployed/);
  expect(await codeHash("dev")).not.toBe(first);

  const template = readFileSync(join(next, "template.yaml"), "utf8");
  writeFileSync(
    join(next, "template.yaml"),
    template.replace(
      "Outputs:",
      "  Broken:\n    Type: AWS::SSM::Parameter\n    Properties: { Type: String, Value: !ImportValue nope }\n\nOutputs:",
    ),
  );
  const failing = await deploy("dev", { lint: "true" }, next);
  expect(failing.code).toBe(1);
  expect(shown(failing)).toMatch(/^(rolled-back|failed)/);
  expect(failing.outputs["reason"]).toMatch(/Broken .AWS::SSM::Parameter. failed: .*nope/);
  expect((await stackOf("dev"))?.Parameters).toContainEqual({ ParameterKey: "Greeting", ParameterValue: "hello, second = world" });

  const back = await deploy("dev", { mode: "rollback" });
  expect(shown(back)).toMatch(/^deployed/);
  expect(await codeHash("dev")).toBe(first);
  expect((await stackOf("dev"))?.Parameters).toContainEqual({ ParameterKey: "Greeting", ParameterValue: "hello world" });

  const status = JSON.parse((await deploy("dev", { mode: "status" })).outputs["status"] ?? "{}");
  expect(status.releases).toHaveLength(3);
}, 240_000);

test("no secret value stands in a log, an output, a summary, a state or a log file", () => {
  expect(results.length).toBeGreaterThan(6);
  const written = everythingWritten(results);
  for (const value of secrets) expect(written.includes(value)).toBe(false);
});
