import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inputVariable } from "@aws-deploy-actions/shared/action/inputs";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import { launch } from "@aws-deploy-actions/shared/action/launch";
import { type Config, read, spec } from "../src/inputs.ts";
import type { State } from "../src/model/check.ts";
import { run } from "../src/run.ts";
import { connect } from "../src/wiring.ts";

/** What a run left behind. */
export interface Outcome {
  readonly failed: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  /** State of each check by its id, as the evidence tells it. */
  readonly states: Readonly<Record<string, State>>;
  readonly evidence: Evidence;
  readonly sarif: string;
  /** Everything that anybody can read afterwards. */
  readonly visible: string;
}

export interface Evidence {
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly checks: readonly {
    readonly id: string;
    readonly state: State;
    readonly remarks: readonly { readonly found: string; readonly level: string }[];
  }[];
  readonly answers: readonly { readonly call: string; readonly answer?: unknown }[];
}

/** Runs the committed bundle as a runner does, and tells what it saw. */
export async function runBundle(inputs: Readonly<Record<string, string>>): Promise<Evidence> {
  const folder = mkdtempSync(join(tmpdir(), "security-posture-bundle-"));
  const given = { application: "shop", environment: "staging", "log-directory": join(folder, "logs"), ...inputs };
  const env = {
    ...process.env,
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: folder,
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [inputVariable(name), value])),
  };
  try {
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, "../dist/index.js")], { env, cwd: folder });
    return JSON.parse(readFileSync(join(folder, "security-posture-evidence.json"), "utf8")) as Evidence;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the action in this process, as its main.ts would. */
export async function runAction(
  inputs: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "security-posture-"));
  writeFileSync(join(folder, "README.md"), "# shop\n");
  const given = { application: "shop", environment: "staging", "log-directory": join(folder, "logs"), ...inputs };
  const lines: string[] = [];
  let failed = false;
  const env: Record<string, string> = {
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: folder,
    AWS_REGION: process.env["AWS_REGION"] ?? "eu-central-1",
    AWS_ENDPOINT_URL: process.env["AWS_ENDPOINT_URL"] ?? "",
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [inputVariable(name), value])),
    ...variables,
  };
  await launch(
    {
      name: "security-posture",
      logName: "security-validation",
      spec,
      read,
      run: async (config: Config, base: Base) => await run(config, base, await connect(config, base)),
      logDirectory: (config: Config) => config.given["log-directory"],
    },
    { environment: env, write: (line) => lines.push(line), fail: () => (failed = true), onCancel: () => undefined },
  );
  const file = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  const logs = existsSync(join(folder, "logs")) ? readdirSync(join(folder, "logs")).map((name) => file(`logs/${name}`)) : [];
  const evidenceText = file("security-posture-evidence.json");
  const sarif = file("security-posture.sarif");
  const evidence = JSON.parse(evidenceText || '{"checks": [], "answers": []}') as Evidence;
  const blocks = file("output").matchAll(/^([\w-]+)<<(end_[\w-]+)\n([\s\S]*?)\n\2$/gm);
  const visible = [...lines, file("output"), file("summary"), ...logs, evidenceText, sarif].join("\n");
  rmSync(folder, { recursive: true, force: true });
  return {
    failed,
    outputs: Object.fromEntries([...blocks].map(([, name, , value]) => [name, value])),
    states: Object.fromEntries(evidence.checks.map(({ id, state }) => [id, state])),
    evidence,
    sarif,
    visible,
  };
}
