import { cloudTrouble } from "@aws-deploy-actions/shared/problems";
import type { Wanted } from "../model/subject.ts";
import type { Caches, Databases } from "../model/world.ts";
import { allPages, distinct, orMissing, type PostureAws } from "./ask.ts";

/** The database: an instance, or a cluster with its instances. */
export async function observeDatabases(aws: PostureAws, { name, given }: Wanted): Promise<Databases> {
  const [alone, clustered] = await Promise.all([
    orMissing(
      aws.rds((sdk) => new sdk.DescribeDBInstancesCommand({ DBInstanceIdentifier: name })),
      { DBInstances: [] },
    ),
    orMissing(
      aws.rds((sdk) => new sdk.DescribeDBClustersCommand({ DBClusterIdentifier: name })),
      { DBClusters: [] },
    ),
  ]);
  const [instances, clusters] = [alone.DBInstances ?? [], clustered.DBClusters ?? []];
  if (given && instances.length + clusters.length === 0) throw notFound("database", name);
  if (clusters.length === 0) return { instances, clusters };
  const members = await allPages(
    (Marker) =>
      aws.rds(
        (sdk) =>
          new sdk.DescribeDBInstancesCommand({
            Filters: [{ Name: "db-cluster-id", Values: [name] }],
            ...(Marker === undefined ? {} : { Marker }),
          }),
      ),
    ({ DBInstances }) => DBInstances,
    ({ Marker }) => Marker,
  );
  const known = new Set(instances.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier));
  return { instances: [...instances, ...members.filter((one) => !known.has(one.DBInstanceIdentifier))], clusters };
}

/** The cache: a replication group, Memcached or a single node, or a serverless cache; looked for in this order. */
export async function observeCaches(aws: PostureAws, { name, given }: Wanted, emulated: boolean): Promise<Caches> {
  const replicated = await orMissing(
    aws.elasticache((sdk) => new sdk.DescribeReplicationGroupsCommand({ ReplicationGroupId: name })),
    { ReplicationGroups: [] },
  );
  const groups = replicated.ReplicationGroups ?? [];
  // A group's nodes share security groups and subnets, so one of them tells.
  const one = groups.length > 0 ? groups.flatMap(({ MemberClusters }) => (MemberClusters ?? []).slice(0, 1)) : [name];
  const found = await Promise.all(
    one.map((CacheClusterId) =>
      orMissing(
        aws.elasticache((sdk) => new sdk.DescribeCacheClustersCommand({ CacheClusterId })),
        { CacheClusters: [] },
      ),
    ),
  );
  const nodes = found.flatMap(({ CacheClusters }) => CacheClusters ?? []);
  const serverless = groups.length + nodes.length > 0 || emulated ? [] : await serverlessCaches(aws, name);
  if (given && groups.length + nodes.length + serverless.length === 0) throw notFound("cache", name);
  const subnetGroups = distinct(nodes.map(({ CacheSubnetGroupName }) => CacheSubnetGroupName));
  const subnets = await Promise.all(
    subnetGroups.map(async (CacheSubnetGroupName) => {
      const answer = await aws.elasticache((sdk) => new sdk.DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName }));
      const ids = (answer.CacheSubnetGroups ?? []).flatMap(({ Subnets }) => Subnets ?? []);
      return [CacheSubnetGroupName, distinct(ids.map(({ SubnetIdentifier }) => SubnetIdentifier))] as const;
    }),
  );
  return { groups, nodes, serverless, subnets: Object.fromEntries(subnets) };
}

async function serverlessCaches(aws: PostureAws, name: string): Promise<Caches["serverless"]> {
  const answer = await orMissing(
    aws.elasticache((sdk) => new sdk.DescribeServerlessCachesCommand({ ServerlessCacheName: name })),
    { ServerlessCaches: [] },
  );
  return answer.ServerlessCaches ?? [];
}

const notFound = (what: "database" | "cache", name: string) =>
  cloudTrouble(`there is no ${what} ${name} in this account and region`, `Check the input ${what}, or leave it out where there is none.`);
