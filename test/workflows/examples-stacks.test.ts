// The complete examples about stacks, secrets and code, from the text of the pages, run by act with the real bundles and the real tools.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { jest } from "@jest/globals";
import { makeSamBucket } from "../support/sam-bucket.ts";
import { act, callingRepository, publishedCopy } from "./act.ts";
import { programs, takenOver, tokenService } from "./example-run.ts";
import { examplesOn } from "./example-table.ts";

jest.setTimeout(300_000);

const root = join(import.meta.dirname, "..", "..");
const account = "222222222222";
const region = "us-east-1";
let cloud: Ministack;
let tokens: Awaited<ReturnType<typeof tokenService>>;
/** Where the deployed application answers. */
let application: Server;
let url: string;

beforeAll(async () => {
  tokens = await tokenService();
  application = createServer((_request, response) => response.end(JSON.stringify({ status: "healthy" })));
  await new Promise<void>((resolve) => application.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(application.address() as AddressInfo).port}`;
  cloud = await startMinistack({ region });
  const settings = { endpoint: cloud.endpoint, region, credentials: { accessKeyId: account, secretAccessKey: "test" } };
  await makeSamBucket(settings, "packages");
  for (const Bucket of ["themisguard-prod-releases", `shop-state-prod-${account}-${region}`])
    await new S3Client({ ...settings, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket }));
  const SecretString = JSON.stringify({ JWT_SECRET: "your_strong_jwt_secret" });
  await new SecretsManagerClient(settings).send(new CreateSecretCommand({ Name: "paintbox-staging", SecretString }));
});
afterAll(async () => {
  await cloud?.stop();
  for (const server of [application, tokens.server]) await new Promise((resolve) => server.close(resolve));
});

const hasTerraform = spawnSync("terraform", ["version"]).status === 0;
const rows = examplesOn("stacks").filter(({ id }) => hasTerraform || !id.startsWith("actions/terraform-stack"));

/** The settings of docs/sam-in-three-accounts.md, "and the same for staging and prod". */
function samConfig(): string {
  const page = readFileSync(join(root, "docs", "sam-in-three-accounts.md"), "utf8");
  const [version = "", dev = ""] = (/```toml\n([\s\S]*?)```/.exec(page)?.[1] ?? "").split(/(?=\[dev)/);
  return [version, ...["dev", "staging", "prod"].map((environment) => dev.replaceAll("dev", environment))].join("\n");
}

const template = (greeting: string): string =>
  JSON.stringify({
    Transform: "AWS::Serverless-2016-10-31",
    Parameters: { Environment: { Type: "String" }, Greeting: { Type: "String", Default: greeting } },
    Resources: { Hello: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: { Ref: "Greeting" } } } },
  });

/** What lies in the reader's own repository. */
function repository(id: string, greeting: string): string {
  const folder = mkdtempSync(join(tmpdir(), "reader-"));
  if (id.startsWith("actions/sam-deploy")) cpSync(join(root, "examples", "sam-app"), folder, { recursive: true });
  if (id.startsWith("actions/terraform-stack"))
    cpSync(join(root, "examples", "terraform-stack"), join(folder, "terraform"), { recursive: true });
  if (id.startsWith("actions/validate-secrets"))
    cpSync(join(root, "examples", "secrets"), join(folder, "examples", "secrets"), { recursive: true });
  if (id.startsWith("docs/sam-in-three-accounts")) {
    mkdirSync(join(folder, "backend"));
    for (const [name, text] of Object.entries({
      "backend/requirements.txt": "",
      "samconfig.toml": samConfig(),
      "template.yaml": template(greeting),
      "load.sh": "#!/bin/sh\n",
    }))
      writeFileSync(join(folder, name), text);
    chmodSync(join(folder, "load.sh"), 0o755);
  }
  return folder;
}

const run = async ({ id, example, event, ref }: (typeof rows)[number], greeting = "hello") =>
  await act({
    caller: callingRepository(takenOver(example.text, { account, region, url }).replaceAll("{ApiUrl}", url), repository(id, greeting)),
    // In a pipeline the scan is another's work: it is tried with the example of its own.
    published: publishedCopy(
      ["sam-deploy", "terraform-stack", "validate-secrets", ...(id.includes("security-scan") ? ["security-scan"] : [])],
      id.includes("security-scan") ? {} : { "security-scan": "" },
    ),
    event,
    payload: ref === undefined ? { number: 7, pull_request: { head: { ref: "feature" }, base: { ref: "main" } } } : { ref },
    environment: {
      SAM_CLI_TELEMETRY: "0",
      AWS_ENDPOINT_URL: cloud.namedEndpoint,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      ...tokens.environment,
    },
    variables: {
      DEPLOY_ROLE: `arn:aws:iam::${account}:role/deploy`,
      AWS_ACCOUNT_ID: account,
      STATE_BUCKET: `shop-state-prod-${account}-${region}`,
      STRIPE_PUBLISHABLE_KEY: "pk_live_51Hx4RbN8cYpLd",
      GOOGLE_CLIENT_ID: "407408718192-k2vq9.apps.googleusercontent.com",
      CERTIFICATE_ARN: `arn:aws:acm:${region}:${account}:certificate/1b2c3d4e`,
    },
    secrets: {
      STRIPE_SECRET_KEY: "sk_live_51Hq7fK2vTzWm9",
      STRIPE_WEBHOOK_SECRET: "whsec_Zk3Wq8vT5mXc2L",
      DATABASE_PASSWORD: "Zk3vQ9xT7mWp2LrN",
      PLAN_KEY: "Hq8ZkWv3nT9xLpR2",
    },
    programs: [
      // The reader's own tests, which would fetch their packages.
      programs({ pip: "exit 0", python: 'echo \'<testsuite tests="1" failures="0" errors="0" skipped="0">\' > ../junit.xml' }),
      join(root, ".tools", "sam", "bin"),
      join(root, ".tools", "scanners", "bin"),
    ],
  });

test.each(rows)("$id", async (row) => {
  // What is rolled back is the second release.
  const [pipeline] = rows.filter(({ id }) => id.startsWith("docs/sam-in-three-accounts"));
  if (row.id.endsWith("Roll the stack back") && pipeline !== undefined) await run(pipeline, "good day");
  const { ok, text } = await run(row);
  const { red = false, says } = row;
  expect({ ok, text: ok === red ? text.slice(-6000) : "" }).toEqual({ ok: !red, text: "" });
  expect(text).toMatch(says);
});
