import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { launch } from "@aws-deploy-actions/shared/action/launch";
import { thisProcess } from "@aws-deploy-actions/shared/action/process";
import { emergencyTools } from "./adapters/tools.ts";
import { failureOf } from "./failure.ts";
import { read, spec } from "./inputs.ts";
import { run } from "./run.ts";

/** The SDK's modules that this action uses, each loaded with its first call. */
const loaders = {
  ecs: () => import("@aws-deploy-actions/shared/aws/clients/ecs"),
  elb: () => import("@aws-deploy-actions/shared/aws/clients/elb"),
  autoscaling: () => import("@aws-deploy-actions/shared/aws/clients/autoscaling"),
  ecr: () => import("@aws-deploy-actions/shared/aws/clients/ecr"),
  logs: () => import("@aws-deploy-actions/shared/aws/clients/logs"),
  cloudwatch: () => import("@aws-deploy-actions/shared/aws/clients/cloudwatch"),
  s3: () => import("@aws-deploy-actions/shared/aws/clients/s3"),
};

await launch(
  {
    name: "emergency-rollback",
    spec,
    read,
    failureOf,
    logDirectory: (config) => config.given["log-directory"],
    run: async (config, base) => await run(config, emergencyTools(config, await openAws(loaders, config.aws, base), base), base),
    tell: async (config, result, base) =>
      (await import("@aws-deploy-actions/shared/action/tell")).tellFromInputs(config.given, result, base),
  },
  { ...thisProcess(), timeFactor: process.env["DEPLOY_TIME_FACTOR"] },
);
