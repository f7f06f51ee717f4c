import type { CloudClients } from "./clients.ts";
import type { LoadBalancerInfo } from "./load-balancer.ts";

/** The dimension of a load balancer or target group: its ARN's tail (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html). */
export const balancerDimension = (arn: string): string => arn.slice(arn.indexOf(":loadbalancer/") + ":loadbalancer/".length);
export const groupDimension = (arn: string): string => arn.slice(arn.indexOf(":targetgroup/") + 1);

/** One alarm for answers of 5xx and one for slow ones, per colour. */
export async function createAlarms(
  { cloudwatch }: CloudClients,
  names: { readonly application: string; readonly environment: string },
  balancer: LoadBalancerInfo,
): Promise<readonly string[]> {
  const made: string[] = [];
  const [route] = balancer.routes;
  if (route === undefined) return made;
  for (const colour of ["blue", "green"] as const) {
    const common = {
      Namespace: "AWS/ApplicationELB",
      Dimensions: [
        { Name: "LoadBalancer", Value: balancerDimension(balancer.arn) },
        { Name: "TargetGroup", Value: groupDimension(route.targetGroups[colour]) },
      ],
      Period: 60,
      EvaluationPeriods: 5,
      TreatMissingData: "notBreaching",
    };
    const name = (what: string) => `${names.application}-${names.environment}-${colour}-${what}`;
    await cloudwatch.putMetricAlarm({
      ...common,
      AlarmName: name("errors"),
      MetricName: "HTTPCode_Target_5XX_Count",
      Statistic: "Sum",
      Threshold: 1000,
      ComparisonOperator: "GreaterThanThreshold",
    });
    await cloudwatch.putMetricAlarm({
      ...common,
      AlarmName: name("response-time"),
      MetricName: "TargetResponseTime",
      ExtendedStatistic: "p95",
      Threshold: 5,
      ComparisonOperator: "GreaterThanThreshold",
    });
    made.push(name("errors"), name("response-time"));
  }
  return made;
}
