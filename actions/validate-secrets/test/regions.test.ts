import * as kmsSdk from "@aws-sdk/client-kms";
import * as sdk from "@aws-sdk/client-secrets-manager";
import type { CallRecord } from "../../../packages/local-cloud/src/proxy/calls.ts";
import { type LocalCloud, startLocalCloud } from "../../../packages/local-cloud/src/start.ts";
import { runAction } from "./harness.ts";

let cloud: LocalCloud;
let there: sdk.SecretsManagerClient;
const before = { ...process.env };
const elsewhere = "us-east-1";

beforeAll(async () => {
  cloud = await startLocalCloud();
  Object.assign(process.env, cloud.environment);
  there = new sdk.SecretsManagerClient({ region: elsewhere });
});
afterAll(async () => {
  there.destroy();
  await cloud.stop();
  for (const name of Object.keys(cloud.environment)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

const create = async (client: sdk.SecretsManagerClient, name: string, value: object, more = {}): Promise<string> =>
  (await client.send(new sdk.CreateSecretCommand({ Name: name, SecretString: JSON.stringify(value), ...more }))).ARN ?? "";
const operations = (calls: readonly CallRecord[]): readonly string[] => calls.map(({ operation }) => operation);

test("a secret of another region is asked for there, its key too, beside one from here", async () => {
  const kms = new kmsSdk.KMSClient({ region: elsewhere });
  const { KeyMetadata } = await kms.send(new kmsSdk.CreateKeyCommand({}));
  await kms.send(new kmsSdk.DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  kms.destroy();
  const here = new sdk.SecretsManagerClient({});
  await create(here, "near", { A: "Zk3vQ9xT7mWp2LrN" });
  here.destroy();
  const far = await create(there, "far", { A: "changeme" }, { KmsKeyId: KeyMetadata?.Arn });
  const seen = await runAction({ inputs: { "secret-ids": `near\n${far}`, "required-keys": "A" } });
  expect(seen.findings.filter(({ severity }) => severity === "error").map(({ secret, rule }) => [secret, rule])).toEqual([
    [far, "key-disabled"],
    [far, "placeholder"],
  ]);
});

test("a key of a replica is set in the secret that it follows", async () => {
  const here = new sdk.SecretsManagerClient({});
  const primary = await create(here, "followed", { A: "Zk3vQ9xT7mWp2LrN", B: "kept" }, { AddReplicaRegions: [{ Region: elsewhere }] });
  cloud.calls.clear();
  const replica = primary.replace(cloud.region, elsewhere);
  const seen = await runAction({
    inputs: { mode: "set", "secret-ids": replica, key: "A" },
    environment: { SECRET_VALUE: "Hq8ZkWv3nT9xLpR2" },
  });
  expect(seen).toMatchObject({ outcome: "updated", failed: false });
  const { SecretString } = await here.send(new sdk.GetSecretValueCommand({ SecretId: "followed", VersionStage: "AWSCURRENT" }));
  here.destroy();
  expect(JSON.parse(SecretString ?? "")).toEqual({ A: "Hq8ZkWv3nT9xLpR2", B: "kept" });
  expect(operations(cloud.calls.mutating())).toEqual(["PutSecretValue", "UpdateSecretVersionStage", "UpdateSecretVersionStage"]);
});
