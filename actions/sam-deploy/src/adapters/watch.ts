import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import type { DeploymentInfo } from "@aws-sdk/client-codedeploy";
import type { AlarmState, GradualDeployment, WatchPort } from "../ports.ts";

type WatchAws = Aws<"cloudwatch" | "codedeploy">;

/** DescribeAlarms takes so many names: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const alarmsPerCall = 100;

/** What is looked at around a change: alarms and gradual deployments. */
export function watchAws(aws: WatchAws): WatchPort {
  return {
    alarms: async (names) => {
      const found: AlarmState[] = [];
      for (let at = 0; at < names.length; at += alarmsPerCall) {
        const AlarmNames = names.slice(at, at + alarmsPerCall);
        const answer = await aws.cloudwatch((sdk) => new sdk.DescribeAlarmsCommand({ AlarmNames, MaxRecords: alarmsPerCall }));
        for (const { AlarmName = "", StateValue = "INSUFFICIENT_DATA", StateUpdatedTimestamp } of answer.MetricAlarms ?? [])
          found.push({ name: AlarmName, state: StateValue, since: (StateUpdatedTimestamp?.getTime() ?? 0) / 1000 });
      }
      return found;
    },
    gradualDeployments: (application, since) => gradual(aws, application, since),
  };
}

async function gradual(aws: WatchAws, application: string, since: number): Promise<readonly GradualDeployment[]> {
  const groups = await aws.codedeploy((sdk) => new sdk.ListDeploymentGroupsCommand({ applicationName: application }));
  const lists = await Promise.all(
    (groups.deploymentGroups ?? []).map((deploymentGroupName) =>
      aws.codedeploy(
        (sdk) =>
          new sdk.ListDeploymentsCommand({
            applicationName: application,
            deploymentGroupName,
            createTimeRange: { start: new Date(since * 1000) },
          }),
      ),
    ),
  );
  const ids = lists.flatMap(({ deployments = [] }) => deployments).slice(0, 25);
  if (ids.length === 0) return [];
  const { deploymentsInfo = [] } = await aws.codedeploy((sdk) => new sdk.BatchGetDeploymentsCommand({ deploymentIds: ids }));
  return await Promise.all(deploymentsInfo.map((info) => deploymentSeen(aws, info)));
}

async function deploymentSeen(aws: WatchAws, info: DeploymentInfo): Promise<GradualDeployment> {
  const { deploymentId = "", status = "", deploymentGroupName = "", errorInformation, rollbackInfo } = info;
  const reason = errorInformation?.message ?? rollbackInfo?.rollbackMessage;
  return {
    id: deploymentId,
    status,
    group: deploymentGroupName,
    percent: status === "InProgress" ? await share(aws, deploymentId) : undefined,
    reason: reason === undefined || reason === "" ? undefined : reason,
  };
}

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_LambdaFunctionInfo.html */
async function share(aws: WatchAws, deploymentId: string): Promise<number | undefined> {
  const { targetIds = [] } = await aws.codedeploy((sdk) => new sdk.ListDeploymentTargetsCommand({ deploymentId }));
  if (targetIds.length === 0) return undefined;
  const { deploymentTargets = [] } = await aws.codedeploy((sdk) => new sdk.BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }));
  return deploymentTargets[0]?.lambdaTarget?.lambdaFunctionInfo?.targetVersionWeight;
}
