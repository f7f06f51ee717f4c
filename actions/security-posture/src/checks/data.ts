import { shellQuoted } from "@aws-deploy-actions/shared/secrets/finding";
import type { DBCluster, DBInstance } from "@aws-sdk/client-rds";
import type { Check, Judgement, Rules } from "../model/check.ts";
import type { Databases, Network, World } from "../model/world.ts";
import { controls } from "./controls.ts";
import { fine, join, nothing, on, onEach, remark, unless } from "./judging.ts";
import { isPublicSubnet, openToWorld } from "./reach.ts";

const instanceName = ({ DBInstanceIdentifier = "?" }: DBInstance): string => DBInstanceIdentifier;
const clusterName = ({ DBClusterIdentifier = "?" }: DBCluster): string => DBClusterIdentifier;

export const secretsStored: Check = {
  id: "secrets-in-secrets-manager",
  title: "Secrets are in Secrets Manager, under a KMS key that works",
  profiles: ["container", "serverless"],
  severity: "high",
  needs: ["secrets", "keys"],
  controls: controls("CC6.1", "8.6.2, 3.6.1", "32", "164.312(a)(2)(iv)"),
  prowler: [],
  judge: ({ secrets, keys }, rules) =>
    onEach("secrets", secrets, (facts, name) => {
      if (facts === "missing")
        return remark("failed", name, "a secret of this name", "there is none", "Run validate-secrets: its finding says how to create it.");
      const quoted = shellQuoted(facts.name);
      if (facts.deletedAt !== undefined)
        return remark(
          "failed",
          facts.name,
          "kept",
          "it is scheduled for deletion",
          `aws secretsmanager restore-secret --secret-id ${quoted}`,
        );
      const useOwn = `aws secretsmanager update-secret --secret-id ${quoted} --kms-key-id CUSTOMER_KEY_ARN`;
      if (facts.keyId === undefined || facts.keyId.endsWith("alias/aws/secretsmanager"))
        // No key named is AWS's own key: encrypted. https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
        return rules.strict ? remark("failed", facts.name, "a customer's KMS key", "AWS's default key", useOwn) : fine(facts.name);
      const id = facts.keyId;
      return on(id, keyOf(keys, id), (key) => {
        if (key.state !== "Enabled")
          return remark(
            "failed",
            facts.name,
            "a KMS key that is enabled",
            `its key is ${key.state}`,
            `aws kms enable-key --key-id ${shellQuoted(key.arn)}`,
          );
        return unless(!rules.strict || key.manager === "CUSTOMER", facts.name, "failed", {
          expected: "a customer's KMS key",
          found: "an AWS managed key",
          mend: useOwn,
        });
      });
    }),
};

const keyOf = (keys: World["keys"], id: string) =>
  keys.state === "unknown"
    ? keys
    : (keys.value.find(({ name }) => name === id)?.seen ??
      ({ state: "unknown", why: `the key ${id} was not read`, mend: "Run again." } as const));

export const encryptedAtRest: Check = {
  id: "encryption-at-rest",
  title: "The database is encrypted at rest with KMS",
  profiles: ["container"],
  severity: "high",
  needs: ["databases"],
  controls: controls("CC6.1, CC6.7", "3.5.1", "32", "164.312(a)(2)(iv)", "2.3.1"),
  prowler: ["rds_instance_storage_encrypted", "rds_cluster_storage_encrypted"],
  judge: ({ databases }) =>
    on("database", databases, ({ instances, clusters }) =>
      join([
        ...instances.map((one) =>
          encrypted(
            instanceName(one),
            one.StorageEncrypted,
            `aws rds create-db-snapshot --db-instance-identifier ${instanceName(one)} --db-snapshot-identifier ${instanceName(one)}-plain`,
          ),
        ),
        ...clusters.map((one) =>
          encrypted(
            clusterName(one),
            one.StorageEncrypted,
            `aws rds create-db-cluster-snapshot --db-cluster-identifier ${clusterName(one)} --db-cluster-snapshot-identifier ${clusterName(one)}-plain`,
          ),
        ),
      ]),
    ),
};

const encrypted = (name: string, is: boolean | undefined, snapshot: string): Judgement =>
  unless(is === true, name, "failed", {
    expected: "StorageEncrypted",
    found: "stored in clear",
    mend: `Encryption cannot be switched on; restore an encrypted copy: ${snapshot}, then copy it with --kms-key-id and restore from the copy.`,
  });

export const databaseNotPublic: Check = {
  id: "database-not-public",
  title: "The database cannot be reached from the internet",
  profiles: ["container"],
  severity: "critical",
  needs: ["databases", "network"],
  controls: controls("CC6.2, CC6.6", "1.3.1, 1.4.4", "32", "164.312(a)(1)", "2.3.3"),
  prowler: ["rds_instance_no_public_access"],
  judge: ({ databases, network }) =>
    on("database", databases, (seen) =>
      join([
        ...seen.instances.map((one) => publicity(facetsOf(one), network)),
        ...seen.clusters.map((one) => publicity(clusterFacets(one, seen), network)),
      ]),
    ),
};

interface Facets {
  readonly name: string;
  readonly flag: boolean;
  readonly port: number;
  readonly groups: readonly string[];
  readonly subnets: readonly string[];
  readonly mend: string;
}

const facetsOf = (one: DBInstance): Facets => ({
  name: instanceName(one),
  flag: one.PubliclyAccessible === true,
  port: one.Endpoint?.Port ?? one.DbInstancePort ?? 5432,
  groups: (one.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId = "" }) => VpcSecurityGroupId),
  subnets: (one.DBSubnetGroup?.Subnets ?? []).map(({ SubnetIdentifier = "" }) => SubnetIdentifier),
  mend: `aws rds modify-db-instance --db-instance-identifier ${instanceName(one)} --no-publicly-accessible --apply-immediately`,
});

const clusterFacets = (one: DBCluster, { instances }: Databases): Facets => ({
  name: clusterName(one),
  // Aurora's flag is on its instances; a Multi-AZ cluster has its own.
  flag: one.PubliclyAccessible === true,
  port: one.Port ?? 5432,
  groups: (one.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId = "" }) => VpcSecurityGroupId),
  subnets: instances.flatMap(({ DBSubnetGroup }) => (DBSubnetGroup?.Subnets ?? []).map(({ SubnetIdentifier = "" }) => SubnetIdentifier)),
  mend: `aws rds modify-db-cluster --db-cluster-identifier ${clusterName(one)} --no-publicly-accessible --apply-immediately`,
});

/** The flag alone gives a public address; reached is what also has an open port and a way to the internet. */
function publicity(facets: Facets, network: World["network"]): Judgement {
  const { name, flag, port, mend } = facets;
  if (!flag) return fine(name);
  return on(name, network, (seen) => {
    const reached = isReached(facets, seen);
    const told = reached
      ? `it has a public address, port ${port} is open to everybody, and its subnet leads to the internet`
      : "it has a public address (PubliclyAccessible), though port or subnet are closed";
    return remark(reached ? "failed" : "warning", name, "PubliclyAccessible: false", told, mend);
  });
}

const isReached = ({ port, groups, subnets }: Facets, network: Network): boolean =>
  network.groups.some(({ GroupId = "", IpPermissions }) => groups.includes(GroupId) && openToWorld(IpPermissions ?? [], port)) &&
  subnets.some((subnet) => isPublicSubnet(subnet, network));

export const redisEncrypted: Check = {
  id: "redis-encryption",
  title: "Redis is encrypted at rest and in transit",
  profiles: ["container"],
  severity: "high",
  needs: ["caches"],
  controls: controls("CC6.1, CC6.7", "3.5.1, 4.2.1", "32", "164.312(a)(2)(iv), 164.312(e)(1)"),
  prowler: ["elasticache_redis_cluster_rest_encryption_enabled", "elasticache_redis_cluster_in_transit_encryption_enabled"],
  judge: ({ caches }) =>
    on("cache", caches, ({ groups, nodes, serverless }) =>
      join([
        ...groups.map(({ ReplicationGroupId: name = "?", AtRestEncryptionEnabled, TransitEncryptionEnabled, TransitEncryptionMode }) =>
          join([atRest(name, AtRestEncryptionEnabled), inTransit(name, TransitEncryptionEnabled, TransitEncryptionMode)]),
        ),
        // Nodes of a replication group are judged with it.
        ...nodes
          .filter(({ ReplicationGroupId }) => ReplicationGroupId === undefined)
          .map(({ CacheClusterId: name = "?", AtRestEncryptionEnabled, TransitEncryptionEnabled, TransitEncryptionMode, Engine }) =>
            join([
              // Memcached keeps nothing on disk: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html
              Engine === "memcached" ? nothing : atRest(name, AtRestEncryptionEnabled),
              inTransit(name, TransitEncryptionEnabled, TransitEncryptionMode),
            ]),
          ),
        // A serverless cache always has both: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html
        ...serverless.map(({ ServerlessCacheName = "?" }) => fine(ServerlessCacheName)),
      ]),
    ),
};

const atRest = (name: string, is: boolean | undefined): Judgement =>
  unless(is === true, name, "failed", {
    expected: "AtRestEncryptionEnabled",
    found: "kept in clear",
    mend: `It cannot be switched on: aws elasticache create-snapshot --replication-group-id ${name} --snapshot-name ${name}-plain, then create-replication-group --snapshot-name ${name}-plain --at-rest-encryption-enabled`,
  });

function inTransit(name: string, is: boolean | undefined, mode: string | undefined): Judgement {
  const modify = `aws elasticache modify-replication-group --replication-group-id ${name} --transit-encryption-enabled --transit-encryption-mode`;
  const told = { expected: "TransitEncryptionMode: required" };
  if (is !== true)
    return remark(
      "failed",
      name,
      told.expected,
      "connections are in clear",
      `${modify} preferred --apply-immediately, move the clients to rediss://, then: ${modify} required --apply-immediately`,
    );
  return unless(mode !== "preferred", name, "failed", {
    ...told,
    found: "mode preferred still takes connections in clear",
    mend: `${modify} required --apply-immediately`,
  });
}

export const redisAuth: Check = {
  id: "redis-auth",
  title: "Redis asks for a password or a user",
  profiles: ["container"],
  severity: "high",
  needs: ["caches"],
  controls: controls("CC6.1", "8.3.1", "32", "164.312(d)"),
  prowler: ["elasticache_redis_replication_group_auth_enabled"],
  judge: ({ caches }) =>
    on("cache", caches, ({ groups, nodes, serverless }) =>
      join([
        ...groups.map(({ ReplicationGroupId: name = "?", AuthTokenEnabled, UserGroupIds }) =>
          unless(AuthTokenEnabled === true || (UserGroupIds ?? []).length > 0, name, "failed", {
            expected: "an auth token or a user group",
            found: "whoever reaches it is let in",
            mend: `aws elasticache modify-replication-group --replication-group-id ${name} --auth-token-update-strategy SET --auth-token "$NEW_TOKEN" --apply-immediately`,
          }),
        ),
        ...nodes
          .filter(({ ReplicationGroupId, Engine }) => ReplicationGroupId === undefined && Engine !== "memcached")
          .map(({ CacheClusterId: name = "?", AuthTokenEnabled }) =>
            unless(AuthTokenEnabled === true, name, "failed", {
              expected: "an auth token",
              found: "whoever reaches it is let in",
              mend: "A single node cannot have one without TLS; move to a replication group: aws elasticache create-replication-group --auth-token … --transit-encryption-enabled",
            }),
          ),
        ...serverless.map(({ ServerlessCacheName: name = "?", UserGroupId }) =>
          unless(UserGroupId !== undefined && UserGroupId !== "", name, "failed", {
            expected: "a user group",
            found: "whoever reaches it is let in",
            mend: `aws elasticache modify-serverless-cache --serverless-cache-name ${name} --user-group-id USER_GROUP`,
          }),
        ),
      ]),
    ),
};

/** Least days that backups are kept: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html allows 35 at most. */
export const backupDays = (rules: Rules): number => (rules.environmentClass === "production" ? 35 : 30);
/** Days that a backup plan has to keep in production. */
const planDays = 90;

export const databaseBackups: Check = {
  id: "database-backups",
  title: "The database's backups are kept long enough",
  profiles: ["container"],
  severity: "medium",
  needs: ["databases", "backupPlans"],
  controls: controls("A1.2", "9.4.1.2", "32(1)(c)", "164.308(a)(7)(ii)(A)"),
  prowler: ["rds_instance_backup_enabled", "rds_cluster_protected_by_backup_plan", "rds_instance_protected_by_backup_plan"],
  judge: ({ databases, backupPlans }, rules) =>
    on("database", databases, ({ instances, clusters }) => {
      const least = backupDays(rules);
      const alone = instances.filter(({ DBClusterIdentifier }) => DBClusterIdentifier === undefined);
      if (alone.length + clusters.length === 0) return nothing;
      const kept = (name: string, days: number | undefined, modify: string): Judgement =>
        unless((days ?? 0) >= least, name, "failed", {
          expected: `backups of at least ${least} days`,
          found: days === undefined || days === 0 ? "no automatic backups" : `${days} days`,
          mend: `${modify} --backup-retention-period ${least} --apply-immediately`,
        });
      return join([
        ...alone.map((one) =>
          kept(instanceName(one), one.BackupRetentionPeriod, `aws rds modify-db-instance --db-instance-identifier ${instanceName(one)}`),
        ),
        ...clusters.map((one) =>
          kept(clusterName(one), one.BackupRetentionPeriod, `aws rds modify-db-cluster --db-cluster-identifier ${clusterName(one)}`),
        ),
        rules.environmentClass === "production" ? longTerm(backupPlans) : nothing,
      ]);
    }),
};

/** RDS itself keeps 35 days at most; the rest of 90 is a plan's. */
function longTerm(plans: World["backupPlans"]): Judgement {
  const missing = (found: string): Judgement =>
    remark(
      "failed",
      "backup plan",
      `a rule that keeps ${planDays} days`,
      found,
      "Deploy infra/data.yaml, or: aws backup create-backup-plan --backup-plan file://plan.json with Lifecycle: {DeleteAfterDays: 90}",
    );
  return on("backup plan", plans, (list) => {
    const long = list.filter(
      ({ seen }) =>
        seen.state === "seen" &&
        (seen.value.Rules ?? []).some(({ Lifecycle }) => Lifecycle?.DeleteAfterDays === undefined || Lifecycle.DeleteAfterDays >= planDays),
    );
    if (long.length > 0) return fine(...long.map(({ name }) => name));
    const unread = list.find(({ seen }) => seen.state === "unknown");
    if (unread?.seen.state === "unknown") return remark("unknown", unread.name, "readable", unread.seen.why, unread.seen.mend);
    return missing(list.length === 0 ? "there is no backup plan" : `no rule of ${list.map(({ name }) => name).join(", ")} does`);
  });
}

export const highAvailability: Check = {
  id: "automatic-failover",
  title: "Database and Redis fail over by themselves in production",
  profiles: ["container"],
  severity: "medium",
  needs: ["databases", "caches"],
  controls: controls("A1.2", "", "32(1)(b)", "164.308(a)(7)(i)"),
  prowler: [
    "rds_instance_multi_az",
    "rds_cluster_multi_az",
    "elasticache_redis_cluster_automatic_failover_enabled",
    "elasticache_redis_cluster_multi_az_enabled",
  ],
  judge: ({ databases, caches }, rules) => {
    if (rules.environmentClass !== "production") return nothing;
    return join([
      on("database", databases, ({ instances, clusters }) =>
        join([
          ...instances
            .filter(({ DBClusterIdentifier }) => DBClusterIdentifier === undefined)
            .map((one) =>
              unless(one.MultiAZ === true, instanceName(one), "failed", {
                expected: "MultiAZ",
                found: "one zone: with it the database is gone",
                mend: `aws rds modify-db-instance --db-instance-identifier ${instanceName(one)} --multi-az --apply-immediately`,
              }),
            ),
          ...clusters.map((one) =>
            unless(one.MultiAZ === true || (one.DBClusterMembers ?? []).length > 1, clusterName(one), "failed", {
              expected: "an instance in a second zone",
              found: "one instance",
              mend: `aws rds create-db-instance --db-cluster-identifier ${clusterName(one)} --db-instance-identifier ${clusterName(one)}-2 --engine ${one.Engine ?? "ENGINE"} --db-instance-class CLASS`,
            }),
          ),
        ]),
      ),
      on("cache", caches, ({ groups }) =>
        join(
          groups.map(({ ReplicationGroupId: name = "?", AutomaticFailover, MultiAZ }) =>
            unless(AutomaticFailover === "enabled" && MultiAZ === "enabled", name, "failed", {
              expected: "automatic failover across zones",
              found: `automatic failover ${AutomaticFailover ?? "disabled"}, several zones ${MultiAZ ?? "disabled"}`,
              mend: `aws elasticache modify-replication-group --replication-group-id ${name} --automatic-failover-enabled --multi-az-enabled --apply-immediately`,
            }),
          ),
        ),
      ),
    ]);
  },
};
