import type { VirtualAccount } from "./account.ts";
import type { GroupMinute } from "./minutes.ts";

type Handler = (account: VirtualAccount, input: Readonly<Record<string, unknown>>) => unknown;

interface Query {
  readonly Id: string;
  readonly MetricStat?: {
    readonly Metric: { readonly MetricName: string; readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[] };
    readonly Stat: string;
  };
}

/** What one metric shows of a minute; undefined where CloudWatch would have no data point: it shows no zeros. */
const readings: Readonly<Record<string, (minute: Readonly<GroupMinute>) => number | undefined>> = {
  RequestCount: ({ requests }) => requests || undefined,
  HTTPCode_Target_5XX_Count: ({ errors }) => errors || undefined,
  TargetConnectionErrorCount: ({ connectionErrors }) => connectionErrors || undefined,
  TargetResponseTime: ({ requests, latency }) => (requests > 0 ? latency : undefined),
  HTTPCode_ELB_5XX_Count: ({ connectionErrors }) => connectionErrors || undefined,
};

/** CloudWatch's side of the virtual account. */
export const metricHandlers: Readonly<Record<string, Handler>> = {
  "cloudwatch:GetMetricData": (account, { MetricDataQueries, StartTime, EndTime }) => {
    const [from, to] = [(StartTime as Date).getTime() / 1000, (EndTime as Date).getTime() / 1000];
    const results = (MetricDataQueries as readonly Query[]).map((query) => {
      const metric = query.MetricStat?.Metric;
      const group = metric?.Dimensions?.find((one) => one.Name === "TargetGroup")?.Value;
      const arns = Object.values(account.groups).filter((arn) => group === undefined || arn.endsWith(group));
      const reading = readings[metric?.MetricName ?? ""];
      const sums = new Map<number, number>();
      for (const [start, minute] of arns.flatMap((arn) => account.world.minutes.read(arn, from, to, account.now))) {
        const value = reading?.(minute);
        if (value !== undefined)
          sums.set(
            start,
            metric?.MetricName === "TargetResponseTime" ? Math.max(value, sums.get(start) ?? 0) : value + (sums.get(start) ?? 0),
          );
      }
      const points = [...sums].sort(([a], [b]) => a - b);
      return {
        Id: query.Id,
        StatusCode: "Complete",
        Timestamps: points.map(([start]) => new Date(start * 1000)),
        Values: points.map(([, value]) => value),
      };
    });
    return { MetricDataResults: results };
  },
  "cloudwatch:DescribeAlarms": (account, { AlarmNames, AlarmNamePrefix }) => ({
    MetricAlarms: [...account.alarms]
      .filter(([name]) => (Array.isArray(AlarmNames) ? AlarmNames.includes(name) : name.startsWith(String(AlarmNamePrefix ?? ""))))
      .map(([name, { state, since }]) => ({
        AlarmName: name,
        StateValue: state,
        StateReason: "threshold crossed",
        StateUpdatedTimestamp: new Date(since * 1000),
      })),
    CompositeAlarms: [],
  }),
};
