import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { launch } from "@aws-deploy-actions/shared/action/launch";
import { thisProcess } from "@aws-deploy-actions/shared/action/process";
import { isPostStep, markMainStep } from "@aws-deploy-actions/shared/action/step";
import { githubRunner } from "@aws-deploy-actions/shared/github/runner";
import { blueGreenTools } from "./adapters/tools.ts";
import { failureOf } from "./failure.ts";
import { read, spec } from "./inputs.ts";
import { leftBehind } from "./left-behind.ts";
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
  secrets: () => import("@aws-deploy-actions/shared/aws/clients/secrets"),
  quotas: () => import("@aws-deploy-actions/shared/aws/clients/quotas"),
  iam: () => import("@aws-deploy-actions/shared/aws/clients/iam"),
  ec2: () => import("@aws-deploy-actions/shared/aws/clients/ec2"),
  rds: () => import("@aws-deploy-actions/shared/aws/clients/rds"),
  elasticache: () => import("@aws-deploy-actions/shared/aws/clients/elasticache"),
};

const own = { ...thisProcess(), timeFactor: process.env["DEPLOY_TIME_FACTOR"] };
const isPost = isPostStep(own.environment);
if (!isPost) markMainStep(githubRunner(own.environment, own.write));
// A main step that came to its end, or that never began a deployment, leaves nothing to do; it must not be run a second time.
if (!isPost || leftBehind(own.environment) !== undefined) {
  await launch(
    {
      name: "blue-green-deploy",
      spec,
      read,
      failureOf,
      tell: async (config, result, base) =>
        (await import("@aws-deploy-actions/shared/action/tell")).tellFromInputs(config.given, result, base),
      logDirectory: (config) => config.given["log-directory"],
      run: async (config, base) => await run(config, blueGreenTools(config, await openAws(loaders, config.aws, base), base), base),
    },
    own,
  );
}
