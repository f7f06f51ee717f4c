// The whole action as the runner starts it, in a real clone that holds a hostile pull request.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { jest } from "@jest/globals";
import { healthy } from "./fake-scanners.ts";
import { cleanUp, fakes, git, temporary, workspaceWith, write } from "./harness.ts";

jest.setTimeout(120_000);
afterAll(cleanUp);

const main = join(import.meta.dirname, "..", "src", "main.ts");
const config = "config/scan.yml";
/** The base branch wants every finding to fail the step; bandit's one is a high one. */
const strict = "fail-on: low\n";
const lenient = "fail-on: never\n";

interface Ended {
  readonly failed: boolean;
  readonly output: string;
  readonly report: { readonly outcome?: string; readonly notes?: readonly string[] };
}

interface PullRequest {
  readonly workspace: string;
  readonly base: string;
  /** Where the clone came from. */
  readonly origin: string;
}

/** A clone of depth 1 of a pull request's branch, as actions/checkout makes it: the base branch is not in it. */
function pullRequest(before: Readonly<Record<string, string>>, change: (folder: string) => void): PullRequest {
  const origin = workspaceWith({ "app.py": "x = 1\n", ...before });
  git(origin, "commit", "-qm", "base");
  const base = git(origin, "rev-parse", "HEAD");
  git(origin, "config", "uploadpack.allowAnySHA1InWant", "true");
  git(origin, "checkout", "-qb", "hostile");
  change(origin);
  git(origin, "add", "-A");
  git(origin, "commit", "-qm", "hostile");
  const workspace = join(temporary(), "clone");
  git(dirname(workspace), "clone", "-q", "--depth=1", "--branch=hostile", `file://${origin}`, workspace);
  return { workspace, base, origin };
}

function scan({ workspace, base }: PullRequest, configFile: string, event: "pull_request" | "push" = "pull_request"): Ended {
  const runner = temporary();
  const payload = join(runner, "event.json");
  writeFileSync(payload, JSON.stringify(event === "push" ? { before: base } : { pull_request: { base: { sha: base } } }));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", main], {
    encoding: "utf8",
    cwd: workspace,
    env: {
      PATH: [fakes({ bandit: healthy["bandit"] ?? "" }), "/usr/bin", "/bin"].join(":"),
      HOME: runner,
      RUNNER_TEMP: runner,
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: workspace,
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: payload,
      "INPUT_LOG-DIRECTORY": join(runner, "logs"),
      "INPUT_CONFIG-FILE": configFile,
      INPUT_SCANNERS: "bandit",
    },
  });
  let report: Ended["report"] = {};
  try {
    report = JSON.parse(readFileSync(join(workspace, "security-scan.json"), "utf8"));
  } catch {
    // Refused before it began.
  }
  return { failed: status !== 0, output: stdout + stderr, report };
}

const swap = (text: string) => (folder: string) => write(folder, { [config]: text });

describe("config-file of a pull request comes from the base branch", () => {
  test.each<[what: string, before: Readonly<Record<string, string>>, change: (folder: string) => void]>([
    ["while it switches the gate off", { [config]: strict }, swap(lenient)],
    ["while it takes the file away", { [config]: strict }, (folder) => rmSync(join(folder, config))],
    [
      "while it puts a link to another file there",
      { [config]: strict },
      (folder) => {
        write(folder, { "other.yml": lenient });
        rmSync(join(folder, config));
        symlinkSync("../other.yml", join(folder, config));
      },
    ],
    [
      "while it makes the folder a link",
      { [config]: strict },
      (folder) => {
        rmSync(join(folder, "config"), { recursive: true });
        write(folder, { "mine/scan.yml": lenient });
        symlinkSync("mine", join(folder, "config"));
      },
    ],
    [
      "while attributes would rewrite it",
      { [config]: strict },
      (folder) => write(folder, { ".gitattributes": "config/* text eol=crlf filter=evil ident\n" }),
    ],
  ])("%s", (_, before, change) => {
    const { failed, report } = scan(pullRequest(before, change), config);
    expect(report).toMatchObject({ outcome: "findings" });
    expect(failed).toBe(true);
  });

  test("also when it is named by its full path, with dots, or by a link outside of the repository that leads into it", () => {
    const made = pullRequest({ [config]: strict }, swap(lenient));
    const elsewhere = temporary();
    symlinkSync(join(made.workspace, config), join(elsewhere, "scan.yml"));
    for (const name of [join(made.workspace, config), `./${config}`, `app/../${config}`, join(elsewhere, "scan.yml")])
      expect([name, scan(made, name).failed]).toEqual([name, true]);
  });

  test("a new one does not count yet, and that is said", () => {
    const { failed, report } = scan(
      pullRequest({}, (folder) => write(folder, { [config]: lenient })),
      config,
    );
    expect(report.notes).toContain("config-file: the base branch of this pull request has none yet; the defaults count");
    expect(failed).toBe(true);
  });

  test("it is refused, with what to do, where the base branch can be had neither here nor from the origin", () => {
    const made = pullRequest({ [config]: strict }, swap(lenient));
    rmSync(made.origin, { recursive: true });
    const { failed, output, report } = scan(made, config);
    expect(failed).toBe(true);
    expect(report).toEqual({});
    expect(output).toContain("config-file: a pull request may not bring its own");
    expect(output).toContain("fetch-depth: 0");
  });
});

test("a file outside of the repository is taken as it is: no pull request brings it", () => {
  const folder = join(temporary(), "organisation");
  mkdirSync(folder);
  writeFileSync(join(folder, "scan.yml"), lenient);
  const { failed, report } = scan(pullRequest({}, swap(strict)), join(folder, "scan.yml"));
  expect(report).toMatchObject({ outcome: "findings" });
  expect(failed).toBe(false);
});

test("outside of a pull request it is the checked-out one", () => {
  const { failed, report } = scan(pullRequest({ [config]: strict }, swap(lenient)), config, "push");
  expect(report).toMatchObject({ outcome: "findings" });
  expect(failed).toBe(false);
});
