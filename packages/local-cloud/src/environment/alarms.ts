import type { CloudClients } from "./clients.ts";
import type { LoadBalancerInfo } from "./load-balancer.ts";

/** The two alarms that a deployment rolls back on, as infra/alarms.yaml makes them: their names are those that the actions look for. */
export async function createAlarms(
  { cloudwatch }: CloudClients,
  names: { readonly application: string; readonly environment: string },
  balancer: LoadBalancerInfo,
): Promise<readonly string[]> {
  const name = (what: string) => `${names.application}-${names.environment}-${what}`;
  const Dimensions = [{ Name: "LoadBalancer", Value: balancerDimension(balancer.arn) }];
  const lasting = {
    EvaluationPeriods: 5,
    DatapointsToAlarm: 5,
    ComparisonOperator: "GreaterThanThreshold",
    TreatMissingData: "missing",
  } as const;
  const sum = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: "AWS/ApplicationELB", MetricName, Dimensions }, Period: 60, Stat: "Sum" },
  });
  await cloudwatch.putMetricAlarm({
    ...lasting,
    AlarmName: name("error-rate"),
    AlarmDescription: "More than 10 % of the requests fail, for 5 minutes. Roll back.",
    Threshold: 10,
    Metrics: [
      {
        Id: "rate",
        Label: "Failed requests in percent",
        Expression: "100 * (FILL(targets, 0) + FILL(balancer, 0)) / (FILL(requests, 0) + FILL(balancer, 0))",
        ReturnData: true,
      },
      sum("requests", "RequestCount"),
      sum("targets", "HTTPCode_Target_5XX_Count"),
      sum("balancer", "HTTPCode_ELB_5XX_Count"),
    ],
  });
  await cloudwatch.putMetricAlarm({
    ...lasting,
    AlarmName: name("response-time"),
    AlarmDescription: "One request in twenty takes longer than 5 seconds, for 5 minutes. Roll back.",
    Namespace: "AWS/ApplicationELB",
    MetricName: "TargetResponseTime",
    Dimensions,
    ExtendedStatistic: "p95",
    Period: 60,
    Threshold: 5,
  });
  return [name("error-rate"), name("response-time")];
}

/** A load balancer's dimension is its ARN's tail: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
const balancerDimension = (arn: string): string => arn.slice(arn.indexOf(":loadbalancer/") + ":loadbalancer/".length);
