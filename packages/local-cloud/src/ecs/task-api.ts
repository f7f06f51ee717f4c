import { AwsError } from "../proxy/answers.ts";
import { isRecord, type Params, textOf } from "../proxy/params.ts";
import type { CallContext, Handler } from "../proxy/server.ts";
import { answer, clusterArn, type EcsApi, findDefinition, namesOf } from "./api.ts";
import { numberOr, specOf } from "./definition.ts";
import type { Task } from "./model.ts";
import { taskView } from "./views.ts";

/** Handlers for tasks: moto has none of them. */
export function taskHandlers(api: EcsApi): [string, Handler][] {
  return [
    [
      "ecs.ListTasks",
      async (call, context) => {
        const cluster = await clusterArn(call, context);
        const matching = [...api.driver.seen().tasks.values()].filter(
          (task) => task.clusterArn === cluster && fits(api, task, call.params),
        );
        const size = Math.min(100, numberOr(call.params["maxResults"], 100));
        const from = Number(textOf(call.params, "nextToken") ?? 0);
        const page = matching.slice(from, from + size);
        const nextToken = from + size < matching.length ? { nextToken: String(from + size) } : {};
        return answer(call, { taskArns: page.map(({ arn }) => arn), ...nextToken });
      },
    ],
    [
      "ecs.DescribeTasks",
      async (call, context) => {
        const cluster = await clusterArn(call, context);
        const { tasks: known } = api.driver.seen();
        const wanted = namesOf(call.params, "tasks", 100, "Tasks").map((name) => {
          const arn = name.startsWith("arn:") ? name : `${cluster.replace(":cluster/", ":task/")}/${name}`;
          return { arn, task: known.get(arn) };
        });
        return answer(call, {
          tasks: wanted.flatMap(({ task }) => (task === undefined ? [] : [taskView(task, api.view, api.region)])),
          failures: wanted.flatMap(({ arn, task }) => (task === undefined ? [{ arn, reason: "MISSING" }] : [])),
        });
      },
    ],
    ["ecs.RunTask", async (call, context) => answer(call, await runTask(api, call.params, context, await clusterArn(call, context)))],
    [
      "ecs.StopTask",
      async (call, context) => {
        const cluster = await clusterArn(call, context);
        const name = textOf(call.params, "task") ?? "";
        const arn = name.startsWith("arn:") ? name : `${cluster.replace(":cluster/", ":task/")}/${name}`;
        if (!api.driver.state().tasks.has(arn)) throw new AwsError("InvalidParameterException", "The referenced task was not found.");
        const state = api.driver.send({ type: "stop-task", taskArn: arn, reason: textOf(call.params, "reason") ?? "Task stopped by user" });
        const task = state.tasks.get(arn);
        return answer(call, { task: task === undefined ? {} : taskView(task, api.view, api.region) });
      },
    ],
  ];
}

/** The filters of ListTasks: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
function fits(api: EcsApi, task: Task, params: Params): boolean {
  const serviceName = textOf(params, "serviceName");
  const family = textOf(params, "family");
  const startedBy = textOf(params, "startedBy");
  if (task.desiredStatus !== (textOf(params, "desiredStatus") ?? "RUNNING")) return false;
  if (startedBy !== undefined && task.startedBy !== startedBy) return false;
  if (family !== undefined && !task.spec.taskDefinitionArn.includes(`:task-definition/${family}:`)) return false;
  if (serviceName === undefined) return true;
  const name = serviceName.slice(serviceName.lastIndexOf("/") + 1);
  const isKnown = [...api.driver.state().services.values()].some(
    (service) => service.name === name && service.clusterArn === task.clusterArn,
  );
  if (!isKnown) throw new AwsError("ServiceNotFoundException", "Service not found.");
  return task.group === `service:${name}`;
}

async function runTask(api: EcsApi, params: Params, context: CallContext, cluster: string): Promise<Params> {
  const definition = await findDefinition(api, context, textOf(params, "taskDefinition") ?? "");
  const count = numberOr(params["count"], 1);
  if (count < 1 || count > 10) throw new AwsError("InvalidParameterException", "Count should be between 1 and 10.");
  if (definition["networkMode"] === "awsvpc" && params["networkConfiguration"] === undefined) {
    throw new AwsError("InvalidParameterException", "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  checkOverrides(params["overrides"], definition.containerDefinitions);
  api.records.definitions.set(definition.taskDefinitionArn, definition);
  const clientToken = textOf(params, "clientToken");
  const startedBy = textOf(params, "startedBy");
  const before = api.driver.state();
  const state = api.driver.send({
    type: "run-task",
    order: {
      clusterArn: cluster,
      spec: specOf(definition, api.timeFactor),
      count,
      group: textOf(params, "group") ?? `family:${String(definition["family"])}`,
      overrides: params["overrides"],
      ...(startedBy === undefined ? {} : { startedBy }),
      ...(clientToken === undefined ? {} : { clientToken }),
    },
  });
  const started =
    clientToken === undefined
      ? [...state.tasks.keys()].filter((arn) => !before.tasks.has(arn))
      : (state.clientTokens.get(clientToken) ?? []);
  const tasks = started.flatMap((arn) => state.tasks.get(arn) ?? []);
  return { tasks: tasks.map((task) => taskView(task, api.view, api.region)), failures: [] };
}

function checkOverrides(overrides: unknown, containers: readonly Params[]): void {
  const given =
    isRecord(overrides) && Array.isArray(overrides["containerOverrides"]) ? overrides["containerOverrides"].filter(isRecord) : [];
  for (const { name } of given) {
    if (containers.some((container) => container["name"] === name)) continue;
    throw new AwsError(
      "InvalidParameterException",
      `Override for container named ${String(name)} is not a container in the TaskDefinition.`,
    );
  }
}
