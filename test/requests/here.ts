// Deploying actions in this process: their requests can be seen with the types that the wire loses.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { inputVariable } from "@aws-deploy-actions/shared/action/inputs";
import { type Action, launch } from "@aws-deploy-actions/shared/action/launch";
import { tellFromInputs } from "@aws-deploy-actions/shared/action/tell";
import { blueGreenTools } from "../../actions/blue-green-deploy/src/adapters/tools.ts";
import { spec as deploySpec, read as readDeploy } from "../../actions/blue-green-deploy/src/inputs.ts";
import { run as deploy } from "../../actions/blue-green-deploy/src/run.ts";
import { emergencyTools } from "../../actions/emergency-rollback/src/adapters/tools.ts";
import { read as readRollback, spec as rollbackSpec } from "../../actions/emergency-rollback/src/inputs.ts";
import { run as rollBack } from "../../actions/emergency-rollback/src/run.ts";

const loaders = {
  ecs: () => import("@aws-deploy-actions/shared/aws/clients/ecs"),
  elb: () => import("@aws-deploy-actions/shared/aws/clients/elb"),
  autoscaling: () => import("@aws-deploy-actions/shared/aws/clients/autoscaling"),
  ecr: () => import("@aws-deploy-actions/shared/aws/clients/ecr"),
  logs: () => import("@aws-deploy-actions/shared/aws/clients/logs"),
  cloudwatch: () => import("@aws-deploy-actions/shared/aws/clients/cloudwatch"),
  s3: () => import("@aws-deploy-actions/shared/aws/clients/s3"),
  secrets: () => import("@aws-deploy-actions/shared/aws/clients/secrets"),
  quotas: () => import("@aws-deploy-actions/shared/aws/clients/quotas"),
  iam: () => import("@aws-deploy-actions/shared/aws/clients/iam"),
  ec2: () => import("@aws-deploy-actions/shared/aws/clients/ec2"),
  rds: () => import("@aws-deploy-actions/shared/aws/clients/rds"),
  elasticache: () => import("@aws-deploy-actions/shared/aws/clients/elasticache"),
};

type Inputs = Readonly<Record<string, string>>;

const deployment: Action<ReturnType<typeof readDeploy>> = {
  name: "blue-green-deploy",
  spec: deploySpec,
  read: readDeploy,
  logDirectory: (config) => config.given["log-directory"],
  run: async (config, base) => await deploy(config, blueGreenTools(config, await openAws(loaders, config.aws, base), base), base),
  tell: async (config, result, base) => await tellFromInputs(config.given, result, base),
};

const rollback: Action<ReturnType<typeof readRollback>> = {
  name: "emergency-rollback",
  spec: rollbackSpec,
  read: readRollback,
  logDirectory: (config) => config.given["log-directory"],
  run: async (config, base) => await rollBack(config, emergencyTools(config, await openAws(loaders, config.aws, base), base), base),
  tell: async (config, result, base) => await tellFromInputs(config.given, result, base),
};

/** @returns outcome and log */
export const deployHere = async (environment: Inputs, inputs: Inputs) => await runHere(deployment, environment, inputs);
export const rollBackHere = async (environment: Inputs, inputs: Inputs) => await runHere(rollback, environment, inputs);

async function runHere<Config>(action: Action<Config>, environment: Inputs, inputs: Inputs) {
  const folder = mkdtempSync(join(tmpdir(), `${action.name}-`));
  const lines: string[] = [];
  const given = { application: "shop", environment: "staging", "log-directory": join(folder, "logs"), ...inputs };
  await launch(action, {
    environment: {
      ...{ GITHUB_SHA: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d", GITHUB_RUN_ID: "1", GITHUB_ACTOR: "octocat", RUNNER_TEMP: folder },
      ...{ GITHUB_OUTPUT: join(folder, "output"), GITHUB_STEP_SUMMARY: join(folder, "summary") },
      ...environment,
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [inputVariable(name), value])),
    },
    write: (line) => lines.push(line),
    fail: () => undefined,
    onCancel: () => undefined,
    timeFactor: environment["DEPLOY_TIME_FACTOR"],
  });
  const output = existsSync(join(folder, "output")) ? readFileSync(join(folder, "output"), "utf8") : "";
  rmSync(folder, { recursive: true, force: true });
  return { outcome: /^outcome<<(\S+)\n(.*)\n\1$/m.exec(output)?.[2] ?? "", log: lines.join("\n") };
}
