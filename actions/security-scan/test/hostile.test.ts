import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { jest } from "@jest/globals";
import { healthy } from "./fake-scanners.ts";
import { cleanUp, fakes, git, realScanners, type Shown, type Story, scanStory, temporary, workspaceWith, write } from "./harness.ts";

jest.setTimeout(300_000);
afterAll(cleanUp);

const system = [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"];
const key = (end: string): string => ["AK", "IA", "QYLPMN5HWXYZ", end].join("");
const defect = "import os\nos.system(name)\n";
const all = (story: Story): readonly Shown[] => story.report.findings.flatMap((finding) => [finding, ...finding.also]);
const found = (story: Story, rule: string, path: string): Shown | undefined =>
  all(story).find((one) => one.rule === rule && one.path === path);

describe("a repository that tries to silence or to use its scanners", () => {
  const outside = temporary();
  const marker = join(outside, "executed");
  const execute = `import pathlib; pathlib.Path(${JSON.stringify(marker)}).touch()\n`;
  let story: Story;

  beforeAll(async () => {
    write(outside, { "secret.txt": `aws = "${key("OUT2")}"\n`, "folder/code.py": defect });
    const workspace = workspaceWith({
      // gitleaks: rules that find nothing, a list of what to ignore, a comment.
      ".gitleaks.toml": "[allowlist]\npaths = ['''.*''']\n",
      ".gitleaksignore": "keys.txt:aws-access-token:1\nallowed.txt:aws-access-token:1\n",
      "keys.txt": `aws_access_key_id = ${key("AAA2")}\n`,
      "allowed.txt": `aws_access_key_id = ${key("BBB2")} # gitleaks:allow\n`,
      "sub/.gitleaksignore": "sub/keys.txt:aws-access-token:1\n",
      "sub/keys.txt": `aws_access_key_id = ${key("CCC2")}\n`,
      // bandit: settings that skip everything, a comment, a folder that it leaves out by itself.
      ".bandit": "[bandit]\nskips = B605,B404\nexclude = /\n",
      "pyproject.toml": "[tool.bandit]\nexclude_dirs = ['.']\nskips = ['B605']\n",
      "plain.py": defect,
      "quiet.py": "import os\nos.system(name)  # nosec B605\n",
      ".tox/hidden.py": defect,
      "setup.py": execute,
      "conftest.py": execute,
      "sitecustomize.py": execute,
      // checkov: settings with checks of its own, comments and metadata, folders that it leaves out by itself.
      ".checkov.yaml": "external-checks-dir: [checks]\nskip-check: [CKV_AWS_20, CKV_AWS_24]\nsoft-fail: true\n",
      "checks/__init__.py": execute,
      "checks/evil.py": execute,
      "open.tf":
        'resource "aws_security_group" "o" {\n  # checkov:skip=CKV_AWS_24:never mind\n  ingress {\n    from_port = 22\n    to_port = 22\n    protocol = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
      ".hidden/open.tf":
        'resource "aws_security_group" "h" {\n  ingress {\n    from_port = 22\n    to_port = 22\n    protocol = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
      "node_modules/x/open.tf":
        'resource "aws_security_group" "n" {\n  ingress {\n    from_port = 22\n    to_port = 22\n    protocol = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
      "bucket.yaml": [
        'AWSTemplateFormatVersion: "2010-09-09"',
        "Metadata:",
        "  cfn-lint:",
        "    config:",
        "      ignore_checks: [E3002, W]",
        "Resources:",
        "  Files:",
        "    Type: AWS::S3::Bucket",
        "    Metadata:",
        "      checkov:",
        "        skip:",
        "          - id: CKV_AWS_20",
        "            comment: none of your business",
        "    Properties:",
        "      AccessControl: PublicRead",
        "      BucketNam: x",
        "",
      ].join("\n"),
      ".cfnlintrc": "ignore_checks: [E, W]\nappend_rules: [checks]\n",
      // zizmor: settings that switch its audits off, a comment.
      ".github/zizmor.yml": "rules:\n  template-injection:\n    disable: true\n",
      ".github/workflows/ci.yml": `on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \${{ github.event.pull_request.title }} # zizmor: ignore[template-injection]\n`,
      // Names that speak to terminals, logs and shells.
      "a\n::error::owned.py": defect,
      "esc\u001b[31mred.py": defect,
      "rtl\u202egnp.py": defect,
      "-rf.py": defect,
      "$(touch x)`touch y`.py": defect,
      "sp ace'quote\".py": defect,
      "back\\slash.py": defect,
    });
    const latin = Buffer.concat([Buffer.from(`${workspace}/latin-`), Buffer.from([0xe9]), Buffer.from(".py")]);
    writeFileSync(latin, defect);
    symlinkSync(join(outside, "secret.txt"), join(workspace, "link.txt"));
    symlinkSync(join(outside, "folder"), join(workspace, "linked"));
    symlinkSync("/", join(workspace, "everything"));
    // Reports would go through these links.
    symlinkSync(join(outside, "stolen.sarif"), join(workspace, "security-scan.sarif"));
    // A program that steps from a build put on PATH.
    mkdirSync(join(workspace, "bin"));
    writeFileSync(join(workspace, "bin", "gitleaks"), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    git(workspace, "add", "-A");
    story = await scanStory({
      workspace,
      path: [join(workspace, "bin"), "bin", ".", realScanners, ...system],
      inputs: { scanners: "gitleaks\nbandit\ncheckov\ncfn-lint\nzizmor" },
    });
  });

  test("has nothing of its own executed", () => {
    expect(existsSync(marker)).toBe(false);
  });

  test.each([
    ["gitleaks/aws-access-token", "keys.txt", undefined],
    ["gitleaks/aws-access-token", "sub/keys.txt", undefined],
    ["gitleaks/aws-access-token", "allowed.txt", "gitleaks:allow"],
    ["bandit/B605", "plain.py", undefined],
    ["bandit/B605", "quiet.py", "# nosec B605"],
    ["bandit/B605", ".tox/hidden.py", undefined],
    ["checkov/CKV_AWS_24", "open.tf", "checkov:skip=CKV_AWS_24:never mind"],
    ["checkov/CKV_AWS_24", ".hidden/open.tf", undefined],
    ["checkov/CKV_AWS_24", "node_modules/x/open.tf", undefined],
    ["checkov/CKV_AWS_20", "bucket.yaml", "Metadata: checkov: skip: CKV_AWS_20"],
    ["cfn-lint/E3002", "bucket.yaml", "Metadata: cfn-lint: ignore_checks: E3002"],
    ["cfn-lint/W3045", "bucket.yaml", "Metadata: cfn-lint: ignore_checks: W"],
    ["zizmor/template-injection", ".github/workflows/ci.yml", "# zizmor: ignore[template-injection]"],
  ])("hides nothing: %s in %s, whose own wish for silence is told (%s)", (rule, path, suppression) => {
    expect(found(story, rule, path)?.inlineSuppression).toBe(suppression);
    expect(found(story, rule, path)).toBeDefined();
  });

  test.each([
    "a\n::error::owned.py",
    "esc\u001b[31mred.py",
    "rtl\u202egnp.py",
    "-rf.py",
    "$(touch x)`touch y`.py",
    "sp ace'quote\".py",
    "back\\slash.py",
    "latin-\ufffd.py",
  ])("has the file %j scanned under its name", (name) => {
    expect(found(story, "bandit/B605", name)).toBeDefined();
  });

  test("has its odd names reported, and nothing of them takes effect in the log, the outputs or the summary", () => {
    expect(all(story).filter(({ rule }) => rule === "security-scan/odd-name")).toHaveLength(5);
    for (const line of story.lines.flatMap((one) => one.split("\n"))) expect(line).not.toMatch(/^\s*::error::owned/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    expect(story.lines.join("\n") + story.summary).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
    expect(story.summary).not.toContain("$(touch x)`");
  });

  test("has its links reported, not followed", () => {
    expect(
      all(story)
        .filter(({ rule }) => rule === "security-scan/link-outside")
        .map(({ path }) => path),
    ).toEqual(["everything", "link.txt", "linked", "security-scan.sarif"]);
    expect(all(story).some(({ path }) => path.startsWith("linked/") || path.startsWith("everything/"))).toBe(false);
    expect(story.everything).not.toContain(key("OUT2"));
  });

  test("does not get its report written through a link", () => {
    expect(existsSync(join(outside, "stolen.sarif"))).toBe(false);
    expect(JSON.parse(story.sarif)).toMatchObject({ version: "2.1.0" });
  });

  test("is told that its scanners' settings are not honoured", () => {
    expect(story.report.notes.join("\n")).toMatch(
      /settings that scanners would read are not honoured.*\.bandit.*\.cfnlintrc.*\.checkov\.yaml/,
    );
  });

  test("shows none of its keys", () => {
    for (const end of ["AAA2", "BBB2", "CCC2"]) expect(story.everything).not.toContain(key(end));
  });
});

test("a scanner sees no token, no credential and no input", async () => {
  const seen = join(temporary(), "seen");
  const workspace = workspaceWith({ "a.txt": "x" });
  await scanStory({
    workspace,
    path: [fakes({ ...healthy, gitleaks: `env > ${seen}; pwd >> ${seen}; exit 1` }), ...system],
    inputs: { scanners: "gitleaks", "github-token": "ghs_token_of_the_job" },
    environment: {
      AWS_ACCESS_KEY_ID: "aws-key",
      AWS_SESSION_TOKEN: "aws-session",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "oidc-token",
      ACTIONS_RUNTIME_TOKEN: "runtime-token",
      GITHUB_TOKEN: "github-token",
      HTTPS_PROXY: "http://user:password-of-the-proxy@proxy.example:3128",
      GITLEAKS_CONFIG: "/evil.toml",
      PYTHONPATH: "/evil",
      LD_PRELOAD_NOT: "x",
      SSL_CERT_FILE: "/etc/ssl/certs/ca.pem",
    },
  });
  const text = readFileSync(seen, "utf8");
  expect(text).not.toMatch(
    /aws-key|aws-session|oidc-token|runtime-token|github-token|token_of_the_job|password-of-the-proxy|evil|INPUT_|GITHUB_|RUNNER_|ACTIONS_/,
  );
  expect(text).toContain("SSL_CERT_FILE=/etc/ssl/certs/ca.pem");
  expect(text).not.toContain(workspace);
});

test("neither an odd name in an annotation nor a file that bears another's harmless name fools anybody", async () => {
  // The second file has the very name under which the first one is given to scanners.
  const odd = "x\u001b[31m.py";
  const story = await scanStory({
    workspace: workspaceWith({ [odd]: defect, "x_[31m~0.py": "x = 1\n", "x_[31m~1.py": "x = 1\n" }),
    path: [realScanners, ...system],
    inputs: { scanners: "bandit" },
  });
  expect(found(story, "bandit/B605", odd)).toBeDefined();
  expect(story.report.scanners[0]).toMatchObject({ state: "ran" });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(story.lines.join("\n")).not.toMatch(/\u001b/);
  expect(story.lines.join("\n")).toContain("file=x.py");
});

test("a report whose folder is a link out of the workspace is refused", async () => {
  const outside = temporary();
  const workspace = workspaceWith({ "a.txt": "x" });
  symlinkSync(outside, join(workspace, "reports"));
  const story = await scanStory({
    workspace,
    path: [fakes(healthy), ...system],
    inputs: { scanners: "gitleaks", "sarif-path": "reports/deep/scan.sarif" },
  });
  expect(story.failed).toBe(true);
  expect(story.outputs["reason"]).toContain("outside of the workspace");
  expect(existsSync(join(outside, "deep"))).toBe(false);
  expect(lstatSync(join(workspace, "reports")).isSymbolicLink()).toBe(true);
});

describe("a pull request", () => {
  const ignores = (rule: string): string =>
    `ignores:\n  - { rule: "${rule}", path: "**", owner: me, reason: because, until: "2999-01-01" }\n`;

  async function pullRequest(changes: Readonly<Record<string, string>>, inputs: Readonly<Record<string, string>> = {}): Promise<Story> {
    const workspace = workspaceWith({ "app.py": "x = 1\n", "old.py": defect, ".github/security-scan-ignores.yml": ignores("gitleaks/*") });
    git(workspace, "commit", "-qm", "base");
    const sha = git(workspace, "rev-parse", "HEAD");
    write(workspace, changes);
    git(workspace, "add", "-A");
    git(workspace, "commit", "-qm", "change");
    const event = join(temporary(), "event.json");
    writeFileSync(event, JSON.stringify({ pull_request: { base: { sha }, head: { repo: { fork: true } } } }));
    return scanStory({
      workspace,
      path: [realScanners, ...system],
      environment: { GITHUB_EVENT_PATH: event, GITHUB_EVENT_NAME: "pull_request" },
      inputs: { scanners: "bandit", ...inputs },
    });
  }

  test("cannot excuse itself: its ignore file comes from the base branch", async () => {
    const story = await pullRequest({ "app.py": defect, ".github/security-scan-ignores.yml": ignores("bandit/*") });
    expect(found(story, "bandit/B605", "app.py")).toBeDefined();
    expect(story.report.ignored).toEqual([]);
    expect(story.failed).toBe(true);
  });

  test("cannot bring its own baseline", async () => {
    const before = await pullRequest({ "app.py": defect });
    const fingerprint = found(before, "bandit/B605", "app.py")?.fingerprint;
    const story = await pullRequest(
      { "app.py": defect, "baseline.json": JSON.stringify({ findings: [{ fingerprints: [fingerprint] }] }) },
      { baseline: "baseline.json" },
    );
    expect(found(story, "bandit/B605", "app.py")?.known).toBe(false);
    expect(story.report.notes.join()).toContain("every finding counts");
  });

  test("learns what is new with it", async () => {
    const story = await pullRequest({ "app.py": `x = 1\n${defect}` });
    expect(found(story, "bandit/B605", "app.py")?.new).toBe(true);
    expect(found(story, "bandit/B605", "old.py")?.new).toBe(false);
    expect(story.summary).toContain("| new with this change | 0 | 1 | 0 | 0 | 1 |");
  });

  test("has only what it changes scanned with changed-only", async () => {
    const story = await pullRequest({ "app.py": defect }, { "changed-only": "true" });
    expect(all(story).map(({ path }) => path)).toContain("app.py");
    expect(all(story).map(({ path }) => path)).not.toContain("old.py");
  });
});
