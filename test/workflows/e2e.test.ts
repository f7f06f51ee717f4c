// The workflow for a real account, on the local cloud: only the endpoint and GitHub's tokens are other ones.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { jest } from "@jest/globals";
import { createEnvironment } from "../../packages/local-cloud/src/environment/create.ts";
import { exampleImages } from "../../packages/local-cloud/src/environment/example.ts";
import type { EnvironmentInfo } from "../../packages/local-cloud/src/environment/options.ts";
import { type LocalCloud, startLocalCloud } from "../../packages/local-cloud/src/start.ts";
import { act, callingRepository, publishedCopy } from "./act.ts";

jest.setTimeout(300_000);

const tools = join(import.meta.dirname, "../../.tools/cloud/bin");
const path = process.env["PATH"] ?? "";
let cloud: LocalCloud;
let environment: EnvironmentInfo;

/** GitHub's own token service, of which each job asks for its identity. */
const tokens = createServer((_, response) => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  response.end(JSON.stringify({ value: `${part({ alg: "RS256" })}.${part({ sub: "repo:octo/shop:environment:e2e-aws" })}.c2lnbmF0dXJl` }));
});

beforeAll(async () => {
  // GitHub's machines have the AWS CLI.
  process.env["PATH"] = `${tools}:${path}`;
  await new Promise<void>((resolve) => tokens.listen(0, "127.0.0.1", resolve));
  cloud = await startLocalCloud({ timeFactor: 12, images: exampleImages() });
  const image = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:v1`;
  environment = await createEnvironment(cloud, {
    application: "e2e",
    alarms: false,
    containers: [
      { name: "app", image, port: 8080, healthCheckPath: "/api/health", environment: { TIME_FACTOR: String(cloud.timeFactor) } },
    ],
  });
});

afterAll(async () => {
  process.env["PATH"] = path;
  tokens.close();
  await cloud.stop();
});

/** Asked asynchronously: the local cloud answers from this process. */
async function desiredCounts(): Promise<unknown> {
  const services = ["e2e-blue-staging", "e2e-green-staging"];
  const args = ["ecs", "describe-services", "--cluster", "e2e-staging", "--services", ...services, "--query", "services[].desiredCount"];
  const env = { ...process.env, ...cloud.environment };
  return JSON.parse((await promisify(execFile)(join(tools, "aws"), args, { env })).stdout);
}

/** Runs the story with these versions; a chapter without one is left out. */
async function story(versions: Readonly<Record<string, string>>) {
  const published = publishedCopy(["blue-green-deploy"], {});
  const caller = callingRepository(readFileSync(join(published, ".github/workflows/e2e-aws.yml"), "utf8"));
  const images = Object.entries(versions).map(([name, tag]) => [
    `E2E_IMAGE_${name}`,
    `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:${tag}`,
  ]);
  return await act({
    caller,
    published,
    event: "workflow_dispatch",
    payload: { inputs: { application: "e2e" } },
    environment: {
      ...cloud.environment,
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "a-token-of-the-runner",
    },
    variables: {
      E2E_REGION: cloud.region,
      // Time is compressed, so fewer fit into the story.
      E2E_LEAST_REQUESTS: "100",
      E2E_URL: environment.urls[0] ?? "",
      E2E_ACCOUNT_ID: cloud.accountId,
      E2E_ROLE_ARN: `arn:aws:iam::${cloud.accountId}:role/e2e-deploy-staging`,
      ...Object.fromEntries(images),
    },
  });
}

/** What the last step of the story said. */
const verdicts = (text: string): readonly string[] =>
  text
    .split("\n")
    .flatMap((line) => /^\s*([✔✖] [\w ]+: \S+)/.exec(line)?.[1] ?? [])
    .map((line) => line.replace(/^✔ requests: \d+$/, "✔ requests: enough"));

test("a good version reaches users, bad ones are taken back, no request is lost, and nothing goes on running", async () => {
  const { ok, text } = await story({ GOOD: "v2", CRASH: "v4", DATABASE: "v6" });
  const ended = (version: string, outcome: string, step: string) => [`✔ ${version}: ${outcome}`, `✔ the step of ${version}: ${step}`];
  if (!ok) process.stderr.write(text);
  expect({ ok, verdicts: verdicts(text) }).toEqual({
    ok: true,
    verdicts: [
      ...ended("good", "succeeded", "success"),
      ...ended("crash", "failed", "failure"),
      ...ended("database", "rolled-back", "failure"),
      "✔ the page: 200",
      "✔ requests lost: 0",
      "✔ requests: enough",
    ],
  });
  // The role was taken with the job's own token, as on GitHub.
  expect(cloud.calls.all().map(({ operation }) => operation)).toContain("AssumeRoleWithWebIdentity");
  expect(await desiredCounts()).toEqual([0, 0]);
});

test("a bad version that is given as the good one ends red, and nothing goes on running", async () => {
  const { ok, text } = await story({ GOOD: "v4" });
  expect({ ok, verdicts: verdicts(text).slice(0, 2) }).toEqual({
    ok: false,
    verdicts: ["✖ good: failed,", "✖ the step of good: failure,"],
  });
  expect(await desiredCounts()).toEqual([0, 0]);
});
