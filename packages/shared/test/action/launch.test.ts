import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { required, text } from "../../src/action/fields.ts";
import { readInputs } from "../../src/action/inputs.ts";
import { launch } from "../../src/action/launch.ts";
import { deploymentTrouble } from "../../src/problems.ts";

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
