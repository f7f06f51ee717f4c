// A workspace, programs on a PATH of our own, and the whole action run in this process with everything it says written down.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { launch } from "@aws-deploy-actions/shared/action/launch";
import { securityScan } from "../src/wiring.ts";

const root = join(import.meta.dirname, "..", "..", "..");
/** Real scanners, as scripts/bootstrap.mjs installs them. */
export const realScanners = join(root, ".tools", "scanners", "bin");

const made: string[] = [];
export function temporary(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "scan-test-")));
  made.push(folder);
  return folder;
}
export function cleanUp(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Writes files below a folder. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const gitOptions = [
  "-c",
  "user.name=Test",
  "-c",
  "user.email=test@example.org",
  "-c",
  "commit.gpgsign=false",
  "-c",
  "init.defaultBranch=main",
];
export const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync("git", ["-C", folder, ...gitOptions, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();

/** A git repository with the given files; returns its folder. */
export function workspaceWith(files: Readonly<Record<string, string>>): string {
  const folder = temporary();
  write(folder, files);
  git(folder, "init", "-q");
  git(folder, "add", "-A");
  return folder;
}

/** Programs as shell scripts, in a folder for PATH. */
export function fakes(programs: Readonly<Record<string, string>>): string {
  const folder = temporary();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

export interface Story {
  readonly lines: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly failed: boolean;
  readonly summary: string;
  readonly report: Report;
  readonly sarif: string;
  /** Every text that leaves the action, for the search of what must not be seen. */
  readonly everything: string;
  /** What is left in the runner's temporary folder. */
  readonly leftovers: readonly string[];
}

export interface Report {
  readonly outcome: string;
  readonly reason: string;
  readonly scanners: readonly {
    readonly name: string;
    readonly state: string;
    readonly reason: string;
    readonly findings: number;
    readonly seconds: number;
  }[];
  readonly findings: readonly Shown[];
  readonly ignored: readonly Shown[];
  readonly notes: readonly string[];
}
export interface Shown {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly severity: string;
  readonly message: string;
  readonly fingerprint: string;
  readonly known?: boolean;
  readonly new?: boolean;
  readonly inlineSuppression?: string;
  readonly also: readonly Shown[];
}

export interface Setting {
  readonly workspace: string;
  readonly path: readonly string[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly requirements?: string;
  /** How many times faster time runs. */
  readonly timeFactor?: number;
  readonly onCancel?: (listener: (signal: string) => void) => void;
}

/** Runs the action as the runner would. */
export async function scanStory({
  workspace,
  path,
  inputs = {},
  environment = {},
  requirements,
  timeFactor,
  onCancel,
}: Setting): Promise<Story> {
  const runner = temporary();
  const [output, summary, temp] = ["output", "summary", "temp"].map((name) => join(runner, name)) as [string, string, string];
  const lines: string[] = [];
  let failed = false;
  const logs = join(runner, "logs");
  await launch(
    securityScan({
      requirements: requirements ?? join(root, "actions/security-scan/requirements"),
      killGroup: (leader) => process.kill(-leader, "SIGKILL"),
    }),
    {
      environment: {
        PATH: path.join(":"),
        HOME: runner,
        GITHUB_WORKSPACE: workspace,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        RUNNER_TEMP: temp,
        ...(timeFactor !== undefined && { AWS_ENDPOINT_URL: "http://127.0.0.1:1" }),
        "INPUT_LOG-DIRECTORY": logs,
        ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
        ...environment,
      },
      write: (line) => lines.push(line),
      fail: () => {
        failed = true;
      },
      onCancel: onCancel ?? (() => undefined),
      timeFactor: timeFactor === undefined ? undefined : String(timeFactor),
    },
  );
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  const [sarif, json] = [read(join(workspace, "security-scan.sarif")), read(join(workspace, "security-scan.json"))];
  const log = existsSync(logs) ? readdirSync(logs).map((name) => read(join(logs, name))) : [];
  const outputs = Object.fromEntries(
    [...read(output).matchAll(/^(.+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [name, value]),
  );
  return {
    lines,
    outputs,
    failed,
    summary: read(summary),
    sarif,
    report: JSON.parse(json === "" ? "{}" : json) as Report,
    everything: [...lines, read(output), read(summary), sarif, json, ...log].join("\n"),
    leftovers: existsSync(temp) ? readdirSync(temp) : [],
  };
}
