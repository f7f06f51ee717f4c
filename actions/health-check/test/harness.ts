import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { inputVariable } from "@aws-deploy-actions/shared/action/inputs";
import { type Base, launch } from "@aws-deploy-actions/shared/action/launch";
import { type Config, read, spec } from "../src/inputs.ts";
import type { Ports } from "../src/ports.ts";
import { run } from "../src/run.ts";
import { clients, portsOf } from "../src/wiring.ts";

export interface Outcome {
  readonly outcome: string;
  readonly reason: string;
  readonly failed: boolean;
  readonly status: Readonly<Record<string, { readonly state: string; readonly checks: readonly Readonly<Record<string, string>>[] }>>;
  readonly summary: string;
  /** Everything that anybody can read afterwards. */
  readonly visible: string;
}

export interface RunOptions {
  readonly inputs: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly ports?: (real: Ports) => Partial<Ports>;
}

/** Runs the action in this process, as its main.ts would. */
export async function runAction({ inputs, environment = {}, files = {}, ports }: RunOptions): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "health-check-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const lines: string[] = [];
  let failed = false;
  const given = { "log-directory": join(folder, "logs"), ...inputs };
  const env: Record<string, string> = {
    GITHUB_ACTIONS: "true",
    AWS_REGION: process.env["AWS_REGION"] ?? "eu-central-1",
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
    ...(process.env["AWS_ENDPOINT_URL"] === undefined ? {} : { AWS_ENDPOINT_URL: process.env["AWS_ENDPOINT_URL"] }),
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [inputVariable(name), value.replaceAll("{workspace}", folder)])),
    ...environment,
  };
  const action = {
    name: "health-check",
    spec,
    read,
    run: (config: Config, base: Base) =>
      run(config, base, async () => {
        const real = portsOf((await openAws(clients, config.aws, base)).aws, config, base);
        return { ...real, ...ports?.(real) };
      }),
    logDirectory: (config: Config) => config.common["log-directory"],
  };
  await launch(action, {
    environment: env,
    write: (line) => lines.push(line),
    fail: () => {
      failed = true;
    },
    onCancel: () => undefined,
    timeFactor: env["DEPLOY_TIME_FACTOR"],
  });
  const file = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  const outputs = Object.fromEntries(
    [...file("output").matchAll(/^([\w-]+)<<(end_[\w-]+)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [name ?? "", value ?? ""]),
  );
  const visible = [...lines.filter((line) => !line.startsWith("::add-mask::")), file("output"), file("summary")].join("\n");
  const summary = file("summary");
  rmSync(folder, { recursive: true, force: true });
  return {
    outcome: outputs["outcome"] ?? "",
    reason: outputs["reason"] ?? "",
    failed,
    status: JSON.parse(outputs["status"] ?? "{}"),
    summary,
    visible,
  };
}
