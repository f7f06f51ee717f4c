// Runs a workflow with act, the way GitHub's runner would, and gives back what came of it.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface ActRun {
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

export interface ActResult {
  readonly ok: boolean;
  /** Outputs of the step whose outputs the workflow keeps. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs one workflow_dispatch. @throws Error when act is missing */
export async function runWorkflow({ workflow, inputs, environment, onLine }: ActRun): Promise<ActResult> {
  const act = join(root, ".tools/cloud/bin/act");
  if (!existsSync(act)) throw new Error(`act is not in ${act}. Run: npm run bootstrap`);
  const home = mkdtempSync(join(tmpdir(), "demo-act-"));
  const outputsFile = join(home, "outputs.json");
  const pairs = (flag: string, values: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const args = [
    "workflow_dispatch",
    ...["--workflows", join(root, workflow)],
    ...["--platform", "ubuntu-latest=-self-hosted"],
    ...["--action-cache-path", join(home, "cache")],
    ...["--no-cache-server", "--rm", "--json"],
    ...pairs("--input", inputs),
    ...pairs("--var", { OUTPUTS_FILE: outputsFile, LOG_DIRECTORY: join(root, "logs") }),
    ...pairs("--env", environment),
  ];
  // Nothing of this machine's environment may leak into the steps.
  const child = spawn(act, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`, HOME: home },
  });
  const code = await new Promise<number | null>((resolve) => {
    let rest = "";
    const take = (chunk: Buffer): void => {
      const lines = `${rest}${chunk.toString("utf8")}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(messageOf(line));
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("close", (exit) => resolve(exit));
  });
  const outputs = existsSync(outputsFile) ? (JSON.parse(readFileSync(outputsFile, "utf8")) as Record<string, string>) : {};
  return { ok: code === 0, outputs };
}

function messageOf(line: string): string {
  try {
    return String((JSON.parse(line) as { msg?: string }).msg ?? "");
  } catch {
    return line;
  }
}
