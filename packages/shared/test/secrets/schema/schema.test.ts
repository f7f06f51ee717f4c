import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { understand } from "../../../src/secrets/content.ts";
import { Hidden } from "../../../src/secrets/hidden.ts";
import { readSchema } from "../../../src/secrets/schema/schema.ts";

const text = (value: unknown) => understand({ kind: "text", text: new Hidden(typeof value === "string" ? value : JSON.stringify(value)) });
const example = (name: string) => readFileSync(join(import.meta.dirname, "../../../../../examples/secrets", name), "utf8");
const pem = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

describe("a keyword of our own", () => {
  test.each`
    schema                                   | value                                     | holds    | because
    ${{ "x-url-schemes": ["postgresql"] }}   | ${"postgresql://u:p@db.internal:5432/x"}  | ${true}  | ${"scheme and host are there"}
    ${{ "x-url-schemes": ["postgresql"] }}   | ${"postgres://db/x"}                      | ${false} | ${"it is another scheme"}
    ${{ "x-url-schemes": ["postgresql"] }}   | ${"postgresql:///x"}                      | ${false} | ${"it names no host"}
    ${{ "x-url-schemes": ["https"] }}        | ${"https://a b"}                          | ${false} | ${"a URL has no spaces"}
    ${{ "x-prefixes": ["sk-ant-", "sk-x"] }} | ${"sk-ant-1"}                             | ${true}  | ${"it begins so"}
    ${{ "x-prefixes": ["sk-ant-"] }}         | ${"sk-ant-"}                              | ${false} | ${"a prefix alone is nothing"}
    ${{ "x-min-entropy-bits": 256 }}         | ${randomBytes(33).toString("base64")}     | ${true}  | ${"openssl rand gives so much"}
    ${{ "x-min-entropy-bits": 128 }}         | ${"9f86d081884c7d659a2feaa0c55ad015"}     | ${true}  | ${"32 hex digits are 128 bits"}
    ${{ "x-min-entropy-bits": 128 }}         | ${"9f86d081884c7d659a2feaa0c55ad01"}      | ${false} | ${"31 are not"}
    ${{ "x-min-entropy-bits": 64 }}          | ${"abcdefghijklmnopqrstuvwxyz0123456789"} | ${false} | ${"rows hold no chance"}
    ${{ "x-min-entropy-bits": 64 }}          | ${"Zk3v".repeat(20)}                      | ${false} | ${"repeats hold no chance"}
    ${{ "x-base64-bytes": 32 }}              | ${randomBytes(32).toString("base64")}     | ${true}  | ${"it is 32 bytes"}
    ${{ "x-base64-bytes": 32 }}              | ${randomBytes(32).toString("base64url")}  | ${true}  | ${"the URL's alphabet is one too"}
    ${{ "x-base64-bytes": 32 }}              | ${randomBytes(31).toString("base64")}     | ${false} | ${"it is 31"}
    ${{ "x-base64-bytes": 32 }}              | ${"not base64 at all, is it, not at all"} | ${false} | ${"it is none"}
    ${{ "x-pem": "private-key" }}            | ${pem}                                    | ${true}  | ${"it can be read"}
    ${{ "x-pem": "private-key" }}            | ${pem.replaceAll("\n", "\\n")}            | ${true}  | ${"ends of lines are often written so"}
    ${{ "x-pem": "private-key" }}            | ${pem.replace(/M[A-Z]{2}/, "AAA")}        | ${false} | ${"it is broken"}
    ${{ "x-pem": "certificate" }}            | ${pem}                                    | ${false} | ${"it is a key"}
    ${{ "x-environment-key": true }}         | ${"sk_test_51Hq8ZkWv3nT9x"}               | ${true}  | ${"staging takes test keys"}
    ${{ "x-environment-key": true }}         | ${"sk_live_51Hq8ZkWv3nT9x"}               | ${false} | ${"and no live ones"}
    ${{ format: "email" }}                   | ${"deploy@paintbox.app.staging"}          | ${true}  | ${"Salesforce's names are so"}
    ${{ format: "uuid" }}                    | ${"6f9619ff-8b86-d011-b42d-00c04fc964ff"} | ${true}  | ${"it is one"}
    ${{ format: "hostname" }}                | ${"-x.example"}                           | ${false} | ${"no name begins with a hyphen"}
    ${{ pattern: "^(a+)+$" }}                | ${`${"a".repeat(50_000)}b`}               | ${false} | ${"and it takes no time to say so"}
  `("$schema is $holds: $because", async ({ schema, value, holds }) => {
    const read = await readSchema(JSON.stringify({ type: "object", properties: { K: { type: "string", ...schema } } }), "non-production");
    expect(read.check("any", text({ K: value }))).toHaveLength(holds ? 0 : 1);
  });
});

describe("a schema is refused", () => {
  test.each`
    schema                                                | message                                      | because
    ${"{ broken"}                                         | ${/the file is no JSON/}                     | ${"it cannot be read"}
    ${"[]"}                                               | ${/holds no JSON object/}                    | ${"a list is no schema"}
    ${'{"type": "wat"}'}                                  | ${/schema is invalid/}                       | ${"there is no such type"}
    ${'{"propertis": {}}'}                                | ${/unknown keyword: "propertis"/}            | ${"a slip would let everything pass"}
    ${'{"format": "iban"}'}                               | ${/unknown format "iban"/}                   | ${"it would let everything pass"}
    ${'{"$ref": "https://example.com/s.json"}'}           | ${/refers to https:\/\/example.com/}         | ${"nothing is fetched"}
    ${'{"properties": {"a": {"$ref": "other.json#/x"}}}'} | ${/outside of the file; nothing is fetched/} | ${"nothing is read beside it"}
    ${'{"$ref": "#/$defs/none"}'}                         | ${/can't resolve reference/}                 | ${"there is no such part"}
    ${'{"pattern": "(?=look)ahead"}'}                     | ${/error parsing regexp/}                    | ${"it needs backtracking"}
    ${'{"pattern": "(a)\\\\1"}'}                          | ${/error parsing regexp/}                    | ${"it needs backtracking"}
    ${'{"x-min-entropy-bits": "many"}'}                   | ${/must be number/}                          | ${"the keyword takes a number"}
    ${'{"x-secrets": []}'}                                | ${/is no map/}                               | ${"it maps names"}
    ${" ".repeat(300_000)}                                | ${/more than 262144 characters/}             | ${"it is too large"}
  `("$schema: $because", async ({ schema, message }) => {
    await expect(readSchema(schema, "production")).rejects.toThrow(message);
  });

  test("draft-07 is understood where it says so", async () => {
    const read = await readSchema(
      '{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": {"type": "string"}}, "properties": {"K": {"$ref": "#/definitions/a"}}}',
      "production",
    );
    expect(read.check("x", text({ K: 1 }))).toHaveLength(1);
  });

  test("a schema without end and a value without bottom end in unknown, not in a crash", async () => {
    const read = await readSchema('{"type": ["array", "object"], "items": {"$ref": "#"}}', "production");
    const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
    expect(read.check("x", text(deep)).map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(["unknown schema-unusable"]);
  });
});

const paintbox = {
  SALESFORCE_CLIENT_ID: `3MVG9${randomBytes(60).toString("base64url")}`,
  SALESFORCE_CLIENT_SECRET: randomBytes(32).toString("hex").toUpperCase(),
  SALESFORCE_USERNAME: "deploy@kindhomesolutions.com.bartsand",
  SALESFORCE_PASSWORD: "amber-Kayak!7190",
  SALESFORCE_SECURITY_TOKEN: "q7Xb2P9mK4vZ8sWtLr3NcYd1",
  SALESFORCE_INSTANCE_URL: "https://kindhomesolutions1--bartsand.sandbox.my.salesforce.com",
  COMPANYCAM_API_TOKEN: randomBytes(24).toString("base64url"),
  COMPANYCAM_WEBHOOK_SECRET: randomBytes(24).toString("base64url"),
  ANTHROPIC_API_KEY: `sk-ant-api03-${randomBytes(60).toString("base64url")}`,
  DATABASE_URL: "postgresql://paintbox:Zk3vQ9xT7mWp2LrN@paintbox-staging.c9akciq32.eu-central-1.rds.amazonaws.com:5432/paintbox",
  REDIS_URL: "rediss://:Hq8ZkWv3nT9xLpR2mYcB@master.paintbox-staging.abc123.euc1.cache.amazonaws.com:6379",
  ENCRYPTION_KEY: randomBytes(32).toString("base64"),
  JWT_SECRET: randomBytes(48).toString("base64"),
  NEXTAUTH_SECRET: randomBytes(48).toString("base64"),
};

describe("the example for Paintbox", () => {
  test("fits a secret with all of its 14 keys, and says which are ours to make", async () => {
    const schema = await readSchema(example("paintbox.schema.json"), "non-production");
    expect(Object.keys(paintbox)).toHaveLength(14);
    expect(schema.check("paintbox-staging", text(paintbox))).toEqual([]);
    expect(
      schema
        .keysOf("x")
        .filter(({ randomBytes: bytes }) => bytes !== undefined)
        .map(({ name, randomBytes: bytes }) => `${name} ${bytes}`),
    ).toEqual(["ENCRYPTION_KEY 32", "JWT_SECRET 32", "NEXTAUTH_SECRET 32"]);
  });

  test.each(Object.keys(paintbox))("notices that %s is missing, and that it is wrong", async (key) => {
    const schema = await readSchema(example("paintbox.schema.json"), "non-production");
    const { [key]: _, ...rest } = paintbox as Record<string, string>;
    expect(schema.check("x", text(rest))).toMatchObject([{ key, rule: "required-key" }]);
    expect(schema.check("x", text({ ...paintbox, [key]: "short" }))).toContainEqual(expect.objectContaining({ key, rule: "schema" }));
  });

  test("says no, with neither the value nor its length, when what the guide shows is left as it is", async () => {
    const schema = await readSchema(example("paintbox.schema.json"), "non-production");
    const said = JSON.stringify(schema.check("x", text({ ...paintbox, REDIS_URL: "redis://cache.internal:6379" })));
    expect(said).not.toMatch(/cache\.internal|27/);
    expect(said).toContain("REDIS_URL");
  });
});

test("the example for ThemisGuard judges each secret by its own part", async () => {
  const schema = await readSchema(example("themisguard.schema.json"), "production");
  const stripe = {
    secret_key: "sk_live_51Hq8ZkWv3nT9xLpR2mYcB",
    publishable_key: "pk_live_51Hq8ZkWv3nT9xLpR2mYcB",
    webhook_secret: "whsec_Zk3vQ9xT7mWp2LrN",
  };
  const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:themisguard/prod/stripe-AbCdEf";
  expect(schema.check("themisguard/prod/stripe", text(stripe))).toEqual([]);
  expect(schema.check(arn, text({ ...stripe, secret_key: "sk_test_51Hq8ZkWv3nT9xLpR2mYcB" }))).toMatchObject([{ key: "secret_key" }]);
  expect(schema.check("themisguard/prod/jwt", text({ jwt_secret: "too little" }))).toMatchObject([{ key: "jwt_secret" }]);
  expect(schema.check("something/else", text({}))).toEqual([]);
  expect(schema.keysOf("themisguard/dev/jwt")).toEqual([{ name: "jwt_secret", required: true, randomBytes: 32 }]);
});
