// The commands of the pages: what is complete is run, and what is not run has its reason here.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cloudClients } from "@aws-deploy-actions/local-cloud/environment/clients";
import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import { type LocalCloud, startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { jest } from "@jest/globals";
import { pages } from "../support/pages.ts";

jest.setTimeout(120_000);

const root = join(import.meta.dirname, "..", "..");
const blocks = pages.flatMap((page) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^ *```(?:sh|bash)\n(.*?)^ *```$/gms)].map(([, text = ""]) => ({ page, text })),
);
const night = "docs/roll-back-at-3-am.md";

/** Blocks of complete commands that are not run here, by their first words. A block with an open name (…) is a piece, not a command. */
const elsewhere: Readonly<Record<string, string>> = {
  "git clone https://github.com/OWNER": "the clone is this one; npm run demo is a command of the pipeline",
  "gh release download": "asks GitHub for a release",
  "gh workflow run emergency-rollback.yml": "asks GitHub to start the workflow, which the page's example of it is",
  "aws elbv2 modify-listener --listener-arn LISTENER": "the last command of roll-back-at-3-am.md, with both groups",
  "aws ecr get-login-password": "needs a registry; the pipelines' examples build and push with a stand-in for Docker",
  "aws application-autoscaling register-scalable-target": "a step of a move whose others leave names open",
  "out() {": "defines what the commands after it use: test/infra/readme.test.ts holds them against the templates, which others deploy",
};

test("every block of complete commands is run, or named here with the reason why not", () => {
  const complete = blocks.filter(({ page, text }) => page !== night || text.startsWith("gh ")).filter(({ text }) => !text.includes("…"));
  const firstWords = complete.map(({ text }) => Object.keys(elsewhere).find((words) => text.trim().startsWith(words)) ?? text.trim());
  expect([...new Set(firstWords)].sort()).toEqual(Object.keys(elsewhere).sort());
});

describe("at night, with GitHub down", () => {
  let cloud: LocalCloud;
  afterEach(() => cloud?.stop());

  const withAws = spawnSync("aws", ["--version"]).status === 0 ? test : test.skip;
  withAws("the commands of the page start the other colour and move the users to it", async () => {
    cloud = await startLocalCloud({ timeFactor: 10, images: exampleImages() });
    const image = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:v1`;
    const container = { name: "app", image, port: 8080, healthCheckPath: "/api/health", environment: { APP_ROLE: "frontend" } };
    const settings = { environment: "prod", containers: [container], activeColour: "green", attachInactive: true } as const;
    const { listenerArns, urls } = await createEnvironment(cloud, settings);
    const [look, health, start, move] = blocks
      .filter(({ page, text }) => page === night && !text.startsWith("gh "))
      .map(({ text }) => text);
    const [listener = ""] = listenerArns;
    const healthy = `until aws elbv2 describe-target-health --target-group-arn "$BLUE" --output text | grep -qw healthy; do sleep 0.5; done`;
    const script = join(mkdtempSync(join(tmpdir(), "night-")), "commands.sh");
    writeFileSync(script, ["set -euo pipefail", look, health, start, healthy, move?.replace("LISTENER", `'${listener}'`)].join("\n"));
    const environment = { ...cloud.environment, HOME: mkdtempSync(join(tmpdir(), "home-")), PATH: process.env["PATH"] };
    const { stdout } = await promisify(execFile)("bash", [script], { timeout: 90_000, env: environment });
    expect(stdout).toContain("shop-green-prod");
    const { elb } = cloudClients(cloud);
    const { Listeners } = await elb.describeListeners({ ListenerArns: [listener] });
    expect(JSON.stringify(Listeners?.[0]?.DefaultActions)).toMatch(/^(?=.*shop-blue-prod)(?!.*shop-green-prod)/);
    expect((await fetch(`${urls[0]}/`)).status).toBe(200);
  });
});
