import * as kmsSdk from "@aws-sdk/client-kms";
import * as sdk from "@aws-sdk/client-secrets-manager";
import type { Fault } from "../../../packages/local-cloud/src/proxy/faults.ts";
import { type LocalCloud, startLocalCloud } from "../../../packages/local-cloud/src/start.ts";
import { runAction } from "./harness.ts";

let cloud: LocalCloud;
let secrets: sdk.SecretsManagerClient;
let kms: kmsSdk.KMSClient;
const before = { ...process.env };

beforeAll(async () => {
  cloud = await startLocalCloud();
  Object.assign(process.env, cloud.environment);
  secrets = new sdk.SecretsManagerClient({});
  kms = new kmsSdk.KMSClient({});
});
afterAll(async () => {
  secrets.destroy();
  kms.destroy();
  await cloud.stop();
  for (const name of Object.keys(cloud.environment)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});
beforeEach(() => {
  cloud.faults.clear();
  cloud.calls.clear();
});

const create = async (name: string, value: unknown, more: Partial<sdk.CreateSecretCommandInput> = {}): Promise<string> => {
  const SecretString = typeof value === "string" ? value : JSON.stringify(value);
  await secrets.send(new sdk.CreateSecretCommand({ Name: name, SecretString, ...more }));
  return name;
};
const customKey = async (): Promise<string> => (await kms.send(new kmsSdk.CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
const good = {
  DATABASE_URL: "postgresql://paintbox:Zk3vQ9xT7mWp2LrN@db.paintbox.internal:5432/paintbox",
  JWT_SECRET: "c0Fw7nQ2pYd9JzVb4TkLxW8sRmHgUeAi5oXtNqZr",
};

describe("a secret", () => {
  test("with all keys there is valid", async () => {
    const id = await create("good", good);
    const seen = await runAction({ inputs: { "secret-ids": id, "required-keys": "DATABASE_URL,JWT_SECRET" } });
    expect(seen).toMatchObject({ outcome: "valid", failed: false, reason: "good is valid, with warnings about 1." });
    expect(seen.findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(["warning rotation-off"]);
  });

  test("that is missing is invalid, and how to create it is said, with chance where chance is right", async () => {
    const schema = JSON.stringify({
      type: "object",
      required: ["JWT_SECRET", "DATABASE_URL"],
      properties: {
        JWT_SECRET: { type: "string", "x-min-entropy-bits": 256, "x-random": true },
        DATABASE_URL: { type: "string", "x-url-schemes": ["postgresql"] },
      },
    });
    const seen = await runAction({
      inputs: { "secret-ids": "nowhere", schema: "{workspace}/schema.json" },
      files: { "schema.json": schema },
    });
    expect(seen).toMatchObject({ outcome: "invalid", failed: true });
    expect(seen.findings[0]).toMatchObject({ rule: "missing", severity: "error" });
    expect(seen.findings[0]?.mend).toBe(
      `Export DATABASE_URL with the values from where they are issued, then: JWT_SECRET="$(openssl rand -base64 32)" jq -n '{JWT_SECRET: env.JWT_SECRET, DATABASE_URL: env.DATABASE_URL}' | aws secretsmanager create-secret --name nowhere --secret-string file:///dev/stdin`,
    );
  });

  test("that is scheduled for deletion is invalid", async () => {
    const id = await create("leaving", good);
    await secrets.send(new sdk.DeleteSecretCommand({ SecretId: id, RecoveryWindowInDays: 7 }));
    const seen = await runAction({ inputs: { "secret-ids": id } });
    expect(seen.outcome).toBe("invalid");
    expect(seen.findings).toMatchObject([
      { secret: id, rule: "scheduled-for-deletion", mend: "aws secretsmanager restore-secret --secret-id leaving" },
    ]);
  });

  test("under a disabled key is invalid", async () => {
    const key = await customKey();
    const id = await create("locked", good, { KmsKeyId: key });
    await kms.send(new kmsSdk.DisableKeyCommand({ KeyId: key.split("/")[1] }));
    const seen = await runAction({ inputs: { "secret-ids": id } });
    expect(seen.outcome).toBe("invalid");
    expect(seen.findings[0]).toMatchObject({ rule: "key-disabled", mend: `aws kms enable-key --key-id ${key}` });
  });

  test("under AWS's default key is invalid where a customer key is asked for, and valid under one", async () => {
    const id = await create("default-key", good);
    const own = await create("own-key", good, { KmsKeyId: await customKey() });
    const seen = await runAction({ inputs: { "secret-ids": `${id}\n${own}`, encryption: "customer-key" } });
    expect(seen.findings.filter(({ severity }) => severity === "error")).toMatchObject([{ secret: id, rule: "encryption" }]);
  });

  test.each`
    value                                                | findings                                | because
    ${{ A: "" }}                                         | ${["empty A", "required-key B"]}        | ${"keys must be there and filled"}
    ${{ A: "changeme", B: "<token>" }}                   | ${["placeholder A", "placeholder B"]}   | ${"placeholders are no values"}
    ${{ A: "sk_live_51Hq8ZkWv3nT9xLpR2mYcBd7", B: "x" }} | ${["live-key A"]}                       | ${"live keys stay in production"}
    ${"{ broken"}                                        | ${["not-json "]}                        | ${"whoever parses it fails"}
    ${"plain"}                                           | ${["required-key A", "required-key B"]} | ${"keys need a JSON object"}
    ${""}                                                | ${["empty "]}                           | ${"nothing is no secret"}
  `("is invalid where it holds $value: $because", async ({ value, findings }) => {
    const id = await create(`case-${crypto.randomUUID()}`, value === "" ? " " : value);
    const seen = await runAction({ inputs: { "secret-ids": id, "required-keys": "A\nB" } });
    expect(seen.outcome).toBe("invalid");
    expect(seen.findings.filter(({ severity }) => severity === "error").map(({ rule, key }) => `${rule} ${key ?? ""}`)).toEqual(findings);
  });

  test("with a test key is invalid in production alone", async () => {
    const id = await create("payment", { STRIPE: "rk_test_51Hq8ZkWv3nT9xLpR2mYcBd7" });
    expect((await runAction({ inputs: { "secret-ids": id } })).outcome).toBe("valid");
    const seen = await runAction({ inputs: { "secret-ids": id, environment: "prod-eu" } });
    expect(seen.findings[0]).toMatchObject({ rule: "test-key", key: "STRIPE", severity: "error" });
  });

  test("of binary data is valid, and read by no schema", async () => {
    await secrets.send(new sdk.CreateSecretCommand({ Name: "binary", SecretBinary: Uint8Array.from([0xff, 0xfe, 0, 1, 2, 200]) }));
    expect((await runAction({ inputs: { "secret-ids": "binary" } })).outcome).toBe("valid");
    const seen = await runAction({ inputs: { "secret-ids": "binary", schema: "{workspace}/s.json" }, files: { "s.json": "{}" } });
    expect(seen.findings[0]).toMatchObject({ rule: "schema", message: "holds binary data, which no schema describes." });
  });

  test("may be named by its ARN, whole or without its random end", async () => {
    const { ARN = "" } = await secrets.send(new sdk.CreateSecretCommand({ Name: "by-arn", SecretString: JSON.stringify(good) }));
    for (const id of [ARN, ARN.slice(0, -7)]) expect((await runAction({ inputs: { "secret-ids": id } })).outcome).toBe("valid");
  });
});

describe("what AWS would not answer", () => {
  const faults: readonly (readonly [string, Fault])[] = [
    ["denied", { kind: "access-denied" }],
    ["throttled", { kind: "throttle" }],
    ["in trouble", { kind: "server-error" }],
    ["cut off", { kind: "cut" }],
  ];
  test.each(faults)("is incomplete, never valid: reading %s", async (_, fault) => {
    const id = await create(`asked-${crypto.randomUUID()}`, good);
    cloud.faults.inject({ service: "secretsmanager", operation: "GetSecretValue", times: Number.POSITIVE_INFINITY, fault });
    const seen = await runAction({ inputs: { "secret-ids": id }, environment: { AWS_ENDPOINT_URL: cloud.endpoint, ...fast } });
    expect(seen).toMatchObject({ outcome: "incomplete", failed: true });
    expect(seen.findings[0]).toMatchObject({ rule: "unreadable", severity: "unknown" });
    expect(seen.findings[0]?.message).toMatch(/its value could not be read: /);
  });

  test("is incomplete for settings too, and what was read is judged all the same", async () => {
    const id = await create("half", { A: "changeme" });
    cloud.faults.inject({ service: "secretsmanager", operation: "DescribeSecret", times: 9, fault: { kind: "access-denied" } });
    const seen = await runAction({ inputs: { "secret-ids": id } });
    expect(seen.findings.map(({ rule }) => rule)).toEqual(["placeholder", "unreadable"]);
    expect(seen.outcome).toBe("invalid");
  });
});

/** Compressed time, so that retries take no real time. */
const fast = { DEPLOY_TIME_FACTOR: "1000" };

test("500 secrets take at most 60 calls, and each is judged", async () => {
  const ids = Array.from({ length: 500 }, (_, at) => `many/${at}`);
  await Promise.all(ids.map((id, at) => create(id, at === 321 ? { A: "changeme" } : { A: `Zk3vQ9xT7mWp2LrN${at}` })));
  cloud.calls.clear();
  const seen = await runAction({ inputs: { "secret-ids": [...ids, "many/none"].join("\n") } });
  const calls = cloud.calls.all().map(({ operation }) => operation);
  expect(calls.length).toBeLessThanOrEqual(60);
  expect(calls.filter((name) => name === "BatchGetSecretValue")).toHaveLength(26);
  expect(seen.findings.filter(({ severity }) => severity === "error").map(({ secret, rule }) => `${secret} ${rule}`)).toEqual([
    "many/321 placeholder",
    "many/none missing",
  ]);
}, 60_000);

test("a role that may not read in batches, nor list, reads one by one", async () => {
  const ids = Array.from({ length: 12 }, (_, at) => `single/${at}`);
  for (const id of ids) await create(id, good);
  cloud.faults.inject({
    service: "secretsmanager",
    operation: /^(BatchGetSecretValue|ListSecrets)$/,
    times: 99,
    fault: { kind: "access-denied" },
  });
  expect((await runAction({ inputs: { "secret-ids": ids.join("\n") } })).outcome).toBe("valid");
});
