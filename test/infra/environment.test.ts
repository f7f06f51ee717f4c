import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeClustersCommand, DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { GetBucketPolicyCommand, GetPublicAccessBlockCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetWebACLCommand, ListWebACLsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { certificateArn, deployAll, type Landscape } from "./landscape.ts";
import { resolveResources } from "./resolve.ts";
import { clientSettings, deploy } from "./stack.ts";
import { infraFolder, type JsonMap, loadTemplate } from "./template.ts";

let cloud: Ministack;
const landscapes: Record<string, Landscape> = {};
beforeAll(async () => {
  cloud = await startMinistack();
  for (const environmentClass of ["production", "non-production"] as const) {
    landscapes[environmentClass] = await deployAll(cloud, environmentClass);
  }
}, 180_000);
afterAll(() => cloud.stop());

const landscape = (environmentClass: string): Landscape => {
  const found = landscapes[environmentClass];
  if (found === undefined) throw new Error(`${environmentClass} was not deployed`);
  return found;
};
const outputs = (template: string, environmentClass = "non-production") => landscape(environmentClass).stacks[template]?.outputs ?? {};
/** The properties that the template gives a resource, for what the emulator drops or has no type for. */
const meant = (template: string, id: string, environmentClass = "non-production"): JsonMap => {
  const given = landscape(environmentClass).parameters[template] ?? {};
  return resolveResources(loadTemplate(template), given)[id]?.Properties ?? {};
};

describe("the load balancer", () => {
  const elb = () => new ElasticLoadBalancingV2Client(clientSettings(cloud));
  const balancer = async (name = "shop-alb-staging") => {
    const { LoadBalancers = [] } = await elb().send(new DescribeLoadBalancersCommand({ Names: [name] }));
    return LoadBalancers[0];
  };
  const listeners = async () => {
    const { Listeners = [] } = await elb().send(new DescribeListenersCommand({ LoadBalancerArn: (await balancer())?.LoadBalancerArn }));
    return Listeners;
  };

  test("is named by the convention, faces the internet and has the group that the network made for it", async () => {
    expect(await balancer()).toMatchObject({
      Scheme: "internet-facing",
      Type: "application",
      SecurityGroups: [outputs("network")["LoadBalancerGroupId"]],
    });
  });

  test.each([
    ["production", "prod", "true"],
    ["non-production", "staging", "false"],
  ])("writes access logs, and in %s (%s) is protected against deletion: %s", async (_class, environment, protectedValue) => {
    const LoadBalancerArn = (await balancer(`shop-alb-${environment}`))?.LoadBalancerArn;
    const { Attributes = [] } = await elb().send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    expect(Object.fromEntries(Attributes.map((attribute) => [attribute.Key, attribute.Value]))).toEqual({
      "access_logs.s3.enabled": "true",
      "access_logs.s3.bucket": `shop-access-${environment}-111111111111-us-east-1`,
      "deletion_protection.enabled": protectedValue,
      "routing.http.drop_invalid_header_fields.enabled": "true",
      "idle_timeout.timeout_seconds": "60",
    });
  });

  test("sends port 80 to port 443, and speaks TLS 1.2 and later on its other ports", async () => {
    const rows = (await listeners()).map((one) => [one.Port, one.Protocol, one.SslPolicy, one.Certificates?.[0]?.CertificateArn]);
    expect(rows).toEqual([
      [80, "HTTP", undefined, undefined],
      [443, "HTTPS", "ELBSecurityPolicy-TLS13-1-2-2021-06", certificateArn],
      [8443, "HTTPS", "ELBSecurityPolicy-TLS13-1-2-2021-06", certificateArn],
    ]);
    expect((await listeners())[0]?.DefaultActions?.[0]).toMatchObject({
      Type: "redirect",
      RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" },
    });
  });

  test("forwards by rules of the production listener, whose own default forwards nothing", async () => {
    const production = (await listeners()).find((one) => one.Port === 443);
    expect(production?.DefaultActions?.map((action) => action.Type)).toEqual(["fixed-response"]);
    const { Rules = [] } = await elb().send(new DescribeRulesCommand({ ListenerArn: production?.ListenerArn }));
    const rows = Rules.filter((rule) => rule.IsDefault !== true).map((rule) => [
      rule.Priority,
      rule.Conditions?.[0]?.Field,
      rule.Conditions?.[0]?.Values,
      rule.Actions?.map((action) => action.Type),
    ]);
    expect(rows).toEqual([
      ["50", "host-header", ["api-staging.example.com"], ["forward"]],
      ["100", "path-pattern", ["/*"], ["forward"]],
    ]);
  });

  test.each`
    active     | blue   | green
    ${"blue"}  | ${100} | ${0}
    ${"green"} | ${0}   | ${100}
  `("gives $active all users, with both groups attached to both rules", ({ active, blue, green }) => {
    const given = { ...landscape("non-production").parameters["blue-green-environment"], ActiveColour: active };
    const resources = resolveResources(loadTemplate("blue-green-environment"), given);
    const weights = (id: string, key: string) => {
      const [action] = (resources[id]?.Properties?.[key] ?? []) as readonly { ForwardConfig: { TargetGroups: readonly JsonMap[] } }[];
      return action?.ForwardConfig.TargetGroups.map((group) => [group["TargetGroupArn"], group["Weight"]]);
    };
    expect(weights("ProductionRule", "Actions")).toEqual([
      ["<BlueTargets>", blue],
      ["<GreenTargets>", green],
    ]);
    expect(weights("ProductionApiRule", "Actions")).toEqual([
      ["<BlueApiTargets>", blue],
      ["<GreenApiTargets>", green],
    ]);
  });

  test("has a test listener that forwards to neither colour before a deployment uses it", async () => {
    const test = (await listeners()).find((one) => one.Port === 8443);
    expect(test?.DefaultActions?.map((action) => [action.Type, action.FixedResponseConfig?.StatusCode])).toEqual([
      ["fixed-response", "503"],
    ]);
  });

  test("has two target groups for each container, checked every 10 s, drained for a minute", async () => {
    const { TargetGroups = [] } = await elb().send(new DescribeTargetGroupsCommand({}));
    const mine = TargetGroups.filter((group) => group.VpcId === outputs("network")["VpcId"]);
    expect(mine.map((group) => [group.Port, group.HealthCheckPath, group.TargetType]).sort()).toEqual([
      [3000, "/api/health", "ip"],
      [3000, "/api/health", "ip"],
      [8000, "/health", "ip"],
      [8000, "/health", "ip"],
    ]);
    expect(mine.map((group) => group.TargetGroupName)).toEqual(expect.arrayContaining(["shop-blue-staging", "shop-green-staging"]));
    for (const group of mine) {
      expect(group).toMatchObject({
        HealthCheckIntervalSeconds: 10,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 3,
        Matcher: { HttpCode: "200" },
      });
      const { Attributes = [] } = await elb().send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: group.TargetGroupArn }));
      expect(Object.fromEntries(Attributes.map((attribute) => [attribute.Key, attribute.Value]))).toMatchObject({
        "deregistration_delay.timeout_seconds": "60",
        "stickiness.enabled": "false",
      });
    }
  });

  test("takes its access logs to a bucket that is private, and refuses connections without TLS", async () => {
    const s3 = new S3Client({ ...clientSettings(cloud), forcePathStyle: true });
    const Bucket = "shop-access-staging-111111111111-us-east-1";
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
    const { Policy = "{}" } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    expect((JSON.parse(Policy) as { Statement: readonly unknown[] }).Statement).toEqual([
      expect.objectContaining({
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
      }),
      expect.objectContaining({ Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    ]);
  });

  test("stands behind a firewall whose rules block", async () => {
    const waf = new WAFV2Client(clientSettings(cloud));
    const { WebACLs = [] } = await waf.send(new ListWebACLsCommand({ Scope: "REGIONAL" }));
    const { Name, Id } = WebACLs.find((acl) => acl.Name === "shop-staging") ?? {};
    const { WebACL } = await waf.send(new GetWebACLCommand({ Scope: "REGIONAL", Name, Id }));
    const rows = WebACL?.Rules?.map((rule) => [rule.Name, Object.keys(rule.Action ?? rule.OverrideAction ?? {})[0]]);
    expect(rows).toEqual([
      ["request-limit", "Block"],
      ["known-bad-addresses", "None"],
      ["known-bad-inputs", "None"],
      ["common", "None"],
      ["sql-injection", "None"],
    ]);
    expect(meant("blue-green-environment", "FirewallOfLoadBalancer")).toEqual({
      ResourceArn: "<LoadBalancer>",
      WebACLArn: "<Firewall.Arn>",
    });
    expect(meant("blue-green-environment", "FirewallLogging")).toMatchObject({ ResourceArn: "<Firewall.Arn>" });
  });
});

describe("the services", () => {
  const ecs = () => new ECSClient(clientSettings(cloud));

  test.each(["blue", "green"])(
    "%s rolls in the private subnets behind its own target groups, with the circuit breaker on",
    async (colour) => {
      const { services = [] } = await ecs().send(
        new DescribeServicesCommand({ cluster: "shop-staging", services: [`shop-${colour}-staging`] }),
      );
      const [service] = services;
      expect(service).toMatchObject({
        status: "ACTIVE",
        launchType: "FARGATE",
        deploymentController: { type: "ECS" },
        deploymentConfiguration: {
          minimumHealthyPercent: 100,
          maximumPercent: 200,
          deploymentCircuitBreaker: { enable: true, rollback: true },
        },
        networkConfiguration: {
          awsvpcConfiguration: {
            assignPublicIp: "DISABLED",
            subnets: outputs("network")["PrivateSubnetIds"]?.split(","),
            securityGroups: [outputs("network")["ServiceGroupId"]],
          },
        },
      });
      expect(service?.loadBalancers?.map((one) => [one.containerName, Number(one.containerPort)])).toEqual([
        ["app", 3000],
        ["api", 8000],
      ]);
      expect(service?.loadBalancers?.[0]?.targetGroupArn).toContain(`targetgroup/shop-${colour}-staging/`);
      expect(meant("blue-green-environment", colour === "blue" ? "BlueService" : "GreenService")).toMatchObject({
        HealthCheckGracePeriodSeconds: 60,
        PropagateTags: "TASK_DEFINITION",
      });
    },
  );

  test("both start with one task of the first revision, which has both containers and their logs", async () => {
    const { taskDefinition } = await ecs().send(new DescribeTaskDefinitionCommand({ taskDefinition: "shop-staging" }));
    expect(taskDefinition).toMatchObject({
      revision: 1,
      networkMode: "awsvpc",
      executionRoleArn: outputs("blue-green-environment")["ExecutionRoleArn"],
      taskRoleArn: outputs("blue-green-environment")["TaskRoleArn"],
    });
    expect(taskDefinition?.containerDefinitions?.map((one) => [one.name, one.logConfiguration?.options?.["awslogs-group"]])).toEqual([
      ["app", "/aws/shop/app-staging"],
      ["api", "/aws/shop/api-staging"],
    ]);
    const { services = [] } = await ecs().send(
      new DescribeServicesCommand({ cluster: "shop-staging", services: ["shop-blue-staging", "shop-green-staging"] }),
    );
    expect(services.map((service) => service.desiredCount)).toEqual([1, 1]);
  });

  test("are made after the rules that attach their target groups", () => {
    const { RulesAreThere, BlueService, GreenService } = loadTemplate("blue-green-environment").Resources;
    expect([BlueService?.DependsOn, GreenService?.DependsOn]).toEqual(["RulesAreThere", "RulesAreThere"]);
    expect(RulesAreThere?.Metadata).toEqual({
      App: { Ref: "ProductionRule" },
      Api: { "Fn::If": ["HasApi", { Ref: "ProductionApiRule" }, "none"] },
    });
  });

  test("the cluster has Container Insights", async () => {
    const { clusters = [] } = await ecs().send(new DescribeClustersCommand({ clusters: ["shop-staging"], include: ["SETTINGS"] }));
    expect(clusters[0]?.settings).toEqual([{ name: "containerInsights", value: "enabled" }]);
  });

  test("without a second container there is no second target group, rule or log", () => {
    const given = { ...landscape("non-production").parameters["blue-green-environment"], ApiImage: "", ApiHostName: "", MaximumTasks: "0" };
    const resources = resolveResources(loadTemplate("blue-green-environment"), given);
    expect(Object.keys(resources).filter((id) => /Api|Scaling/.test(id))).toEqual([]);
    expect(resources["BlueService"]?.Properties?.["LoadBalancers"]).toHaveLength(1);
    expect(resources["FirstTaskDefinition"]?.Properties?.["ContainerDefinitions"]).toHaveLength(1);
  });

  test.each`
    environmentClass    | group                      | days
    ${"production"}     | ${"/aws/shop/app-prod"}    | ${90}
    ${"production"}     | ${"/aws/shop/api-prod"}    | ${90}
    ${"non-production"} | ${"/aws/shop/app-staging"} | ${30}
    ${"non-production"} | ${"/aws/shop/api-staging"} | ${30}
  `("$group is encrypted and kept for $days days", async ({ environmentClass, group, days }) => {
    const { logGroups = [] } = await new CloudWatchLogsClient(clientSettings(cloud)).send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: group }),
    );
    expect(logGroups[0]).toMatchObject({ retentionInDays: days, kmsKeyId: outputs("keys", environmentClass)["LogsKeyArn"] });
  });
});

describe("a later update of the stack leaves alone what the actions own", () => {
  const owned = ["ProductionRule", "ProductionApiRule", "BlueService", "GreenService", "FirstTaskDefinition"];
  const given = () => landscape("non-production").parameters["blue-green-environment"] ?? {};
  const of = (changes: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(resolveResources(loadTemplate("blue-green-environment"), { ...given(), ...changes })).filter(([id]) =>
        owned.includes(id),
      ),
    );
  const other = certificateArn.replace("1111-2222", "9999-2222");

  // CloudFormation changes a resource only when its resolved properties change.
  test.each`
    change                       | parameters                                              | touched
    ${"a new certificate"}       | ${{ CertificateArn: other }}                            | ${[]}
    ${"a stricter TLS policy"}   | ${{ TlsPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06" }} | ${[]}
    ${"another health check"}    | ${{ HealthCheckPath: "/ready" }}                        | ${[]}
    ${"a longer drain"}          | ${{ DeregistrationDelay: "120" }}                       | ${[]}
    ${"a lower request limit"}   | ${{ RequestLimit: "500" }}                              | ${[]}
    ${"more tasks at most"}      | ${{ MaximumTasks: "20" }}                               | ${[]}
    ${"the other active colour"} | ${{ ActiveColour: "green" }}                            | ${["ProductionRule", "ProductionApiRule"]}
  `("$change touches $touched", ({ parameters, touched }) => {
    const [before, after] = [of({}), of(parameters)];
    expect(owned.filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]))).toEqual(touched);
  });

  test("no service has a desired count, and no scalable target says whether it is suspended", () => {
    const resources = resolveResources(loadTemplate("blue-green-environment"), given());
    for (const id of ["BlueService", "GreenService"]) expect(resources[id]?.Properties).not.toHaveProperty("DesiredCount");
    for (const id of ["BlueScaling", "GreenScaling"]) {
      expect(resources[id]?.Properties).toMatchObject({ MinCapacity: 2, MaxCapacity: "10" });
      expect(resources[id]?.Properties).not.toHaveProperty("SuspendedState");
    }
  });

  test("a revision and a count that a deployment set are still there after an update that changes something else", async () => {
    const { UpdateServiceCommand } = await import("@aws-sdk/client-ecs");
    const ecs = new ECSClient(clientSettings(cloud));
    const changed = { cluster: "shop-staging", service: "shop-green-staging", desiredCount: 4 };
    await ecs.send(new UpdateServiceCommand(changed));
    await deploy(cloud, "shop-blue-green-environment-staging", "blue-green-environment", { ...given(), RequestLimit: "500" });
    const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster: changed.cluster, services: [changed.service] }));
    expect(services[0]?.desiredCount).toBe(4);
  });

  test("the stack policy forbids to touch them by accident", () => {
    const { Statement } = loadPolicy();
    const denied = Statement.filter((one) => one.Effect === "Deny").flatMap((one) => one.Resource);
    expect(denied.sort()).toEqual(owned.map((id) => `LogicalResourceId/${id}`).sort());
  });
});

describe("the data", () => {
  test.each`
    environmentClass    | id                | multiAz  | days  | protection
    ${"production"}     | ${"shop-prod"}    | ${true}  | ${35} | ${true}
    ${"non-production"} | ${"shop-staging"} | ${false} | ${30} | ${false}
  `("$id is encrypted, private and backed up for $days days", async ({ environmentClass, id, multiAz, days, protection }) => {
    const { DBInstances = [] } = await new RDSClient(clientSettings(cloud)).send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }),
    );
    expect(DBInstances[0]).toMatchObject({
      Engine: "postgres",
      PubliclyAccessible: false,
      StorageEncrypted: true,
      KmsKeyId: outputs("keys", environmentClass)["DataKeyArn"],
      MultiAZ: multiAz,
      BackupRetentionPeriod: days,
      DeletionProtection: protection,
      CopyTagsToSnapshot: true,
      IAMDatabaseAuthenticationEnabled: true,
    });
    expect(DBInstances[0]?.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId)).toEqual([
      outputs("network", environmentClass)["DatabaseGroupId"],
    ]);
    expect(DBInstances[0]?.DBSubnetGroup?.Subnets?.map((subnet) => subnet.SubnetIdentifier)).toEqual(
      outputs("network", environmentClass)["DataSubnetIds"]?.split(","),
    );
    expect(meant("data", "DatabaseParameters", environmentClass)["Parameters"]).toMatchObject({ "rds.force_ssl": "1" });
  });

  test.each`
    environmentClass    | id                | nodes | failover      | days
    ${"production"}     | ${"shop-prod"}    | ${2}  | ${"enabled"}  | ${35}
    ${"non-production"} | ${"shop-staging"} | ${1}  | ${"disabled"} | ${30}
  `("Redis $id has $nodes node(s), failover $failover, TLS, a token and encrypted storage", async ({ id, nodes, failover, days }) => {
    const { ReplicationGroups = [] } = await new ElastiCacheClient(clientSettings(cloud)).send(
      new DescribeReplicationGroupsCommand({ ReplicationGroupId: id }),
    );
    expect(ReplicationGroups[0]).toMatchObject({
      AutomaticFailover: failover,
      MultiAZ: failover,
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: "required",
      AtRestEncryptionEnabled: true,
      AuthTokenEnabled: true,
      SnapshotRetentionLimit: days,
    });
    expect(ReplicationGroups[0]?.MemberClusters).toHaveLength(nodes);
  });

  test("the secrets hold what their readers need, and generated passwords that need no quoting", async () => {
    const client = new SecretsManagerClient(clientSettings(cloud));
    const read = async (SecretId: string) =>
      JSON.parse((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? "") as Record<string, string>;
    expect(await read("shop-database-staging")).toEqual({
      engine: "postgres",
      host: outputs("data")["DatabaseEndpoint"],
      port: 5432,
      dbname: "app",
      username: "app_user",
      masterarn: outputs("data")["MasterSecretArn"],
      password: expect.stringMatching(/^.{40}$/),
    });
    expect(await read("shop-redis-staging")).toEqual({ port: 6379, tls: true, authToken: expect.stringMatching(/^.{64}$/) });
    expect(await read("shop-staging")).toEqual({ ENCRYPTION_KEY: expect.stringMatching(/^.{64}$/) });
    // The emulator puts punctuation in all the same.
    for (const id of ["DatabaseSecret", "CacheSecret", "ApplicationSecret"]) {
      expect(meant("data", id)["GenerateSecretString"]).toMatchObject({ ExcludePunctuation: true });
    }
  });

  test("the database's password is rotated every 30 days between two users, and not before the user exists", () => {
    expect(meant("data", "DatabaseRotation")).toMatchObject({
      SecretId: "<DatabaseSecret>",
      RotateImmediatelyOnUpdate: false,
      RotationRules: { AutomaticallyAfterDays: 30 },
      HostedRotationLambda: { RotationType: "PostgreSQLMultiUser", SuperuserSecretArn: "<Database.MasterUserSecret.SecretArn>" },
    });
  });

  test("production's backups go on to 90 days, staging has no backup plan", () => {
    expect(meant("data", "BackupPlan", "production")).toMatchObject({
      BackupPlan: { BackupPlanRule: [{ TargetBackupVault: "<BackupVault>", Lifecycle: { DeleteAfterDays: 90 } }] },
    });
    expect(meant("data", "BackupSelection", "production")).toMatchObject({
      BackupSelection: { Resources: ["arn:aws:rds:us-east-1:111111111111:db:<Database>"] },
    });
    expect(landscape("production").stacks["data"]?.resources).toHaveProperty("BackupPlan");
    expect(landscape("non-production").stacks["data"]?.resources).not.toHaveProperty("BackupPlan");
  });
});

function loadPolicy(): { readonly Statement: readonly { readonly Effect: string; readonly Resource: string | readonly string[] }[] } {
  return JSON.parse(readFileSync(join(infraFolder, "stack-policy.json"), "utf8"));
}
