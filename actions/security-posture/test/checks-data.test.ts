import type { BackupSelection } from "@aws-sdk/client-backup";
import type { Rules } from "../src/model/check.ts";
import type { Named } from "../src/model/seen.ts";
import type { Parts, Transport } from "../src/model/world.ts";
import { denied, judged, named, now, world } from "./world.ts";

const secret = (more: object = {}): Parts["secrets"] => [
  named("shop-staging", {
    arn: "arn:aws:secretsmanager:eu-central-1:1:secret:shop-staging",
    name: "shop-staging",
    rotation: { enabled: false },
    versions: new Map(),
    ...more,
  }),
];
const key = (state: string, manager: "AWS" | "CUSTOMER" = "CUSTOMER"): Parts["keys"] => [
  named("key-1", { arn: "arn:aws:kms:eu-central-1:1:key/key-1", manager, state }),
];
const ours = secret({ keyId: "key-1" });

const arn = "arn:aws:rds:eu-central-1:1:db:shop-staging";
const database = (more: object = {}): Pick<Parts, "databases"> => ({
  databases: {
    instances: [
      {
        DBInstanceIdentifier: "shop-staging",
        DBInstanceArn: arn,
        StorageEncrypted: true,
        PubliclyAccessible: false,
        BackupRetentionPeriod: 35,
        MultiAZ: true,
        Endpoint: { Port: 5432 },
        VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-data" }],
        DBSubnetGroup: { Subnets: [{ SubnetIdentifier: "subnet-1" }] },
        ...more,
      },
    ],
    clusters: [],
  },
});
const cluster = (more: object = {}): Pick<Parts, "databases"> => ({
  databases: {
    instances: [],
    clusters: [
      {
        DBClusterIdentifier: "shop-staging",
        StorageEncrypted: true,
        BackupRetentionPeriod: 35,
        Port: 5432,
        VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-data" }],
        ...more,
      },
    ],
  },
});
const network = (cidr: string, gateway: string): Pick<Parts, "network"> => ({
  network: {
    subnets: [{ SubnetId: "subnet-1", VpcId: "vpc-1" }],
    routeTables: [
      { VpcId: "vpc-other", Associations: [{ Main: true }], Routes: [{ GatewayId: "igw-other" }] },
      {
        RouteTableId: "rtb-1",
        VpcId: "vpc-1",
        Associations: [{ Main: true }],
        Routes: [{ GatewayId: gateway, DestinationCidrBlock: "0.0.0.0/0" }],
      },
    ],
    acls: [],
    groups: [{ GroupId: "sg-data", IpPermissions: [{ IpProtocol: "tcp", FromPort: 5000, ToPort: 6000, IpRanges: [{ CidrIp: cidr }] }] }],
  },
});
const redis = (more: object = {}): Pick<Parts, "caches"> => ({
  caches: {
    groups: [
      {
        ReplicationGroupId: "shop-staging",
        AtRestEncryptionEnabled: true,
        TransitEncryptionEnabled: true,
        TransitEncryptionMode: "required",
        AuthTokenEnabled: true,
        AutomaticFailover: "enabled",
        MultiAZ: "enabled",
        ...more,
      },
    ],
    nodes: [],
    serverless: [],
    subnets: {},
  },
});
const selection = (more: Partial<BackupSelection>): Named<BackupSelection> =>
  named("database", { SelectionName: "database", IamRoleArn: "arn:aws:iam::1:role/backup", ...more });
const plan = (
  days: number | undefined,
  selections: readonly Named<BackupSelection>[] = [selection({ Resources: [arn] })],
): Parts["backupPlans"] => [
  named("shop-prod", {
    id: "1",
    plan: {
      BackupPlanName: "shop-prod",
      Rules: [{ RuleName: "daily", TargetBackupVaultName: "v", Lifecycle: { DeleteAfterDays: days } }],
    },
    selections,
  }),
];
const unread = { name: "more", seen: denied };
/** A database in production with a plan of 90 days that selects so. */
const selected = (more: Partial<BackupSelection>, tags: Readonly<Record<string, string>> = {}): Partial<Parts> => ({
  ...database({ TagList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
  backupPlans: plan(90, [selection(more)]),
});
const transport = (value: string | undefined, more: Partial<Transport> = {}): Partial<Parts> => ({
  databaseTransport: [
    named("shop-staging", { parameter: "rds.force_ssl", group: "shop-staging", ofCluster: false, value, pending: false, ...more }),
  ],
});
const certificate = (days: number, Status = "ISSUED"): Partial<Parts> => ({
  certificates: [
    named("arn:aws:acm:eu-central-1:1:certificate/1", {
      DomainName: "shop.example.com",
      Status: Status as "ISSUED",
      NotAfter: new Date((now + days * 86_400) * 1000),
    }),
  ],
});
const condition = (ConditionKey: string, ConditionValue: string) => ({
  ConditionType: "STRINGEQUALS" as const,
  ConditionKey,
  ConditionValue,
});
const production: Partial<Rules> = { environmentClass: "production" };
const strict: Partial<Rules> = { strict: true };

const rows: readonly (readonly [check: string, sentence: string, parts: Partial<Parts>, state: string, rules?: Partial<Rules>])[] = [
  ["secrets-in-secrets-manager", "AWS's default key is encryption", { secrets: secret() }, "passed"],
  ["secrets-in-secrets-manager", "strict asks for a customer's key", { secrets: secret() }, "failed", strict],
  ["secrets-in-secrets-manager", "a customer's key satisfies strict", { secrets: ours, keys: key("Enabled") }, "passed", strict],
  [
    "secrets-in-secrets-manager",
    "an AWS managed key does not satisfy strict",
    { secrets: ours, keys: key("Enabled", "AWS") },
    "failed",
    strict,
  ],
  ["secrets-in-secrets-manager", "a disabled key makes it unreadable", { secrets: ours, keys: key("Disabled") }, "failed"],
  ["secrets-in-secrets-manager", "a secret that is leaving", { secrets: secret({ deletedAt: now }) }, "failed"],
  [
    "secrets-in-secrets-manager",
    "a secret that is named and not there",
    { secrets: [named("shop-staging", "missing" as const)] },
    "failed",
  ],
  ["secrets-in-secrets-manager", "a key that was not read", { secrets: ours }, "unknown"],
  ["secrets-in-secrets-manager", "no secret at all", {}, "not-applicable"],
  ["encryption-at-rest", "an encrypted instance", database(), "passed"],
  ["encryption-at-rest", "an instance in clear", database({ StorageEncrypted: false }), "failed"],
  ["encryption-at-rest", "a cluster in clear", cluster({ StorageEncrypted: false }), "failed"],
  ["encryption-at-rest", "no database", {}, "not-applicable"],
  ["database-not-public", "no public address, whatever is open", { ...database(), ...network("0.0.0.0/0", "igw-1") }, "passed"],
  [
    "database-not-public",
    "address, port and route",
    { ...database({ PubliclyAccessible: true }), ...network("0.0.0.0/0", "igw-1") },
    "failed",
  ],
  [
    "database-not-public",
    "two halves of the world",
    { ...database({ PubliclyAccessible: true }), ...network("128.0.0.0/1", "igw-1") },
    "failed",
  ],
  [
    "database-not-public",
    "an address whose port is closed",
    { ...database({ PubliclyAccessible: true }), ...network("10.0.0.0/8", "igw-1") },
    "warning",
  ],
  [
    "database-not-public",
    "an address without a route",
    { ...database({ PubliclyAccessible: true }), ...network("0.0.0.0/0", "nat-1") },
    "warning",
  ],
  [
    "database-not-public",
    "an address without a route, in strict",
    { ...database({ PubliclyAccessible: true }), ...network("0.0.0.0/0", "nat-1") },
    "failed",
    strict,
  ],
  ["database-not-public", "a public cluster", { ...cluster({ PubliclyAccessible: true }), ...network("10.0.0.0/8", "nat-1") }, "warning"],
  ["redis-encryption", "both, required", redis(), "passed"],
  ["redis-encryption", "preferred still takes plaintext", redis({ TransitEncryptionMode: "preferred" }), "failed"],
  ["redis-encryption", "not in transit", redis({ TransitEncryptionEnabled: false }), "failed"],
  ["redis-encryption", "not at rest", redis({ AtRestEncryptionEnabled: false }), "failed"],
  [
    "redis-encryption",
    "a serverless cache has both always",
    { caches: { groups: [], nodes: [], serverless: [{ ServerlessCacheName: "s" }], subnets: {} } },
    "passed",
  ],
  [
    "redis-encryption",
    "Memcached in clear",
    { caches: { groups: [], nodes: [{ CacheClusterId: "m", Engine: "memcached" }], serverless: [], subnets: {} } },
    "failed",
  ],
  [
    "redis-encryption",
    "Memcached with TLS keeps nothing on disk",
    {
      caches: {
        groups: [],
        nodes: [{ CacheClusterId: "m", Engine: "memcached", TransitEncryptionEnabled: true }],
        serverless: [],
        subnets: {},
      },
    },
    "passed",
  ],
  ["redis-encryption", "no cache", {}, "not-applicable"],
  ["redis-auth", "a token", redis(), "passed"],
  ["redis-auth", "a user group instead", redis({ AuthTokenEnabled: false, UserGroupIds: ["users"] }), "passed"],
  ["redis-auth", "neither", redis({ AuthTokenEnabled: false }), "failed"],
  [
    "redis-auth",
    "a serverless cache without users",
    { caches: { groups: [], nodes: [], serverless: [{ ServerlessCacheName: "s" }], subnets: {} } },
    "failed",
  ],
  ["automatic-failover", "is asked of production alone", database({ MultiAZ: false }), "not-applicable"],
  ["automatic-failover", "one zone in production", database({ MultiAZ: false }), "failed", production],
  ["automatic-failover", "two zones in production", { ...database(), ...redis() }, "passed", production],
  ["automatic-failover", "Redis without it", redis({ AutomaticFailover: "disabled" }), "failed", production],
  ["automatic-failover", "a cluster of one", cluster({ DBClusterMembers: [{}] }), "failed", production],
  ["automatic-failover", "a cluster of two", cluster({ DBClusterMembers: [{}, {}] }), "passed", production],
  ["database-backups", "30 days for staging", database({ BackupRetentionPeriod: 30 }), "passed"],
  ["database-backups", "29 days for staging", database({ BackupRetentionPeriod: 29 }), "failed"],
  [
    "database-backups",
    "34 days for production",
    { ...database({ BackupRetentionPeriod: 34 }), backupPlans: plan(90) },
    "failed",
    production,
  ],
  ["database-backups", "35 days and a plan of 90", { ...database(), backupPlans: plan(90) }, "passed", production],
  ["database-backups", "35 days and a plan of 89", { ...database(), backupPlans: plan(89) }, "failed", production],
  ["database-backups", "35 days and a plan without an end", { ...database(), backupPlans: plan(undefined) }, "passed", production],
  ["database-backups", "35 days and no plan", database(), "failed", production],
  ["database-backups", "a plan that selects nothing", { ...database(), backupPlans: plan(90, []) }, "failed", production],
  ["database-backups", "a plan that selects another", selected({ Resources: [`${arn}-2`] }), "failed", production],
  ["database-backups", "a plan that selects every database", selected({ Resources: ["arn:aws:rds:*:*:db:*"] }), "passed", production],
  ["database-backups", "a plan that leaves it out", selected({ Resources: ["*"], NotResources: [arn] }), "failed", production],
  [
    "database-backups",
    "a plan by one of two tags",
    selected({ ListOfTags: [condition("backup", "daily"), condition("keep", "yes")] }, { keep: "yes" }),
    "passed",
    production,
  ],
  [
    "database-backups",
    "a plan by a tag of another value",
    selected({ ListOfTags: [condition("keep", "yes")] }, { keep: "no" }),
    "failed",
    production,
  ],
  [
    "database-backups",
    "a plan with conditions that hold",
    selected(
      {
        Resources: ["*"],
        Conditions: {
          StringEquals: [{ ConditionKey: "aws:ResourceTag/keep", ConditionValue: "yes" }],
          StringNotEquals: [{ ConditionKey: "aws:ResourceTag/stage", ConditionValue: "test" }],
          StringLike: [{ ConditionKey: "aws:ResourceTag/team", ConditionValue: "shop-*" }],
          StringNotLike: [{ ConditionKey: "aws:ResourceTag/team", ConditionValue: "shop-old*" }],
        },
      },
      { keep: "yes", team: "shop-1" },
    ),
    "passed",
    production,
  ],
  ...(["StringEquals", "StringLike"] as const).map(
    (operator) =>
      [
        "database-backups",
        `a plan with a condition ${operator} on a tag that it lacks`,
        selected({ Resources: ["*"], Conditions: { [operator]: [{ ConditionKey: "aws:ResourceTag/keep", ConditionValue: "*" }] } }),
        "failed",
        production,
      ] as const,
  ),
  [
    "database-backups",
    "no selection that could be read holds it",
    { ...database(), backupPlans: plan(90, [unread]) },
    "unknown",
    production,
  ],
  ["database-backups", "one unread beside one that holds it", { ...database(), backupPlans: [unread, ...plan(90)] }, "passed", production],
  [
    "database-backups",
    "one unread beside one that is too short",
    { ...database(), backupPlans: [unread, ...plan(89)] },
    "unknown",
    production,
  ],
  ["database-tls", "asked for", transport("1"), "passed"],
  ["database-tls", "MySQL's word for it", transport("ON", { parameter: "require_secure_transport" }), "passed"],
  ["database-tls", "not asked for", transport("0"), "failed"],
  ["database-tls", "never set", transport(undefined), "failed"],
  ["database-tls", "a default group", transport("0", { group: "default.postgres14" }), "failed"],
  ["database-tls", "set, and waiting for a restart", transport("1", { pending: true }), "warning"],
  ["database-tls", "a group that may not be read", { databaseTransport: [unread] }, "unknown"],
  ["database-tls", "no database", {}, "not-applicable"],
  ["certificates", "31 days left", certificate(31), "passed"],
  ["certificates", "30 days left", certificate(30), "failed"],
  ["certificates", "a pending one", certificate(300, "PENDING_VALIDATION"), "failed"],
  ["logs-encrypted", "a key", { logGroups: [{ logGroupName: "a", kmsKeyId: "k" }] }, "passed"],
  ["logs-encrypted", "one of two without", { logGroups: [{ logGroupName: "a", kmsKeyId: "k" }, { logGroupName: "b" }] }, "failed"],
  ["log-retention", "30 days for staging", { logGroups: [{ logGroupName: "a", retentionInDays: 30 }] }, "passed"],
  ["log-retention", "30 days for production", { logGroups: [{ logGroupName: "a", retentionInDays: 30 }] }, "failed", production],
  ["log-retention", "for ever", { logGroups: [{ logGroupName: "a" }] }, "warning"],
];

for (const [check, sentence, parts, state, changes = {}] of rows)
  test(`${check}: ${sentence} is ${state}`, () => {
    const result = judged(check, world(parts), changes);
    expect(result.state).toBe(state);
    for (const { resource, expected, found, mend } of result.remarks)
      for (const text of [resource, expected, found, mend]) expect(text).not.toBe("");
  });
