// The complete examples about containers, from the text of the pages, run by act with the real bundles under the users' load.
import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { exampleContainers, exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import type { EnvironmentInfo } from "@aws-deploy-actions/local-cloud/environment/options";
import { startLoad } from "@aws-deploy-actions/local-cloud/load/start";
import { type LocalCloud, startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { jest } from "@jest/globals";
import { blocks } from "../support/pages.ts";
import { act, callingRepository, publishedCopy } from "./act.ts";
import { commitOf, programs, takenOver, tokenService } from "./example-run.ts";
import { examplesOn } from "./example-table.ts";

jest.setTimeout(600_000);

const root = join(import.meta.dirname, "..", "..");
const repositories = ["shop", "cart", "search"];
const environments = new Map<string, EnvironmentInfo>();
let cloud: LocalCloud;
let published: string;
let tokens: Awaited<ReturnType<typeof tokenService>>;
let app: string;

beforeAll(async () => {
  // The image's scan needs a database from the internet.
  const actions = ["blue-green-deploy", "emergency-rollback", "health-check", "validate-secrets", "security-posture"];
  published = publishedCopy(actions, { "security-scan": "" });
  tokens = await tokenService();
  app = mkdtempSync(join(tmpdir(), "app-"));
  cpSync(join(root, "examples", "containers-app"), app, { recursive: true });
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module", scripts: { migrate: "node -e 0" } }));
  cloud = await startLocalCloud({ timeFactor: 15, images: exampleImages() });
  await pushVersion("first");
  for (const name of ["shop-staging", "shop-prod", "cart-prod", "search-prod", "paintbox-staging"]) {
    const [application = "", environment = ""] = name.split("-");
    const image = `${registry()}/${application}:first`;
    const settings = { APP_ROLE: "frontend", TIME_FACTOR: "15" };
    const containers =
      application === "paintbox"
        ? exampleContainers(cloud, "v1")
        : [{ name: "app", image, port: 8080, healthCheckPath: "/api/health", environment: settings }];
    environments.set(name, await createEnvironment(cloud, { application, environment, containers, desiredCount: 1 }));
  }
  const s3 = new S3Client({
    endpoint: cloud.endpoint,
    region: cloud.region,
    forcePathStyle: true,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  for (const Bucket of ["shop-deployments", `shop-state-staging-${cloud.accountId}-${cloud.region}`])
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }));
});
afterAll(async () => {
  await cloud?.stop();
  await new Promise((resolve) => tokens.server.close(resolve));
});

const registry = (): string => `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com`;
const urlOf = (name: string): string => environments.get(name)?.urls[0] ?? "";

/** The example application under this version, in every repository. @returns its digest */
async function pushVersion(version: string): Promise<string> {
  const release = join(app, `${version}.json`);
  writeFileSync(release, JSON.stringify({ version }));
  const image = { tag: version, folder: app, command: ["node", "server.js", "--release", release] };
  const pushed = [];
  for (const repository of repositories) pushed.push(await cloud.pushImage({ ...image, repository }));
  return pushed[0]?.digest ?? "";
}

/** What lies in the reader's own repository. */
function files(): Readonly<Record<string, string>> {
  const config = blocks.find(({ page, text }) => page === "docs/move-an-existing-service.md" && text.startsWith("# .github/deploy/"))?.text;
  const scripts = { test: "node -e 0", smoke: "node -e 0" };
  return {
    Dockerfile: "FROM scratch\n",
    "package.json": JSON.stringify({ name: "shop", version: "1.0.0", scripts }),
    "package-lock.json": JSON.stringify({ name: "shop", version: "1.0.0", lockfileVersion: 3, packages: { "": {} } }),
    "secrets.schema.json": JSON.stringify({ type: "object", required: ["SESSION_SECRET"] }),
    ".github/deploy/staging.yml": (config ?? "")
      .replace("cluster: main", "cluster: shop-staging")
      .replace("blue-service: web", "blue-service: shop-blue-staging")
      .replace("web-alb", "shop-alb-staging")
      .replace("us-east-1", cloud.region),
  };
}

const users = (name: string, requestsPerSecond: number) =>
  startLoad({
    addresses: (environments.get(name)?.urls ?? []).map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) })),
    requestsPerSecond,
    newConnectionShare: 0.2,
    paths: ["/"],
  });

test.each(examplesOn("containers"))("$id", async ({ example, event, ref, inputs = {}, busy = [], rate = 20, says, red = false }) => {
  const application = /application: paintbox/.test(example.text) ? "paintbox-staging" : (busy[0] ?? "shop-staging");
  const names = { account: cloud.accountId, region: cloud.region, url: urlOf(application) };
  const caller = callingRepository(takenOver(example.text, names), files());
  const digest = await pushVersion(commitOf(caller));
  const load = busy.map((one) => users(one, rate));
  try {
    const role = `arn:aws:iam::${cloud.accountId}:role/shop`;
    const roles = ["DEPLOY_ROLE", "ROLLBACK_ROLE", "PUSH_ROLE", "POSTURE_ROLE", "ROTATION_ROLE"].map((name) => [name, role]);
    const { ok, text } = await act({
      caller,
      published,
      event,
      payload: ref === undefined ? { number: 7, pull_request: { head: { ref: "feature" }, base: { ref: "main" } } } : { ref },
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, value === "DIGEST" ? digest : value])),
      environment: { ...cloud.environment, ...tokens.environment },
      variables: { ...Object.fromEntries(roles), AWS_ACCOUNT_ID: cloud.accountId, HEALTH_CHECKS: `page ${urlOf(application)}/` },
      programs: [programs({ aws: "exit 0", docker: `case $1 in save) echo packed ;; inspect) echo "$REPOSITORY@${digest}" ;; esac` })],
    });
    expect({ ok, text: ok === red ? text.slice(-6000) : "" }).toEqual({ ok: !red, text: "" });
    expect(text).toMatch(says);
  } finally {
    for (const one of load) await one.stop();
  }
});
