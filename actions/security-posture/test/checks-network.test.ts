import type { IpPermission } from "@aws-sdk/client-ec2";
import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Rule as WafRule } from "@aws-sdk/client-wafv2";
import type { Rules } from "../src/model/check.ts";
import type { Parts } from "../src/model/world.ts";
import { judged, named, world } from "./world.ts";

const tcp = (from: number, to: number, more: Partial<IpPermission>): IpPermission => ({
  IpProtocol: "tcp",
  FromPort: from,
  ToPort: to,
  ...more,
});
const from = (cidr: string): Partial<IpPermission> =>
  cidr.includes(":") ? { Ipv6Ranges: [{ CidrIpv6: cidr }] } : { IpRanges: [{ CidrIp: cidr }] };
const fromGroup = (group: string): Partial<IpPermission> => ({ UserIdGroupPairs: [{ GroupId: group }] });

/** Groups of load balancer, tasks and data; what a row gives is the one that it is about. */
const groups = (given: {
  readonly balancer?: IpPermission;
  readonly tasks?: IpPermission;
  readonly data?: IpPermission;
  readonly name?: string;
}): Partial<Parts> => ({
  services: [
    {
      serviceName: "shop-blue-staging",
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-tasks"] } },
    },
  ],
  loadBalancers: [{ LoadBalancerArn: "lb", LoadBalancerName: "shop-alb-staging", SecurityGroups: ["sg-alb"] }],
  listeners: [{ Port: 443 }, { Port: 9001 }],
  databases: {
    instances: [{ DBInstanceIdentifier: "shop-staging", Endpoint: { Port: 5432 }, VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-data" }] }],
    clusters: [],
  },
  network: {
    subnets: [],
    routeTables: [],
    acls: [],
    groups: [
      { GroupId: "sg-alb", GroupName: "alb", IpPermissions: [given.balancer ?? tcp(443, 443, from("0.0.0.0/0"))] },
      { GroupId: "sg-tasks", GroupName: given.name ?? "tasks", IpPermissions: [given.tasks ?? tcp(8080, 8080, fromGroup("sg-alb"))] },
      { GroupId: "sg-data", GroupName: "data", IpPermissions: [given.data ?? tcp(5432, 5432, fromGroup("sg-tasks"))] },
    ],
  },
});

const subnet = (gateway: string, assignPublicIp: "ENABLED" | "DISABLED" = "DISABLED"): Partial<Parts> => ({
  services: [
    { serviceName: "shop-blue-staging", networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"], assignPublicIp } } },
  ],
  network: {
    subnets: [{ SubnetId: "subnet-1", VpcId: "vpc-1" }],
    routeTables: [
      // Another VPC's main table comes first: it says nothing about this subnet.
      { VpcId: "vpc-0", Associations: [{ Main: true }], Routes: [{ GatewayId: "igw-0" }] },
      { VpcId: "vpc-1", Associations: [{ Main: true }], Routes: [{ GatewayId: gateway }] },
    ],
    acls: [],
    groups: [],
  },
});

const acl = (...entries: readonly (readonly [number, "allow" | "deny", string, number?])[]): Partial<Parts> => ({
  network: {
    subnets: [{ SubnetId: "subnet-1", VpcId: "vpc-1" }],
    routeTables: [],
    acls: [
      {
        NetworkAclId: "acl-1",
        Associations: [{ SubnetId: "subnet-1" }],
        Entries: entries.map(([RuleNumber, RuleAction, CidrBlock, port]) => ({
          RuleNumber,
          RuleAction,
          CidrBlock,
          Egress: false,
          ...(port === undefined ? { Protocol: "-1" } : { Protocol: "6", PortRange: { From: port, To: port } }),
        })),
      },
    ],
    groups: [],
  },
});

const balancer = (Scheme: "internal" | "internet-facing" = "internet-facing") => [
  { LoadBalancerArn: "lb", LoadBalancerName: "shop-alb-staging", Scheme, Type: "application" as const },
];
const firewall = (rules: readonly Partial<WafRule>[] | undefined, Scheme?: "internal"): Partial<Parts> => ({
  loadBalancers: balancer(Scheme),
  webAcls: [
    named(
      "lb",
      rules === undefined
        ? undefined
        : { Name: "acl", Id: "1", ARN: "a", DefaultAction: { Allow: {} }, VisibilityConfig: undefined, Rules: rules as WafRule[] },
    ),
  ],
});
const toHttps: Action = { Type: "redirect", RedirectConfig: { Protocol: "HTTPS", StatusCode: "HTTP_301" } };
const plain = (actions: readonly Action[], scheme?: "internal"): Partial<Parts> => ({
  loadBalancers: balancer(scheme),
  listeners: [{ ListenerArn: "l", LoadBalancerArn: "lb", Port: 80, Protocol: "HTTP" }],
  plainRules: [
    named(
      "l",
      actions.map((action, at) => ({ Priority: String(at), IsDefault: at === 0, Actions: [action] })),
    ),
  ],
});
const secure = (...SslProtocols: string[]): Partial<Parts> => ({
  loadBalancers: balancer(),
  listeners: [{ ListenerArn: "l", LoadBalancerArn: "lb", Port: 443, Protocol: "HTTPS", SslPolicy: "p" }],
  sslPolicies: [{ Name: "p", SslProtocols }],
});

const rows: readonly (readonly [check: string, sentence: string, parts: Partial<Parts>, state: string, rules?: Partial<Rules>])[] = [
  ["security-groups", "each lets in the one before it", groups({}), "passed"],
  ["security-groups", "tasks open to the internet", groups({ tasks: tcp(8080, 8080, from("0.0.0.0/0")) }), "failed"],
  ["security-groups", "tasks open to the internet of IPv6", groups({ tasks: tcp(8080, 8080, from("::/0")) }), "failed"],
  ["security-groups", "the load balancer open on all ports", groups({ balancer: { IpProtocol: "-1", ...from("0.0.0.0/0") } }), "failed"],
  ["security-groups", "the load balancer open on SSH", groups({ balancer: tcp(22, 22, from("0.0.0.0/0")) }), "failed"],
  ["security-groups", "a test listener open to everybody", groups({ balancer: tcp(9001, 9001, from("0.0.0.0/0")) }), "warning"],
  ["security-groups", "the database open to the VPC", groups({ data: tcp(5432, 5432, from("10.0.0.0/16")) }), "failed"],
  ["security-groups", "the database open to another group", groups({ data: tcp(5432, 5432, fromGroup("sg-bastion")) }), "warning"],
  ["security-groups", "another port of the database's group", groups({ data: tcp(22, 22, fromGroup("sg-bastion")) }), "passed"],
  ["security-groups", "the default group", groups({ name: "default" }), "warning"],
  [
    "security-groups",
    "a group that was not found",
    { ...groups({}), network: { subnets: [], routeTables: [], acls: [], groups: [] } },
    "unknown",
  ],
  ["private-subnets", "a NAT gateway leads out, nobody in", subnet("nat-1"), "passed"],
  ["private-subnets", "an egress-only gateway lets nobody in", subnet("eigw-1"), "passed"],
  ["private-subnets", "a route to an internet gateway", subnet("igw-1"), "failed"],
  ["private-subnets", "a public address", subnet("nat-1", "ENABLED"), "failed"],
  ["private-subnets", "no route table", { ...subnet("nat-1"), network: { subnets: [], routeTables: [], acls: [], groups: [] } }, "unknown"],
  ["network-acls", "the default one lets everybody in", acl([100, "allow", "0.0.0.0/0"]), "failed"],
  [
    "network-acls",
    "a denial before the permission",
    acl([1, "deny", "0.0.0.0/0", 22], [2, "deny", "0.0.0.0/0", 3389], [100, "allow", "0.0.0.0/0"]),
    "passed",
  ],
  [
    "network-acls",
    "a denial behind the permission",
    acl([100, "allow", "0.0.0.0/0"], [200, "deny", "0.0.0.0/0", 22], [201, "deny", "0.0.0.0/0", 3389]),
    "failed",
  ],
  ["network-acls", "the VPC alone", acl([100, "allow", "10.0.0.0/8"]), "passed"],
  ["network-acls", "no subnets", {}, "not-applicable"],
  ["waf", "none", firewall(undefined), "failed"],
  ["waf", "without rules", firewall([]), "failed"],
  ["waf", "rules that only count", firewall([{ Action: { Count: {} } }, { OverrideAction: { Count: {} } }]), "failed"],
  ["waf", "a rule that blocks", firewall([{ Action: { Block: {} } }]), "passed"],
  ["waf", "a rule group that decides by itself", firewall([{ OverrideAction: { None: {} } }]), "passed"],
  ["waf", "an internal load balancer", firewall(undefined, "internal"), "not-applicable"],
  ["tls", "TLS 1.2 and 1.3", secure("TLSv1.2", "TLSv1.3"), "passed"],
  ["tls", "TLS 1.1 still taken", secure("TLSv1.2", "TLSv1.1"), "failed"],
  ["tls", "TLS 1.0 still taken", secure("TLSv1.2", "TLSv1"), "failed"],
  ["tls", "a policy that is not known", { ...secure("TLSv1.2"), sslPolicies: [] }, "unknown"],
  ["tls", "every rule redirects", plain([toHttps, toHttps]), "passed"],
  ["tls", "one of two rules forwards", plain([toHttps, { Type: "forward" }]), "failed"],
  [
    "tls",
    "a redirect to HTTP",
    plain([{ Type: "redirect", RedirectConfig: { Protocol: "#{protocol}", StatusCode: "HTTP_301" } }]),
    "failed",
  ],
  ["tls", "a refusal serves nothing", plain([{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }]), "passed"],
  ["tls", "plain HTTP inside the VPC", plain([{ Type: "forward" }], "internal"), "warning"],
  [
    "tls",
    "a file system in clear",
    { taskDefinitions: [{ family: "f", revision: 1, volumes: [{ name: "v", efsVolumeConfiguration: { fileSystemId: "fs" } }] }] },
    "failed",
  ],
  ["load-balancer-access-logs", "on", { balancerAttributes: [named("lb", { "access_logs.s3.enabled": "true" })] }, "passed"],
  ["load-balancer-access-logs", "off", { balancerAttributes: [named("lb", {})] }, "failed"],
];

for (const [check, sentence, parts, state, changes = {}] of rows)
  test(`${check}: ${sentence} is ${state}`, () => {
    expect(judged(check, world(parts), changes).state).toBe(state);
  });
