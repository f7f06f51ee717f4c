import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const main = new URL("../src/main.ts", import.meta.url).pathname;

interface Ended {
  readonly code: number;
  readonly log: string;
  readonly output: string;
  readonly state: string;
}

/** The step's process as the runner starts it; nothing listens where AWS should be. */
async function step(state: Readonly<Record<string, string>>): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), "post-"));
  const files = { GITHUB_OUTPUT: join(folder, "output"), GITHUB_STATE: join(folder, "state") };
  for (const path of Object.values(files)) writeFileSync(path, "");
  const inputs = { INPUT_APPLICATION: "shop", INPUT_ENVIRONMENT: "staging", INPUT_IMAGE: "shop:v2", "INPUT_FREEZE-WINDOWS": "nonsense" };
  try {
    return await new Promise<Ended>((resolve) => {
      execFile(process.execPath, [main], { cwd: folder, env: { ...inputs, ...files, ...state } }, (error, stdout, stderr) => {
        const [output, saved] = [readFileSync(files.GITHUB_OUTPUT, "utf8"), readFileSync(files.GITHUB_STATE, "utf8")];
        resolve({ code: error === null ? 0 : Number(error.code), log: stdout + stderr, output, state: saved });
      });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a main step that failed before it began leaves a post step that does nothing, and says so to nobody", async () => {
  const first = await step({});
  expect(first).toMatchObject({ code: 1, state: expect.stringContaining("main-has-begun"), output: expect.stringContaining("failed") });
  expect(first.log).toContain("freeze-windows");
  expect(await step({ "STATE_main-has-begun": "true" })).toEqual({ code: 0, log: "", output: "", state: "" });
});

test("nor is a deployment that came to its end looked at again", async () => {
  const state = { "STATE_main-has-begun": "true", STATE_owner: "1-1-deploy", STATE_finished: "succeeded" };
  expect(await step(state)).toEqual({ code: 0, log: "", output: "", state: "" });
});
