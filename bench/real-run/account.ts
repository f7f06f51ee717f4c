import type { CloudClients } from "@aws-deploy-actions/local-cloud/environment/clients";
import type { EnvironmentInfo } from "@aws-deploy-actions/local-cloud/environment/options";
import type { Inventory } from "./judge.ts";

/** Counts what the account holds, asked by nobody's tool. */
export async function inventory({ ecs, elb }: CloudClients, environment: EnvironmentInfo): Promise<Inventory> {
  const { cluster, services, listenerArns } = environment;
  const [described, listed, groups, ...rules] = await Promise.all([
    ecs.describeServices({ cluster, services: Object.values(services), include: ["TAGS"] }),
    ecs.listServices({ cluster }),
    elb.describeTargetGroups({}),
    ...listenerArns.map(async (ListenerArn) => (await elb.describeRules({ ListenerArn })).Rules?.length ?? 0),
  ]);
  const tags = described.services?.flatMap((service) => service.tags?.map(({ key = "" }) => key) ?? []) ?? [];
  return {
    revisions: await revisions(ecs, `${environment.application}-${environment.environment}`),
    targetGroups: groups.TargetGroups?.length ?? 0,
    rules: rules.reduce((sum, one) => sum + one, 0),
    services: listed.serviceArns?.length ?? 0,
    tags: [...new Set(tags)].sort(),
  };
}

async function revisions(ecs: CloudClients["ecs"], familyPrefix: string): Promise<number> {
  let count = 0;
  let nextToken: string | undefined;
  do {
    const page = await ecs.listTaskDefinitions({ familyPrefix, ...(nextToken === undefined ? {} : { nextToken }) });
    count += page.taskDefinitionArns?.length ?? 0;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return count;
}

/** The tasks that AWS says are running. */
export const runningTasks = async ({ ecs }: CloudClients, { cluster }: EnvironmentInfo): Promise<readonly string[]> =>
  (await ecs.listTasks({ cluster, desiredStatus: "RUNNING" })).taskArns ?? [];
