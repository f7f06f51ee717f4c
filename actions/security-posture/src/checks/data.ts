import { shellQuoted } from "@aws-deploy-actions/shared/secrets/finding";
import type { DBCluster, DBInstance } from "@aws-sdk/client-rds";
import type { Check, Judgement } from "../model/check.ts";
import type { Databases, Network, World } from "../model/world.ts";
import { controls } from "./controls.ts";
import { fine, join, on, onEach, remark, unless } from "./judging.ts";
import { clusterName, instanceName } from "./names.ts";
import { isPublicSubnet, openToWorld } from "./reach.ts";

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
