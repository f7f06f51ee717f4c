import type { Toolbox } from "@aws-deploy-actions/rollout/toolbox";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import type { RunContext } from "@aws-deploy-actions/shared/github/context";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import type { Config } from "../inputs.ts";
import type { Prepared } from "../prepare.ts";
import { type Findings, nothing } from "../tools.ts";
import { alarms } from "./checks/alarms.ts";
import { olderCommit } from "./checks/commits.ts";
import { type DataStoresPorts, dataStores } from "./checks/data-stores.ts";
import { errorLines } from "./checks/log-lines.ts";
import { permissions } from "./checks/permissions.ts";
import { quota } from "./checks/quota.ts";
import { secrets } from "./checks/secrets.ts";
import { subnetAddresses } from "./checks/subnets.ts";

/** Everything that can be looked at before a deployment besides what locating it has shown. All at once; all findings together. */
export async function preflight(
  aws: Aws<"cloudwatch" | "secrets" | "quotas" | "iam" | "ec2">,
  tools: Toolbox,
  stores: DataStoresPorts,
  prepared: Prepared,
  config: Config,
  context: RunContext,
): Promise<Findings> {
  const all = await Promise.all([
    unanswered("alarms", "cloudwatch:DescribeAlarms", alarms(aws, config)),
    unanswered("secrets", "secretsmanager:DescribeSecret", secrets(aws, prepared.after)),
    unanswered("the Fargate quota", "servicequotas:GetServiceQuota", quota(aws, prepared, config)),
    unanswered("free addresses of the subnets", "ec2:DescribeSubnets", subnetAddresses(aws, prepared, config)),
    unanswered("database and Redis", "secretsmanager:GetSecretValue", dataStores(stores, prepared, config)),
    unanswered("permissions", "iam:SimulatePrincipalPolicy", permissions(aws, tools, prepared)),
    unanswered("order of commits", "contents: read", olderCommit(tools, prepared, config, context)),
    unanswered("error lines", "logs:FilterLogEvents", errorLines(tools, prepared, config)),
  ]);
  return {
    problems: all.flatMap((one) => one.problems),
    warnings: all.flatMap((one) => one.warnings),
    notes: all.flatMap((one) => one.notes),
  };
}

/** A check that AWS does not answer is named: not made is not passed. */
async function unanswered(what: string, permission: string, check: Promise<Findings>): Promise<Findings> {
  try {
    return await check;
  } catch (error) {
    if (causeKind(error) === "denied")
      return {
        ...nothing,
        notes: [`Not checked: ${what} (the role lacks ${permission}, which infra/policies/blue-green-deploy.json has)`],
      };
    return { ...nothing, notes: [`Not checked: ${what} (${problemsOf(error)[0]?.what ?? "no answer"})`] };
  }
}
