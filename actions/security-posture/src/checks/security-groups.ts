import type { IpPermission, SecurityGroup } from "@aws-sdk/client-ec2";
import type { Check, Judgement } from "../model/check.ts";
import type { Caches, Databases, Parts } from "../model/world.ts";
import { controls } from "./controls.ts";
import { fine, join, on, remark, unless } from "./judging.ts";
import { coversPort, worldBlocks } from "./reach.ts";

export const securityGroups: Check = {
  id: "security-groups",
  title: "Security groups let in only who must come in",
  profiles: ["container"],
  severity: "high",
  needs: ["services", "loadBalancers", "listeners", "databases", "caches", "network"],
  controls: controls("CC6.6", "1.2.5, 1.3.1", "32", "164.312(a)(1)", "5.2, 5.3, 5.4"),
  prowler: [
    "ec2_securitygroup_allow_ingress_from_internet_to_all_ports",
    "ec2_securitygroup_allow_ingress_from_internet_to_any_port",
    "ec2_securitygroup_default_restrict_traffic",
  ],
  judge: ({ services, loadBalancers, listeners, databases, caches, network }) =>
    on("services", services, (seenServices) =>
      on("network", network, (net) => {
        const ofServices = new Set(
          seenServices.flatMap(({ networkConfiguration }) => networkConfiguration?.awsvpcConfiguration?.securityGroups ?? []),
        );
        const group = (id: string, judge: (one: SecurityGroup) => Judgement): Judgement => {
          const found = net.groups.find(({ GroupId }) => GroupId === id);
          return found === undefined
            ? remark("unknown", id, "readable", "the security group was not found", "Grant ec2:DescribeSecurityGroups.")
            : join([notDefault(found), judge(found)]);
        };
        return join([
          ...[...ofServices].map((id) => group(id, taskGroup)),
          on("load balancer", loadBalancers, (balancers) =>
            on("listeners", listeners, (open) => {
              const ports = new Set(open.flatMap(({ Port }) => (Port === undefined ? [] : [Port])));
              return join([...balancerGroups(balancers, ofServices)].map((id) => group(id, (one) => balancerGroup(one, ports))));
            }),
          ),
          on("database", databases, (seen) =>
            join(databaseGroups(seen).map(({ id, name, port }) => group(id, (one) => dataGroup(one, name, port, ofServices)))),
          ),
          on("cache", caches, (seen) =>
            join(cacheGroups(seen).map(({ id, name, port }) => group(id, (one) => dataGroup(one, name, port, ofServices)))),
          ),
        ]);
      }),
    ),
};

const label = ({ GroupId = "?", GroupName = "" }: SecurityGroup): string => (GroupName === "" ? GroupId : `${GroupId} (${GroupName})`);

const notDefault = (one: SecurityGroup): Judgement =>
  unless(one.GroupName !== "default", label(one), "warning", {
    expected: "a group of its own",
    found: "the VPC's default group, which everything gets that names none",
    mend: "Make a group for this purpose (infra/network.yaml), and use it instead.",
  });

const revoke = ({ GroupId = "" }: SecurityGroup, permission: IpPermission, cidr: string): string => {
  const ports =
    permission.FromPort === undefined ? "" : `,FromPort=${permission.FromPort},ToPort=${permission.ToPort ?? permission.FromPort}`;
  const range = cidr.includes(":") ? `Ipv6Ranges=[{CidrIpv6=${cidr}}]` : `IpRanges=[{CidrIp=${cidr}}]`;
  return `aws ec2 revoke-security-group-ingress --group-id ${GroupId} --ip-permissions 'IpProtocol=${permission.IpProtocol ?? "-1"}${ports},${range}'`;
};

const portsOf = ({ IpProtocol, FromPort, ToPort }: IpPermission): string =>
  IpProtocol === "-1" || FromPort === undefined
    ? "all ports"
    : FromPort === ToPort
      ? `port ${FromPort}`
      : `ports ${FromPort} to ${ToPort ?? FromPort}`;

/** Tasks take connections from the load balancer; nobody else's business with them comes from the internet. */
function taskGroup(one: SecurityGroup): Judgement {
  const open = (one.IpPermissions ?? []).flatMap((permission) =>
    worldBlocks(permission).map((cidr) =>
      remark(
        "failed",
        label(one),
        "connections from the load balancer's group alone",
        `${portsOf(permission)} open to ${cidr}`,
        revoke(one, permission, cidr),
      ),
    ),
  );
  return open.length === 0 ? fine(label(one)) : join(open);
}

/** Only what a listener serves may be open; 80 and 443 to everybody, another port (a test listener) to those who test. */
function balancerGroup(one: SecurityGroup, listening: ReadonlySet<number>): Judgement {
  const remarks = (one.IpPermissions ?? []).flatMap((permission) =>
    worldBlocks(permission).flatMap((cidr) => {
      const single = permission.IpProtocol !== "-1" && permission.FromPort !== undefined && permission.FromPort === permission.ToPort;
      const port = permission.FromPort ?? 0;
      if (single && (port === 80 || port === 443)) return [];
      const served = single && listening.has(port);
      const found = `${portsOf(permission)} open to ${cidr}${served ? ", where a listener beside 80 and 443 answers" : ""}`;
      return [
        remark(served ? "warning" : "failed", label(one), "the internet on ports 80 and 443 alone", found, revoke(one, permission, cidr)),
      ];
    }),
  );
  return remarks.length === 0 ? fine(label(one)) : join(remarks);
}

/** A group that tasks have too is judged as theirs. */
const balancerGroups = (balancers: Parts["loadBalancers"], ofServices: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(balancers.flatMap(({ SecurityGroups }) => SecurityGroups ?? []).filter((id) => !ofServices.has(id)));

interface DataGroup {
  readonly id: string;
  readonly name: string;
  readonly port: number;
}

const databaseGroups = ({ instances, clusters }: Databases): readonly DataGroup[] => [
  ...instances.flatMap(({ DBInstanceIdentifier: name = "?", VpcSecurityGroups, Endpoint, DbInstancePort }) =>
    (VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId: id = "" }) => ({ id, name, port: Endpoint?.Port ?? (DbInstancePort || 5432) })),
  ),
  ...clusters.flatMap(({ DBClusterIdentifier: name = "?", VpcSecurityGroups, Port }) =>
    (VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId: id = "" }) => ({ id, name, port: Port ?? 5432 })),
  ),
];

const cacheGroups = ({ nodes, serverless }: Caches): readonly DataGroup[] => [
  ...nodes.flatMap(({ CacheClusterId: name = "?", SecurityGroups, CacheNodes, Engine }) =>
    (SecurityGroups ?? []).map(({ SecurityGroupId: id = "" }) => ({
      id,
      name,
      port: CacheNodes?.[0]?.Endpoint?.Port ?? (Engine === "memcached" ? 11211 : 6379),
    })),
  ),
  ...serverless.flatMap(({ ServerlessCacheName: name = "?", SecurityGroupIds, Endpoint }) =>
    (SecurityGroupIds ?? []).map((id) => ({ id, name, port: Endpoint?.Port ?? 6379 })),
  ),
];

/** Who may reach data: the service's own groups. The internet and blocks of addresses fail; another group, such as that of a rotation, is to be looked at. */
function dataGroup(one: SecurityGroup, name: string, port: number, ofServices: ReadonlySet<string>): Judgement {
  const about = `${label(one)} of ${name}`;
  const expected = `port ${port} for the service's security group alone`;
  const remarks = (one.IpPermissions ?? [])
    .filter((permission) => coversPort(permission, port))
    .flatMap((permission) => [
      ...[
        ...(permission.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
        ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
      ].flatMap((cidr) =>
        cidr === undefined
          ? []
          : [remark("failed", about, expected, `${portsOf(permission)} open to ${cidr}`, revoke(one, permission, cidr))],
      ),
      ...(permission.PrefixListIds ?? []).map(({ PrefixListId = "?" }) =>
        remark(
          "warning",
          about,
          expected,
          `open to the prefix list ${PrefixListId}`,
          `aws ec2 get-managed-prefix-list-entries --prefix-list-id ${PrefixListId}`,
        ),
      ),
      ...(permission.UserIdGroupPairs ?? [])
        .filter(({ GroupId = "" }) => !ofServices.has(GroupId))
        .map(({ GroupId = "?" }) =>
          remark(
            "warning",
            about,
            expected,
            `open to the group ${GroupId}, which is not the service's`,
            `If it is not needed: aws ec2 revoke-security-group-ingress --group-id ${one.GroupId ?? ""} --protocol tcp --port ${port} --source-group ${GroupId}`,
          ),
        ),
    ]);
  return remarks.length === 0 ? fine(about) : join(remarks);
}
