import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { deploymentTrouble } from "@aws-deploy-actions/shared/problems";
import { whyStopped } from "../decide/await-healthy.ts";
import type { MigrationSeen, ServiceSeen, TaskSeen } from "../model.ts";
import type { MigrationPort } from "../ports.ts";
import { describeTasks } from "./services.ts";

export interface MigrationOrder {
  readonly cluster: string;
  /** Its network and launch type are the migration's. */
  readonly service: ServiceSeen;
  readonly revision: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Names the task, so that a run that goes on finds it and never starts a second one. */
  readonly deployment: string;
}

/** Longest `startedBy` and `clientToken`: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
const idLimit = 36;

/** The migration as a one-off task of the new revision. */
export function migrationTask(aws: Aws<"ecs">, order: MigrationOrder): MigrationPort {
  const startedBy = order.deployment.slice(0, idLimit);
  let task: string | undefined;
  let isStopping = false;

  async function find(): Promise<TaskSeen | undefined> {
    if (task === undefined) {
      // ListTasks takes startedBy only together with the running state or the stopped one.
      for (const desiredStatus of ["RUNNING", "STOPPED"] as const) {
        const answer = await aws.ecs((sdk) => new sdk.ListTasksCommand({ cluster: order.cluster, startedBy, desiredStatus }));
        task ??= answer.taskArns?.[0];
      }
    }
    return task === undefined ? undefined : (await describeTasks(aws, order.cluster, [task]))[0];
  }

  return {
    look: async () => {
      const found = await find();
      return found === undefined ? { state: "none" } : migrationState(found, order.container, isStopping);
    },
    start: async () => {
      const { service } = order;
      const network = {
        awsvpcConfiguration: {
          subnets: [...service.subnets],
          securityGroups: [...service.securityGroups],
          assignPublicIp: service.assignPublicIp ? ("ENABLED" as const) : ("DISABLED" as const),
        },
      };
      const launch =
        service.launchType === "FARGATE" || service.launchType === "EC2" ? { launchType: service.launchType as "FARGATE" | "EC2" } : {};
      const answer = await aws.ecs(
        (sdk) =>
          new sdk.RunTaskCommand({
            cluster: order.cluster,
            taskDefinition: order.revision,
            count: 1,
            startedBy,
            clientToken: startedBy,
            ...launch,
            ...(service.subnets.length === 0 ? {} : { networkConfiguration: network }),
            overrides: { containerOverrides: [{ name: order.container, command: [...order.command] }] },
          }),
      );
      const failure = answer.failures?.[0];
      if (failure !== undefined)
        throw deploymentTrouble(
          `the migration task could not be started: ${failure.reason ?? "no reason given"} ${failure.detail ?? ""}`.trim(),
        );
      task = answer.tasks?.[0]?.taskArn;
    },
    stop: async (arn) => {
      await aws.ecs((sdk) => new sdk.StopTaskCommand({ cluster: order.cluster, task: arn, reason: "its time was over" }));
      isStopping = true;
    },
  };
}

/** No exit code means that the container never ran: a failure, whatever the task's state says. */
function migrationState(task: TaskSeen, container: string, stopping: boolean): MigrationSeen {
  if (task.status !== "STOPPED" && task.status !== "DEPROVISIONING") return { state: "running", task: task.id, stopping };
  const own = task.containers.find((one) => one.name === container);
  // A command that heeds SIGTERM may exit with 0 although its work was cut off: who was stopped from outside has not ended.
  const exitCode = task.stopCode === "UserInitiated" ? undefined : own?.exitCode;
  return { state: "stopped", exitCode, reason: whyStopped(task), task: task.id };
}

/** A deployment without a migration. */
export const noMigration: MigrationPort = {
  look: async () => ({ state: "none" }),
  start: async () => undefined,
  stop: async () => undefined,
};
