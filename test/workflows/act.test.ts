import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";
import { createEnvironment } from "../../packages/local-cloud/src/environment/create.ts";
import { exampleContainers, exampleImages } from "../../packages/local-cloud/src/environment/example.ts";
import type { EnvironmentInfo } from "../../packages/local-cloud/src/environment/options.ts";
import { startLoad } from "../../packages/local-cloud/src/load/start.ts";
import { type LocalCloud, startLocalCloud } from "../../packages/local-cloud/src/start.ts";
import { callsOf } from "../../scripts/policies.ts";
import { act, callingRepository, publishedCopy } from "./act.ts";
import { withCallsInside } from "./inline.ts";
import { textOf } from "./workflow.ts";

jest.setTimeout(240_000);

let cloud: LocalCloud;
let environment: EnvironmentInfo;
let load: ReturnType<typeof startLoad>;
let published: string;
/** What GitHub's own service for OIDC tokens would be. */
let tokens: Server;
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = `${part({ alg: "RS256" })}.${part({ sub: "repo:octo/shop:environment:staging", exp: 4_000_000_000 })}.signature`;

beforeAll(async () => {
  // The pipelines are tried here, not the scanners.
  const stubs = { "security-scan": 'process.exit(process.env["SCAN_FINDS"] === "true" ? 1 : 0);' };
  const actions = ["blue-green-deploy", "emergency-rollback", "validate-secrets", "security-posture"];
  published = publishedCopy(actions, stubs, (name) => (name === "fleet-deploy.yml" ? withCallsInside(name) : textOf(name)));
  tokens = createServer((_request, response) => response.end(JSON.stringify({ value: token })));
  await new Promise<void>((resolve) => tokens.listen(0, "127.0.0.1", resolve));
  cloud = await startLocalCloud({ timeFactor: 15, images: exampleImages() });
  environment = await createEnvironment(cloud, { containers: exampleContainers(cloud, "v1") });
  const addresses = environment.urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }));
  load = startLoad({ addresses, requestsPerSecond: 30, newConnectionShare: 0.2, paths: ["/", "/health"] });
});

afterAll(async () => {
  await load.stop();
  await cloud.stop();
  await new Promise((resolve) => tokens.close(resolve));
});

const pipeline = (testCommand: string): string =>
  callingRepository(`name: Deploy
on: [push, pull_request, workflow_dispatch]
permissions: {}
jobs:
  pipeline:
    permissions:
      contents: read
      id-token: write
    uses: octo/aws-deploy-actions/.github/workflows/container-pipeline.yml@v1
    with:
      application: shop
      aws-region: ${cloud.region}
      image: ${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:v2
      container-name: frontend
      rollback-window: "5"
      test-command: ${testCommand}
`);

const rollback = (): string =>
  callingRepository(`name: Emergency rollback
on: workflow_dispatch
permissions: {}
jobs:
  rollback:
    permissions:
      id-token: write
    uses: octo/aws-deploy-actions/.github/workflows/emergency-rollback.yml@v1
    with:
      application: shop
      environment: staging
      aws-region: ${cloud.region}
      reason: The shop shows yesterday's prices
      force: true
`);

const guard = (): string =>
  callingRepository(`name: Guard
on: workflow_dispatch
permissions: {}
jobs:
  guard:
    permissions:
      id-token: write
    uses: octo/aws-deploy-actions/.github/workflows/deployment-guard.yml@v1
    with:
      application: shop
      environments: '["staging"]'
      aws-region: ${cloud.region}
`);

const called = (workflow: string, inputs: string, files = {}): string =>
  callingRepository(
    `name: Calling
on: workflow_dispatch
permissions: {}
jobs:
  called:
    permissions:
      contents: read
      id-token: write
    uses: octo/aws-deploy-actions/.github/workflows/${workflow}@v1
    with:
      environment: staging
${inputs}
`,
    files,
  );

/** The version v3 of the example answers one request in three with an error. */
const fleet = (): string =>
  called(
    "fleet-deploy.yml",
    `      applications: shop later
      regions: ${cloud.region}
      accounts: "${cloud.accountId}"
      waves: "1"
      image: "{account}.dkr.ecr.{region}.amazonaws.com/containers-app:v3"
      container-name: frontend
      config-file: fleet.yml`,
    { "fleet.yml": "rollback-window: 4\nbreach-duration: 1\n" },
  );
const secrets = (key: string): string =>
  called("secrets-check.yml", `      aws-region: ${cloud.region}\n      secret-ids: shop-staging\n      required-keys: ${key}`);
const posture = (): string =>
  called("posture-check.yml", `      aws-region: ${cloud.region}\n      application: shop\n      minimum-score: "1"`);

/** Runs what the other repository calls; gives the names of the jobs that ran, without the caller's. */
async function run(caller: string, event: string, extra: Readonly<Record<string, string>> = {}) {
  const result = await act({
    caller,
    published,
    event,
    environment: {
      ...cloud.environment,
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/?for=github`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request",
      ...extra,
    },
    variables: { HEALTH_CHECKS: `page ${environment.urls[0]}/`, AWS_ACCOUNT_ID: cloud.accountId },
  });
  return { ...result, jobs: result.jobs.map((name) => name.split("/").at(-1)?.trim()) };
}

/** What the action said, without act's own words. */
const told = (text: string): string =>
  text
    .split("\n")
    .filter((line) => /^\s*(→|↩|✖|✔|•|⟳)/.test(line))
    .slice(-40)
    .join("\n");

/** Calls that were made, and that the action's policy in infra/policies does not know. */
const notAllowed = (action: string, mark: number): readonly string[] => {
  const known = callsOf(action);
  return [...new Set(cloud.calls.since(mark).map(({ operation }) => operation))].filter(
    (operation) => /^\w+$/.test(operation) && !known.includes(operation),
  );
};

const version = async (): Promise<unknown> => ((await (await fetch(`${environment.urls[0]}/`)).json()) as { version?: unknown }).version;

test("failing tests: nothing is deployed", async () => {
  const { ok, jobs } = await run(pipeline("exit 1"), "workflow_dispatch");
  expect({ ok, jobs: [...jobs].sort() }).toEqual({ ok: false, jobs: ["Security scan", "Test"] });
});

test("findings: nothing is deployed", async () => {
  const { ok, jobs } = await run(pipeline("echo fine"), "workflow_dispatch", { SCAN_FINDS: "true" });
  expect({ ok, jobs: [...jobs].sort() }).toEqual({ ok: false, jobs: ["Security scan", "Test"] });
});

test("a pull request deploys nothing", async () => {
  const { ok, jobs } = await run(pipeline("echo fine"), "pull_request");
  expect({ ok, jobs: [...jobs].sort() }).toEqual({ ok: true, jobs: ["Security scan", "Test"] });
  expect(cloud.calls.mutating().map(({ operation }) => operation)).toEqual([]);
});

describe("under load", () => {
  test("another repository's dispatch goes through tests and scan to staging, and ends before production", async () => {
    const mark = cloud.calls.length;
    const { ok, jobs, text } = await run(pipeline("echo fine"), "workflow_dispatch");
    expect({ ok, jobs: [...jobs].sort(), text: ok ? "" : told(text) }).toEqual({
      ok: true,
      jobs: ["Deploy to staging", "Security scan", "Test"],
      text: "",
    });
    expect(await version()).toBe("v2");
    expect(notAllowed("blue-green-deploy", mark)).toEqual([]);
  });

  test("the guard finds nothing to end", async () => {
    const { ok, jobs } = await run(guard(), "workflow_dispatch");
    expect({ ok, jobs }).toEqual({ ok: true, jobs: ["Guard of staging"] });
    expect(await version()).toBe("v2");
  });

  test("a fleet ends with the wave whose version is rolled back", async () => {
    const { ok, jobs, text } = await run(fleet(), "workflow_dispatch");
    expect({ ok, jobs }).toEqual({ ok: false, jobs: ["Plan the waves", `shop ${cloud.region} ${cloud.accountId}`, "Result"] });
    expect(told(text)).toMatch(/shop-staging:\d+ was rolled back: .*error rate/);
    expect(text).toContain(`shop in ${cloud.region}, account ${cloud.accountId}: rolled-back`);
    expect(text).toContain(`later in ${cloud.region}, account ${cloud.accountId}: not started`);
    expect(await version()).toBe("v2");
  });

  test("the button brings users back, and no request was lost", async () => {
    const mark = cloud.calls.length;
    const { ok, text } = await run(rollback(), "workflow_dispatch");
    expect({ ok, text: ok ? "" : told(text) }).toEqual({ ok: true, text: "" });
    expect(await version()).toBe("v1");
    const { requests, failedRequests } = await load.snapshot();
    expect(requests).toBeGreaterThan(500);
    expect(failedRequests).toBe(0);
    expect(notAllowed("emergency-rollback", mark)).toEqual([]);
  });
});

test("secrets that hold what they must are valid, a missing key is told by name", async () => {
  expect(await run(secrets("SESSION_SECRET"), "workflow_dispatch")).toMatchObject({ ok: true, jobs: ["Validate"] });
  const { ok, text } = await run(secrets("STRIPE_SECRET_KEY"), "workflow_dispatch");
  expect(ok).toBe(false);
  expect(text).toContain("STRIPE_SECRET_KEY");
});

test("the posture of the account is judged, and the evidence kept", async () => {
  const { jobs, text } = await run(posture(), "workflow_dispatch");
  expect(jobs).toEqual(["Posture of staging"]);
  expect(text).toMatch(/Security Score: \d+\/\d+/);
  expect(text).toMatch(/Success - Main Keep the evidence/);
});
