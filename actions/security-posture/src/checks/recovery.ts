import type { Check, Judgement, Rules } from "../model/check.ts";
import { clusterResource, heldByPlans, instanceResource } from "./backup-plans.ts";
import { controls } from "./controls.ts";
import { join, nothing, on, unless } from "./judging.ts";
import { clusterName, instanceName } from "./names.ts";

/** Least days that backups are kept: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html allows 35 at most. */
const backupDays = (rules: Rules): number => (rules.environmentClass === "production" ? 35 : 30);

export const databaseBackups: Check = {
  id: "database-backups",
  title: "The database's backups are kept long enough",
  profiles: ["container"],
  severity: "medium",
  needs: ["databases"],
  needsInProduction: ["backupPlans"],
  controls: controls("A1.2", "9.4.1.2", "32(1)(c)", "164.308(a)(7)(ii)(A)"),
  prowler: [
    "rds_instance_backup_enabled",
    "rds_cluster_protected_by_backup_plan",
    "rds_instance_protected_by_backup_plan",
    "backup_plans_exist",
  ],
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
        rules.environmentClass === "production"
          ? heldByPlans([...alone.map(instanceResource), ...clusters.map(clusterResource)], backupPlans)
          : nothing,
      ]);
    }),
};

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
