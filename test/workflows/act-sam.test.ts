// sam-pipeline.yml as another repository calls it, with the real SAM CLI: what was built once goes to each environment's stack.
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { jest } from "@jest/globals";
import { act, callingRepository, everyEvent, publishedCopy } from "./act.ts";

jest.setTimeout(240_000);

const root = join(import.meta.dirname, "..", "..");
const account = "222222222222";
let cloud: Ministack;
let caller: string;

const settings = () => ({
  endpoint: cloud.endpoint,
  region: "us-east-1",
  forcePathStyle: true,
  credentials: { accessKeyId: account, secretAccessKey: "test" },
});

beforeAll(async () => {
  cloud = await startMinistack();
  await new S3Client(settings()).send(new CreateBucketCommand({ Bucket: "packages" }));
  const app = mkdtempSync(join(tmpdir(), "sam-app-"));
  cpSync(join(root, "examples", "sam-app"), app, { recursive: true });
  // The policy of SAM's own bucket denies plain HTTP, which is all that the emulator speaks.
  const file = join(app, "samconfig.toml");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll("resolve_s3 = true", 's3_bucket = "packages"'));
  caller = callingRepository(
    `name: Deploy
${everyEvent}
permissions: {}
jobs:
  pipeline:
    permissions:
      contents: read
      id-token: write
    uses: octo/aws-deploy-actions/.github/workflows/sam-pipeline.yml@v1
    with:
      application: themisguard-api
      aws-region: us-east-1
      test-command: "true"
    secrets:
      PARAMETER_OVERRIDES: ${"$"}{{ secrets.PARAMETER_OVERRIDES }}
`,
    app,
  );
});
afterAll(() => cloud?.stop());

const statusOf = async (name: string): Promise<string | undefined> =>
  await new CloudFormationClient(settings()).send(new DescribeStacksCommand({ StackName: name })).then(
    ({ Stacks }) => Stacks?.[0]?.StackStatus,
    () => undefined,
  );

test("a push to main builds once, deploys that build to staging, and production refuses staging's test keys", async () => {
  const published = publishedCopy(["sam-deploy"], { "security-scan": "", "validate-secrets": "" });
  const overrides = [
    "StripeSecretKey=sk_test_51Hq7fK2vTzWm9",
    "StripePublishableKey=pk_test_51Hx4RbN8cYpLd",
    "StripeWebhookSecret=whsec_Zk3Wq8vT5mXc2L",
    "GoogleClientId=407408718192-k2vq9.apps.googleusercontent.com",
  ];
  const { ok, jobs, text } = await act({
    caller,
    published,
    event: "push",
    payload: { ref: "refs/heads/main" },
    environment: {
      SAM_CLI_TELEMETRY: "0",
      AWS_ENDPOINT_URL: cloud.namedEndpoint,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
    },
    variables: { AWS_ACCOUNT_ID: account },
    secrets: { PARAMETER_OVERRIDES: overrides.join("\n") },
    programs: [join(root, ".tools", "sam", "bin")],
  });
  expect({ staging: await statusOf("themisguard-api-staging"), text: text.slice(-1500) }).toMatchObject({ staging: "CREATE_COMPLETE" });
  expect(jobs.map((name) => name.split("/").at(-1)?.trim()).sort()).toEqual([
    "Build",
    "Deploy to production",
    "Deploy to staging",
    "Security scan",
    "Test",
  ]);
  expect(ok).toBe(false);
  expect(text).toMatch(/StripeSecretKey/);
  expect(text).not.toContain("sk_test_51Hq7fK2vTzWm9");
  expect(await statusOf("themisguard-api-prod")).toBeUndefined();
});
