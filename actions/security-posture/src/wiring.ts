import { resolve } from "node:path";
import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import { recording } from "./adapters/ask.ts";
import { s3Control } from "./adapters/buckets.ts";
import { diskFiles } from "./adapters/files.ts";
import { observeWorld } from "./adapters/world.ts";
import type { Config } from "./inputs.ts";
import type { Answered, Ports } from "./ports.ts";

/** The SDK's modules that the action uses, each loaded with its first call. */
const clients = (emulated: boolean) => ({
  ecs: () => import("@aws-deploy-actions/shared/aws/clients/ecs"),
  elb: () => import("@aws-deploy-actions/shared/aws/clients/elb"),
  wafv2: () => import("@aws-deploy-actions/shared/aws/clients/wafv2"),
  rds: () => import("@aws-deploy-actions/shared/aws/clients/rds"),
  elasticache: () => import("@aws-deploy-actions/shared/aws/clients/elasticache"),
  ec2: () => import("@aws-deploy-actions/shared/aws/clients/ec2"),
  secrets: () => import("@aws-deploy-actions/shared/aws/clients/secrets"),
  kms: () => import("@aws-deploy-actions/shared/aws/clients/kms"),
  logs: () => import("@aws-deploy-actions/shared/aws/clients/logs"),
  iam: () => import("@aws-deploy-actions/shared/aws/clients/iam"),
  ecr: () => import("@aws-deploy-actions/shared/aws/clients/ecr"),
  cloudtrail: () => import("@aws-deploy-actions/shared/aws/clients/cloudtrail"),
  backup: () => import("@aws-deploy-actions/shared/aws/clients/backup"),
  cloudformation: () => import("@aws-deploy-actions/shared/aws/clients/cloudformation"),
  lambda: () => import("@aws-deploy-actions/shared/aws/clients/lambda"),
  dynamodb: () => import("@aws-deploy-actions/shared/aws/clients/dynamodb"),
  s3: () => import("@aws-deploy-actions/shared/aws/clients/s3"),
  s3control: () => s3Control(emulated),
  tagging: () => import("@aws-deploy-actions/shared/aws/clients/tagging"),
  cloudwatch: () => import("@aws-deploy-actions/shared/aws/clients/cloudwatch"),
  budgets: () => import("@aws-deploy-actions/shared/aws/clients/budgets"),
  acm: () => import("@aws-deploy-actions/shared/aws/clients/acm"),
});

/** AWS and the workspace behind the run's ports. */
export async function connect(config: Config, base: Base): Promise<Ports> {
  const answers: Answered[] = [];
  const opened = await openAws(clients(config.subject.emulated), config.aws, base);
  const aws = recording(opened.aws, (answered) => answers.push(answered));
  const account = async (): Promise<string> => (await opened.identity()).account;
  return {
    identity: opened.identity,
    observe: (needs) => observeWorld(aws, config.subject, account, needs),
    answers: () => answers,
    files: diskFiles(resolve(base.environment["GITHUB_WORKSPACE"] || ".")),
  };
}
