import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { ConfirmSubscriptionCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { mathNamespace } from "./emulated.ts";
import { certificateArn } from "./landscape.ts";
import { evaluate } from "./metric-math.ts";
import { resolveResources } from "./resolve.ts";
import { clientSettings, deploy, type Stack } from "./stack.ts";
import { type JsonMap, loadTemplate } from "./template.ts";

const given = {
  Application: "shop",
  Environment: "prod",
  EnvironmentClass: "production",
  LogsKeyArn: "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555",
  LoadBalancerFullName: "app/shop-alb-prod/50dc6c495c0c9188",
  DatabaseId: "shop-prod",
  CacheId: "shop-prod",
  CertificateArn: certificateArn,
  FunctionName: "shop-api-prod",
  TableName: "shop-table-prod",
};

let cloud: Ministack;
let stack: Stack;
let listener: Server;
const messages: string[] = [];
const first = "111111111111";
// The emulator does not look at an alarm's dimensions: where two alarms watch one metric, each gets an account with data of its own.
const second = "222222222222";
beforeAll(async () => {
  cloud = await startMinistack();
  stack = await deploy(cloud, "alarms", "alarms", given, first);
  const replica = await deploy(cloud, "alarms", "alarms", given, second);
  listener = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += String(part);
    });
    request.on("end", () => {
      messages.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  await subscribe(first, stack.outputs["TopicArn"] ?? "");
  await subscribe(second, replica.outputs["TopicArn"] ?? "");
}, 120_000);
afterAll(async () => {
  await new Promise((resolve) => listener.close(resolve));
  await cloud.stop();
});

async function subscribe(account: string, TopicArn: string): Promise<void> {
  const Endpoint = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
  const sns = new SNSClient(clientSettings(cloud, account));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "http", Endpoint }));
  const { Token } = JSON.parse(await heard("SubscriptionConfirmation", TopicArn)) as { readonly Token: string };
  await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
}

const client = (account = first) => new CloudWatchClient(clientSettings(cloud, account));
const read = async (name: string, account = first): Promise<MetricAlarm | undefined> =>
  (await client(account).send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms?.[0];

describe("each alarm", () => {
  test.each`
    name                                       | metric                                                     | beyond | comparison                         | minutes
    ${"shop-prod-error-rate"}                  | ${`${mathNamespace} ErrorRate Average`}                    | ${10}  | ${"GreaterThanThreshold"}          | ${5}
    ${"shop-prod-response-time"}               | ${"AWS/ApplicationELB TargetResponseTime p95"}             | ${5}   | ${"GreaterThanThreshold"}          | ${5}
    ${"shop-prod-function-errors"}             | ${"AWS/Lambda Errors Sum"}                                 | ${5}   | ${"GreaterThanThreshold"}          | ${10}
    ${"notify-shop-prod-database-cpu"}         | ${"AWS/RDS CPUUtilization Average"}                        | ${80}  | ${"GreaterThanThreshold"}          | ${10}
    ${"notify-shop-prod-redis-memory"}         | ${"AWS/ElastiCache DatabaseMemoryUsagePercentage Average"} | ${90}  | ${"GreaterThanThreshold"}          | ${5}
    ${"notify-shop-prod-redis-memory-replica"} | ${"AWS/ElastiCache DatabaseMemoryUsagePercentage Average"} | ${90}  | ${"GreaterThanThreshold"}          | ${5}
    ${"notify-shop-prod-certificate-expiry"}   | ${"AWS/CertificateManager DaysToExpiry Minimum"}           | ${30}  | ${"LessThanThreshold"}             | ${1440}
    ${"notify-shop-prod-table-user-errors"}    | ${"AWS/DynamoDB UserErrors Sum"}                           | ${1}   | ${"GreaterThanOrEqualToThreshold"} | ${5}
    ${"notify-shop-prod-table-throttled"}      | ${"AWS/DynamoDB WriteThrottleEvents Sum"}                  | ${1}   | ${"GreaterThanOrEqualToThreshold"} | ${5}
  `(
    "$name watches $metric, $comparison $beyond, for $minutes minutes, and reports to the topic",
    async ({ name, metric, beyond, comparison, minutes }) => {
      const alarm = await read(name);
      expect(`${alarm?.Namespace} ${alarm?.MetricName} ${alarm?.ExtendedStatistic ?? alarm?.Statistic}`).toBe(metric);
      expect(alarm).toMatchObject({ Threshold: beyond, ComparisonOperator: comparison });
      expect(((alarm?.Period ?? 0) * (alarm?.EvaluationPeriods ?? 0)) / 60).toBe(minutes);
      expect(alarm?.DatapointsToAlarm).toBe(alarm?.EvaluationPeriods);
      expect(alarm?.AlarmActions).toEqual([stack.outputs["TopicArn"]]);
      expect(alarm?.OKActions).toEqual([stack.outputs["TopicArn"]]);
    },
  );

  // The emulator adds up the window that an alarm looks at, so each row's values come on top of the ones before.
  test.each`
    name                                       | account   | within       | beyond
    ${"shop-prod-error-rate"}                  | ${first}  | ${[10]}      | ${[40]}
    ${"shop-prod-response-time"}               | ${first}  | ${[5, 5, 5]} | ${[6, 6, 6]}
    ${"shop-prod-function-errors"}             | ${first}  | ${[5]}       | ${[1]}
    ${"notify-shop-prod-database-cpu"}         | ${first}  | ${[80]}      | ${[99]}
    ${"notify-shop-prod-redis-memory"}         | ${first}  | ${[90]}      | ${[99]}
    ${"notify-shop-prod-redis-memory-replica"} | ${second} | ${[90]}      | ${[99]}
    ${"notify-shop-prod-certificate-expiry"}   | ${first}  | ${[30]}      | ${[29]}
    ${"notify-shop-prod-table-user-errors"}    | ${first}  | ${[0]}       | ${[1]}
    ${"notify-shop-prod-table-throttled"}      | ${first}  | ${[0]}       | ${[1]}
  `("$name is quiet at $within and fires when $beyond follow", async ({ name, account, within, beyond }) => {
    const { Namespace, MetricName, Dimensions } = (await read(name, account)) ?? {};
    const put = (values: readonly number[]) =>
      client(account).send(new PutMetricDataCommand({ Namespace, MetricData: values.map((Value) => ({ MetricName, Dimensions, Value })) }));
    await put(within);
    expect((await read(name, account))?.StateValue).toBe("OK");
    await put(beyond);
    expect((await read(name, account))?.StateValue).toBe("ALARM");
    const { Message } = JSON.parse(await heard(`ALARM: \\"${name}\\"`, `:${account}:`)) as { readonly Message: string };
    expect(JSON.parse(Message)).toMatchObject({ AlarmName: name, NewStateValue: "ALARM" });
  });

  test.each`
    name                                       | node
    ${"notify-shop-prod-redis-memory"}         | ${"shop-prod-001"}
    ${"notify-shop-prod-redis-memory-replica"} | ${"shop-prod-002"}
  `("$name is about $node alone", async ({ name, node }) => {
    expect((await read(name))?.Dimensions).toEqual([{ Name: "CacheClusterId", Value: node }]);
  });
});

/** The first message from the topic that has all these words. */
async function heard(...words: readonly string[]): Promise<string> {
  for (let turn = 0; turn < 100; turn++) {
    const found = messages.find((message) => words.every((word) => message.includes(word)));
    if (found !== undefined) return found;
    await sleep(40);
  }
  throw new Error(`no message with ${words.join(" and ")} among ${messages.length}`);
}

describe("the error rate", () => {
  const metrics = () => (resolveResources(loadTemplate("alarms"), given)["ErrorRate"]?.Properties?.["Metrics"] ?? []) as readonly JsonMap[];
  const percent = (requests?: number, targets?: number, balancer?: number) =>
    evaluate(String(metrics()[0]?.["Expression"]), { requests, targets, balancer });

  test.each`
    requests     | targets      | balancer     | expected     | because
    ${100}       | ${10}        | ${undefined} | ${10}        | ${"exactly the threshold is allowed"}
    ${100}       | ${11}        | ${undefined} | ${11}        | ${"over it is not"}
    ${100}       | ${undefined} | ${undefined} | ${0}         | ${"absent error metrics mean no errors"}
    ${90}        | ${0}         | ${10}        | ${10}        | ${"the balancer's own errors are requests too"}
    ${undefined} | ${undefined} | ${50}        | ${100}       | ${"with no healthy target nothing but errors is counted"}
    ${undefined} | ${undefined} | ${undefined} | ${undefined} | ${"no traffic says nothing"}
  `("of $requests requests, $targets and $balancer errors is $expected, since $because", ({ requests, targets, balancer, expected }) => {
    expect(percent(requests, targets, balancer)).toBe(expected);
  });

  test("is computed from this load balancer's metrics, minute by minute", () => {
    expect(metrics()).toHaveLength(4);
    expect(metrics().slice(1)).toEqual(
      [
        ["requests", "RequestCount"],
        ["targets", "HTTPCode_Target_5XX_Count"],
        ["balancer", "HTTPCode_ELB_5XX_Count"],
      ].map(([Id, MetricName]) => ({
        Id,
        ReturnData: false,
        MetricStat: {
          Metric: {
            Namespace: "AWS/ApplicationELB",
            MetricName,
            Dimensions: [{ Name: "LoadBalancer", Value: given.LoadBalancerFullName }],
          },
          Period: 60,
          Stat: "Sum",
        },
      })),
    );
  });
});

describe("the names", () => {
  const names = (parameters: Readonly<Record<string, string>>) =>
    Object.values(resolveResources(loadTemplate("alarms"), { ...given, ...parameters }))
      .filter((resource) => resource.Type === "AWS::CloudWatch::Alarm")
      .map((resource) => String(resource.Properties?.["AlarmName"]));

  test("of the alarms that a deployment rolls back on begin with application and environment, and only theirs", () => {
    expect(names({}).filter((name) => name.startsWith(stack.outputs["AlarmPrefix"] ?? "?"))).toEqual([
      "shop-prod-error-rate",
      "shop-prod-response-time",
      "shop-prod-function-errors",
    ]);
  });

  test.each`
    without                   | absent
    ${"LoadBalancerFullName"} | ${["shop-prod-error-rate", "shop-prod-response-time"]}
    ${"DatabaseId"}           | ${["notify-shop-prod-database-cpu"]}
    ${"CacheId"}              | ${["notify-shop-prod-redis-memory", "notify-shop-prod-redis-memory-replica"]}
    ${"CertificateArn"}       | ${["notify-shop-prod-certificate-expiry"]}
    ${"FunctionName"}         | ${["shop-prod-function-errors"]}
    ${"TableName"}            | ${["notify-shop-prod-table-user-errors", "notify-shop-prod-table-throttled"]}
  `("without $without there is no $absent", ({ without, absent }) => {
    expect(names({}).filter((name) => !names({ [without]: "" }).includes(name))).toEqual(absent);
  });

  test("outside of production Redis has one node to watch", () => {
    expect(names({ EnvironmentClass: "non-production" })).not.toContain("notify-shop-prod-redis-memory-replica");
  });
});
