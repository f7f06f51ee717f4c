import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { loginChecks } from "@aws-deploy-actions/shared/health/database/adapter-login";
import { awsAccess } from "@aws-deploy-actions/shared/secrets/adapters/access";
import { awsHolders } from "@aws-deploy-actions/shared/secrets/adapters/holders";
import { awsSecrets } from "@aws-deploy-actions/shared/secrets/adapters/secrets";
import { logGroupHistory } from "./adapter-history.ts";
import type { Config } from "./inputs.ts";
import type { Ports } from "./ports.ts";

/** The SDK's modules that the action uses, loaded with the first call of each. */
export const clients = {
  secrets: () => import("@aws-deploy-actions/shared/aws/clients/secrets"),
  kms: () => import("@aws-deploy-actions/shared/aws/clients/kms"),
  iam: () => import("@aws-deploy-actions/shared/aws/clients/iam"),
  ecs: () => import("@aws-deploy-actions/shared/aws/clients/ecs"),
  lambda: () => import("@aws-deploy-actions/shared/aws/clients/lambda"),
  logs: () => import("@aws-deploy-actions/shared/aws/clients/logs"),
};

/** Seconds for a login that shows whether a credential still works. */
const loginTimeout = 10;

/** The adapters of a run. */
export const portsOf = (aws: Aws<keyof typeof clients>, config: Config, { clock, runner }: Pick<Base, "clock" | "runner">): Ports => ({
  secrets: awsSecrets(aws),
  access: awsAccess(aws),
  holders: awsHolders(aws),
  credentials: loginChecks(awsSecrets(aws), { clock, timeout: loginTimeout, ca: config.ca, mask: (part) => runner.mask(part) }),
  ...(config.historyLogGroup === undefined ? {} : { history: logGroupHistory(aws, config.historyLogGroup) }),
});
