// Every reusable workflow as another repository calls it, run by act: what must not run does not run. Actions are stand-ins here.
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import { actionNames } from "../../scripts/build.ts";
import { act, callingRepository, everyEvent, publishedCopy } from "./act.ts";
import { type Called, callsIn, standIn } from "./stand-in.ts";

jest.setTimeout(120_000);

const published = publishedCopy([], Object.fromEntries(actionNames().map((name) => [name, standIn(name)])));
const digest = `sha256:${"0".repeat(64)}`;
const programs = mkdtempSync(join(tmpdir(), "programs-"));
// Builds nothing, and has pushed what it is asked for.
writeFileSync(join(programs, "docker"), `#!/bin/sh\ncase $1 in save) echo packed ;; inspect) echo "$REPOSITORY@${digest}" ;; esac\n`);
chmodSync(join(programs, "docker"), 0o755);

const expression = (text: string): string => `$\{{ ${text} }}`;
const calling = (workflow: string, inputs: Readonly<Record<string, string>>): string =>
  callingRepository(`name: Calling
${everyEvent}
permissions: {}
jobs:
  called:
    permissions:
      contents: read
      id-token: write
    uses: octo/aws-deploy-actions/.github/workflows/${workflow}@v1
    with:
${Object.entries(inputs)
  .map(([name, value]) => `      ${name}: ${JSON.stringify(value)}`)
  .join("\n")}
    secrets:
      SLACK_WEBHOOK_URL: ${expression("secrets.SLACK_WEBHOOK_URL")}
`);

interface Situation {
  readonly event: string;
  readonly ref?: string;
  readonly fork?: boolean;
  /** What fails: `action` or `action:environment`. */
  readonly fail?: string;
  /** What the caller's tests do. */
  readonly tests?: string;
}

interface Ran {
  readonly ok: boolean;
  readonly jobs: readonly string[];
  readonly called: readonly Called[];
}

async function run(caller: string, { event, ref, fork = false, fail = "", tests = "true" }: Situation): Promise<Ran> {
  const file = join(mkdtempSync(join(tmpdir(), "called-")), "called");
  const pull = { number: 7, head: { ref: "feature", repo: { fork: true } }, base: { ref: "main" } };
  const result = await act({
    caller,
    published,
    event,
    payload: {
      repository: { fork },
      ...(ref === undefined ? {} : { ref: `refs/${ref}` }),
      ...(event.startsWith("pull_request") ? { number: 7, pull_request: pull } : {}),
    },
    environment: { CALLED: file, FAIL: fail, TESTS: tests },
    variables: { DEPLOY_ROLE: "deploys", ROTATION_ROLE: "rotates", ROLLBACK_ROLE: "goes back", POSTURE_ROLE: "reads", PUSH_ROLE: "pushes" },
    programs: [programs],
  });
  const jobs = result.jobs.map((name) => name.split("/").at(-1)?.trim() ?? "");
  return { ok: result.ok, jobs: jobs.sort(), called: callsIn(file) };
}

/** `action environment role`, of those that were given a role. */
const withRole = (called: readonly Called[]): readonly string[] =>
  called.flatMap((one) =>
    one["oidc-role-to-assume"] === undefined ? [] : [`${one.action} ${one.environment} ${one["oidc-role-to-assume"]}`],
  );

describe("container-pipeline.yml", () => {
  const inputs = { application: "shop", "aws-region": "eu-central-1", "image-repository": "registry/shop", "container-name": "app" };
  const caller = calling("container-pipeline.yml", { ...inputs, "test-command": "$TESTS", "smoke-tests": "true" });
  const checks = ["Build the image", "Security scan", "Test"];
  const pushed = [...checks, "Push the image"];

  test.each<[string, Situation, boolean, readonly string[]]>([
    ["a push to develop goes to dev", { event: "push", ref: "heads/develop" }, true, [...pushed, "Deploy to dev"]],
    [
      "a push to main goes to staging, its tests and production",
      { event: "push", ref: "heads/main" },
      true,
      [...pushed, "Deploy to staging", "Tests against staging", "Deploy to production"],
    ],
    ["a pull request deploys nothing", { event: "pull_request" }, true, checks],
    ["pull_request_target runs nothing", { event: "pull_request_target" }, true, []],
    ["a push in a fork deploys nothing", { event: "push", ref: "heads/main", fork: true }, true, checks],
    ["a tag deploys nothing", { event: "push", ref: "tags/v1.2.3" }, true, checks],
    [
      "a dispatch ends before production",
      { event: "workflow_dispatch", ref: "heads/main" },
      true,
      [...pushed, "Deploy to staging", "Tests against staging"],
    ],
    ["failing tests deploy nothing", { event: "push", ref: "heads/main", tests: "false" }, false, checks],
    ["findings deploy nothing", { event: "push", ref: "heads/main", fail: "security-scan" }, false, checks],
    [
      "a failing staging keeps production as it is, and the guard looks",
      { event: "push", ref: "heads/main", fail: "blue-green-deploy:staging" },
      false,
      [...pushed, "Deploy to staging", "Guard of staging"],
    ],
  ])("%s", async (_what, situation, ok, jobs) => {
    const result = await run(caller, situation);
    expect({ ok: result.ok, jobs: result.jobs }).toEqual({ ok, jobs: [...jobs].sort() });
    const deployed = result.called.filter(({ action, mode }) => action === "blue-green-deploy" && mode !== "resume");
    expect(deployed.map(({ image }) => image)).toEqual(deployed.map(() => `registry/shop@${digest}`));
    if (!jobs.some((job) => job.startsWith("Deploy"))) expect(withRole(result.called)).toEqual([]);
  });
});

describe("sam-pipeline.yml", () => {
  const caller = calling("sam-pipeline.yml", {
    application: "api",
    "aws-region": "us-east-1",
    "test-command": "$TESTS",
    "smoke-tests": "true",
  });
  const checks = ["Build", "Security scan", "Test"];

  test.each<[string, Situation, boolean, readonly string[]]>([
    ["a push to develop goes to dev", { event: "push", ref: "heads/develop" }, true, [...checks, "Deploy to dev"]],
    [
      "a push to main goes to staging, its tests and production",
      { event: "push", ref: "heads/main" },
      true,
      [...checks, "Deploy to staging", "Tests against staging", "Deploy to production"],
    ],
    ["a pull request deploys nothing", { event: "pull_request" }, true, checks],
    ["a push in a fork deploys nothing", { event: "push", ref: "heads/main", fork: true }, true, checks],
    ["a tag deploys nothing", { event: "push", ref: "tags/v1.2.3" }, true, checks],
    [
      "a dispatch ends before production",
      { event: "workflow_dispatch", ref: "heads/main" },
      true,
      [...checks, "Deploy to staging", "Tests against staging"],
    ],
    ["failing tests deploy nothing", { event: "push", ref: "heads/main", tests: "false" }, false, checks],
    ["findings deploy nothing", { event: "push", ref: "heads/develop", fail: "security-scan" }, false, checks],
    [
      "a failing staging keeps production as it is",
      { event: "push", ref: "heads/main", fail: "sam-deploy:staging" },
      false,
      [...checks, "Deploy to staging"],
    ],
  ])("%s", async (_what, situation, ok, jobs) => {
    const result = await run(caller, situation);
    expect({ ok: result.ok, jobs: result.jobs }).toEqual({ ok, jobs: [...jobs].sort() });
    const deployed = result.called.filter(({ action, mode }) => action === "sam-deploy" && mode === "deploy");
    expect(deployed.map((one) => one["build-digest"])).toEqual(deployed.map(() => "d".repeat(64)));
    if (!jobs.some((job) => job.startsWith("Deploy"))) expect(withRole(result.called)).toEqual([]);
  });
});

describe("what runs by the clock or the button", () => {
  const common = { environment: "prod", "aws-region": "eu-central-1" };
  const secrets = calling("secrets-check.yml", { ...common, "secret-ids": "shop-prod", rotate: "if-due" });
  const posture = calling("posture-check.yml", { ...common, application: "shop" });
  const guard = calling("deployment-guard.yml", { application: "shop", "aws-region": "eu-central-1", environments: '["dev","prod"]' });
  const rollback = calling("emergency-rollback.yml", { ...common, application: "shop", reason: "Wrong prices", confirm: "prod" });
  const schedule: Situation = { event: "schedule" };
  const button: Situation = { event: "workflow_dispatch", ref: "heads/main" };

  test.each<[string, string, Situation, readonly string[]]>([
    [
      "secrets are looked into with the one role, and rotated with the other",
      secrets,
      schedule,
      ["validate-secrets prod deploys", "validate-secrets prod rotates"],
    ],
    ["a push rotates nothing", secrets, { event: "push", ref: "heads/main" }, ["validate-secrets prod deploys"]],
    ["what is invalid is not rotated", secrets, { ...schedule, fail: "validate-secrets" }, ["validate-secrets prod deploys"]],
    ["a pull request looks into no secret", secrets, { event: "pull_request" }, []],
    ["the posture is checked with a role that reads", posture, schedule, ["security-posture prod reads"]],
    ["a pull request checks no account", posture, { event: "pull_request_target" }, []],
    ["a fork checks no account", posture, { ...schedule, fork: true }, []],
    ["the guard looks at each environment", guard, schedule, ["blue-green-deploy dev goes back", "blue-green-deploy prod goes back"]],
    ["a fork has no guard", guard, { ...schedule, fork: true }, []],
    ["the button rolls back", rollback, button, ["emergency-rollback prod goes back"]],
    ["a pull request rolls nothing back", rollback, { event: "pull_request" }, []],
    ["a fork's button rolls nothing back", rollback, { ...button, fork: true }, []],
  ])("%s", async (_what, caller, situation, expected) => {
    const { called, ok } = await run(caller, situation);
    expect({ ok, roles: [...withRole(called)].sort() }).toEqual({ ok: situation.fail === undefined, roles: expected });
  });
});

describe("fleet-deploy.yml", () => {
  const caller = calling("fleet-deploy.yml", {
    applications: "cart\nsearch\nstock",
    regions: "eu-central-1",
    accounts: "111111111111",
    environment: "prod",
    image: `{account}.dkr.ecr.{region}.amazonaws.com/{application}@${digest}`,
    waves: "1 1",
  });
  const applications = (called: readonly Called[]): readonly string[] => called.map(({ application }) => application ?? "");

  test("goes through its waves, each service with its own role and image", async () => {
    const { ok, called } = await run(caller, { event: "push", ref: "heads/main" });
    expect({ ok, applications: applications(called) }).toEqual({ ok: true, applications: ["cart", "search", "stock"] });
    expect(called[1]).toMatchObject({
      image: `111111111111.dkr.ecr.eu-central-1.amazonaws.com/search@${digest}`,
      "oidc-role-to-assume": "arn:aws:iam::111111111111:role/search-deploy-prod-eu-central-1",
    });
  });

  test("a failed wave is the last one", async () => {
    // act ends with a called workflow that fails; that the result is told all the same is tried on the workflow as data.
    const { ok, called } = await run(caller, { event: "push", ref: "heads/main", fail: "blue-green-deploy:search" });
    expect({ ok, applications: applications(called) }).toEqual({ ok: false, applications: ["cart", "search"] });
  });

  test.each<[string, Situation]>([
    ["a pull request", { event: "pull_request" }],
    ["a fork", { event: "push", ref: "heads/main", fork: true }],
    ["a schedule", { event: "schedule" }],
  ])("%s deploys nothing", async (_what, situation) => {
    expect(applications((await run(caller, situation)).called)).toEqual([]);
  });
});
