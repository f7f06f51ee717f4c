// Alarms of infra/alarms.yaml where alarms are evaluated, and a deployment whose users, tasks and load balancer are those of the local cloud.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { exampleContainers, exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { type LocalCloud, startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { jest } from "@jest/globals";
import { runAction, shown } from "../support/run-action.ts";
import { clientSettings, deploy } from "./stack.ts";

jest.setTimeout(240_000);

const region = "us-east-1";
let watched: Ministack;
let cloud: LocalCloud;
let url: string;

beforeAll(async () => {
  watched = await startMinistack({ region });
  await deploy(watched, "alarms", "alarms", {
    Application: "shop",
    Environment: "staging",
    EnvironmentClass: "non-production",
    LogsKeyArn: "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555",
    LoadBalancerFullName: "app/shop-alb-staging/50dc6c495c0c9188",
    FunctionName: "shop-api-staging",
  });
  // In real time, since the alarms are: compressed time would run ahead of the moment in which they fire.
  cloud = await startLocalCloud({ timeFactor: 1, region, images: exampleImages() });
  const environment = await createEnvironment(cloud, { containers: exampleContainers(cloud, "v1"), alarms: false });
  url = environment.urls[0] ?? "";
});
afterAll(async () => {
  await cloud?.stop();
  await watched?.stop();
});

const cloudWatch = () => new CloudWatchClient(clientSettings(watched));
const alarm = async (name: string) => (await cloudWatch().send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms?.[0];

test("metric data beyond the threshold fires the alarm, and the deployment in whose window it fires goes back", async () => {
  const name = "shop-staging-response-time";
  const { Namespace, MetricName, Dimensions } = (await alarm(name)) ?? {};
  const put = (values: readonly number[]) =>
    cloudWatch().send(new PutMetricDataCommand({ Namespace, MetricData: values.map((Value) => ({ MetricName, Dimensions, Value })) }));
  let begun: Promise<unknown> | undefined;
  const deployed = await runAction(
    "blue-green-deploy",
    mkdtempSync(join(tmpdir(), "alarm-")),
    // A key of twelve digits is the account where the alarms are; the local cloud knows one account alone.
    { ...cloud.environment, AWS_ENDPOINT_URL_CLOUDWATCH: watched.endpoint, AWS_ACCESS_KEY_ID: "111111111111" },
    {
      application: "shop",
      environment: "staging",
      "health-checks": `frontend ${url}/api/health $.status=ok`,
      images: ["frontend", "backend"]
        .map((one) => `${one}=${cloud.accountId}.dkr.ecr.${region}.amazonaws.com/containers-app:v2`)
        .join("\n"),
      "rollback-window": "10",
      "on-inconclusive": "proceed",
    },
    (line) => {
      if (/\b100 % of new connections to green/.test(line)) begun ??= put([6, 6, 6]);
    },
  );
  await begun;
  expect((await alarm(name))?.StateValue).toBe("ALARM");
  expect(shown(deployed)).toMatch(/^rolled-back: .*shop-staging-response-time/);
  expect(deployed.outputs["traffic-on"]).toBe("blue");
  expect((await (await fetch(`${url}/`)).json()) as object).toMatchObject({ version: "v1" });
});
