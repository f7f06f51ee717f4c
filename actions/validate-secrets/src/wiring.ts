import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { awsAccess } from "@aws-deploy-actions/shared/secrets/adapters/access";
import { awsHolders } from "@aws-deploy-actions/shared/secrets/adapters/holders";
import { awsSecrets } from "@aws-deploy-actions/shared/secrets/adapters/secrets";
import { logGroupHistory } from "./adapter-history.ts";
import type { Config } from "./inputs.ts";
import type { Ports } from "./ports.ts";

/** The SDK's modules that the action uses, loaded with the first call of each. */
export const clients = {
  secrets: () => import("@aws-sdk/client-secrets-manager"),
  kms: () => import("@aws-sdk/client-kms"),
  iam: () => import("@aws-sdk/client-iam"),
  ecs: () => import("@aws-sdk/client-ecs"),
  lambda: () => import("@aws-sdk/client-lambda"),
  logs: () => import("@aws-sdk/client-cloudwatch-logs"),
};

/** The adapters of a run. */
export const portsOf = (aws: Aws<keyof typeof clients>, config: Config): Ports => ({
  secrets: awsSecrets(aws),
  access: awsAccess(aws),
  holders: awsHolders(aws),
  credentials: { works: async () => "unknown" },
  ...(config.historyLogGroup === undefined ? {} : { history: logGroupHistory(aws, config.historyLogGroup) }),
});
