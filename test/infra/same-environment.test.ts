// The demo and most tests run in an environment that the local cloud sets up by API calls, users in one that the templates make.
// Both are read through the same calls here, and have to agree in all that a deployment looks at.

import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { type LocalCloud, startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { deployAll } from "./landscape.ts";
import { clientSettings } from "./stack.ts";

interface Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

let made: { readonly cloud: Ministack; readonly settings: Settings };
let local: { readonly cloud: LocalCloud; readonly settings: Settings };
beforeAll(async () => {
  const ministack = await startMinistack();
  await deployAll(ministack, "non-production");
  made = { cloud: ministack, settings: clientSettings(ministack) };
  const cloud = await startLocalCloud({ images: exampleImages() });
  const image = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:v1`;
  await createEnvironment(cloud, {
    containers: [
      { name: "app", image, port: 3000, healthCheckPath: "/api/health" },
      { name: "api", image, port: 8000, healthCheckPath: "/health", paths: ["/backend/*"] },
    ],
    attachInactive: true,
    healthCheck: { interval: 10, timeout: 5, healthy: 2, unhealthy: 3 },
    deregistrationDelay: 60,
    desiredCount: 1,
    wait: false,
  });
  local = {
    cloud,
    settings: { endpoint: cloud.endpoint, region: cloud.region, credentials: { accessKeyId: "localcloud", secretAccessKey: "local" } },
  };
}, 180_000);
afterAll(() => Promise.all([made?.cloud.stop(), local?.cloud.stop()]));

/** What `read` finds in the environment of the templates, and in the local cloud's. */
const both = async <T>(read: (settings: Settings) => Promise<T>): Promise<readonly [T, T]> =>
  Promise.all([read(made.settings), read(local.settings)]);

async function targetGroups(settings: Settings): Promise<readonly TargetGroup[]> {
  const { TargetGroups = [] } = await new ElasticLoadBalancingV2Client(settings).send(new DescribeTargetGroupsCommand({}));
  return TargetGroups;
}

test("the load balancer", async () => {
  const [ours, theirs] = await both(async (settings) => {
    const elb = new ElasticLoadBalancingV2Client(settings);
    const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({ Names: ["shop-alb-staging"] }));
    return LoadBalancers.map(({ LoadBalancerName, Scheme, Type, AvailabilityZones = [] }) => [
      LoadBalancerName,
      Scheme,
      Type,
      AvailabilityZones.length,
    ]);
  });
  expect(ours).toEqual([["shop-alb-staging", "internet-facing", "application", 2]]);
  expect(theirs).toEqual(ours);
});

test("the target groups, their health checks and their drain", async () => {
  const [ours, theirs] = await both(async (settings) => {
    const elb = new ElasticLoadBalancingV2Client(settings);
    const rows = (await targetGroups(settings)).map(async (group) => {
      const { Attributes = [] } = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: group.TargetGroupArn }));
      const attribute = (key: string) => Attributes.find(({ Key }) => Key === key)?.Value;
      const { Port, Protocol, TargetType, HealthCheckPath, HealthCheckIntervalSeconds, HealthCheckTimeoutSeconds, Matcher } = group;
      return {
        ...{ Port: Number(Port), Protocol, TargetType, HealthCheckPath, HealthCheckIntervalSeconds, HealthCheckTimeoutSeconds, Matcher },
        ...{ HealthyThresholdCount: group.HealthyThresholdCount, UnhealthyThresholdCount: group.UnhealthyThresholdCount },
        drain: attribute("deregistration_delay.timeout_seconds"),
        sticky: attribute("stickiness.enabled") ?? "false",
      };
    });
    return (await Promise.all(rows)).sort((a, b) => a.Port - b.Port);
  });
  expect(ours).toHaveLength(4);
  expect(theirs).toEqual(ours);
});

test("what routes users to the pair: one route for each container, all traffic on blue", async () => {
  const [ours, theirs] = await both(async (settings) => {
    const elb = new ElasticLoadBalancingV2Client(settings);
    const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({ Names: ["shop-alb-staging"] }));
    const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn }));
    const groups = await targetGroups(settings);
    const port = (arn: string | undefined) => Number(groups.find((group) => group.TargetGroupArn === arn)?.Port);
    const rules = await Promise.all(Listeners.map((listener) => elb.send(new DescribeRulesCommand({ ListenerArn: listener.ListenerArn }))));
    const actions = rules
      .flatMap(({ Rules = [] }) => Rules.flatMap((rule) => rule.Actions ?? []))
      .filter((action) => action.Type === "forward");
    return actions.map((action) => port(action.TargetGroupArn ?? action.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn)).sort();
  });
  // The emulator of stacks keeps the first target group of a weighted action alone; environment.test.ts has the weights.
  expect(ours).toEqual([3000, 8000]);
  expect(theirs).toEqual(ours);
});

test.each(["blue", "green"])("the service %s", async (colour) => {
  const [ours, theirs] = await both(async (settings) => {
    const ecs = new ECSClient(settings);
    const { services = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster: "shop-staging", services: [`shop-${colour}-staging`] }),
    );
    const groups = await targetGroups(settings);
    return services.map((service) => ({
      name: service.serviceName,
      controller: service.deploymentController?.type ?? "ECS",
      launchType: service.launchType,
      percent: [service.deploymentConfiguration?.minimumHealthyPercent, service.deploymentConfiguration?.maximumPercent],
      publicAddress: service.networkConfiguration?.awsvpcConfiguration?.assignPublicIp,
      subnets: service.networkConfiguration?.awsvpcConfiguration?.subnets?.length,
      securityGroups: service.networkConfiguration?.awsvpcConfiguration?.securityGroups?.length,
      family: service.taskDefinition?.replace(/^.*\/(.*):\d+$/, "$1"),
      balanced: service.loadBalancers?.map(({ containerName, containerPort, targetGroupArn }) => [
        containerName,
        Number(containerPort),
        Number(groups.find((group) => group.TargetGroupArn === targetGroupArn)?.Port),
      ]),
    }));
  });
  expect(ours).toHaveLength(1);
  expect(theirs).toEqual(ours);
});

test("the task definition", async () => {
  const [ours, theirs] = await both(async (settings) => {
    const { taskDefinition } = await new ECSClient(settings).send(new DescribeTaskDefinitionCommand({ taskDefinition: "shop-staging" }));
    return {
      family: taskDefinition?.family,
      networkMode: taskDefinition?.networkMode,
      requiresCompatibilities: taskDefinition?.requiresCompatibilities,
      containers: taskDefinition?.containerDefinitions?.map((one) => [
        one.name,
        one.essential,
        one.portMappings?.map(({ containerPort, protocol }) => [Number(containerPort), protocol]),
        one.logConfiguration?.logDriver,
      ]),
    };
  });
  expect(theirs).toEqual(ours);
});

test("the alarms that a deployment rolls back on", async () => {
  const [ours, theirs] = await both(async (settings) => {
    const { MetricAlarms = [] } = await new CloudWatchClient(settings).send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: "shop-staging-" }),
    );
    return MetricAlarms.filter((alarm) => alarm.AlarmName !== "shop-staging-function-errors").map((alarm) => ({
      name: alarm.AlarmName,
      description: alarm.AlarmDescription,
      threshold: alarm.Threshold,
      comparison: alarm.ComparisonOperator,
      periods: [alarm.DatapointsToAlarm, alarm.EvaluationPeriods],
      missing: alarm.TreatMissingData,
    }));
  });
  expect(ours.map(({ name }) => name)).toEqual(["shop-staging-error-rate", "shop-staging-response-time"]);
  expect(theirs).toEqual(ours);
});

test("the log of the first container, and the secret", async () => {
  const [ours, theirs] = await both(async (settings) => {
    const logGroupNamePrefix = "/aws/shop/app-staging";
    const { logGroups = [] } = await new CloudWatchLogsClient(settings).send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
    const secret = await new SecretsManagerClient(settings).send(new DescribeSecretCommand({ SecretId: "shop-staging" }));
    return [...logGroups.map((group) => [group.logGroupName, group.retentionInDays]), secret.Name];
  });
  expect(ours).toEqual([["/aws/shop/app-staging", 30], "shop-staging"]);
  expect(theirs).toEqual(ours);
});
