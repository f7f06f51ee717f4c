import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { required, text } from "../../src/action/fields.ts";
import { readInputs } from "../../src/action/inputs.ts";
import { launch } from "../../src/action/launch.ts";
import type { News } from "../../src/action/result.ts";
import { deploymentTrouble } from "../../src/problems.ts";
import { newsOfProblems } from "../../src/report/problems.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const spec = { application: required(text()) };

/** What the job summary says after a run that ends as told. */
async function summaryOf(
  inputs: Readonly<Record<string, string>>,
  run: () => Promise<never>,
): Promise<{ readonly summary: string; readonly failed: boolean }> {
  const path = join(folder, "summary");
  let failed = false;
  await launch(
    { name: "blue-green-deploy", spec, read: (raw) => readInputs(spec, raw), run, logDirectory: () => folder },
    {
      environment: { ...inputs, GITHUB_STEP_SUMMARY: path },
      write: () => undefined,
      fail: () => {
        failed = true;
      },
      onCancel: () => undefined,
    },
  );
  return { summary: readFileSync(path, "utf8"), failed };
}

test("a wrong input is in the summary too", async () => {
  const { summary, failed } = await summaryOf({}, async () => await Promise.reject(new Error("never run")));
  expect(failed).toBe(true);
  expect(summary).toBe("## ❌ blue-green-deploy: failed\n\n- application is required and was not given.\n");
});

test("so is what ended a run, with what mends it", async () => {
  const trouble = deploymentTrouble("The cluster shop-staging does not exist | <b>.", "aws ecs list-clusters");
  const { summary, failed } = await summaryOf({ INPUT_APPLICATION: "shop" }, async () => await Promise.reject(trouble));
  expect(failed).toBe(true);
  expect(summary).toBe(
    "## ❌ blue-green-deploy: failed\n\n- The cluster shop-staging does not exist &#124; &lt;b&gt;.\n\n  ```\n  aws ecs list-clusters\n  ```\n\n",
  );
});

test("people who do not watch the log are told of it, what users see first", async () => {
  const told: (News | undefined)[] = [];
  const [summary, log] = [join(folder, "summary"), [] as string[]];
  const trouble = deploymentTrouble("An alarm is firing already: checkout.", "force: true");
  await launch(
    {
      name: "blue-green-deploy",
      spec,
      read: (raw) => readInputs(spec, raw),
      run: async () => await Promise.reject(trouble),
      failureOf: (_, error) => ({
        usersSeeNow: "Users see <v1>.",
        news: newsOfProblems("shop: failed", "Users see <v1>.", error, "#oncall"),
      }),
      tell: async (_, result) => void told.push(result.news),
      logDirectory: () => folder,
    },
    {
      environment: { INPUT_APPLICATION: "shop", GITHUB_STEP_SUMMARY: summary },
      write: (line) => log.push(line),
      fail: () => undefined,
      onCancel: () => undefined,
    },
  );
  expect(told).toEqual([
    {
      event: "failure",
      title: "shop: failed",
      facts: [
        ["Users see now", "Users see <v1>."],
        ["What happened", "An alarm is firing already: checkout."],
        ["What to do next", "force: true"],
        ["Contacts", "#oncall"],
      ],
    },
  ]);
  expect(readFileSync(summary, "utf8")).toContain("failed\n\nUsers see &lt;v1&gt;.\n\n- An alarm");
  expect(log.at(-1)).toBe(
    "::error title=blue-green-deploy%3A failed::An alarm is firing already: checkout.%0AUsers see <v1>.%0Aforce: true",
  );
});

test("a wrong input is told to nobody: the receiver may be what is wrong", async () => {
  const told: unknown[] = [];
  await launch(
    {
      name: "blue-green-deploy",
      spec,
      read: (raw) => readInputs(spec, raw),
      run: async () => await Promise.reject(new Error("never run")),
      failureOf: (_, error) => ({ news: newsOfProblems("shop: failed", "", error, undefined) }),
      tell: async (_, result) => void told.push(result),
      logDirectory: () => folder,
    },
    { environment: {}, write: () => undefined, fail: () => undefined, onCancel: () => undefined },
  );
  expect(told).toEqual([]);
});

test.each([
  ["the main step", {}, { outcome: "succeeded", reason: "users are on it" }],
  ["its post step", { "STATE_main-has-begun": "true" }, { outcome: "failed", reason: "the clean-up did not end" }],
  ["a post step whose inputs are wrong", { "STATE_main-has-begun": "true", INPUT_APPLICATION: "" }, undefined],
])("outputs are those of the main step: %s", async (step, state, result) => {
  const path = join(folder, "output");
  writeFileSync(path, "");
  await launch(
    {
      name: "blue-green-deploy",
      spec,
      read: (raw) => readInputs(spec, raw),
      run: async () => ({ ok: true, reason: "", outcome: "unchanged", outputs: { "traffic-on": "blue" }, reportPath: "a.html", ...result }),
      logDirectory: () => folder,
    },
    {
      environment: { INPUT_APPLICATION: "shop", ...state, GITHUB_OUTPUT: path },
      write: () => undefined,
      fail: () => undefined,
      onCancel: () => undefined,
    },
  );
  const written = readFileSync(path, "utf8");
  if (step === "the main step") expect(written).toMatch(/outcome<<[\s\S]*succeeded[\s\S]*traffic-on<<[\s\S]*report-path<</);
  else expect(written).toBe("");
});
