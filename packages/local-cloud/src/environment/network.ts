import type { CloudClients } from "./clients.ts";

export interface Network {
  readonly vpcId: string;
  readonly subnets: readonly string[];
  readonly loadBalancerGroup: string;
  readonly securityGroup: string;
}

/** A VPC with two private subnets and a security group each for load balancer and tasks. */
export async function createNetwork({ ec2 }: CloudClients, name: string, region: string): Promise<Network> {
  const { Vpc } = await ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
  const vpcId = Vpc?.VpcId ?? "";
  const subnets = await Promise.all(
    ["a", "b"].map(async (zone, index) => {
      const { Subnet } = await ec2.createSubnet({
        VpcId: vpcId,
        CidrBlock: `10.0.${index * 128}.0/17`,
        AvailabilityZone: `${region}${zone}`,
      });
      return Subnet?.SubnetId ?? "";
    }),
  );
  const group = async (suffix: string, text: string) => {
    const { GroupId } = await ec2.createSecurityGroup({ VpcId: vpcId, GroupName: `${name}-${suffix}`, Description: text });
    return GroupId ?? "";
  };
  const [loadBalancerGroup, securityGroup] = await Promise.all([group("alb", "Load balancer"), group("tasks", "Tasks")]);
  await ec2.authorizeSecurityGroupIngress({
    GroupId: securityGroup,
    IpPermissions: [{ IpProtocol: "tcp", FromPort: 1, ToPort: 65_535, UserIdGroupPairs: [{ GroupId: loadBalancerGroup }] }],
  });
  return { vpcId, subnets, loadBalancerGroup, securityGroup };
}
