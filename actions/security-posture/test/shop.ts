import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as acm from "@aws-sdk/client-acm";
import { Backup } from "@aws-sdk/client-backup";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECR } from "@aws-sdk/client-ecr";
import { ECS } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ElastiCache } from "@aws-sdk/client-elasticache";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { RDS } from "@aws-sdk/client-rds";
import { S3 } from "@aws-sdk/client-s3";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { WAFV2 } from "@aws-sdk/client-wafv2";

/** What a test makes worse. */
export interface Shop {
  readonly securityGroups: { readonly balancer: string; readonly tasks: string; readonly data: string };
  readonly loadBalancerArn: string;
  readonly httpListenerArn: string;
  readonly taskDefinition: string;
  readonly imageUri: string;
  readonly backupPlan: string;
}

const account = "123456789012";
const region = "eu-central-1";
const needed = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("moto gave no answer");
  return value;
};

export const clients = () => ({
  ecs: new ECS({}),
  elb: new ElasticLoadBalancingV2({}),
  ec2: new EC2({}),
  iam: new IAM({}),
  rds: new RDS({}),
  cache: new ElastiCache({}),
  ecr: new ECR({}),
  logs: new CloudWatchLogs({}),
  secrets: new SecretsManager({}),
  kms: new KMS({}),
  waf: new WAFV2({}),
  acm: new acm.ACM({}),
  trail: new CloudTrail({}),
  backup: new Backup({}),
  s3: new S3({ forcePathStyle: true }),
});

/** An environment that passes every check, as moto knows it. */
export async function createShop(name = "staging"): Promise<Shop> {
  const aws = clients();
  const prefix = `shop-${name}`;
  const key = needed((await aws.kms.createKey({})).KeyMetadata?.Arn);
  const network = await createNetwork(aws.ec2, prefix);
  const roles = await createRoles(aws.iam, prefix);
  const secret = needed((await aws.secrets.createSecret({ Name: prefix, SecretString: "{}", KmsKeyId: key })).ARN);
  const logGroup = `/aws/shop/app-${name}`;
  await aws.logs.createLogGroup({ logGroupName: logGroup, kmsKeyId: key });
  await aws.logs.putRetentionPolicy({ logGroupName: logGroup, retentionInDays: 90 });
  await aws.ecr.createRepository({ repositoryName: prefix, imageScanningConfiguration: { scanOnPush: true } });
  const imageUri = `${account}.dkr.ecr.${region}.amazonaws.com/${prefix}:1`;
  await aws.ecr.putImage({
    repositoryName: prefix,
    imageTag: "1",
    imageManifest: JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.docker.distribution.manifest.v2+json", name }),
  });
  const balancer = await createBalancer(aws, prefix, `shop-alb-${name}`, network);
  const { taskDefinition } = await aws.ecs.registerTaskDefinition({
    family: prefix,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    taskRoleArn: roles.task,
    executionRoleArn: roles.execution,
    containerDefinitions: [
      {
        name: "app",
        image: imageUri,
        memory: 512,
        environment: [{ name: "LOG_LEVEL", value: "info" }],
        secrets: [{ name: "DATABASE_URL", valueFrom: `${secret}:DATABASE_URL::` }],
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": logGroup, "awslogs-region": region, "awslogs-stream-prefix": "app" },
        },
      },
    ],
  });
  const definition = needed(taskDefinition?.taskDefinitionArn);
  await aws.ecs.createCluster({ clusterName: prefix });
  for (const colour of ["blue", "green"])
    await aws.ecs.createService({
      cluster: prefix,
      serviceName: `shop-${colour}-${name}`,
      taskDefinition: definition,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: {
        awsvpcConfiguration: { subnets: network.private, securityGroups: [network.tasks], assignPublicIp: "DISABLED" },
      },
    });
  const backupPlan = await createData(aws, prefix, network);
  return {
    securityGroups: { balancer: network.balancer, tasks: network.tasks, data: network.data },
    loadBalancerArn: balancer.arn,
    httpListenerArn: balancer.http,
    taskDefinition: definition,
    imageUri,
    backupPlan,
  };
}

type Clients = ReturnType<typeof clients>;
interface ShopNetwork {
  readonly public: string[];
  readonly private: string[];
  readonly balancer: string;
  readonly tasks: string;
  readonly data: string;
}

async function createNetwork(ec2: EC2, prefix: string): Promise<ShopNetwork> {
  const VpcId = needed((await ec2.createVpc({ CidrBlock: "10.0.0.0/16" })).Vpc?.VpcId);
  const subnet = async (index: number): Promise<string> =>
    needed(
      (await ec2.createSubnet({ VpcId, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: `${region}${index % 2 === 0 ? "a" : "b"}` }))
        .Subnet?.SubnetId,
    );
  const [publicA, publicB, privateA, privateB] = [await subnet(0), await subnet(1), await subnet(2), await subnet(3)];
  const InternetGatewayId = needed((await ec2.createInternetGateway({})).InternetGateway?.InternetGatewayId);
  await ec2.attachInternetGateway({ VpcId, InternetGatewayId });
  const RouteTableId = needed((await ec2.createRouteTable({ VpcId })).RouteTable?.RouteTableId);
  await ec2.createRoute({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: InternetGatewayId });
  for (const SubnetId of [publicA, publicB]) await ec2.associateRouteTable({ RouteTableId, SubnetId });
  const { NetworkAcls = [] } = await ec2.describeNetworkAcls({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] });
  const NetworkAclId = needed(NetworkAcls[0]?.NetworkAclId);
  for (const [index, port] of [22, 3389].entries())
    await ec2.createNetworkAclEntry({
      NetworkAclId,
      RuleNumber: index + 1,
      Egress: false,
      Protocol: "6",
      PortRange: { From: port, To: port },
      CidrBlock: "0.0.0.0/0",
      RuleAction: "deny",
    });
  const group = async (suffix: string): Promise<string> =>
    needed((await ec2.createSecurityGroup({ VpcId, GroupName: `${prefix}-${suffix}`, Description: suffix })).GroupId);
  const [balancer, tasks, data] = [await group("alb"), await group("tasks"), await group("data")];
  for (const port of [80, 443])
    await ec2.authorizeSecurityGroupIngress({
      GroupId: balancer,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    });
  await ec2.authorizeSecurityGroupIngress({
    GroupId: tasks,
    IpPermissions: [{ IpProtocol: "tcp", FromPort: 8080, ToPort: 8080, UserIdGroupPairs: [{ GroupId: balancer }] }],
  });
  for (const port of [5432, 6379])
    await ec2.authorizeSecurityGroupIngress({
      GroupId: data,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId: tasks }] }],
    });
  return { public: [publicA, publicB], private: [privateA, privateB], balancer, tasks, data };
}

async function createRoles(iam: IAM, prefix: string): Promise<{ readonly task: string; readonly execution: string }> {
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
  const role = async (suffix: string, Action: string, Resource: string): Promise<string> => {
    const RoleName = `${prefix}-${suffix}`;
    const arn = needed((await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust })).Role?.Arn);
    await iam.putRolePolicy({
      RoleName,
      PolicyName: "own",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] }),
    });
    return arn;
  };
  return {
    task: await role("task", "s3:GetObject", `arn:aws:s3:::${prefix}/*`),
    execution: await role("execution", "secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${region}:${account}:secret:${prefix}-*`),
  };
}

async function createBalancer({ elb, waf, acm: certificates }: Clients, prefix: string, Name: string, network: ShopNetwork) {
  const { LoadBalancers = [] } = await elb.createLoadBalancer({
    Name,
    Subnets: network.public,
    SecurityGroups: [network.balancer],
    Scheme: "internet-facing",
    Type: "application",
  });
  const arn = needed(LoadBalancers[0]?.LoadBalancerArn);
  await elb.modifyLoadBalancerAttributes({
    LoadBalancerArn: arn,
    Attributes: [
      { Key: "access_logs.s3.enabled", Value: "true" },
      { Key: "access_logs.s3.bucket", Value: "logs" },
    ],
  });
  const CertificateArn = needed((await certificates.importCertificate(selfSigned(`${prefix}.example.com`))).CertificateArn);
  const redirect = { Type: "redirect" as const, RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" as const } };
  const { Listeners = [] } = await elb.createListener({ LoadBalancerArn: arn, Port: 80, Protocol: "HTTP", DefaultActions: [redirect] });
  await elb.createListener({
    LoadBalancerArn: arn,
    Port: 443,
    Protocol: "HTTPS",
    SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    Certificates: [{ CertificateArn }],
    DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }],
  });
  const visibility = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: "shop" };
  const { Summary } = await waf.createWebACL({
    Name: prefix,
    Scope: "REGIONAL",
    DefaultAction: { Allow: {} },
    VisibilityConfig: visibility,
    Rules: [
      {
        Name: "common",
        Priority: 1,
        Statement: { ManagedRuleGroupStatement: { VendorName: "AWS", Name: "AWSManagedRulesCommonRuleSet" } },
        OverrideAction: { None: {} },
        VisibilityConfig: visibility,
      },
    ],
  });
  await waf.associateWebACL({ WebACLArn: needed(Summary?.ARN), ResourceArn: arn });
  return { arn, http: needed(Listeners[0]?.ListenerArn) };
}

async function createData({ rds, cache, trail, backup, s3 }: Clients, prefix: string, network: ShopNetwork): Promise<string> {
  await rds.createDBSubnetGroup({ DBSubnetGroupName: prefix, DBSubnetGroupDescription: "data", SubnetIds: network.private });
  await rds.createDBParameterGroup({ DBParameterGroupName: prefix, DBParameterGroupFamily: "postgres17", Description: "TLS alone" });
  // More than a page of them, as a real group has.
  const others = Array.from({ length: 120 }, (_, at) => ({
    ParameterName: `a.setting_${at}`,
    ParameterValue: "0",
    ApplyMethod: "immediate" as const,
  }));
  await rds.modifyDBParameterGroup({
    DBParameterGroupName: prefix,
    Parameters: [...others, { ParameterName: "rds.force_ssl", ParameterValue: "1", ApplyMethod: "immediate" }],
  });
  await rds.createDBInstance({
    DBInstanceIdentifier: prefix,
    DBParameterGroupName: prefix,
    DBInstanceClass: "db.t4g.micro",
    Engine: "postgres",
    AllocatedStorage: 20,
    MasterUsername: "shop",
    MasterUserPassword: "Zk3vQ9xT7mWp2LrN",
    StorageEncrypted: true,
    PubliclyAccessible: false,
    BackupRetentionPeriod: 35,
    MultiAZ: true,
    DBSubnetGroupName: prefix,
    VpcSecurityGroupIds: [network.data],
    Port: 5432,
  });
  await cache.createCacheSubnetGroup({ CacheSubnetGroupName: prefix, CacheSubnetGroupDescription: "cache", SubnetIds: network.private });
  await cache.createReplicationGroup({
    ReplicationGroupId: prefix,
    ReplicationGroupDescription: "cache",
    AtRestEncryptionEnabled: true,
    TransitEncryptionEnabled: true,
    AuthToken: "Zk3vQ9xT7mWp2LrNZk3v",
    AutomaticFailoverEnabled: true,
    MultiAZEnabled: true,
    NumCacheClusters: 2,
    CacheSubnetGroupName: prefix,
    SecurityGroupIds: [network.data],
  });
  const trails = await trail.describeTrails({});
  if ((trails.trailList ?? []).length === 0) {
    await s3.createBucket({ Bucket: "trail", CreateBucketConfiguration: { LocationConstraint: region } });
    await trail.createTrail({
      Name: "account",
      S3BucketName: "trail",
      IsMultiRegionTrail: true,
      EnableLogFileValidation: true,
      KmsKeyId: "alias/trail",
    });
    await trail.startLogging({ Name: "account" });
  }
  await backup.createBackupVault({ BackupVaultName: prefix }).catch(() => undefined);
  const { BackupPlanId } = await backup.createBackupPlan({
    BackupPlan: {
      BackupPlanName: prefix,
      Rules: [{ RuleName: "daily", TargetBackupVaultName: prefix, Lifecycle: { DeleteAfterDays: 90 } }],
    },
  });
  return needed(BackupPlanId);
}

/** A certificate of a year. */
function selfSigned(name: string): { readonly Certificate: Buffer; readonly PrivateKey: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-subj", `/CN=${name}`, "-keyout", key, "-out", certificate],
    {
      stdio: "ignore",
    },
  );
  const made = { Certificate: readFileSync(certificate), PrivateKey: readFileSync(key) };
  rmSync(folder, { recursive: true, force: true });
  return made;
}
