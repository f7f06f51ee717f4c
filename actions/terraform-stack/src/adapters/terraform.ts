import { join } from "node:path";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { findProgram, forPrograms, runDetached, runProgram } from "@aws-deploy-actions/shared/stacks/program";
import { type Diagnostic, plainErrors, readMessage } from "../model/messages.ts";
import type { Ended, TerraformPort } from "../ports.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface TerraformOptions {
  readonly directory: string;
  readonly environment: Environment;
  /** Credentials of the roles that were asked for, as environment variables. */
  readonly credentials: () => Promise<Environment>;
  /** Reaches the configuration as variable `environment` where it declares one. */
  readonly environmentName: string | undefined;
  readonly lockTimeout: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly temporary: string;
  readonly say: (line: string) => void;
  /** Told the process id of an apply, so that the post step can wait for it. */
  readonly onStart: (pid: number) => void;
}

/** Logs of Terraform itself hold every request with its secrets. */
const revealing = /^TF_(LOG|LOG_CORE|LOG_PROVIDER|LOG_PATH)$/;

/** Terraform on PATH. @throws Trouble of kind `input` where there is none */
export function terraformCli(options: TerraformOptions): TerraformPort {
  // hashicorp/setup-terraform puts a wrapper in front that swallows signals; the program itself lies beside it.
  const file = findProgram("terraform-bin", options.environment) ?? findProgram("terraform", options.environment);
  if (file === undefined) throw inputTrouble("Terraform is not on PATH.", "- uses: hashicorp/setup-terraform@v3");
  const environment = async (): Promise<Environment> => ({
    ...Object.fromEntries(Object.entries(forPrograms(options.environment)).filter(([name]) => !revealing.test(name))),
    ...(options.environmentName === undefined ? {} : { TF_VAR_environment: options.environmentName }),
    ...(await options.credentials()),
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
  });
  const { directory, signal, say } = options;
  /** Runs a command; `answer`: its standard output is what is asked for, and is not shown. */
  const run = async (args: readonly string[], answer = false): Promise<Ended> => {
    const listener = listen(say);
    const { code, out, both } = await runProgram(file, args, {
      directory,
      environment: await environment(),
      signal,
      onLine: (line, stream) => {
        if (!answer || stream === "err") listener.line(line);
      },
    });
    return {
      code,
      out: answer ? out : "",
      diagnostics: code === 0 || code === 2 ? listener.diagnostics : errorsOf(listener.diagnostics, both),
    };
  };
  const lock = `-lock-timeout=${options.lockTimeout}s`;
  return {
    version: async () => {
      const { out } = await run(["version", "-json"], true);
      const version = versionOf(out);
      if (version === undefined || Number(version.split(".")[0]) < 1)
        throw inputTrouble(
          `Terraform 1.0 or later is needed${version === undefined ? "" : `, not ${version}`}.`,
          "- uses: hashicorp/setup-terraform@v3",
        );
      return version;
    },
    init: async ({ backend, backendConfig, upgrade }) =>
      await run([
        "init",
        "-input=false",
        "-no-color",
        ...(backend ? [lock] : ["-backend=false"]),
        ...backendConfig.map((one) => `-backend-config=${one}`),
        ...(upgrade ? ["-upgrade"] : []),
      ]),
    validate: async () => await run(["validate", "-json"], true),
    plan: async ({ planFile, varFiles }) =>
      await run([
        "plan",
        "-json",
        "-input=false",
        "-detailed-exitcode",
        lock,
        `-out=${planFile}`,
        ...varFiles.map((one) => `-var-file=${one}`),
      ]),
    show: async (planFile) => await run(["show", "-json", planFile], true),
    outputs: async () => await run(["output", "-json"], true),
    apply: async (planFile) => {
      const listener = listen(say);
      const output = join(options.temporary, "terraform-apply.log");
      const code = await runDetached(file, ["apply", "-json", "-input=false", lock, planFile], {
        directory,
        environment: await environment(),
        signal,
        clock: options.clock,
        outputFile: output,
        onLine: listener.line,
        onStart: options.onStart,
      });
      return { code, out: "", diagnostics: listener.diagnostics };
    },
  };
}

function listen(say: (line: string) => void): { readonly line: (line: string) => void; readonly diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  return {
    diagnostics,
    line: (line) => {
      const { text, diagnostic } = readMessage(line);
      if (diagnostic !== undefined) diagnostics.push(diagnostic);
      if (text !== undefined) say(diagnostic === undefined || diagnostic.detail === "" ? text : `${text}\n${diagnostic.detail}`);
    },
  };
}

const errorsOf = (found: readonly Diagnostic[], output: string): readonly Diagnostic[] =>
  found.some(({ severity }) => severity === "error") ? found : plainErrors(output);

function versionOf(json: string): string | undefined {
  try {
    const { terraform_version: version } = JSON.parse(json) as { terraform_version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
