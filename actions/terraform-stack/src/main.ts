import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { type Action, type Base, launch } from "@aws-deploy-actions/shared/action/launch";
import { thisProcess } from "@aws-deploy-actions/shared/action/process";
import { isPostStep, markMainStep } from "@aws-deploy-actions/shared/action/step";
import { tellFromInputs } from "@aws-deploy-actions/shared/action/tell";
import { awsSettings } from "@aws-deploy-actions/shared/aws/settings";
import { githubRunner } from "@aws-deploy-actions/shared/github/runner";
import { localFiles } from "./adapters/files.ts";
import { isTerraformRunning } from "./adapters/running.ts";
import { terraformCli } from "./adapters/terraform.ts";
import { type Config, readConfig, spec } from "./inputs.ts";
import { afterwards, leftBehind } from "./post.ts";
import { run, type Work } from "./run.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Configurations without AWS need no region and no credentials: AWS is only spoken to where a role or an account is named. */
async function credentialsOf({ values }: Config, base: Base): Promise<() => Promise<Environment>> {
  const isNeeded = [values["oidc-role-to-assume"], values["role-to-assume"], values["expected-account-id"]].some(
    (one) => one !== undefined,
  );
  const region = values["aws-region"] === undefined ? {} : { AWS_REGION: values["aws-region"], AWS_DEFAULT_REGION: values["aws-region"] };
  if (!isNeeded) return async () => region;
  const { environment } = await openAws({}, awsSettings(values, base.environment, values.timeout), base);
  return async () => ({ ...region, ...(await environment()) });
}

async function workFor(config: Config, base: Base): Promise<Work> {
  const { environment, clock, cancelled: signal, journal, runner } = base;
  const temporary = environment["RUNNER_TEMP"] ?? "/tmp";
  const terraform = terraformCli({
    directory: config.values["working-directory"],
    environment,
    credentials: await credentialsOf(config, base),
    environmentName: config.values.environment,
    lockTimeout: config.values["lock-timeout"],
    signal,
    clock,
    temporary,
    say: (line) => journal.say(line),
    onStart: (pid) => runner.saveState("apply", String(pid)),
  });
  return { config, base, terraform, files: localFiles(temporary) };
}

const hasProcess = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const own = thisProcess();
const action = {
  name: "terraform-stack",
  spec,
  read: readConfig,
  logDirectory: (config: Config) => config.values["log-directory"],
} as const;

if (!isPostStep(own.environment)) {
  const runner = githubRunner(own.environment, own.write);
  markMainStep(runner);
  const main: Action<Config> = {
    ...action,
    run: async (config, base) => {
      const result = await run(await workFor(config, base));
      runner.saveState("finished", "true");
      return result;
    },
    tell: (config, result, base) => tellFromInputs(config.values, result, base),
  };
  await launch(main, own);
} else {
  const pid = leftBehind(own.environment);
  const isAlive = (one: number): boolean => isTerraformRunning(one, hasProcess);
  const post: Action<Config> = { ...action, run: (config, base) => afterwards(config, base, pid ?? 0, isAlive) };
  if (pid !== undefined) await launch(post, own);
}
