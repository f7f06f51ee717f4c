import type { Check, Judgement } from "../model/check.ts";
import { controls } from "./controls.ts";
import { fine, join, nothing, on, remark, unless } from "./judging.ts";

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
