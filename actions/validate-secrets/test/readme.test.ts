import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as iamSdk from "@aws-sdk/client-iam";
import * as sdk from "@aws-sdk/client-secrets-manager";
import { parse } from "yaml";
import { type Ministack, startMinistack } from "../../../packages/local-cloud/src/ministack.ts";
import { runAction } from "./harness.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const blocks = [...readme.matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, language, text]) => ({ language, text: text ?? "" }));
const before = { ...process.env };
let cloud: Ministack;

beforeAll(async () => {
  cloud = await startMinistack({ region: "eu-central-1" });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "123456789012",
    AWS_SECRET_ACCESS_KEY: "test",
  });
}, 90_000);
afterAll(async () => {
  await cloud.stop();
  for (const name of ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** The own step's inputs in a workflow of the README, or in a piece of one, as the runner would give them. */
function inputsOf(yaml: string): Record<string, string> {
  const parsed = parse(yaml) as Step[] | { readonly jobs: Readonly<Record<string, { readonly steps: Step[] }>> };
  const steps = Array.isArray(parsed) ? parsed : Object.values(parsed.jobs).flatMap((job) => job.steps);
  const own = steps.find(({ uses }) => uses?.includes("actions/validate-secrets@"));
  return Object.fromEntries(Object.entries(own?.with ?? {}).map(([name, value]) => [name, String(value)]));
}

test("the example in the README runs as it stands, and says what the README shows", async () => {
  const [workflow, output] = blocks;
  const { "oidc-role-to-assume": _, ...inputs } = inputsOf(workflow?.text ?? "");
  const [iam, secrets] = [new iamSdk.IAMClient({}), new sdk.SecretsManagerClient({})];
  await iam.send(
    new iamSdk.CreateRoleCommand({
      RoleName: "paintbox-staging-task-execution",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
    }),
  );
  const value = {
    SALESFORCE_CLIENT_ID: "3MVG9dAEux2v1sLvqHbZpRk7TnYcWj4mXs8Qa0FgUoIeKzPtB2",
    SALESFORCE_CLIENT_SECRET: "A7F3C19E5B8D2046E9B1D7A3C5F80246",
    SALESFORCE_USERNAME: "deploy@paintbox.app.staging",
    SALESFORCE_PASSWORD: "amber-Kayak!7190",
    SALESFORCE_SECURITY_TOKEN: "q7Xb2P9mK4vZ8sWtLr3NcYd1",
    SALESFORCE_INSTANCE_URL: "https://kindhomesolutions1--bartsand.sandbox.my.salesforce.com",
    COMPANYCAM_API_TOKEN: "Tq3vX9kLm2Rz7WpYb5NcHd8s",
    COMPANYCAM_WEBHOOK_SECRET: "Kd8sVq3vX9kLm2Rz7WpYb5Nc",
    ANTHROPIC_API_KEY: "sk-ant-api03-Zk3vQ9xT7mWp2LrNHq8ZkWv3nT9xLpR2mYcBd7",
    DATABASE_URL: "postgresql://paintbox:Zk3vQ9xT7mWp2LrN@db.paintbox.internal:5432/paintbox",
    REDIS_URL: "redis://cache.paintbox.internal:6379",
    ENCRYPTION_KEY: Buffer.alloc(32, "Zk3vQ9xT7mWp2LrNHq8ZkWv3nT9xLpR2").toString("base64"),
    JWT_SECRET: "your_strong_jwt_secret",
    NEXTAUTH_SECRET: "Hq8ZkWv3nT9xLpR2mYcBd7Zk3vQ9xT7mWp2LrN5aUe4JsGf1Ti",
  };
  const { ARN } = await secrets.send(new sdk.CreateSecretCommand({ Name: "paintbox-staging", SecretString: JSON.stringify(value) }));
  await iam.send(
    new iamSdk.PutRolePolicyCommand({
      RoleName: "paintbox-staging-task-execution",
      PolicyName: "own",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: ARN }],
      }),
    }),
  );
  const seen = await runAction({ inputs });
  iam.destroy();
  secrets.destroy();
  for (const line of (output?.text ?? "").trim().split("\n")) expect(seen.raw).toContain(line.replace(" …", "").trim());
  expect(seen.outcome).toBe("invalid");
});

test("every input that the README's examples give is one of the action's", () => {
  const yaml = blocks.filter(({ language }) => language === "yaml").map(({ text }) => text);
  expect(yaml.length).toBeGreaterThanOrEqual(2);
  const action = parse(readFileSync(join(import.meta.dirname, "../action.yml"), "utf8")) as { inputs: Record<string, unknown> };
  for (const text of yaml) {
    const names = Object.keys(inputsOf(text));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(Object.keys(action.inputs)).toContain(name);
  }
});
