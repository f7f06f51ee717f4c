import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { deploymentTrouble, inputTrouble } from "@aws-deploy-actions/shared/problems";
import { findProgram, forPrograms, ProgramMissing, runProgram, withoutCredentials } from "@aws-deploy-actions/shared/stacks/program";
import type { PackageRequest, ProgramResult, SamCliPort } from "../ports.ts";

/** The version that is installed where none is on PATH: the one that the tests run with. */
const pinned = "1.170.0";
/** From here on the SAM CLI only names commands for a terminal. */
const advertisement = /^(Commands you can use next|Execute the following command to deploy)/;

type Environment = Readonly<Record<string, string | undefined>>;

export interface SamCliOptions {
  readonly environment: Environment;
  /** Credentials for what talks to AWS, as environment variables; none for a run without AWS. */
  readonly credentials: () => Promise<Environment>;
  readonly configFile: string | undefined;
  readonly configEnvironment: string;
  readonly region: string | undefined;
  readonly say: (line: string) => void;
}

/** The SAM CLI on PATH, or a pinned one in a virtual environment of its own. */
export function samCli(options: SamCliOptions): SamCliPort {
  let found: Promise<string> | undefined;
  const base: Environment = {
    ...options.environment,
    SAM_CLI_TELEMETRY: "0",
    SAM_CLI_POLL_DELAY: "1",
    ...(options.region === undefined ? {} : { AWS_REGION: options.region, AWS_DEFAULT_REGION: options.region }),
  };
  const sam = async (
    args: readonly string[],
    environment: Environment,
    signal: AbortSignal,
    say?: (line: string) => void,
  ): Promise<ProgramResult> => {
    found ??= executable(options, signal);
    const file = await found;
    const { code, both } = await runProgram(file, args, {
      environment,
      signal,
      grace: 5_000,
      ...(say === undefined ? {} : { onLine: untilAdvertisement(say) }),
    });
    return { code, output: both };
  };
  const config = options.configFile === undefined ? [] : ["--config-file", resolve(options.configFile)];
  const common = [...config, "--config-env", options.configEnvironment];
  return {
    validate: async (template, lint, signal) => {
      const args = ["validate", "--template-file", template, ...common, ...(lint ? ["--lint"] : [])];
      const environment = lint
        ? { ...withoutCredentials(base), ...regionForLint(base) }
        : { ...forPrograms(base), ...(await options.credentials()) };
      return await sam(args, environment, signal);
    },
    build: (template, directory, signal) =>
      sam(["build", "--template-file", template, "--build-dir", directory, ...common], withoutCredentials(base), signal, options.say),
    package: async (request, signal) => {
      const environment = { ...forPrograms(base), ...(await options.credentials()) };
      return await sam([...packageArguments(request), ...common], environment, signal, options.say);
    },
  };
}

function untilAdvertisement(say: (line: string) => void): (line: string) => void {
  let silent = false;
  return (line) => {
    silent ||= advertisement.test(line);
    if (!silent && line.trim() !== "") say(line.trimEnd());
  };
}

/** cfn-lint judges for a region; without any it refuses to. */
const regionForLint = (environment: Environment): Environment =>
  environment["AWS_REGION"] === undefined ? { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-1" } : {};

/** The arguments of `sam package`; its values are taken as they are, also when they begin with a hyphen. */
export function packageArguments(request: PackageRequest): readonly string[] {
  const option = (name: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [`--${name}=${value}`]);
  return [
    "package",
    `--template-file=${request.templateFile}`,
    `--output-template-file=${request.outputFile}`,
    `--region=${request.region}`,
    "--no-progressbar",
    ...(request.resolveBucket ? ["--resolve-s3"] : option("s3-bucket", request.bucket)),
    ...option("s3-prefix", request.prefix),
    ...option("kms-key-id", request.kmsKey),
    ...option("image-repository", request.imageRepository),
    ...request.imageRepositories.flatMap((one) => option("image-repositories", one)),
    ...request.signingProfiles.flatMap((one) => option("signing-profiles", one)),
  ];
}

async function executable(options: SamCliOptions, signal: AbortSignal): Promise<string> {
  const { environment, say } = options;
  const onPath = findProgram("sam", environment);
  if (onPath !== undefined) return onPath;
  const folder = join(environment["RUNNER_TOOL_CACHE"] ?? environment["RUNNER_TEMP"] ?? "/tmp", `aws-sam-cli-${pinned}`);
  const file = join(folder, "bin", "sam");
  if (existsSync(file)) return file;
  say(`the SAM CLI is not on PATH: installing ${pinned} into ${folder} (about a minute; aws-actions/setup-sam is quicker)`);
  const clean = withoutCredentials(environment);
  const step = async (program: string, ...args: readonly string[]): Promise<void> => {
    const { code, err } = await runProgram(program, args, { environment: clean, signal, grace: 2_000 });
    if (code !== 0)
      throw deploymentTrouble(
        `The SAM CLI could not be installed: ${err.trim().split("\n").at(-1) ?? ""}`,
        "Install it before this step:\n- uses: aws-actions/setup-sam@v2",
      );
  };
  try {
    await step("python3", "-m", "venv", folder);
    await step(join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", `aws-sam-cli==${pinned}`);
  } catch (error) {
    if (!(error instanceof ProgramMissing)) throw error;
    throw inputTrouble("The SAM CLI is not on PATH, and there is no python3 to install it with.", "- uses: aws-actions/setup-sam@v2");
  }
  return file;
}
