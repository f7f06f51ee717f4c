import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { inputVariable } from "@aws-deploy-actions/shared/action/inputs";
import { launch } from "@aws-deploy-actions/shared/action/launch";
import type { Finding } from "@aws-deploy-actions/shared/secrets/finding";
import { read, spec } from "../src/inputs.ts";
import type { Ports } from "../src/ports.ts";
import { run } from "../src/run.ts";
import { clients, portsOf } from "../src/wiring.ts";

/** What a run left behind, as the runner and its user see it. */
export interface Outcome {
  readonly outcome: string;
  readonly reason: string;
  readonly failed: boolean;
  readonly findings: readonly Finding[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Everything on stdout, `add-mask` commands included. */
  readonly raw: string;
  /** Everything that anybody can read afterwards: stdout without the commands that the runner takes away, files, log. */
  readonly visible: string;
}

export interface RunOptions {
  readonly inputs: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Files for the workspace, by name; `{workspace}` in an input is its folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly ports?: Partial<Ports>;
}

/** Runs the action in this process, as its main.ts would. */
export async function runAction({ inputs, environment = {}, files = {}, ports }: RunOptions): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "validate-secrets-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const given = { environment: "staging", "log-directory": join(folder, "logs"), ...inputs };
  const lines: string[] = [];
  let failed = false;
  const env: Record<string, string> = {
    GITHUB_ACTIONS: "true",
    AWS_REGION: process.env["AWS_REGION"] ?? "eu-central-1",
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [inputVariable(name), value.replaceAll("{workspace}", folder)])),
    ...environment,
  };
  const action = {
    name: "validate-secrets",
    logName: "secrets-validation",
    spec,
    read,
    run: (config: ReturnType<typeof read>, base: Parameters<typeof run>[1] & Parameters<typeof openAws>[2]) =>
      run(config, base, async () => {
        const { aws } = await openAws(clients, config.aws, base);
        return { ...portsOf(aws, config, base), ...ports };
      }),
    logDirectory: (config: ReturnType<typeof read>) => config.common["log-directory"],
  };
  await launch(action, {
    environment: env,
    write: (line) => lines.push(line),
    fail: () => (failed = true),
    onCancel: () => undefined,
    timeFactor: env["DEPLOY_TIME_FACTOR"],
  });
  const file = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  const logs = existsSync(join(folder, "logs")) ? readdirSync(join(folder, "logs")).map((name) => file(`logs/${name}`)) : [];
  const outputs = readOutputs(file("output"));
  const raw = lines.join("\n");
  const visible = [...lines.filter((line) => !line.startsWith("::add-mask::")), file("output"), file("summary"), ...logs].join("\n");
  rmSync(folder, { recursive: true, force: true });
  return {
    outcome: outputs["outcome"] ?? "",
    reason: outputs["reason"] ?? "",
    failed,
    findings: JSON.parse(outputs["findings"] ?? "[]") as Finding[],
    outputs,
    raw,
    visible,
  };
}

function readOutputs(content: string): Readonly<Record<string, string>> {
  const blocks = content.matchAll(/^([\w-]+)<<(end_[\w-]+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...blocks].map(([, name, , value]) => [name, value]));
}
