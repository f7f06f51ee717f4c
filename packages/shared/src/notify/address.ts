import { BlockList, isIP } from "node:net";
import { refusedAddress } from "../health/http-address.ts";

// Where a notification may go. Health checks have business in the private network, notifications have not: a name that leads there may
// have been made to. https://www.iana.org/assignments/iana-ipv4-special-registry/ and iana-ipv6-special-registry

const internal = new BlockList();
/** The same network in IPv4, and through NAT64 in IPv6 (https://www.rfc-editor.org/rfc/rfc6052). */
const networks = [
  ["10.0.0.0", 8, "64:ff9b::a00:0"],
  ["172.16.0.0", 12, "64:ff9b::ac10:0"],
  ["192.168.0.0", 16, "64:ff9b::c0a8:0"],
  ["100.64.0.0", 10, "64:ff9b::6440:0"],
  ["198.18.0.0", 15, "64:ff9b::c612:0"],
] as const;
for (const [network, prefix, translated] of networks) {
  internal.addSubnet(network, prefix, "ipv4");
  internal.addSubnet(translated, 96 + prefix, "ipv6");
}
internal.addSubnet("fc00::", 7, "ipv6");

/** No single machine, or nothing that is routed any more. */
const nowhere = new BlockList();
nowhere.addSubnet("192.0.0.0", 24, "ipv4");
nowhere.addSubnet("224.0.0.0", 3, "ipv4");
nowhere.addSubnet("ff00::", 8, "ipv6");
nowhere.addSubnet("fec0::", 10, "ipv6");
nowhere.addSubnet("2002::", 16, "ipv6");
nowhere.addSubnet("64:ff9b::7f00:0", 104, "ipv6");

/**
 * Why no notification may go to an address, as the end of a sentence; undefined where it may.
 *
 * @param named whether the address came from a name: then one of a private network is refused too
 * @param loopback whether this machine is allowed: only where AWS is on it as well, in the local cloud
 */
export function refusedReceiver(address: string, named: boolean, loopback: boolean): string | undefined {
  const refused = refusedAddress(address, loopback);
  if (refused !== undefined) return refused;
  const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const kind = isIP(bare) === 4 ? "ipv4" : "ipv6";
  if (nowhere.check(bare, kind)) return "no address of a single public machine";
  if (named && internal.check(bare, kind)) return "an address of a private network, to which a name must not lead";
  return undefined;
}
