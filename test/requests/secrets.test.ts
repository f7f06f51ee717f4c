// The requests of validate-secrets as they arrive at the local cloud, held against AWS's own description.
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { runAction } from "../../actions/validate-secrets/test/harness.ts";
import { type LocalCloud, startLocalCloud } from "../../packages/local-cloud/src/start.ts";
import { violations } from "./check.ts";

let cloud: LocalCloud;
const before = { ...process.env };

beforeAll(async () => {
  cloud = await startLocalCloud();
  Object.assign(process.env, cloud.environment);
});
afterAll(async () => {
  await cloud.stop();
  for (const name of Object.keys(cloud.environment)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

/** Services whose requests are JSON: their types survive the wire. */
const isJson = (service: string): boolean => ["secretsmanager", "kms", "logs", "ecs"].includes(service);

test("forty secrets validated, one key set, one rotation asked for", async () => {
  const client = new SecretsManagerClient({});
  const ids = Array.from({ length: 40 }, (_, index) => `shop-${index}`);
  const value = JSON.stringify({ DATABASE_URL: "postgresql://shop:Zk3vQ9xT7mWp2LrN@db.internal:5432/shop" });
  for (const Name of ids) await client.send(new CreateSecretCommand({ Name, SecretString: value }));
  client.destroy();
  cloud.calls.clear();
  await runAction({ inputs: { "secret-ids": ids.join("\n"), "required-keys": "DATABASE_URL" } });
  const environment = { SECRET_VALUE: "postgresql://shop:Wp2LrNZk3vQ9xT7m@db.internal:5432/shop" };
  await runAction({ inputs: { mode: "set", "secret-ids": "shop-1", key: "DATABASE_URL" }, environment });
  await runAction({ inputs: { mode: "rotate", "secret-ids": "shop-2", rotate: "now" } });
  const calls = cloud.calls.all().filter((call) => isJson(call.service));
  expect(calls.length).toBeGreaterThan(5);
  expect(new Set(calls.map((call) => call.operation))).toContain("BatchGetSecretValue");
  const service = (name: string): string => (name === "secretsmanager" ? "secrets" : name);
  expect(calls.flatMap((call) => violations({ operation: `${service(call.service)}:${call.operation}`, input: call.params }))).toEqual([]);
});
