// Who can reach what: routes, security groups and network ACLs as AWS evaluates them.
import type { IpPermission, NetworkAcl, RouteTable } from "@aws-sdk/client-ec2";
import type { Network } from "../model/world.ts";

/**
 * Whether a block of addresses is the internet: everything, or a piece of it so large (public /8 and wider) that it is no list of known callers.
 * Two halves of the world are the world.
 */
export function isWorld(cidr: string | undefined): boolean {
  if (cidr === undefined) return false;
  const [address = "", bits = ""] = cidr.split("/");
  const length = Number(bits);
  if (address.includes(":")) return length <= 16 && !/^f[cd]/i.test(address);
  if (length > 8) return false;
  return !(length === 8 && /^10\./.test(address));
}

/** Whether a permission covers a port; -1 covers all. */
export const coversPort = ({ IpProtocol, FromPort, ToPort }: IpPermission, port: number): boolean =>
  IpProtocol === "-1" || ((IpProtocol === "tcp" || IpProtocol === "6") && (FromPort ?? 0) <= port && port <= (ToPort ?? 65_535));

/** The blocks of a permission that are the internet. */
export const worldBlocks = ({ IpRanges, Ipv6Ranges }: IpPermission): readonly string[] =>
  [...(IpRanges ?? []).map(({ CidrIp }) => CidrIp), ...(Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6)].flatMap((cidr) =>
    cidr !== undefined && isWorld(cidr) ? [cidr] : [],
  );

export const openToWorld = (permissions: readonly IpPermission[], port: number): boolean =>
  permissions.some((one) => coversPort(one, port) && worldBlocks(one).length > 0);

/** The route table that counts for a subnet: its own, or the main one of its own VPC. */
export function routesOf(subnet: string, { subnets, routeTables }: Network): RouteTable | undefined {
  const own = routeTables.find(({ Associations }) => (Associations ?? []).some(({ SubnetId }) => SubnetId === subnet));
  if (own !== undefined) return own;
  const vpc = subnets.find(({ SubnetId }) => SubnetId === subnet)?.VpcId;
  return routeTables.find(({ VpcId, Associations }) => VpcId === vpc && (Associations ?? []).some(({ Main }) => Main === true));
}

/** Whether a subnet has a route to an internet gateway; an egress-only one lets nobody in. */
export const isPublicSubnet = (subnet: string, network: Network): boolean =>
  (routesOf(subnet, network)?.Routes ?? []).some(({ GatewayId }) => GatewayId?.startsWith("igw-") === true);

/** The network ACL of a subnet: every subnet has exactly one. */
export const aclOf = (subnet: string, { acls }: Network): NetworkAcl | undefined =>
  acls.find(({ Associations }) => (Associations ?? []).some(({ SubnetId }) => SubnetId === subnet));

/**
 * Whether a network ACL lets the internet in on a port. Rules count in the order of their numbers, and the first that fits decides:
 * https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
 */
export function aclLetsIn({ Entries = [] }: NetworkAcl, port: number): boolean {
  const inbound = Entries.filter(({ Egress }) => Egress !== true).sort((one, other) => (one.RuleNumber ?? 0) - (other.RuleNumber ?? 0));
  const fits = (family: "CidrBlock" | "Ipv6CidrBlock"): boolean => {
    const first = inbound.find(
      (entry) =>
        isWorld(entry[family]) &&
        (entry.Protocol === "-1" ||
          (entry.Protocol === "6" && (entry.PortRange?.From ?? 0) <= port && port <= (entry.PortRange?.To ?? 65_535))),
    );
    return first?.RuleAction === "allow";
  };
  return fits("CidrBlock") || fits("Ipv6CidrBlock");
}
