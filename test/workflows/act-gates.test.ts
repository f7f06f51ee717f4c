// Every reusable workflow as another repository calls it, run by act: what must not run does not run. Actions are stand-ins here.
import { jest } from "@jest/globals";
import { calling, digest, type Situation, situations } from "./situation.ts";
import type { Called } from "./stand-in.ts";

jest.setTimeout(120_000);

const run = situations();

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
