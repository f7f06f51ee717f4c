import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jest } from "@jest/globals";
import { healthy, programOf, repository } from "./fake-scanners.ts";
import { cleanUp, fakes, type Story, scanStory, temporary, workspaceWith } from "./harness.ts";

afterAll(cleanUp);
jest.setTimeout(60_000);

const system = ["/usr/bin", "/bin"];
/** With one program of its own behaviour, or without it. Nothing can be installed here. */
async function storyWith(program: string, script: string | undefined, inputs: Readonly<Record<string, string>> = {}): Promise<Story> {
  const { [program]: _, ...others } = healthy;
  const path = [
    fakes({
      ...others,
      ...(script !== undefined && { [program]: script }),
      python3: "echo no network >&2; exit 1",
      git: 'exec /usr/bin/git "$@"',
    }),
  ];
  // The system's own npm must not step in where the fake one is taken away.
  const usr = fakes(
    Object.fromEntries(
      ["cat", "sleep", "kill", "touch", "head", "yes"].map((name) => [name, `exec /usr/bin/${name} "$@" || exec /bin/${name} "$@"`]),
    ),
  );
  return scanStory({
    workspace: workspaceWith(repository),
    path: [...path, usr],
    inputs: { "safety-api-key": "key-of-safety", ...inputs },
  });
}
/** Only one of them has an image to look at. */
const imageFor = (name: string): Readonly<Record<string, string>> => (name === "trivy-image" ? { image: "shop:1" } : {});
const stateOf = (story: Story, name: string) => story.report.scanners.find((one) => one.name === name);

test("with all scanners healthy each gives its finding, and nothing is left behind", async () => {
  const story = await scanStory({
    workspace: workspaceWith(repository),
    path: [fakes(healthy), ...system],
    inputs: { "safety-api-key": "key-of-safety" },
  });
  expect(story.report.scanners.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "gitleaks ran",
    "bandit ran",
    "pip-audit ran",
    "safety ran",
    "npm-audit ran",
    "cfn-lint ran",
    "checkov ran",
    "zizmor ran",
    "trivy ran",
    "trivy-image not-applicable",
  ]);
  expect(story.outputs).toMatchObject({ outcome: "findings", "findings-count": "9", "highest-severity": "critical" });
  expect(story.failed).toBe(true);
  expect(story.leftovers).toEqual([]);
  expect(story.everything).not.toContain("key-of-safety");
});

const ways: readonly (readonly [how: string, script: string | undefined, reason: RegExp])[] = [
  ["missing", undefined, /not on PATH/],
  ["killed", "kill -9 $$", /ended by SIGKILL/],
  [
    "printing garbage",
    'while [ $# -gt 0 ]; do case "$1" in -o|--output|--output-file|--report-path) echo "<html>" > "$2";; esac; shift; done; echo "<html>not json"; exit 0',
    /no JSON/,
  ],
  ["ending without a word", "exit 0", /no report|wrote no|no result/],
  ["ending with an unknown code", 'echo "Traceback: no such option" >&2; exit 2', /exit code 2: Traceback: no such option/],
  [
    "writing an answer of another form",
    'while [ $# -gt 0 ]; do case "$1" in -o|--output|--output-file|--report-path) echo "42" > "$2";; esac; shift; done; echo 42',
    /its report (has no|is no list)|no result|audited nothing|another form/,
  ],
];

describe.each(Object.entries(programOf))("%s", (name, program) => {
  test.each(ways)(
    "%s makes the scan incomplete, with its name and reason, and the others' results are kept",
    async (how, script, reason) => {
      // One way with all the others beside it, the rest with a neighbour: each program that starts costs time.
      const neighbours = how === "killed" ? "" : [name, name === "zizmor" ? "bandit" : "zizmor"].join("\n");
      const story = await storyWith(program, script, { scanners: neighbours, ...imageFor(name) });
      const result = stateOf(story, name);
      expect(result?.state).toBe("failed");
      expect(result?.reason).toMatch(reason);
      expect(story.outputs["outcome"]).toBe("incomplete");
      expect(story.outputs["reason"]).toContain(`${name} did not run: `);
      expect(story.summary).toContain("did not run");
      expect(story.summary).toContain("in the table of scanners and run the job again");
      expect(story.lines.join("\n")).toMatch(new RegExp(`::warning title=The security scan is incomplete::.*${name} did not run`));
      expect(JSON.parse(story.sarif).runs[0].invocations[0].executionSuccessful).toBe(false);
      for (const other of story.report.scanners.filter((one) => programOf[one.name] !== program && one.name !== "trivy-image"))
        expect(other).toMatchObject({ state: "ran", findings: 1 });
    },
  );
});

test.each(Object.entries(programOf))("%s hanging makes the scan incomplete after its time", async (name, program) => {
  const story = await scanStory({
    workspace: workspaceWith(repository),
    path: [fakes({ [program]: "sleep 300" }), ...system],
    inputs: { scanners: name, "scanner-timeout": "2m", "safety-api-key": "key-of-safety", ...imageFor(name) },
    timeFactor: 1000,
  });
  expect(stateOf(story, name)).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("it took longer than 2 min and was ended"),
  });
  expect(story.outputs["outcome"]).toBe("incomplete");
});

test("a scanner that hangs is ended with all that it started, after its time", async () => {
  const marker = `${temporary()}/pid`;
  const story = await storyWith("zizmor", `sleep 300 & echo $! > ${marker}; wait`, { "scanner-timeout": "2s" });
  expect(stateOf(story, "zizmor")).toMatchObject({ state: "failed", reason: expect.stringContaining("took longer than 2 s") });
  // Gone, or dead and not yet collected by its new parent.
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", readFileSync(marker, "utf8").trim()], { encoding: "utf8" });
  expect(stdout.trim()).toMatch(/^Z|^$/);
  expect(story.outputs["outcome"]).toBe("incomplete");
});

describe("a network that is not there", () => {
  test.each([
    [
      "pip-audit",
      "pip-audit",
      `echo '{"dependencies":[{"name":"flask","skip_reason":"Dependency not found on PyPI and could not be audited: flask (0.12)"}],"fixes":[]}'; echo "No known vulnerabilities found" >&2; exit 0`,
      /no package could be looked up/,
    ],
    [
      "npm-audit",
      "npm",
      `echo '{"message":"request to https://npm.example/-/npm/v1/security/advisories/bulk failed, reason: getaddrinfo ENOTFOUND","error":{"summary":"","detail":""}}'; exit 1`,
      /ENOTFOUND/,
    ],
    [
      "trivy",
      "trivy",
      `echo "FATAL Fatal error init error: DB error: failed to download vulnerability DB" >&2; exit 1`,
      /failed to download vulnerability DB/,
    ],
    [
      "trivy-image",
      "trivy",
      `echo "FATAL Fatal error run error: image scan error: unable to find the specified image: Get https://ghcr.io/v2/: dial tcp: lookup ghcr.io: no such host" >&2; exit 1`,
      /no such host/,
    ],
    ["safety", "safety", `echo "httpx.ConnectError: [Errno -2] Name or service not known" >&2; exit 1`, /Name or service not known/],
    ["safety", "safety", `echo "Unable to fetch the vulnerability database" >&2; exit 68`, /exit code 68/],
  ])("is never clean: %s", async (name, program, script, reason) => {
    const story = await storyWith(program, script, { scanners: [name, "zizmor"].join("\n"), ...imageFor(name) });
    expect(stateOf(story, name)).toMatchObject({ state: "failed", reason: expect.stringMatching(reason) });
    expect(stateOf(story, "zizmor")).toMatchObject({ state: "ran", findings: 1 });
    expect(story.outputs["outcome"]).toBe("incomplete");
  });
  test("is needed by these alone: all others get no way to it", async () => {
    const seen = join(temporary(), "seen");
    const others = Object.entries(programOf).filter(
      ([name]) => !["pip-audit", "npm-audit", "safety", "trivy", "trivy-image"].includes(name),
    );
    const asking = Object.fromEntries(others.map(([, program]) => [program, `env >> ${seen}; ${healthy[program]}`]));
    const story = await scanStory({
      workspace: workspaceWith(repository),
      path: [fakes(asking), ...system],
      inputs: { scanners: others.map(([name]) => name).join("\n") },
      environment: { HTTPS_PROXY: "http://proxy.example:3128", https_proxy: "http://proxy.example:3128" },
    });
    expect(story.report.scanners.map(({ state }) => state)).toEqual(others.map(() => "ran"));
    expect(readFileSync(seen, "utf8")).not.toContain("proxy.example");
  });
});

test("what a scanner skipped makes it partly run, and the scan incomplete", async () => {
  const skipping = `echo '{"dependencies":[{"name":"flask","version":"0.12","vulns":[]},{"name":"shop-internal","skip_reason":"Dependency not found on PyPI"}],"fixes":[]}'`;
  const story = await storyWith("pip-audit", skipping);
  expect(stateOf(story, "pip-audit")).toMatchObject({
    state: "partly",
    reason: "1 package could not be looked up: shop-internal (Dependency not found on PyPI)",
  });
  expect(story.outputs["outcome"]).toBe("incomplete");
});

describe("the step", () => {
  test.each`
    inputs                                                   | fails    | because
    ${{ "fail-on": "never" }}                                | ${false} | ${"nothing was asked for that did not happen"}
    ${{ "fail-on": "never", "required-scanners": "zizmor" }} | ${true}  | ${"a required scanner did not run"}
    ${{ "fail-on": "never", scanners: "zizmor,bandit" }}     | ${true}  | ${"a scanner asked for by name did not run"}
    ${{ "fail-on": "never", "required-scanners": "bandit" }} | ${false} | ${"the required one ran"}
    ${{ "fail-on": "critical" }}                             | ${true}  | ${"findings reach the threshold"}
  `("fails ($fails) with $inputs while zizmor is killed: $because", async ({ inputs, fails }) => {
    const story = await storyWith("zizmor", "kill -9 $$", inputs);
    expect(story.failed).toBe(fails);
    expect(story.outputs["outcome"]).toBe("incomplete");
  });
});

test.each([
  ["an empty workspace", {}, {}, "the workspace holds no file"],
  ["a path that is not there", { "app.py": "x = 1\n" }, { paths: "app.py\nsrc" }, "paths: there is no file in src"],
  ["a path of another case", { "src/app.py": "x = 1\n" }, { paths: "Src" }, "paths: there is no file in Src"],
])("%s is refused, not clean", async (_, files, inputs, reason) => {
  const story = await scanStory({ workspace: workspaceWith(files), path: [fakes(healthy), ...system], inputs });
  expect(story.outputs["outcome"]).toBe("failed");
  expect(story.outputs["reason"]).toContain(reason);
  expect(story.lines.join("\n")).toContain("Run actions/checkout before this step");
  expect(story.failed).toBe(true);
});

test("an image can be scanned without a checkout", async () => {
  const story = await scanStory({
    workspace: workspaceWith({}),
    path: [fakes(healthy), ...system],
    inputs: { scanners: "trivy-image", image: "shop:1" },
  });
  expect(story.report.scanners).toMatchObject([{ name: "trivy-image", state: "ran", findings: 1 }]);
});

test("a cancelled job ends its scanners at once and still says how far it came", async () => {
  let cancel: (signal: string) => void = () => undefined;
  const marker = `${temporary()}/started`;
  const running = scanStory({
    workspace: workspaceWith({ "app.py": "x = 1\n" }),
    path: [fakes({ ...healthy, gitleaks: `touch ${marker}; sleep 300` }), ...system],
    onCancel: (listener) => {
      cancel = listener;
    },
  });
  while (!existsSync(marker)) await new Promise((resolve) => setTimeout(resolve, 20));
  cancel("SIGINT");
  const story = await running;
  expect(stateOf(story, "gitleaks")).toMatchObject({ state: "failed", reason: "the job was cancelled" });
});
