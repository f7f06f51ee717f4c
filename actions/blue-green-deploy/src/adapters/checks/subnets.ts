import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import { type Problem, problem } from "@aws-deploy-actions/shared/problems";
import type { Config } from "../../inputs.ts";
import type { Prepared } from "../../prepare.ts";
import { type Findings, nothing } from "../../tools.ts";
import { newTasks } from "./counts.ts";

interface Room {
  readonly subnet: string;
  readonly zone: string;
  readonly free: number;
}

/**
 * Every task of a service in a VPC takes an address of its own, and both colours run at once for a while:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
 */
export async function subnetAddresses(aws: Aws<"ec2">, prepared: Prepared, config: Config): Promise<Findings> {
  const { environment, target } = prepared;
  const { subnets, running, name } = environment.services[target];
  // A service without subnets has its containers at the addresses of their hosts.
  if (subnets.length === 0) return nothing;
  const migration = config.given["migration-command"] === undefined ? 0 : 1;
  const needed = Math.max(1, newTasks(prepared, config) - running) + migration;
  try {
    const { Subnets = [] } = await aws.ec2((sdk) => new sdk.DescribeSubnetsCommand({ SubnetIds: [...subnets] }));
    // A subnet of IPv6 alone has no IPv4 address to give, and never runs out of others.
    if (Subnets.some((one) => one.Ipv6Native === true)) return nothing;
    const rooms = Subnets.map((one) => ({
      subnet: one.SubnetId ?? "",
      zone: one.AvailabilityZone ?? "",
      free: one.AvailableIpAddressCount ?? 0,
    }));
    return judgeRooms(rooms, needed, name);
  } catch (error) {
    if (causeKind(error) !== "missing") throw error;
    const what = `One of the subnets of service ${name} does not exist any more (${subnets.join(", ")}): new tasks cannot start.`;
    return { ...nothing, problems: [problem("deployment", what, `aws ec2 describe-subnets --subnet-ids ${subnets.join(" ")}`)] };
  }
}

/** @param needed tasks that are to be started beside those that run */
export function judgeRooms(rooms: readonly Room[], needed: number, service: string): Findings {
  const free = rooms.reduce((sum, room) => sum + room.free, 0);
  const shown = rooms.map((room) => `${room.subnet} (${room.zone}) ${room.free}`).join(", ");
  const tasks = `${needed} more ${needed === 1 ? "task" : "tasks"}`;
  if (free < needed) return { ...nothing, problems: [tooFew(`${tasks} of ${service} need ${needed}`, free, shown)] };
  // Tasks are spread over the zones: one without room gets none, and the others carry its share.
  const share = Math.ceil(needed / rooms.length);
  const narrow = rooms.some((room) => room.free < share);
  if (!narrow && free >= 2 * needed) return nothing;
  return { ...nothing, notes: [`Few addresses are left for ${tasks} of ${service}: ${shown}.`] };
}

const tooFew = (need: string, free: number, shown: string): Problem =>
  problem(
    "deployment",
    `The service's subnets have ${free} free ${free === 1 ? "address" : "addresses"}, and ${need}: ${shown}.`,
    "Add a subnet to both services: aws ecs update-service --network-configuration …; or see who holds addresses: aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=SUBNET",
  );
