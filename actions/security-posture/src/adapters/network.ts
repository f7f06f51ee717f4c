import type { Service } from "@aws-sdk/client-ecs";
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Caches, Databases, Network } from "../model/world.ts";
import { allPages, distinct, type PostureAws } from "./ask.ts";

/** What lies in the network; what could not be read is left out here, and said by the check that reads it. */
export interface Residents {
  readonly services: readonly Service[];
  readonly loadBalancers: readonly LoadBalancer[];
  readonly databases: Databases;
  readonly caches: Caches;
}

/** Subnets, routes, network ACLs and security groups of the application's own resources. */
export async function observeNetwork(aws: PostureAws, residents: Residents): Promise<Network> {
  const subnetIds = subnetsOf(residents);
  const groupIds = groupsOf(residents);
  const subnets =
    subnetIds.length === 0 ? [] : ((await aws.ec2((sdk) => new sdk.DescribeSubnetsCommand({ SubnetIds: [...subnetIds] }))).Subnets ?? []);
  const vpcs = distinct(subnets.map(({ VpcId }) => VpcId));
  const [routeTables, acls, groups] = await Promise.all([routeTablesOf(aws, vpcs), aclsOf(aws, vpcs), securityGroups(aws, groupIds)]);
  return { subnets, routeTables, acls, groups };
}

export const subnetsOf = ({ services, loadBalancers, databases, caches }: Residents): readonly string[] =>
  distinct([
    ...services.flatMap(({ networkConfiguration }) => networkConfiguration?.awsvpcConfiguration?.subnets ?? []),
    ...loadBalancers.flatMap(({ AvailabilityZones }) => (AvailabilityZones ?? []).map(({ SubnetId }) => SubnetId)),
    ...databases.instances.flatMap(({ DBSubnetGroup }) => (DBSubnetGroup?.Subnets ?? []).map(({ SubnetIdentifier }) => SubnetIdentifier)),
    ...Object.values(caches.subnets).flat(),
    ...caches.serverless.flatMap(({ SubnetIds }) => SubnetIds ?? []),
  ]);

const groupsOf = ({ services, loadBalancers, databases, caches }: Residents): readonly string[] =>
  distinct([
    ...services.flatMap(({ networkConfiguration }) => networkConfiguration?.awsvpcConfiguration?.securityGroups ?? []),
    ...loadBalancers.flatMap(({ SecurityGroups }) => SecurityGroups ?? []),
    ...[...databases.instances, ...databases.clusters].flatMap(({ VpcSecurityGroups }) =>
      (VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
    ),
    ...caches.nodes.flatMap(({ SecurityGroups }) => (SecurityGroups ?? []).map(({ SecurityGroupId }) => SecurityGroupId)),
    ...caches.serverless.flatMap(({ SecurityGroupIds }) => SecurityGroupIds ?? []),
  ]);

async function routeTablesOf(aws: PostureAws, vpcs: readonly string[]): Promise<Network["routeTables"]> {
  if (vpcs.length === 0) return [];
  return await allPages(
    (NextToken) =>
      aws.ec2((sdk) => new sdk.DescribeRouteTablesCommand({ ...inVpcs(vpcs), ...(NextToken === undefined ? {} : { NextToken }) })),
    ({ RouteTables }) => RouteTables,
    ({ NextToken }) => NextToken,
  );
}

async function aclsOf(aws: PostureAws, vpcs: readonly string[]): Promise<Network["acls"]> {
  if (vpcs.length === 0) return [];
  return await allPages(
    (NextToken) =>
      aws.ec2((sdk) => new sdk.DescribeNetworkAclsCommand({ ...inVpcs(vpcs), ...(NextToken === undefined ? {} : { NextToken }) })),
    ({ NetworkAcls }) => NetworkAcls,
    ({ NextToken }) => NextToken,
  );
}

/** Asked by filter: a group that was deleted meanwhile must not hide the others. */
async function securityGroups(aws: PostureAws, ids: readonly string[]): Promise<Network["groups"]> {
  const parts = Array.from({ length: Math.ceil(ids.length / 200) }, (_, at) => ids.slice(at * 200, at * 200 + 200));
  const lists = parts.map((part) =>
    allPages(
      (NextToken) =>
        aws.ec2(
          (sdk) =>
            new sdk.DescribeSecurityGroupsCommand({
              Filters: [{ Name: "group-id", Values: [...part] }],
              ...(NextToken === undefined ? {} : { NextToken }),
            }),
        ),
      ({ SecurityGroups }) => SecurityGroups,
      ({ NextToken }) => NextToken,
    ),
  );
  return (await Promise.all(lists)).flat();
}

const inVpcs = (vpcs: readonly string[]) => ({ Filters: [{ Name: "vpc-id", Values: [...vpcs] }] });
