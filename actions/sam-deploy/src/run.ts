import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { type AwsSettings, awsSettings } from "@aws-deploy-actions/shared/aws/settings";
import { assertNever, inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Config } from "./inputs.ts";
import { readSamConfig, type SamConfig, settingsOf } from "./model/samconfig.ts";
import { build, sourceTemplate, startLinting } from "./phases/build.ts";
import { cancel } from "./phases/cancel.ts";
import { deploy, executePlanned } from "./phases/deploy.ts";
import { rollback } from "./phases/rollback.ts";
import { status } from "./phases/status.ts";
import type { ArtefactPort, FilesPort, HttpPort, ReleaseStore, SamCliPort, StackPort, WatchPort } from "./ports.ts";
import { builtResult } from "./report/results.ts";
import { Cancelled, type LocalWork, type Work } from "./work.ts";

/** What main.ts builds adapters for. Nothing of it reaches AWS before it is used. */
export interface Adapters {
  readonly files: FilesPort;
  readonly http: HttpPort;
  /** The content of a samconfig file, parsed by its ending. */
  readonly parseConfig: (text: string, path: string) => unknown;
  /** The SAM CLI; with a cloud it has the run's credentials where it uploads. */
  readonly sam: (configFile: string | undefined, cloud?: Pick<Cloud, "credentials" | "region">) => SamCliPort;
  readonly openCloud: (settings: AwsSettings, stackName: string) => Promise<Cloud>;
}

/** AWS as this action needs it. */
export interface Cloud {
  readonly account: string;
  readonly partition: string;
  readonly stack: StackPort;
  readonly store: (bucket: string) => ReleaseStore;
  readonly artefacts: ArtefactPort;
  readonly watch: WatchPort;
  readonly region: string;
  /** The run's credentials as environment variables, for programs. */
  readonly credentials: () => Promise<Readonly<Record<string, string | undefined>>>;
}

/** Runs one mode from configuration to result. */
export async function run(config: Config, base: Base, adapters: Adapters): Promise<ActionResult> {
  try {
    if (config.mode === "build") {
      const { path } = findConfigFile(config, adapters);
      return await onlyBuild({ config, base, files: adapters.files, sam: adapters.sam(path) });
    }
    return await onStack(await open(config, base, adapters));
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    return { outcome: "cancelled", ok: false, reason: "The job was cancelled before anything was changed." };
  }
}

async function onlyBuild(work: LocalWork): Promise<ActionResult> {
  const source = sourceTemplate(work);
  const linting = startLinting(work, source);
  const built = await work.base.journal.group("Building", () => build(work, source));
  const trouble = await linting.done;
  if (trouble !== undefined) throw trouble;
  return builtResult(work, built);
}

async function onStack(work: Work): Promise<ActionResult> {
  const { mode } = work.config;
  switch (mode) {
    case "deploy":
    case "plan":
      return await deploy(work);
    case "execute":
      return await executePlanned(work);
    case "rollback":
      if (work.store === undefined) throw inputTrouble("state-bucket is required with mode: rollback.");
      return await rollback(work, work.store);
    case "cancel":
      return await cancel(work);
    case "status":
      return await status(work);
    case "build":
      throw new Error("mode build opens no stack");
    default:
      return assertNever(mode);
  }
}

/** Settles what samconfig and the inputs say, and connects to AWS. */
export async function open(config: Config, base: Base, adapters: Adapters): Promise<Work> {
  const { path, samConfig } = findConfigFile(config, adapters);
  const stackName = config.values["stack-name"] ?? samConfig.stackName;
  if (stackName === undefined)
    throw inputTrouble(
      "stack-name: no stack is named, neither in the workflow nor in samconfig.",
      `with:\n  stack-name: your-api-${config.environment}\nor in samconfig.toml:\n[${config.environment}.deploy.parameters]\nstack_name = "your-api-${config.environment}"`,
    );
  const region = config.values["aws-region"] ?? samConfig.region;
  const settings = awsSettings({ ...config.values, "aws-region": region }, base.environment, config.timeout);
  const cloud = await adapters.openCloud(settings, stackName);
  const bucket = config.values["state-bucket"];
  return {
    config,
    base,
    files: adapters.files,
    sam: adapters.sam(path, cloud),
    samConfig,
    stackName,
    region: cloud.region,
    account: cloud.account,
    partition: cloud.partition,
    stack: cloud.stack,
    store: bucket === undefined ? undefined : cloud.store(bucket),
    artefacts: cloud.artefacts,
    watch: cloud.watch,
    http: adapters.http,
    deadline: base.clock.now() + config.timeout,
  };
}

/** samconfig next to the template, as the SAM CLI finds it, or the file that `config-file` names. */
function findConfigFile(
  config: Config,
  { files, parseConfig }: Adapters,
): { readonly path: string | undefined; readonly samConfig: SamConfig } {
  const given = config.values["config-file"];
  const folder = config.values.template?.includes("/") === true ? config.values.template.replace(/\/[^/]*$/, "/") : "";
  const names = given === undefined ? ["toml", "yaml", "yml"].map((ending) => `${folder}samconfig.${ending}`) : [given];
  const path = names.find((name) => files.read(name) !== undefined);
  if (path !== undefined) {
    const document = parseConfig(files.read(path) ?? "", path);
    const of = (command: string) => settingsOf(document, config.environment, command, path);
    return { path, samConfig: readSamConfig(of("deploy"), of("package")) };
  }
  if (given !== undefined) throw inputTrouble(`config-file: there is no file ${oneLine(given, 120)}.`);
  if (config.environment !== "default" && config.mode !== "build" && config.values["stack-name"] === undefined)
    throw inputTrouble(`config-env: ${config.environment} is asked for, but there is no ${names[0]}.`);
  return { path: undefined, samConfig: readSamConfig({}, {}) };
}
