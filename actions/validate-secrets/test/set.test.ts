import * as sdk from "@aws-sdk/client-secrets-manager";
import { type LocalCloud, startLocalCloud } from "../../../packages/local-cloud/src/start.ts";
import { runAction } from "./harness.ts";

let cloud: LocalCloud;
let secrets: sdk.SecretsManagerClient;
const before = { ...process.env };

beforeAll(async () => {
  cloud = await startLocalCloud();
  Object.assign(process.env, cloud.environment);
  secrets = new sdk.SecretsManagerClient({});
});
afterAll(async () => {
  secrets.destroy();
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

/** Odd on purpose: what a parser would change must stay. */
const odd =
  '{\n  "A": "old",\n  "long": 12345678901234567890123,\n  "exact": 1.10,\n  "é\\u0041": "\\u00fc\\/",\n  "nested": {"A": "inner"}\n}';
let made = 0;
async function create(text: string): Promise<string> {
  const id = `set-${made++}`;
  await secrets.send(new sdk.CreateSecretCommand({ Name: id, SecretString: text }));
  cloud.calls.clear();
  return id;
}
const current = async (id: string) =>
  (await secrets.send(new sdk.GetSecretValueCommand({ SecretId: id, VersionStage: "AWSCURRENT" }))).SecretString;
const setting = (id: string, key: string, value: string, inputs = {}) =>
  runAction({ inputs: { mode: "set", "secret-ids": id, key, ...inputs }, environment: { SECRET_VALUE: value } });

test("one key is set, every other byte stays", async () => {
  const id = await create(odd);
  const seen = await setting(id, "A", 'new "value"\n%0A');
  expect(seen).toMatchObject({ outcome: "updated", failed: false });
  expect(await current(id)).toBe(odd.replace('"old"', '"new \\"value\\"\\n%0A"'));
  const { VersionIdsToStages = {} } = await secrets.send(new sdk.DescribeSecretCommand({ SecretId: id }));
  expect(
    Object.values(VersionIdsToStages)
      .map((labels) => labels.join())
      .sort(),
  ).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
});

test("a key that is not there is added, also to an empty object", async () => {
  const id = await create("{}");
  expect((await setting(id, "B", "x1")).outcome).toBe("updated");
  expect(JSON.parse((await current(id)) ?? "")).toEqual({ B: "x1" });
});

test("the same value again writes nothing", async () => {
  const id = await create('{"A": "same-value"}');
  expect((await setting(id, "A", "same-value")).outcome).toBe("unchanged");
  expect(cloud.calls.mutating()).toEqual([]);
});

test.each`
  text                      | value             | inputs | reason                                  | because
  ${"{}"}                   | ${"changeme"}     | ${{}}  | ${/would make .* invalid; nothing was/} | ${"a placeholder is no value"}
  ${"{}"}                   | ${"sk_live_51Hq"} | ${{}}  | ${/would make .* invalid; nothing was/} | ${"a live key has no place in staging"}
  ${"plain text"}           | ${"x"}            | ${{}}  | ${/is no JSON object/}                  | ${"it has no keys"}
  ${"[1]"}                  | ${"x"}            | ${{}}  | ${/is no JSON object/}                  | ${"a list has no keys"}
  ${"{ broken"}             | ${"x"}            | ${{}}  | ${/is no JSON object/}                  | ${"nobody knows what was meant"}
  ${'{"A": "1", "A": "2"}'} | ${"x"}            | ${{}}  | ${/more than once/}                     | ${"one of them would stay"}
`("is refused without a write: $because", async ({ text, value, inputs, reason }) => {
  const id = await create(text);
  const seen = await setting(id, "A", value, inputs);
  expect(seen.failed).toBe(true);
  expect(seen.reason).toMatch(reason);
  expect(cloud.calls.mutating()).toEqual([]);
});

test("somebody's change in between is not lost: the new value is not used, and that is said", async () => {
  const id = await create('{"A": "old", "B": "kept"}');
  cloud.faults.inject({
    service: "secretsmanager",
    operation: "UpdateSecretVersionStage",
    fault: {
      kind: "error",
      code: "InvalidParameterException",
      message: "The parameter RemoveFromVersionId is not the current version",
      status: 400,
    },
  });
  const seen = await setting(id, "A", "Zk3vQ9xT7mWp2LrN");
  expect(seen).toMatchObject({ outcome: "failed", failed: true });
  expect(seen.reason).toMatch(/is no longer the current one/);
  expect(await current(id)).toBe('{"A": "old", "B": "kept"}');
});

test.each(["PutSecretValue", "UpdateSecretVersionStage"])("the lost answer to %s does not make a second version", async (operation) => {
  const id = await create('{"A": "old"}');
  cloud.faults.inject({ service: "secretsmanager", operation, fault: { kind: "reply-lost" } });
  expect((await setting(id, "A", "Zk3vQ9xT7mWp2LrN")).outcome).toBe("updated");
  expect(await current(id)).toBe('{"A": "Zk3vQ9xT7mWp2LrN"}');
  const { VersionIdsToStages = {} } = await secrets.send(new sdk.DescribeSecretCommand({ SecretId: id }));
  expect(Object.keys(VersionIdsToStages)).toHaveLength(2);
});

test("an error of AWS that quotes the request shows nothing of it", async () => {
  const id = await create('{"A": "old", "B": "neighbour-Zk3vQ9xT7mWp2LrN"}');
  const message = 'Cannot store {"A": "canary-9xT7mWp2LrN", "B": "neighbour-Zk3vQ9xT7mWp2LrN"}, half of it: ry-9xT7m';
  cloud.faults.inject({
    service: "secretsmanager",
    operation: "PutSecretValue",
    fault: { kind: "error", code: "InvalidParameterException", message, status: 400 },
  });
  const seen = await setting(id, "A", "canary-9xT7mWp2LrN");
  expect(seen.outcome).toBe("failed");
  expect(seen.reason).toMatch(/^secretsmanager:PutSecretValue failed: InvalidParameterException/);
  expect(seen.visible).not.toMatch(/9xT7m|Zk3vQ/);
});

test("a wrong call reaches no AWS, and the value is not repeated", async () => {
  const seen = await runAction({
    inputs: { mode: "set", "secret-ids": "a,b", environment: "" },
    environment: { SECRET_VALUE: "canary-9xT7mWp2LrN" },
  });
  expect(seen.failed).toBe(true);
  expect(seen.reason).toMatch(/environment or environment-class.*key is required.*one secret at a time/);
  expect(cloud.calls.all()).toEqual([]);
  expect(seen.visible).not.toContain("canary");
});
