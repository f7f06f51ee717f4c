// What was observed of an application, in AWS's own shapes: a check reads what AWS documents, and the evidence file shows the same answers.

import type { KeyFacts, SecretFacts } from "@aws-deploy-actions/shared/secrets/types";
import type { CertificateDetail } from "@aws-sdk/client-acm";
import type { BackupPlan, BackupSelection } from "@aws-sdk/client-backup";
import type { Budget, Notification } from "@aws-sdk/client-budgets";
import type { Stack, StackResourceSummary } from "@aws-sdk/client-cloudformation";
import type { Trail } from "@aws-sdk/client-cloudtrail";
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { LogGroup } from "@aws-sdk/client-cloudwatch-logs";
import type { TableDescription } from "@aws-sdk/client-dynamodb";
import type { NetworkAcl, RouteTable, SecurityGroup, Subnet } from "@aws-sdk/client-ec2";
import type { RegistryScanningConfiguration, Repository } from "@aws-sdk/client-ecr";
import type { Service, TaskDefinition } from "@aws-sdk/client-ecs";
import type { Listener, LoadBalancer, Rule, SslPolicy } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { CacheCluster, ReplicationGroup, ServerlessCache } from "@aws-sdk/client-elasticache";
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { DBCluster, DBInstance } from "@aws-sdk/client-rds";
import type { PublicAccessBlockConfiguration } from "@aws-sdk/client-s3";
import type { WebACL } from "@aws-sdk/client-wafv2";
import type { Named, Seen } from "./seen.ts";

export interface Parts {
  readonly services: readonly Service[];
  readonly taskDefinitions: readonly TaskDefinition[];
  readonly loadBalancers: readonly LoadBalancer[];
  /** Attributes by load balancer. */
  readonly balancerAttributes: readonly Named<Readonly<Record<string, string>>>[];
  readonly listeners: readonly Listener[];
  /** Rules of the listeners that speak plain HTTP, by listener ARN. */
  readonly plainRules: readonly Named<readonly Rule[]>[];
  readonly sslPolicies: readonly SslPolicy[];
  /** By load balancer ARN; undefined where none is attached. */
  readonly webAcls: readonly Named<WebACL | undefined>[];
  readonly databases: Databases;
  /** By the name of the instance or cluster; only those whose engine has a parameter that asks for TLS. */
  readonly databaseTransport: readonly Named<Transport>[];
  readonly caches: Caches;
  readonly network: Network;
  /** Those that are named and not there are `missing`. */
  readonly secrets: readonly Named<SecretFacts | "missing">[];
  /** Keys of the secrets, by the id that the secret names. */
  readonly keys: readonly Named<KeyFacts>[];
  readonly logGroups: readonly LogGroup[];
  readonly roles: readonly Named<Role>[];
  readonly images: readonly Named<Image>[];
  readonly trails: readonly Named<TrailSeen>[];
  readonly backupPlans: readonly Named<PlanSeen>[];
  readonly stack: Stack;
  readonly resources: readonly StackResourceSummary[];
  readonly functions: readonly FunctionConfiguration[];
  readonly tables: readonly Named<Table>[];
  readonly buckets: readonly Named<Bucket>[];
  /** The account's own block of public access, where a bucket lacks one; undefined where the account has none, or none is needed. */
  readonly accountBlock: PublicAccessBlockConfiguration | undefined;
  /** Tags by ARN. */
  readonly resourceTags: readonly Named<Readonly<Record<string, string>>>[];
  readonly alarms: readonly MetricAlarm[];
  readonly budgets: readonly Named<BudgetSeen>[];
  readonly certificates: readonly Named<CertificateDetail>[];
}

export type PartName = keyof Parts;
export type World = { readonly [K in PartName]: Seen<Parts[K]> };

export interface Databases {
  readonly instances: readonly DBInstance[];
  readonly clusters: readonly DBCluster[];
}

/** The parameter that makes a database refuse connections without TLS. */
export interface Transport {
  readonly parameter: string;
  readonly group: string;
  /** The group is a cluster's. */
  readonly ofCluster: boolean;
  /** As RDS tells it; undefined where the group has none. */
  readonly value: string | undefined;
  /** The group was changed, and the database goes by it only after a restart. */
  readonly pending: boolean;
}

/** A plan of AWS Backup, and what it backs up. */
export interface PlanSeen {
  readonly id: string;
  readonly plan: BackupPlan;
  readonly selections: readonly Named<BackupSelection>[];
}

export interface Caches {
  readonly groups: readonly ReplicationGroup[];
  /** Nodes: they name the security groups, which a replication group does not. */
  readonly nodes: readonly CacheCluster[];
  readonly serverless: readonly ServerlessCache[];
  /** Subnets by the name of the cache's subnet group. */
  readonly subnets: Readonly<Record<string, readonly string[]>>;
}

/** The network as far as the application's own resources lie in it. */
export interface Network {
  readonly subnets: readonly Subnet[];
  /** All of the VPCs that the subnets are in. */
  readonly routeTables: readonly RouteTable[];
  readonly acls: readonly NetworkAcl[];
  readonly groups: readonly SecurityGroup[];
}

/** One policy of a role as it stands, JSON text. */
export interface RolePolicy {
  readonly name: string;
  readonly arn?: string;
  readonly document: string;
}

export interface Role {
  readonly arn: string;
  readonly policies: readonly RolePolicy[];
  readonly trust: string;
  /** The permissions boundary's document. */
  readonly boundary?: string;
}

/** An image that a task definition runs. */
export interface Image {
  readonly repository: Repository;
  readonly registry: Seen<RegistryScanningConfiguration>;
  /** Counts of findings by severity; undefined where the image was never scanned. */
  readonly findings: Seen<Readonly<Record<string, number>> | undefined>;
}

export interface TrailSeen {
  readonly trail: Trail;
  readonly logging: boolean;
  /** Whether management events, both reads and writes, are kept. */
  readonly management: "all" | "write" | "none";
}

export interface Table {
  readonly description: TableDescription;
  readonly pointInTime: Seen<{ readonly enabled: boolean; readonly days?: number }>;
}

export interface Bucket {
  readonly block: Seen<PublicAccessBlockConfiguration | undefined>;
  readonly versioned: Seen<boolean>;
}

export interface BudgetSeen {
  readonly budget: Budget;
  readonly notifications: readonly Notification[];
}
