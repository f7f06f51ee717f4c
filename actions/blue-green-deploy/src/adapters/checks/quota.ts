import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { problem } from "@aws-deploy-actions/shared/problems";
import type { Config } from "../../inputs.ts";
import type { Prepared } from "../../prepare.ts";
import { type Findings, nothing } from "../../tools.ts";
import { newTasks } from "./counts.ts";

/** Fargate On-Demand vCPU resource count: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const fargateQuota = { ServiceCode: "fargate", QuotaCode: "L-3032A538" };

/** Both colours run at once for a while; an account's quota has to hold them. Other services of the account count too, and are not seen here. */
export async function quota(aws: Aws<"quotas">, prepared: Prepared, config: Config): Promise<Findings> {
  const { environment, active, target, after } = prepared;
  if (!environment.services[target].launchType.startsWith("FARGATE")) return nothing;
  const answer = await aws.quotas((sdk) => new sdk.GetServiceQuotaCommand(fargateQuota));
  const allowed = answer.Quota?.Value;
  const perTask = Number(after["cpu"] ?? 0) / 1024;
  const needed = perTask * (environment.services[active].running + newTasks(prepared, config));
  if (allowed === undefined || needed <= allowed) return nothing;
  const what = `Both colours together need ${needed} vCPU, and the account's Fargate quota is ${allowed}.`;
  const mend = `aws service-quotas request-service-quota-increase --service-code fargate --quota-code ${fargateQuota.QuotaCode} --desired-value ${Math.ceil(needed)}`;
  return { ...nothing, problems: [problem("deployment", what, mend)] };
}
