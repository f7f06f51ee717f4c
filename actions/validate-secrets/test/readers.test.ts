import * as iamSdk from "@aws-sdk/client-iam";
import * as kmsSdk from "@aws-sdk/client-kms";
import * as sdk from "@aws-sdk/client-secrets-manager";
import { type Ministack, startMinistack } from "../../../packages/local-cloud/src/ministack.ts";
import { runAction } from "./harness.ts";

let cloud: Ministack;
let iam: iamSdk.IAMClient;
let kms: kmsSdk.KMSClient;
let secrets: sdk.SecretsManagerClient;
const region = "us-east-1";
const before = { ...process.env };
const settings: Record<string, string> = { AWS_REGION: region, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

beforeAll(async () => {
  cloud = await startMinistack({ region });
  settings["AWS_ENDPOINT_URL"] = cloud.endpoint;
  Object.assign(process.env, settings);
  iam = new iamSdk.IAMClient({});
  kms = new kmsSdk.KMSClient({});
  secrets = new sdk.SecretsManagerClient({});
}, 90_000);
afterAll(async () => {
  for (const client of [iam, kms, secrets]) client.destroy();
  await cloud.stop();
  for (const name of Object.keys(settings)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

async function role(name: string, ...statements: object[]): Promise<string> {
  const { Role } = await iam.send(new iamSdk.CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  if (statements.length > 0) await iam.send(new iamSdk.PutRolePolicyCommand({ RoleName: name, PolicyName: "own", PolicyDocument }));
  return Role?.Arn ?? "";
}

async function secret(name: string, more: Partial<sdk.CreateSecretCommandInput> = {}): Promise<string> {
  const made = await secrets.send(
    new sdk.CreateSecretCommand({ Name: name, SecretString: JSON.stringify({ A: "Zk3vQ9xT7mWp2LrN" }), ...more }),
  );
  return made.ARN ?? "";
}

const get = "secretsmanager:GetSecretValue";
const allow = (Resource: string, Action = get) => ({ Effect: "Allow", Action, Resource });
const findings = async (id: string, ...readers: string[]) =>
  (await runAction({ inputs: { "secret-ids": id, readers: readers.join("\n") } })).findings.filter(({ rule }) => rule !== "rotation-off");

test("each role that must read it is simulated, and the one that may not is told why", async () => {
  const arn = await secret("shop-staging");
  const may = await role("may", allow(arn));
  const other = await role("other", allow(`${arn}-other`));
  const denied = await role("denied", allow(arn), { ...allow(arn), Effect: "Deny" });
  const seen = await findings("shop-staging", may, other, denied);
  expect(
    seen.map(({ rule, severity, message }) => `${severity} ${rule} ${/role\/\w+/.exec(message)?.[0]}: ${message.split(": ").at(-1)}`),
  ).toEqual([
    "error reader role/other: the role's own policies do not allow secretsmanager:GetSecretValue.",
    expect.stringMatching(/^error reader role\/denied: the role's own policies deny secretsmanager:GetSecretValue/),
  ]);
  expect(seen[0]?.mend).toContain(`"Resource": "${arn}"`);
});

test("a role that may read every secret is reported", async () => {
  const arn = await secret("wide-staging");
  const wide = await role("wide", allow("*"));
  expect(await findings("wide-staging", wide)).toMatchObject([{ rule: "reads-everything", severity: "warning" }]);
  expect(await findings(arn, wide)).toHaveLength(1);
});

test("a customer key must let the role decrypt, too", async () => {
  const { KeyMetadata } = await kms.send(new kmsSdk.CreateKeyCommand({}));
  const key = KeyMetadata?.Arn ?? "";
  const arn = await secret("keyed-staging", { KmsKeyId: key });
  const half = await role("half", allow(arn));
  const whole = await role("whole", allow(arn), allow(key, "kms:Decrypt"));
  const seen = await findings("keyed-staging", half, whole);
  expect(seen).toMatchObject([
    { rule: "reader", severity: "error", message: expect.stringMatching(/role\/half: the role's own policies do not allow kms:Decrypt/) },
  ]);
});

test("who else may read it is reported from the resource policy, without any reader asked for", async () => {
  await secret("open-staging");
  const ResourcePolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "All", Effect: "Allow", Principal: "*", Action: get, Resource: "*" },
      { Sid: "Partner", Effect: "Allow", Principal: { AWS: "222222222222" }, Action: get, Resource: "*" },
    ],
  });
  await secrets.send(new sdk.PutResourcePolicyCommand({ SecretId: "open-staging", ResourcePolicy }));
  const seen = await runAction({ inputs: { "secret-ids": "open-staging", "check-policies": "true" } });
  expect(seen.outcome).toBe("invalid");
  expect(seen.findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(
    expect.arrayContaining(["error open-policy", "warning other-account"]),
  );
});
