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
  ecs: () => import("@aws-sdk/client-ecs"),
  elb: () => import("@aws-sdk/client-elastic-load-balancing-v2"),
  wafv2: () => import("@aws-sdk/client-wafv2"),
  rds: () => import("@aws-sdk/client-rds"),
  elasticache: () => import("@aws-sdk/client-elasticache"),
  ec2: () => import("@aws-sdk/client-ec2"),
  secrets: () => import("@aws-sdk/client-secrets-manager"),
  kms: () => import("@aws-sdk/client-kms"),
  logs: () => import("@aws-sdk/client-cloudwatch-logs"),
  iam: () => import("@aws-sdk/client-iam"),
  ecr: () => import("@aws-sdk/client-ecr"),
  cloudtrail: () => import("@aws-sdk/client-cloudtrail"),
  backup: () => import("@aws-sdk/client-backup"),
  cloudformation: () => import("@aws-sdk/client-cloudformation"),
  lambda: () => import("@aws-sdk/client-lambda"),
  dynamodb: () => import("@aws-sdk/client-dynamodb"),
  s3: () => import("@aws-sdk/client-s3"),
  s3control: () => s3Control(emulated),
  tagging: () => import("@aws-sdk/client-resource-groups-tagging-api"),
  cloudwatch: () => import("@aws-sdk/client-cloudwatch"),
  budgets: () => import("@aws-sdk/client-budgets"),
  acm: () => import("@aws-sdk/client-acm"),
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
