// Runs a workflow of another repository that calls ours, with act: https://nektosact.com
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { textOf, workflowFolder, workflowNames } from "./workflow.ts";

const root = join(workflowFolder, "..", "..");
const self = "octo/aws-deploy-actions";
/** The commit that v1 is at. */
export const releaseCommit = "0".repeat(40);

/**
 * A copy of this repository as GitHub would fetch it, with bundles; the actions in `stubs` are replaced by scripts.
 *
 * @param textOfWorkflow what stands in a workflow, where it is not what stands in the repository
 */
export function publishedCopy(
  actions: readonly string[],
  stubs: Readonly<Record<string, string>>,
  textOfWorkflow: (name: string) => string = textOf,
): string {
  const copy = mkdtempSync(join(tmpdir(), "published-"));
  mkdirSync(join(copy, ".github", "workflows"), { recursive: true });
  for (const name of workflowNames()) {
    // act does not know $/ (an action of the workflow's own repository) nor queue, and takes ./ for the caller's repository.
    const text = textOfWorkflow(name)
      .replaceAll("uses: $/", `uses: ${self}/`)
      .replace(/(uses: octo\/aws-deploy-actions\/actions\/[\w-]+)/g, "$1@v1")
      .replace(/uses: \.(\/\.github\/workflows\/[\w.-]+)/g, `uses: ${self}$1@v1`)
      .replace(/^\s*queue: max.*\n/gm, "");
    writeFileSync(join(copy, ".github", "workflows", name), text);
  }
  for (const name of actions) {
    const folder = join(copy, "actions", name);
    mkdirSync(folder, { recursive: true });
    cpSync(join(root, "actions", name, "action.yml"), join(folder, "action.yml"));
    const committed = join(root, "actions", name, "dist");
    if (existsSync(committed)) cpSync(committed, join(folder, "dist"), { recursive: true });
    else bundle(name, join(folder, "dist"));
  }
  for (const [name, script] of Object.entries(stubs)) {
    const folder = join(copy, "actions", name, "dist");
    mkdirSync(folder, { recursive: true });
    cpSync(join(root, "actions", name, "action.yml"), join(folder, "..", "action.yml"));
    writeFileSync(join(folder, "index.js"), script);
  }
  for (const [name, script] of Object.entries(replacements)) {
    const folder = join(copy, name);
    mkdirSync(folder);
    writeFileSync(join(folder, "action.yml"), `name: ${name}\ndescription: ${name}\nruns:\n  using: node24\n  main: index.js\n`);
    writeFileSync(join(folder, "index.js"), script);
  }
  return copy;
}

/** What stands for actions of others. Artifacts go through a folder, as text and archives alone: what the pipelines hand on. */
const replacements = {
  nothing: "",
  // An action in a folder of its repository: github/codeql-action/upload-sarif.
  "nothing/upload-sarif": "",
  "upload-artifact": `
const { cpSync, existsSync, globSync, mkdirSync, statSync } = require("node:fs");
const { basename, join } = require("node:path");
const to = join(process.env.ARTIFACTS, process.env.INPUT_NAME);
for (const pattern of process.env.INPUT_PATH.split("\\n").filter((line) => line !== "")) {
  for (const path of globSync(pattern)) {
    mkdirSync(to, { recursive: true });
    cpSync(path, statSync(path).isDirectory() ? to : join(to, basename(path)), { recursive: true });
  }
}`,
  "download-artifact": `
const { cpSync, existsSync, globSync } = require("node:fs");
const from = globSync(process.env.INPUT_NAME || process.env.INPUT_PATTERN, { cwd: process.env.ARTIFACTS });
if (from.length === 0 && process.env.INPUT_NAME) throw new Error("no artifact " + process.env.INPUT_NAME);
for (const name of from) cpSync(process.env.ARTIFACTS + "/" + name, process.env.INPUT_PATH || ".", { recursive: true });`,
};

/** Actions of others, each with what stands for it: act would fetch them all before it begins. It knows checkout itself. */
const others = (caller: string): readonly (readonly [string, keyof typeof replacements])[] => {
  const texts = [...workflowNames().map(textOf), caller];
  const pins = texts.flatMap((text) =>
    [...text.matchAll(/uses: ([\w-]+\/[\w-]+)(\/[\w-]+)?@([\w.]+)/g)].map(([, name, , ref]) => `${name}@${ref}`),
  );
  return [...new Set(pins)]
    .filter((pin) => !pin.startsWith("actions/checkout@") && !pin.startsWith(`${self}@`))
    .map((pin) => {
      const [, kind] = /^actions\/((?:up|down)load-artifact)@/.exec(pin) ?? [];
      return [pin, kind === "upload-artifact" || kind === "download-artifact" ? kind : "nothing"];
    });
};

/** Before the bundles are committed, each test makes its own. */
function bundle(name: string, out: string): void {
  const ncc = join(root, "node_modules/@vercel/ncc/dist/ncc/cli.js");
  const entry = join(root, "actions", name, "src/main.ts");
  execFileSync(process.execPath, [ncc, "build", entry, "--out", out, "--transpile-only", "--no-cache"], { cwd: root, stdio: "ignore" });
}

/** The repository that calls: one workflow, on the branch main. @param files more of it, by path; or a folder that it begins as */
export function callingRepository(workflow: string, files: Readonly<Record<string, string>> | string = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "calling-"));
  mkdirSync(join(folder, ".github", "workflows"), { recursive: true });
  writeFileSync(join(folder, ".github", "workflows", "deploy.yml"), workflow);
  if (typeof files === "string") cpSync(files, folder, { recursive: true });
  else
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  const git = (...args: readonly string[]): void => {
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: folder, stdio: "ignore" });
  };
  git("init", "--initial-branch=main");
  git("remote", "add", "origin", "https://github.com/octo/shop.git");
  git("add", "--all");
  git("commit", "--message", "Call the pipeline");
  return folder;
}

export interface ActRun {
  readonly caller: string;
  readonly published: string;
  readonly event: string;
  readonly payload?: object;
  readonly environment?: Readonly<Record<string, string>>;
  /** Of a workflow_dispatch. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Folders whose programs come before those of the machine. */
  readonly programs?: readonly string[];
}

export interface ActResult {
  readonly ok: boolean;
  /** Names of the jobs of which a step ran. */
  readonly jobs: readonly string[];
  readonly text: string;
}

/** Events that a calling workflow listens to, all of them: what runs is for the called one to say. */
export const everyEvent = `on:
  push:
  pull_request:
  pull_request_target:
  workflow_dispatch:
  schedule:
    - cron: "17 3 * * *"`;

export async function act(given: ActRun): Promise<ActResult> {
  const { caller, published, event, payload = {}, environment = {}, inputs = {}, variables = {}, secrets = {}, programs = [] } = given;
  const home = mkdtempSync(join(tmpdir(), "act-"));
  mkdirSync(join(home, "artifacts"));
  writeFileSync(join(home, "event.json"), JSON.stringify({ repository: { fork: false }, inputs, ...payload }));
  const pairs = (flag: string, values: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const workflow = join(caller, ".github", "workflows", "deploy.yml");
  const args = [
    event,
    ...["--workflows", workflow],
    ...["--eventpath", join(home, "event.json")],
    ...["--platform", "ubuntu-latest=-self-hosted"],
    ...["--action-cache-path", join(home, "cache")],
    ...["v1", releaseCommit].flatMap((ref) => ["--local-repository", `${self}@${ref}=${published}`]),
    ...others(readFileSync(workflow, "utf8")).flatMap(([pin, name]) => ["--local-repository", `${pin}=${join(published, name)}`]),
    ...["--no-cache-server", "--rm", "--json"],
    ...pairs("--env", { ARTIFACTS: join(home, "artifacts"), ...environment }),
    ...pairs("--var", variables),
    ...pairs("--secret", secrets),
  ];
  const child = spawn(join(root, ".tools/cloud/bin/act"), args, {
    cwd: caller,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: [...programs, dirname(process.execPath), process.env["PATH"] ?? ""].join(":"), HOME: home },
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => lines.push(chunk.toString("utf8")));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { ok: code === 0, ...read(lines.join("")) };
}

function read(output: string): { readonly jobs: readonly string[]; readonly text: string } {
  const entries = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { readonly job?: string; readonly jobID?: string; readonly msg?: string; readonly step?: string });
  const jobs = entries.filter(({ step }) => step !== undefined).map(({ job = "" }) => job);
  return { jobs: [...new Set(jobs)], text: entries.map(({ msg = "" }) => msg).join("\n") };
}
