import type { Toolbox } from "@aws-deploy-actions/rollout/toolbox";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import type { RunContext } from "@aws-deploy-actions/shared/github/context";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import type { Config } from "../inputs.ts";
import type { Prepared } from "../prepare.ts";
import { type Findings, nothing } from "../tools.ts";
import { alarms } from "./checks/alarms.ts";
import { olderCommit } from "./checks/commits.ts";
import { errorLines } from "./checks/log-lines.ts";
import { permissions } from "./checks/permissions.ts";
import { quota } from "./checks/quota.ts";
import { secrets } from "./checks/secrets.ts";

/** Everything that can be looked at before a deployment besides what locating it has shown. All at once; all findings together. */
export async function preflight(
  aws: Aws<"cloudwatch" | "secrets" | "quotas" | "iam">,
  tools: Toolbox,
  prepared: Prepared,
  config: Config,
  context: RunContext,
): Promise<Findings> {
  const all = await Promise.all([
    unanswered("alarms", alarms(aws, config)),
    unanswered("secrets", secrets(aws, prepared.after)),
    unanswered("the Fargate quota", quota(aws, prepared, config)),
    unanswered("permissions", permissions(aws, tools, prepared)),
    unanswered("order of commits", olderCommit(tools, prepared, config, context)),
    unanswered("error lines", errorLines(tools, prepared, config)),
  ]);
  return {
    problems: all.flatMap((one) => one.problems),
    warnings: all.flatMap((one) => one.warnings),
    notes: all.flatMap((one) => one.notes),
  };
}

/** A check that AWS does not answer is named: not made is not passed. */
async function unanswered(what: string, check: Promise<Findings>): Promise<Findings> {
  try {
    return await check;
  } catch (error) {
    return { ...nothing, notes: [`Not checked: ${what} (${problemsOf(error)[0]?.what ?? "no answer"})`] };
  }
}
