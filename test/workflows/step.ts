// Runs the script of one step as the runner would.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workflowOf } from "./workflow.ts";

/**
 * Runs a step of the workflow as the runner would, and gives what it writes.
 *
 * @param id its id, or its name where it has none
 * @param files what lies in the folder `results` of the workspace
 * @param folder the workspace; without it, an empty one
 */
export function step(
  file: string,
  job: string,
  id: string,
  environment: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
  folder = mkdtempSync(join(tmpdir(), "step-")),
) {
  for (const name of ["output", "summary"]) writeFileSync(join(folder, name), "");
  mkdirSync(join(folder, "results"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "results", name), text);
  const script = workflowOf(file).jobs[job]?.steps?.find((one) => one.id === id || one.name === id)?.run ?? "";
  const env = {
    PATH: process.env["PATH"],
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
    ...environment,
  };
  const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", script], { cwd: folder, env, encoding: "utf8" });
  const outputs = Object.fromEntries(
    readFileSync(join(folder, "output"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  ) as Readonly<Record<string, string>>;
  return { status, said: `${stdout}${stderr}`, outputs, summary: readFileSync(join(folder, "summary"), "utf8") };
}
