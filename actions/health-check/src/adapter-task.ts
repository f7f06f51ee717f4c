import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { formatDuration } from "@aws-deploy-actions/shared/units";
import type { ContainerDefinition, NetworkConfiguration, TaskDefinition } from "@aws-sdk/client-ecs";
import type { TaskAnswer, TaskOrder, TaskPort } from "./ports.ts";
import { resultsInLine } from "./report.ts";
import { inputsVariable } from "./task-inputs.ts";

type TaskAws = Aws<"ecs" | "logs">;

const pause = 2;
/** Seconds that a stopped task's last lines may take to reach CloudWatch Logs. */
const logDelay = 20;

/** Runs the checks in a one-off task, in the cluster and the network of the application's services. */
export const ecsTask = (aws: TaskAws, clock: Clock): TaskPort => ({
  run: async (order) => {
    try {
      return await runTask(aws, clock, order);
    } catch (error) {
      const [trouble] = problemsOf(error);
      return {
        state: "failed",
        why: `the task could not be run: ${oneLine(trouble?.what ?? "", 300)}`,
        mend: trouble?.mend ?? "Run again.",
      };
    }
  },
});

async function runTask(aws: TaskAws, clock: Clock, order: TaskOrder): Promise<TaskAnswer> {
  const { taskDefinition } = await aws.ecs((sdk) => new sdk.DescribeTaskDefinitionCommand({ taskDefinition: order.definition }));
  const container = taskDefinition?.containerDefinitions?.find(({ essential }) => essential !== false);
  if (taskDefinition === undefined || container?.name === undefined) {
    return {
      state: "failed",
      why: `task definition ${order.definition} has no container.`,
      mend: "See examples/health-check-task for one that fits.",
    };
  }
  const network = await networkOf(aws, order);
  const launchType = taskDefinition.requiresCompatibilities?.includes("FARGATE") ? { launchType: "FARGATE" as const } : {};
  const environment = [
    { name: "HEALTH_CHECK_TASK", value: "true" },
    { name: inputsVariable, value: JSON.stringify(order.inputs) },
  ];
  const started = await aws.ecs(
    (sdk) =>
      new sdk.RunTaskCommand({
        cluster: order.cluster,
        taskDefinition: order.definition,
        count: 1,
        startedBy: "health-check",
        ...launchType,
        ...(network === undefined ? {} : { networkConfiguration: network }),
        overrides: { containerOverrides: [{ name: container.name, environment }] },
      }),
  );
  const [failure] = started.failures ?? [];
  const taskArn = started.tasks?.[0]?.taskArn;
  if (taskArn === undefined) {
    return {
      state: "failed",
      why: `the task could not be started: ${oneLine(`${failure?.reason ?? "no reason given"} ${failure?.detail ?? ""}`, 200)}.`,
      mend: `aws ecs describe-clusters --clusters ${order.cluster}`,
    };
  }
  return await answerOf(aws, clock, order, taskDefinition, container, taskArn);
}

/** The network of the first of the services that there is; a task in another network mode needs none. */
async function networkOf(aws: TaskAws, { cluster, services }: TaskOrder): Promise<NetworkConfiguration | undefined> {
  const answer = await aws.ecs((sdk) => new sdk.DescribeServicesCommand({ cluster, services: [...services] }));
  return answer.services?.find(({ networkConfiguration }) => networkConfiguration?.awsvpcConfiguration !== undefined)?.networkConfiguration;
}

async function answerOf(
  aws: TaskAws,
  clock: Clock,
  order: TaskOrder,
  definition: TaskDefinition,
  container: ContainerDefinition,
  taskArn: string,
): Promise<TaskAnswer> {
  const id = taskArn.split("/").at(-1) ?? taskArn;
  const see = `aws ecs describe-tasks --cluster ${order.cluster} --tasks ${id}`;
  const stopped = await untilStopped(aws, clock, order, taskArn);
  if (stopped === undefined) {
    await aws.ecs((sdk) => new sdk.StopTaskCommand({ cluster: order.cluster, task: taskArn, reason: "the health check gave up waiting" }));
    return { state: "failed", why: `task ${id} did not end within ${formatDuration(order.timeout)}.`, mend: see };
  }
  const log = logOf(container, definition, id);
  const results = log === undefined ? undefined : await resultsInLog(aws, clock, log, order.signal);
  if (results !== undefined) return { state: "answered", results };
  const why =
    stopped.exitCode === undefined
      ? `task ${id} never ran: ${stopped.reason}`
      : `task ${id} ended with exit ${stopped.exitCode} and left no result in its log`;
  return {
    state: "failed",
    why: `${oneLine(why, 300)}.`,
    mend:
      log === undefined
        ? `Give its container the log driver awslogs: results come back in its log. ${see}`
        : `aws logs tail ${log.group} --since 10m`,
  };
}

interface Stopped {
  readonly exitCode: number | undefined;
  readonly reason: string;
}

async function untilStopped(aws: TaskAws, clock: Clock, order: TaskOrder, taskArn: string): Promise<Stopped | undefined> {
  const end = clock.now() + order.timeout;
  while (clock.now() < end && !order.signal.aborted) {
    const { tasks = [] } = await aws.ecs((sdk) => new sdk.DescribeTasksCommand({ cluster: order.cluster, tasks: [taskArn] }));
    const [task] = tasks;
    if (task?.lastStatus === "STOPPED") {
      const container = task.containers?.find(({ exitCode }) => exitCode !== undefined) ?? task.containers?.[0];
      return { exitCode: container?.exitCode, reason: `${task.stoppedReason ?? "no reason given"} ${container?.reason ?? ""}`.trim() };
    }
    await clock.sleep(pause, order.signal).catch(() => undefined);
  }
  return undefined;
}

interface Log {
  readonly group: string;
  readonly stream: string;
  readonly region: string | undefined;
}

/** Where the awslogs driver puts a container's output: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html */
function logOf({ name, logConfiguration }: ContainerDefinition, _definition: TaskDefinition, taskId: string): Log | undefined {
  const options = logConfiguration?.options;
  const [group, prefix] = [options?.["awslogs-group"], options?.["awslogs-stream-prefix"]];
  if (logConfiguration?.logDriver !== "awslogs" || group === undefined || prefix === undefined) return undefined;
  return { group, stream: `${prefix}/${name}/${taskId}`, region: options?.["awslogs-region"] };
}

async function resultsInLog(
  aws: TaskAws,
  clock: Clock,
  { group, stream, region }: Log,
  signal: AbortSignal,
): Promise<ReturnType<typeof resultsInLine>> {
  const there = region === undefined || region === aws.region ? aws : aws.inRegion(region);
  const end = clock.now() + logDelay;
  for (;;) {
    const answer = await there
      .logs((sdk) => new sdk.GetLogEventsCommand({ logGroupName: group, logStreamName: stream, startFromHead: false, limit: 200 }))
      .catch(() => undefined);
    for (const { message } of [...(answer?.events ?? [])].reverse()) {
      const results = resultsInLine((message ?? "").trim());
      if (results !== undefined) return results;
    }
    if (clock.now() >= end || signal.aborted) return undefined;
    await clock.sleep(1, signal).catch(() => undefined);
  }
}
