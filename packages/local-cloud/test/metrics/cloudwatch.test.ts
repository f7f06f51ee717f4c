import { join } from "node:path";
import { jest } from "@jest/globals";
import { cloudClients } from "../../src/environment/clients.ts";
import { createEnvironment } from "../../src/environment/create.ts";
import { type LocalCloud, startLocalCloud } from "../../src/start.ts";

// A machine that does much else at the same time may take long to start all this.
jest.setTimeout(120_000);

let cloud: LocalCloud;
beforeAll(async () => {
  const folder = join(import.meta.dirname, "..", "app");
  cloud = await startLocalCloud({
    timeFactor: 100,
    autoscaling: 20,
    images: [{ repository: "app", tag: "v1", folder, command: ["node", "app.js", "one"] }],
  });
});
afterAll(() => cloud.stop());

test("traffic becomes metrics, metrics become alarms, and the autoscaler fights what is not suspended", async () => {
  const image = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/app:v1`;
  const containers = [{ name: "app", image, port: 8080, healthCheckPath: "/health" }];
  const environment = await createEnvironment(cloud, { containers, desiredCount: 1 });
  const clients = cloudClients(cloud);
  const dimensions = [{ Name: "LoadBalancer", Value: environment.loadBalancerArn.split(":loadbalancer/")[1] }];
  const alarm = {
    Namespace: "AWS/ApplicationELB",
    MetricName: "RequestCount",
    Dimensions: dimensions,
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 5,
  };
  await clients.cloudwatch.putMetricAlarm({ ...alarm, AlarmName: "busy", Statistic: "Sum", ComparisonOperator: "GreaterThanThreshold" });
  const metric = (MetricName: string) => ({ Namespace: "AWS/ApplicationELB", MetricName, Dimensions: dimensions });
  const query = (Id: string, MetricName: string, Stat: string) => ({ Id, MetricStat: { Metric: metric(MetricName), Period: 60, Stat } });
  const look = () =>
    clients.cloudwatch.getMetricData({
      StartTime: new Date((cloud.clock.now() - 1800) * 1000),
      EndTime: new Date(cloud.clock.now() * 1000),
      ScanBy: "TimestampAscending",
      MetricDataQueries: [
        query("requests", "RequestCount", "Sum"),
        query("slow", "TargetResponseTime", "p95"),
        query("errors", "HTTPCode_Target_5XX_Count", "Sum"),
        { Id: "rate", Expression: "100 * FILL(errors, 0) / requests" },
      ],
    });
  expect((await look()).MetricDataResults?.map(({ Values }) => Values)).toEqual([[], [], [], []]);
  for (let request = 0; request < 20; request++) await fetch(environment.urls[request % 2] ?? "");
  await clients.ecs.updateService({ cluster: environment.cluster, service: environment.services.green, desiredCount: 0 });
  await clients.ecs.updateService({ cluster: environment.cluster, service: environment.services.blue, desiredCount: 0 });
  const end = Date.now() + 60_000;
  const states: (string | undefined)[] = [];
  let sums: readonly number[] = [];
  while (Date.now() < end && !(states.includes("busy ALARM") && sums.reduce((a, b) => a + b, 0) >= 20)) {
    const [requests, slow, errors, rate] = (await look()).MetricDataResults ?? [];
    sums = requests?.Values ?? [];
    expect([errors?.Values, slow?.Values?.length, rate?.Values]).toEqual([[], sums.length, sums.map(() => 0)]);
    const { MetricAlarms = [] } = await clients.cloudwatch.describeAlarms({});
    states.push(...MetricAlarms.map(({ AlarmName, StateValue }) => `${AlarmName} ${StateValue}`));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(sums.reduce((a, b) => a + b, 0)).toBe(20);
  expect(states).toContain("busy ALARM");
  // Metric math over requests without errors: 0 %.
  expect(states).toContain("shop-staging-error-rate OK");
  expect(states).not.toContain("shop-staging-error-rate ALARM");
  const listed = () => clients.cloudwatch.listMetrics({ Namespace: "AWS/ApplicationELB", MetricName: "RequestCount" });
  while (Date.now() < end && (await listed()).Metrics?.length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await listed()).Metrics?.length).toBeGreaterThan(0);
  const { services = [] } = await clients.ecs.describeServices({
    cluster: environment.cluster,
    services: Object.values(environment.services),
  });
  // Blue's minimum is one; green's scaling is suspended, as for a drained colour.
  expect(services.map(({ desiredCount }) => desiredCount)).toEqual([1, 0]);
  for (const client of Object.values(clients)) client.destroy();
});
