import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { CloudWatchClient, DescribeAlarmsCommand, GetDashboardCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand, DescribeMetricFiltersCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { GetKeyRotationStatusCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetAliasCommand, GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetBucketPolicyCommand, GetBucketVersioningCommand, GetPublicAccessBlockCommand, S3Client } from "@aws-sdk/client-s3";
import { deployAll, type Landscape } from "./landscape.ts";
import { resolveResources } from "./resolve.ts";
import { clientSettings } from "./stack.ts";
import { type JsonMap, loadTemplate, type Resource } from "./template.ts";

let cloud: Ministack;
const landscapes: Record<string, Landscape> = {};
beforeAll(async () => {
  cloud = await startMinistack();
  for (const environmentClass of ["production", "non-production"] as const) {
    landscapes[environmentClass] = await deployAll(cloud, environmentClass);
  }
}, 180_000);
afterAll(() => cloud.stop());

const landscape = (environmentClass = "non-production"): Landscape => {
  const found = landscapes[environmentClass];
  if (found === undefined) throw new Error(`${environmentClass} was not deployed`);
  return found;
};
const resources = (template: string, environmentClass = "non-production", more: Readonly<Record<string, string>> = {}) =>
  resolveResources(loadTemplate(template), { ...landscape(environmentClass).parameters[template], ...more });
const meant = (template: string, id: string, environmentClass = "non-production"): JsonMap =>
  resources(template, environmentClass)[id]?.Properties ?? {};

describe("the keys", () => {
  test.each(["LogsKeyArn", "DataKeyArn"])("%s is rotated every year", async (output) => {
    const KeyId = landscape().stacks["keys"]?.outputs[output];
    expect((await new KMSClient(clientSettings(cloud)).send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled).toBe(true);
  });

  test("the key of the logs is open to the services that need it, each only for this account", () => {
    const { Statement } = meant("keys", "LogsKey")["KeyPolicy"] as unknown as {
      Statement: readonly { Principal: JsonMap; Condition?: JsonMap }[];
    };
    const services = Statement.filter((one) => one.Principal["Service"] !== undefined);
    expect(services.map((one) => one.Principal["Service"])).toEqual([
      "logs.us-east-1.amazonaws.com",
      "cloudtrail.amazonaws.com",
      ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"],
    ]);
    for (const { Condition } of services) expect(JSON.stringify(Condition)).toContain("111111111111");
  });
});

describe("the registry", () => {
  test("scans what is pushed, never moves a tag and encrypts", async () => {
    const { repositories = [] } = await new ECRClient(clientSettings(cloud)).send(
      new DescribeRepositoriesCommand({ repositoryNames: ["shop-staging"] }),
    );
    expect(repositories[0]).toMatchObject({
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: "KMS" },
    });
  });

  test("other accounts pull and cannot push; without them there is no policy", () => {
    const policy = (more: Readonly<Record<string, string>>) =>
      resources("registry", "production", more)["ImageRepository"]?.Properties?.["RepositoryPolicyText"] as
        | { Statement: readonly { Principal: JsonMap; Action: readonly string[] }[] }
        | undefined;
    const statement = policy({ PullAccountIds: "222222222222,333333333333" })?.Statement[0];
    expect(statement?.Principal).toEqual({ AWS: ["222222222222", "333333333333"] });
    expect(statement?.Action.filter((action) => !/^ecr:(Batch(Get|Check)|Get|Describe)/.test(action))).toEqual([]);
    expect(policy({ PullAccountIds: "" })).toBeUndefined();
  });
});

describe("the state bucket", () => {
  const s3 = () => new S3Client({ ...clientSettings(cloud), forcePathStyle: true });
  const Bucket = "shop-state-staging-111111111111-us-east-1";

  test("keeps versions, is private and takes TLS 1.2 and later alone", async () => {
    expect((await s3().send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Enabled");
    const { PublicAccessBlockConfiguration } = await s3().send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
    const { Policy = "{}" } = await s3().send(new GetBucketPolicyCommand({ Bucket }));
    expect((JSON.parse(Policy) as { Statement: readonly unknown[] }).Statement).toEqual([
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      expect.objectContaining({ Effect: "Deny", Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } }),
    ]);
  });

  test("encrypts with the environment's key, ends history after a year, and has no lock that would keep a lease from being deleted", () => {
    const bucket = meant("state", "StateBucket");
    expect(JSON.stringify(bucket["BucketEncryption"])).toContain(landscape().stacks["keys"]?.outputs["DataKeyArn"]);
    expect(bucket).not.toHaveProperty("ObjectLockEnabled");
    expect(bucket).not.toHaveProperty("ObjectLockConfiguration");
    const { Rules } = bucket["LifecycleConfiguration"] as unknown as { Rules: readonly JsonMap[] };
    // A rule without a prefix must only touch versions that are no longer current: locks and releases are kept however old they are.
    expect(Rules.map((rule) => [rule["Prefix"], rule["ExpirationInDays"]])).toEqual([
      [undefined, undefined],
      ["shop/staging/history/", 366],
    ]);
  });
});

describe("the dashboards", () => {
  interface Widget {
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: {
      readonly metrics?: readonly (readonly unknown[])[];
      readonly alarms?: readonly string[];
      readonly title: string;
    };
  }
  const widgets = async (name: string): Promise<readonly Widget[]> => {
    const { DashboardBody = "{}" } = await new CloudWatchClient(clientSettings(cloud)).send(
      new GetDashboardCommand({ DashboardName: name }),
    );
    expect(DashboardBody).not.toMatch(/\$\{/);
    return (JSON.parse(DashboardBody) as { widgets: readonly Widget[] }).widgets;
  };
  const names = ["operational", "security", "infrastructure", "serverless"].map((kind) => `shop-${kind}-prod`);

  test.each`
    dashboard                     | shows
    ${"shop-operational-prod"}    | ${["RequestCount", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count", "TargetResponseTime", "HealthyHostCount"]}
    ${"shop-security-prod"}       | ${["BlockedRequests", "AuthenticationFailures", "SignInFailures", "DeniedCalls", "DaysToExpiry"]}
    ${"shop-infrastructure-prod"} | ${["CPUUtilization", "MemoryUtilization", "DatabaseConnections", "DatabaseMemoryUsagePercentage", "RunningTaskCount"]}
    ${"shop-serverless-prod"}     | ${["Duration", "Errors", "Invocations", "ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "UserErrors"]}
  `("$dashboard shows $shows", async ({ dashboard, shows }) => {
    const shown = (await widgets(dashboard)).flatMap((widget) => (widget.properties.metrics ?? []).map((metric) => metric[1]));
    expect(shown).toEqual(expect.arrayContaining(shows));
  });

  test.each(names)("the widgets of %s neither overlap nor leave the 24 columns", async (name) => {
    const taken = new Set<string>();
    for (const { x, y, width, height, properties } of await widgets(name)) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(`${properties.title} at ${column},${row}: ${taken.has(`${column},${row}`) ? "taken" : "free"}`).toMatch(/free$/);
          taken.add(`${column},${row}`);
        }
      }
    }
  });

  test("every alarm on a dashboard is one that alarms.yaml makes", async () => {
    const { MetricAlarms = [] } = await new CloudWatchClient(clientSettings(cloud)).send(new DescribeAlarmsCommand({}));
    const made = MetricAlarms.map((alarm) => alarm.AlarmArn);
    const shown = (await Promise.all(names.map(widgets))).flat().flatMap((widget) => widget.properties.alarms ?? []);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((alarm) => !made.includes(alarm))).toEqual([]);
  });

  test("metrics of a colour name the target group that the environment made for it", async () => {
    const requests = (await widgets("shop-operational-prod")).find((widget) => widget.properties.title === "Requests by colour");
    const given = landscape("production").parameters["dashboards"] ?? {};
    expect(requests?.properties.metrics?.map((metric) => metric[3])).toEqual([given["BlueTargetsFullName"], given["GreenTargetsFullName"]]);
  });
});

describe("the budget", () => {
  test.each`
    environmentClass    | amount
    ${"production"}     | ${1000}
    ${"non-production"} | ${200}
  `(
    "of $environmentClass is $amount USD a month for what carries the application's tag, with warnings at 80 % and 100 %",
    ({ environmentClass, amount }) => {
      const budget = meant("budgets", "Budget", environmentClass);
      expect(budget["Budget"]).toMatchObject({
        BudgetType: "COST",
        TimeUnit: "MONTHLY",
        BudgetLimit: { Amount: amount, Unit: "USD" },
        CostFilters: { TagKeyValue: ["user:Application$shop"] },
      });
      const notifications = budget["NotificationsWithSubscribers"] as unknown as readonly {
        Notification: JsonMap;
        Subscribers: readonly JsonMap[];
      }[];
      expect(notifications.map(({ Notification }) => [Notification["NotificationType"], Notification["Threshold"]])).toEqual([
        ["ACTUAL", 80],
        ["FORECASTED", 100],
      ]);
      for (const { Subscribers } of notifications) {
        expect(Subscribers).toEqual([
          { SubscriptionType: "EMAIL", Address: "billing@example.com" },
          { SubscriptionType: "SNS", Address: landscape(environmentClass).stacks["alarms"]?.outputs["TopicArn"] },
        ]);
      }
    },
  );
});

describe("the audit trail", () => {
  test("records all regions, tamper-evident, and who touched the deployments' records", () => {
    expect(meant("log-retention", "Trail")).toMatchObject({
      IsLogging: true,
      IsMultiRegionTrail: true,
      EnableLogFileValidation: true,
      KMSKeyId: landscape().stacks["keys"]?.outputs["LogsKeyArn"],
      EventSelectors: [{ ReadWriteType: "All", DataResources: [{ Values: ["arn:aws:s3:::shop-state-staging-111111111111-us-east-1/"] }] }],
    });
  });

  test.each`
    group                                       | days
    ${"/aws/shop/audit-staging"}                | ${365}
    ${"/aws/shop/audit-prod"}                   | ${365}
    ${"/aws/shop/flow-staging"}                 | ${365}
    ${"aws-waf-logs-shop-staging"}              | ${365}
    ${"/aws/lambda/shop-worker-staging"}        | ${30}
    ${"/aws/lambda/shop-worker-prod"}           | ${90}
    ${"/aws/rds/instance/shop-prod/postgresql"} | ${90}
  `("$group is encrypted and kept for $days days", async ({ group, days }) => {
    const { logGroups = [] } = await new CloudWatchLogsClient(clientSettings(cloud)).send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: group }),
    );
    expect(logGroups[0]).toMatchObject({ retentionInDays: days, kmsKeyId: expect.stringContaining(":key/") });
  });

  test("failed sign-ins and denied calls become the metrics that the security dashboard shows", async () => {
    const { metricFilters = [] } = await new CloudWatchLogsClient(clientSettings(cloud)).send(
      new DescribeMetricFiltersCommand({ logGroupName: "/aws/shop/audit-staging" }),
    );
    const made = metricFilters
      .flatMap((filter) => filter.metricTransformations ?? [])
      .map((one) => `${one.metricNamespace} ${one.metricName}`);
    expect(made.sort()).toEqual(["shop/staging DeniedCalls", "shop/staging SignInFailures"]);
  });

  test("is left out where the organization has one", () => {
    const left = resources("log-retention", "production", { CreateTrail: "false" });
    expect(Object.keys(left)).toEqual(["FunctionLog"]);
  });
});

describe("the serverless settings", () => {
  const lambda = () => new LambdaClient(clientSettings(cloud));

  test.each`
    environment  | memory  | timeout | reserved
    ${"prod"}    | ${1024} | ${30}   | ${100}
    ${"staging"} | ${512}  | ${15}   | ${10}
  `(
    "the function of $environment has $memory MB, $timeout s and $reserved reserved executions",
    async ({ environment, memory, timeout, reserved }) => {
      const FunctionName = `shop-api-${environment}`;
      expect(await lambda().send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
        MemorySize: memory,
        Timeout: timeout,
        TracingConfig: { Mode: "Active" },
        LoggingConfig: { LogGroup: `/aws/lambda/${FunctionName}` },
      });
      // The emulator drops the reservation.
      const environmentClass = environment === "prod" ? "production" : "non-production";
      expect(meant("serverless-tuning", "Function", environmentClass)).toMatchObject({ ReservedConcurrentExecutions: reserved });
      expect((await lambda().send(new GetAliasCommand({ FunctionName, Name: "live" }))).FunctionVersion).toBe("1");
    },
  );

  test.each`
    environmentClass    | provisioned | configuration
    ${"production"}     | ${"5"}      | ${{ ProvisionedConcurrentExecutions: 5 }}
    ${"production"}     | ${"0"}      | ${undefined}
    ${"non-production"} | ${"5"}      | ${undefined}
  `(
    "$environmentClass with ProvisionedConcurrency $provisioned keeps $configuration warm",
    ({ environmentClass, provisioned, configuration }) => {
      const alias = resources("serverless-tuning", environmentClass, { ProvisionedConcurrency: provisioned })["FunctionAlias"];
      const found = alias?.Properties?.["ProvisionedConcurrencyConfig"] as { ProvisionedConcurrentExecutions: unknown } | undefined;
      expect(found && { ProvisionedConcurrentExecutions: Number(found.ProvisionedConcurrentExecutions) }).toEqual(configuration);
    },
  );

  test("Insights comes as a layer with its permission, or not at all", () => {
    const layer = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:14";
    const withIt = resources("serverless-tuning", "production", { InsightsLayerArn: layer });
    expect(withIt["Function"]?.Properties?.["Layers"]).toEqual([layer]);
    expect(withIt["FunctionRole"]?.Properties?.["ManagedPolicyArns"]).toEqual([
      "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy",
    ]);
    expect(resources("serverless-tuning")["Function"]?.Properties).not.toHaveProperty("Layers");
  });

  test.each`
    environment  | billing              | protection
    ${"prod"}    | ${"PROVISIONED"}     | ${true}
    ${"staging"} | ${"PAY_PER_REQUEST"} | ${false}
  `(
    "the table of $environment is $billing, encrypted, restorable, protected: $protection",
    async ({ environment, billing, protection }) => {
      const { Table } = await new DynamoDBClient(clientSettings(cloud)).send(
        new DescribeTableCommand({ TableName: `shop-table-${environment}` }),
      );
      expect(Table?.BillingModeSummary?.BillingMode).toBe(billing);
      expect(Table?.DeletionProtectionEnabled).toBe(protection);
      expect(meant("serverless-tuning", "Table", environment === "prod" ? "production" : "non-production")).toMatchObject({
        SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    },
  );

  test("production's table scales from 5 to 100 units at 70 % use, both ways; elsewhere there is nothing to scale", () => {
    const scaling = (all: Readonly<Record<string, Resource>>) =>
      Object.values(all)
        .filter((resource) => resource.Type.startsWith("AWS::ApplicationAutoScaling"))
        .map(({ Properties: p = {} }) => [
          p["ScalableDimension"] ?? (p["TargetTrackingScalingPolicyConfiguration"] as JsonMap)["PredefinedMetricSpecification"],
          p["MinCapacity"],
          p["MaxCapacity"],
        ]);
    expect(scaling(resources("serverless-tuning", "production"))).toEqual([
      ["dynamodb:table:ReadCapacityUnits", 5, 100],
      [{ PredefinedMetricType: "DynamoDBReadCapacityUtilization" }, undefined, undefined],
      ["dynamodb:table:WriteCapacityUnits", 5, 100],
      [{ PredefinedMetricType: "DynamoDBWriteCapacityUtilization" }, undefined, undefined],
    ]);
    expect(scaling(resources("serverless-tuning"))).toEqual([]);
  });
});
