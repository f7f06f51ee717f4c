import { BlockList, isIP } from "node:net";

/**
 * Addresses that no health check has any business with. A URL from a pull request, or a name that somebody points there, must not make
 * the runner ask the machine's own credentials service.
 */
const metadata = new BlockList();
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html, and 169.254.170.2 of ECS and CodeBuild
metadata.addSubnet("169.254.0.0", 16, "ipv4");
metadata.addSubnet("fe80::", 10, "ipv6");
metadata.addSubnet("fd00:ec2::", 32, "ipv6");
// The host of GitHub's own runners: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
metadata.addAddress("168.63.129.16", "ipv4");
// The same through NAT64: https://www.rfc-editor.org/rfc/rfc6052
metadata.addSubnet("64:ff9b::a9fe:0", 112, "ipv6");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");
// "This host": the kernel connects it to the loopback interface.
loopback.addSubnet("0.0.0.0", 8, "ipv4");
loopback.addAddress("::", "ipv6");

/** Why an address is refused, as the end of a sentence; undefined where it is allowed. IPv4 addresses inside IPv6 count as themselves. */
export function refusedAddress(address: string, allowLoopback: boolean): string | undefined {
  const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const family = isIP(bare);
  if (family === 0) return "no IP address";
  const kind = family === 4 ? "ipv4" : "ipv6";
  if (metadata.check(bare, kind)) return "a link-local or metadata address";
  if (!allowLoopback && loopback.check(bare, kind)) return "an address of the runner itself";
  return undefined;
}
