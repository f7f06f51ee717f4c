import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { jest } from "@jest/globals";
import { plant } from "../../../examples/planted-defects/plant.ts";
import { type Advisories, startAdvisories } from "./advisories.ts";
import { healthy } from "./fake-scanners.ts";
import { cleanUp, fakes, git, realScanners, type Shown, type Story, scanStory, temporary } from "./harness.ts";

jest.setTimeout(300_000);

const examples = join(import.meta.dirname, "../../../examples/planted-defects");
/** `rule path`, one a line. */
const expected = readFileSync(join(examples, "expected.txt"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

let advisories: Advisories;
let secrets: readonly string[];
let story: Story;
const workspace = temporary();

// One run over both trees, with the real scanners; only trivy and safety are stand-ins, for they need a network or a key.
beforeAll(async () => {
  advisories = await startAdvisories(temporary());
  secrets = plant(join(workspace, "defects"), "defects");
  plant(join(workspace, "clean"), "clean");
  git(workspace, "init", "-q");
  git(workspace, "add", "-A");
  const own = fakes({
    trivy: (healthy["trivy"] ?? "").replace('"yarn.lock"', '"defects/legacy/yarn.lock"'),
    safety: (healthy["safety"] ?? "").replace('"requirements.txt"', '"defects/requirements.txt"'),
  });
  story = await scanStory({
    workspace,
    path: [own, realScanners, dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"],
    environment: advisories.environment,
    inputs: { "safety-api-key": "a-key-for-safety" },
  });
});
afterAll(async () => {
  await advisories.close();
  cleanUp();
});

const all = (): readonly Shown[] => story.report.findings.flatMap((finding) => [finding, ...finding.also]);

test("every scanner ran and saw everything", () => {
  expect(story.report.scanners.filter(({ state }) => state !== "ran").map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
    "trivy-image: no image was given",
  ]);
});

test("at least 60 defects are planted, over all scanners", () => {
  expect(expected.length).toBeGreaterThanOrEqual(60);
  const scanners = new Set(expected.map((line) => line.split("/")[0]));
  expect([...scanners].sort()).toEqual([
    "bandit",
    "cfn-lint",
    "checkov",
    "gitleaks",
    "npm-audit",
    "pip-audit",
    "safety",
    "trivy",
    "zizmor",
  ]);
});

test("all of them are found", () => {
  const found = new Set(all().map(({ rule, path }) => `${rule} ${path}`));
  expect(expected.map((line) => line.replace(/ /, " defects/")).filter((line) => !found.has(line))).toEqual([]);
});

test("nothing is found in their clean twins", () => {
  expect(
    all()
      .filter(({ path }) => !path.startsWith("defects/"))
      .map(({ rule, path, message }) => `${rule} ${path}: ${message}`),
  ).toEqual([]);
});

test("no secret is visible in any output, nor any longer part of one", () => {
  expect(secrets.length).toBeGreaterThan(20);
  for (const secret of secrets) {
    expect(story.everything).not.toContain(secret);
    for (let at = 0; at + 12 <= secret.length; at += 4) expect(story.everything).not.toContain(secret.slice(at, at + 12));
  }
  expect(story.leftovers).toEqual([]);
});

test("what two tools say about one defect is one finding that names both", () => {
  const pairs = story.report.findings
    .filter(({ also }) => also.length > 0)
    .map(({ rule, also }) => [rule, ...also.map((one) => one.rule)].join(" + "));
  expect(new Set(pairs)).toEqual(
    new Set([
      "gitleaks/generic-api-key + bandit/B105",
      "gitleaks/generic-api-key + bandit/B106",
      "gitleaks/generic-api-key + bandit/B107",
      "gitleaks/generic-api-key + cfn-lint/W2501",
      "gitleaks/generic-api-key + zizmor/hardcoded-container-credentials",
      "gitleaks/aws-access-token + checkov/CKV_AWS_41",
      "cfn-lint/W3045 + checkov/CKV_AWS_20",
      "cfn-lint/E2533 + checkov/CKV_AWS_363",
    ]),
  );
});

test("the SARIF report is valid against the schema of 2.1.0", () => {
  const check =
    "import json, sys; from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as S; S.model_validate(json.load(open(sys.argv[1])))";
  execFileSync(join(realScanners, "python"), ["-c", check, join(workspace, "security-scan.sarif")]);
});
