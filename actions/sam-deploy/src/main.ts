import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { type Action, type Base, launch } from "@aws-deploy-actions/shared/action/launch";
import { thisProcess } from "@aws-deploy-actions/shared/action/process";
import { isPostStep, markMainStep } from "@aws-deploy-actions/shared/action/step";
import { tellFromInputs } from "@aws-deploy-actions/shared/action/tell";
import { isLoopback } from "@aws-deploy-actions/shared/aws/settings";
import { githubRunner } from "@aws-deploy-actions/shared/github/runner";
import { artefactsInS3 } from "./adapters/artefacts.ts";
import { localFiles } from "./adapters/files.ts";
import { httpChecks } from "./adapters/http.ts";
import { releaseStore } from "./adapters/releases.ts";
import { samCli } from "./adapters/sam-cli.ts";
import { parseConfigFile } from "./adapters/samconfig.ts";
import { cloudFormationStack } from "./adapters/stacks.ts";
import { watchAws } from "./adapters/watch.ts";
import { type Config, readConfig, spec } from "./inputs.ts";
import { afterwards, isLeftBehind } from "./post.ts";
import { type Adapters, run } from "./run.ts";

const loaders = {
  cloudformation: () => import("@aws-deploy-actions/shared/aws/clients/cloudformation"),
  s3: () => import("@aws-deploy-actions/shared/aws/clients/s3"),
  cloudwatch: () => import("@aws-deploy-actions/shared/aws/clients/cloudwatch"),
  codedeploy: () => import("@aws-deploy-actions/shared/aws/clients/codedeploy"),
};

const adaptersFor = (config: Config, base: Base): Adapters => ({
  files: localFiles(base.environment["RUNNER_TEMP"] ?? "/tmp"),
  http: httpChecks(base.clock, isLoopback(base.environment["AWS_ENDPOINT_URL"] ?? ""), base.environment),
  parseConfig: parseConfigFile,
  sam: (configFile, cloud) =>
    samCli({
      environment: base.environment,
      credentials: cloud?.credentials ?? (async () => ({})),
      configFile,
      configEnvironment: config.environment,
      region: cloud?.region ?? config.values["aws-region"],
      say: (line) => base.journal.say(line),
    }),
  openCloud: async (settings, stack) => {
    const { aws, identity, environment } = await openAws(loaders, settings, base);
    const { account, partition } = await identity();
    const place = { account, partition, region: aws.region };
    return {
      ...place,
      credentials: environment,
      stack: cloudFormationStack(aws, stack),
      store: (bucket) => releaseStore(aws, { ...place, bucket, stack }),
      artefacts: artefactsInS3(aws, place),
      watch: watchAws(aws),
    };
  },
});

const action = {
  name: "sam-deploy",
  spec,
  ownConfigFile: true,
  read: readConfig,
  logDirectory: (config: Config) => config.values["log-directory"],
} as const;
const main: Action<Config> = {
  ...action,
  run: (config, base) => run(config, base, adaptersFor(config, base)),
  tell: (config, result, base) => tellFromInputs(config.values, result, base),
};
const post: Action<Config> = { ...action, run: (config, base) => afterwards(config, base, adaptersFor(config, base)) };

const process = thisProcess();
if (!isPostStep(process.environment)) {
  markMainStep(githubRunner(process.environment, process.write));
  await launch(main, process);
} else if (isLeftBehind(process.environment)) await launch(post, process);
