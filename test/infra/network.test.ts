import { type Ministack, startMinistack } from "@aws-deploy-actions/local-cloud/ministack";
import { DescribeRouteTablesCommand, DescribeSecurityGroupsCommand, DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { resolveResources } from "./resolve.ts";
import { clientSettings, deploy, type Stack } from "./stack.ts";
import { loadTemplate, type Resource } from "./template.ts";

const given = (environmentClass: string) => ({
  Application: "shop",
  Environment: "staging",
  EnvironmentClass: environmentClass,
  LogsKeyArn: "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555",
});

describe("the network, deployed", () => {
  let cloud: Ministack;
  let ec2: EC2Client;
  let stack: Stack;
  beforeAll(async () => {
    cloud = await startMinistack();
    ec2 = new EC2Client(clientSettings(cloud));
    stack = await deploy(cloud, "network", "network", given("production"));
  }, 120_000);
  afterAll(() => cloud.stop());

  const list = (output: string) => (stack.outputs[output] ?? "").split(",");
  const mine = () => [{ Name: "vpc-id", Values: [stack.outputs["VpcId"] ?? ""] }];

  test("has six subnets of 4,096 addresses, three tiers in two zones, none with public addresses of its own", async () => {
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: mine() }));
    const rows = Subnets.map((subnet) => [
      subnet.Tags?.find((tag) => tag.Key === "Name")?.Value,
      subnet.CidrBlock,
      subnet.AvailabilityZone,
      subnet.MapPublicIpOnLaunch,
    ]);
    expect(rows.sort()).toEqual([
      ["shop-data-1-staging", "10.0.64.0/20", "us-east-1a", false],
      ["shop-data-2-staging", "10.0.80.0/20", "us-east-1b", false],
      ["shop-private-1-staging", "10.0.32.0/20", "us-east-1a", false],
      ["shop-private-2-staging", "10.0.48.0/20", "us-east-1b", false],
      ["shop-public-1-staging", "10.0.0.0/20", "us-east-1a", false],
      ["shop-public-2-staging", "10.0.16.0/20", "us-east-1b", false],
    ]);
  });

  test.each([
    ["PublicSubnetIds", true],
    ["PrivateSubnetIds", false],
    ["DataSubnetIds", false],
  ])("%s have a route to the internet gateway: %s", async (output, toInternet) => {
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters: mine() }));
    for (const subnet of list(output)) {
      const table = RouteTables.find((one) => one.Associations?.some((association) => association.SubnetId === subnet));
      expect(table?.Routes?.some((route) => route.GatewayId?.startsWith("igw-"))).toBe(toInternet);
    }
  });

  test("the database and Redis are reached by the tasks' group alone, the tasks by the load balancer's alone", async () => {
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: mine() }));
    const ingress = (output: string) =>
      SecurityGroups.find((group) => group.GroupId === stack.outputs[output])?.IpPermissions?.map((rule) => [
        rule.FromPort,
        rule.ToPort,
        ...(rule.IpRanges ?? []).map((range) => range.CidrIp),
        ...(rule.UserIdGroupPairs ?? []).map((pair) => pair.GroupId),
      ]);
    expect(ingress("DatabaseGroupId")).toEqual([[5432, 5432, stack.outputs["ServiceGroupId"]]]);
    expect(ingress("CacheGroupId")).toEqual([[6379, 6379, stack.outputs["ServiceGroupId"]]]);
    expect(ingress("ServiceGroupId")).toEqual([
      [3000, 3000, stack.outputs["LoadBalancerGroupId"]],
      [8000, 8000, stack.outputs["LoadBalancerGroupId"]],
    ]);
    expect(ingress("LoadBalancerGroupId")).toEqual([
      [443, 443, "0.0.0.0/0"],
      [80, 80, "0.0.0.0/0"],
      [8443, 8443, "10.0.0.0/8"],
    ]);
  });
});

describe("what the emulator has no type for, by the template", () => {
  const resources = (environmentClass: string) => resolveResources(loadTemplate("network"), given(environmentClass));
  const ofType = (type: string, all: Readonly<Record<string, Resource>>) =>
    Object.entries(all).filter(([, resource]) => resource.Type === type);

  test.each`
    environmentClass    | gateways | secondZoneUses
    ${"production"}     | ${2}     | ${"<NatGateway2>"}
    ${"non-production"} | ${1}     | ${"<NatGateway1>"}
  `(
    "$environmentClass pays for $gateways NAT gateway(s), and the second zone uses $secondZoneUses",
    ({ environmentClass, gateways, secondZoneUses }) => {
      const all = resources(environmentClass);
      expect(ofType("AWS::EC2::NatGateway", all)).toHaveLength(gateways);
      expect(ofType("AWS::EC2::EIP", all)).toHaveLength(gateways);
      expect(all["PrivateDefaultRoute1"]?.Properties?.["NatGatewayId"]).toBe("<NatGateway1>");
      expect(all["PrivateDefaultRoute2"]?.Properties?.["NatGatewayId"]).toBe(secondZoneUses);
    },
  );

  test("the data subnets' network ACL lets in and out what the network itself sends, and nothing else", () => {
    const rows = ofType("AWS::EC2::NetworkAclEntry", resources("production"))
      .map(([, entry]) => entry.Properties ?? {})
      .filter((entry) => entry["NetworkAclId"] === "<DataAcl>")
      .map((entry) => [entry["Egress"], entry["RuleAction"], entry["CidrBlock"], entry["PortRange"]]);
    expect(rows).toEqual([
      [false, "allow", "10.0.0.0/16", { From: 1024, To: 65535 }],
      [true, "allow", "10.0.0.0/16", { From: 1024, To: 65535 }],
    ]);
  });

  test("every subnet has the network ACL of its tier", () => {
    const rows = ofType("AWS::EC2::SubnetNetworkAclAssociation", resources("production")).map(([, { Properties }]) => [
      Properties?.["SubnetId"],
      Properties?.["NetworkAclId"],
    ]);
    expect(rows).toEqual(["Public", "Private", "Data"].flatMap((tier) => [1, 2].map((n) => [`<${tier}Subnet${n}>`, `<${tier}Acl>`])));
  });

  test("the network's ACLs answer connections in both directions: no tier is cut off from the next", () => {
    const entries = ofType("AWS::EC2::NetworkAclEntry", resources("production")).map(([, entry]) => entry.Properties ?? {});
    const passes = (acl: string, egress: boolean, port: number, internet: boolean) =>
      entries.some((entry) => {
        const range = entry["PortRange"] as { readonly From: number; readonly To: number };
        const fits = entry["NetworkAclId"] === `<${acl}Acl>` && entry["Egress"] === egress && range.From <= port && port <= range.To;
        return fits && (entry["CidrBlock"] === "0.0.0.0/0" || !internet);
      });
    const high = 40_000;
    const connects = (from: string, to: string, port: number) =>
      passes(from, true, port, false) &&
      passes(to, false, port, false) &&
      passes(to, true, high, false) &&
      passes(from, false, high, false);
    expect(connects("Public", "Private", 3000)).toBe(true);
    expect(connects("Private", "Data", 5432)).toBe(true);
    expect(connects("Private", "Data", 6379)).toBe(true);
    expect(connects("Private", "Data", 443)).toBe(false);
    // Users to the load balancer, tasks to AWS through the NAT gateway, and the answers to both.
    expect(passes("Public", false, 443, true) && passes("Public", true, high, true)).toBe(true);
    expect(passes("Private", true, 443, true) && passes("Private", false, high, true)).toBe(true);
    expect(passes("Data", true, 443, true) || passes("Data", false, high, true)).toBe(false);
  });

  test("flow logs of all traffic go to an encrypted group that is kept for a year", () => {
    const all = resources("non-production");
    expect(all["FlowLog"]?.Properties).toMatchObject({
      ResourceType: "VPC",
      ResourceId: "<Vpc>",
      TrafficType: "ALL",
      LogGroupName: "<FlowLogGroup>",
    });
    expect(all["FlowLogGroup"]?.Properties).toMatchObject({ RetentionInDays: 365, KmsKeyId: given("x").LogsKeyArn });
  });

  test("outgoing rules: the load balancer reaches the tasks, the tasks the database and Redis, by the groups' names", () => {
    const rows = ofType("AWS::EC2::SecurityGroupEgress", resources("production")).map(([, { Properties: p }]) => [
      p?.["GroupId"],
      p?.["FromPort"],
      p?.["ToPort"],
      p?.["DestinationSecurityGroupId"],
    ]);
    expect(rows).toEqual([
      ["<LoadBalancerGroup>", 3000, 3000, "<ServiceGroup>"],
      ["<LoadBalancerGroup>", 8000, 8000, "<ServiceGroup>"],
      ["<ServiceGroup>", 5432, 5432, "<DatabaseGroup>"],
      ["<ServiceGroup>", 6379, 6379, "<CacheGroup>"],
    ]);
  });
});
