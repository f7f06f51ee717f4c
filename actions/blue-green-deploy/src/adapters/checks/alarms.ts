import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { problem } from "@aws-deploy-actions/shared/problems";
import type { Config } from "../../inputs.ts";
import type { Findings } from "../../tools.ts";

/** An alarm that fires before anything was changed would roll back a version that has nothing to do with it. */
export async function alarms(aws: Aws<"cloudwatch">, { given }: Config): Promise<Findings> {
  const which =
    given.alarms.length > 0 ? { AlarmNames: [...given.alarms] } : { AlarmNamePrefix: `${given.application}-${given.environment}-` };
  const answer = await aws.cloudwatch((sdk) => new sdk.DescribeAlarmsCommand({ ...which, AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }));
  const found = [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])];
  const missing = given.alarms.filter((name) => !found.some((alarm) => alarm.AlarmName === name));
  return {
    problems: missing.map((name) =>
      problem("deployment", `The alarm ${name} does not exist.`, `aws cloudwatch describe-alarms --query 'MetricAlarms[].AlarmName'`),
    ),
    warnings: found
      .filter((alarm) => alarm.StateValue === "ALARM")
      .map((alarm) =>
        problem(
          "deployment",
          `The alarm ${alarm.AlarmName} fires already: ${alarm.StateReason ?? ""}`,
          "Mend what it warns of, or go on in spite of it with force: true",
        ),
      ),
    notes: [],
  };
}
