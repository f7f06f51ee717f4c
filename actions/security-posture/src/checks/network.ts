import type { Check, Judgement } from "../model/check.ts";
import type { World } from "../model/world.ts";
import { controls } from "./controls.ts";
import { every, join, on, remark, unless } from "./judging.ts";
import { aclLetsIn, aclOf, isPublicSubnet, routesOf } from "./reach.ts";

export const privateSubnets: Check = {
  id: "private-subnets",
  title: "Tasks, database and Redis are in private subnets",
  profiles: ["container"],
  severity: "high",
  needs: ["services", "databases", "caches", "network"],
  controls: controls("CC6.6", "1.4.1, 1.4.4", "32", "164.312(e)(1)"),
  prowler: ["vpc_subnet_separate_private_public", "ecs_service_no_assign_public_ip"],
  judge: ({ services, databases, caches, network }) =>
    join([
      every("services", services, ({ serviceName = "?", clusterArn = "", networkConfiguration }) => {
        const own = networkConfiguration?.awsvpcConfiguration;
        const cluster = clusterArn.split("/").at(-1) ?? "";
        return join([
          unless(own?.assignPublicIp !== "ENABLED", serviceName, "failed", {
            expected: "assignPublicIp: DISABLED",
            found: "every task has a public address",
            mend: `aws ecs update-service --cluster ${cluster} --service ${serviceName} --network-configuration 'awsvpcConfiguration={subnets=[PRIVATE_SUBNETS],securityGroups=[${(own?.securityGroups ?? []).join(",")}],assignPublicIp=DISABLED}'`,
          }),
          ...(own?.subnets ?? []).map((subnet) => privateOnly(serviceName, subnet, network)),
        ]);
      }),
      on("database", databases, (seen) =>
        join(
          seen.instances.flatMap(({ DBInstanceIdentifier = "?", DBSubnetGroup }) =>
            (DBSubnetGroup?.Subnets ?? []).map(({ SubnetIdentifier = "" }) => privateOnly(DBInstanceIdentifier, SubnetIdentifier, network)),
          ),
        ),
      ),
      on("cache", caches, (seen) =>
        join([
          ...seen.nodes.flatMap(({ CacheClusterId = "?", CacheSubnetGroupName = "" }) =>
            (seen.subnets[CacheSubnetGroupName] ?? []).map((subnet) => privateOnly(CacheClusterId, subnet, network)),
          ),
          ...seen.serverless.flatMap(({ ServerlessCacheName = "?", SubnetIds }) =>
            (SubnetIds ?? []).map((subnet) => privateOnly(ServerlessCacheName, subnet, network)),
          ),
        ]),
      ),
    ]),
};

const privateOnly = (resource: string, subnet: string, network: World["network"]): Judgement =>
  on(subnet, network, (seen) =>
    routesOf(subnet, seen) === undefined
      ? remark(
          "unknown",
          resource,
          "readable",
          `the route table of ${subnet} was not found`,
          "Grant ec2:DescribeRouteTables, or check that the subnet still exists.",
        )
      : unless(!isPublicSubnet(subnet, seen), resource, "failed", {
          expected: "subnets without a route to an internet gateway",
          found: `${subnet} has one`,
          mend: `Move ${resource} to private subnets (infra/network.yaml), or take the route out: aws ec2 delete-route --route-table-id ${routesOf(subnet, seen)?.RouteTableId ?? "ROUTE_TABLE"} --destination-cidr-block 0.0.0.0/0`,
        }),
  );

export const networkAcls: Check = {
  id: "network-acls",
  title: "Network ACLs keep administration ports from the internet",
  profiles: ["container"],
  severity: "medium",
  needs: ["network"],
  controls: controls("CC6.6", "1.3.1, 1.4.2", "32", "164.312(e)(1)", "5.1"),
  prowler: [
    "ec2_networkacl_allow_ingress_tcp_port_22",
    "ec2_networkacl_allow_ingress_tcp_port_3389",
    "ec2_networkacl_allow_ingress_any_port",
  ],
  judge: ({ network }) =>
    on("network", network, (seen) => {
      const bySubnet = seen.subnets.map(({ SubnetId = "" }) => ({ subnet: SubnetId, acl: aclOf(SubnetId, seen) }));
      const acls = new Map(bySubnet.flatMap(({ acl }) => (acl?.NetworkAclId === undefined ? [] : [[acl.NetworkAclId, acl] as const])));
      const lost = bySubnet.filter(({ acl }) => acl === undefined);
      return join([
        ...lost.map(({ subnet }) =>
          remark("unknown", subnet, "readable", "its network ACL was not found", "Grant ec2:DescribeNetworkAcls."),
        ),
        ...[...acls].map(([id, acl]) => {
          const open = [22, 3389].filter((port) => aclLetsIn(acl, port));
          return unless(open.length === 0, id, "failed", {
            expected: "ports 22 and 3389 closed to the internet",
            found: `${acl.IsDefault === true ? "the VPC's default ACL, which lets everybody in" : "lets everybody in"} on ${open.join(" and ")}`,
            mend: `Use network ACLs as in infra/network.yaml, or: ${open
              .map(
                (port, at) =>
                  `aws ec2 create-network-acl-entry --network-acl-id ${id} --ingress --rule-number ${at + 1} --protocol tcp --port-range From=${port},To=${port} --cidr-block 0.0.0.0/0 --rule-action deny`,
              )
              .join("; ")}`,
          });
        }),
      ]);
    }),
};
