import type { CompositeAlarm, MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { oneLine } from "../text/sanitise.ts";
import type { Aws, CallOptions } from "./connect.ts";
import type { AlarmSeen } from "./metrics-types.ts";

export interface WatchedAlarms {
  readonly names: readonly string[];
  /** All alarms whose names begin so; undefined for none. */
  readonly prefix: string | undefined;
}

/** The page limit of DescribeAlarms, and the most names it takes. */
const page = 100;

/** The watched alarms as they are now, metric and composite ones; those that were named and do not exist are `missing`. */
export async function describeAlarms(
  aws: Pick<Aws<"cloudwatch">, "cloudwatch">,
  watched: WatchedAlarms,
  options: CallOptions,
): Promise<readonly AlarmSeen[]> {
  const selections = [
    ...Array.from({ length: Math.ceil(watched.names.length / page) }, (_, index) => ({
      AlarmNames: watched.names.slice(index * page, (index + 1) * page),
    })),
    ...(watched.prefix === undefined ? [] : [{ AlarmNamePrefix: watched.prefix }]),
  ];
  const found = new Map<string, AlarmSeen>();
  for (const selection of selections) {
    let NextToken: string | undefined;
    do {
      const answer = await aws.cloudwatch(
        (sdk) =>
          new sdk.DescribeAlarmsCommand({
            ...selection,
            // Without this, composite alarms are left out silently: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
            AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
            MaxRecords: page,
            ...(NextToken === undefined ? {} : { NextToken }),
          }),
        options,
      );
      for (const alarm of [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])]) {
        const seen = alarmSeen(alarm);
        found.set(seen.name, seen);
      }
      NextToken = answer.NextToken;
    } while (NextToken !== undefined && NextToken !== "");
  }
  const missing = watched.names.filter((name) => !found.has(name));
  return [...found.values(), ...missing.map((name): AlarmSeen => ({ name, state: "missing", since: undefined, reason: undefined }))];
}

function alarmSeen(alarm: MetricAlarm | CompositeAlarm): AlarmSeen {
  // StateUpdatedTimestamp also moves when only the reason changes.
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    name: alarm.AlarmName ?? "",
    state: alarm.StateValue === "ALARM" ? "alarm" : alarm.StateValue === "OK" ? "ok" : "insufficient-data",
    since: since === undefined ? undefined : since.getTime() / 1000,
    reason: alarm.StateReason === undefined ? undefined : oneLine(alarm.StateReason, 300),
  };
}
