import type { Clock } from "@aws-deploy-actions/shared/clock";
import { type ApiAnswer, AwsError, valueAnswer } from "../proxy/answers.ts";
import type { ApiCall } from "../proxy/identify.ts";
import { isRecord, type Params, textOf, textsOf } from "../proxy/params.ts";
import type { CallContext, Handler } from "../proxy/server.ts";
import { asDefinition, type Definition } from "./definition.ts";
import type { EcsDriver } from "./driver.ts";
import { completeDefinition, noteDefinition, type Records } from "./records.ts";
import type { ViewContext } from "./views.ts";

/** What ECS's handlers share. */
export interface EcsApi {
  readonly clock: Clock;
  readonly driver: EcsDriver;
  readonly records: Records;
  readonly view: ViewContext;
  readonly region: string;
  readonly timeFactor: number;
  /** Whether some listener or rule uses a target group. */
  readonly isAttached: (targetGroupArn: string) => Promise<boolean>;
}

const target = (operation: string) => `AmazonEC2ContainerServiceV20141113.${operation}`;

/** moto's answer to this very call. @throws AwsError as moto words it */
export async function asked(context: CallContext, body?: Params): Promise<Params> {
  return read(await context.forward(body === undefined ? undefined : Buffer.from(JSON.stringify(body))));
}

function read(answer: ApiAnswer): Params {
  const fields = parsed(answer.body.toString("utf8") || "{}");
  if (answer.status >= 400) throw refusal(fields, answer.status);
  return fields;
}

/** moto takes a request without a signature for one to S3, and answers in XML. */
function parsed(text: string): Params {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
  }
}

/** Another ECS call in the caller's name. @throws AwsError as moto words it */
export async function ask(context: CallContext, operation: string, params: Params): Promise<Params> {
  const { status, value } = await context.upstream.json(context.request, target(operation), params);
  if (status >= 400) throw refusal(value, status);
  return value;
}

function refusal(fields: Params, status: number): AwsError {
  const type = String(fields["__type"] ?? "ServerException");
  return new AwsError(type.slice(type.lastIndexOf("#") + 1), String(fields["message"] ?? fields["Message"] ?? "refused"), status);
}

export const answer = (call: ApiCall, value: Params): ApiAnswer => valueAnswer(call.protocol, value);

/** The cluster's ARN. @throws ClusterNotFoundException */
export async function clusterArn(call: ApiCall, context: CallContext): Promise<string> {
  const name = textOf(call.params, "cluster") ?? "default";
  const { clusters } = await ask(context, "DescribeClusters", { clusters: [name] });
  const found = Array.isArray(clusters) ? clusters.find(isRecord) : undefined;
  if (found?.["status"] !== "ACTIVE") throw new AwsError("ClusterNotFoundException", "Cluster not found.");
  return String(found["clusterArn"]);
}

/** A revision by family, family:revision or ARN. @throws ClientException where there is none */
export async function findDefinition(api: EcsApi, context: CallContext, name: string): Promise<Definition> {
  const { taskDefinition } = await ask(context, "DescribeTaskDefinition", { taskDefinition: name });
  const fromMoto = asDefinition(taskDefinition);
  if (fromMoto === undefined) throw new AwsError("ClientException", "Unable to describe task definition.");
  if (fromMoto["status"] === "INACTIVE") throw new AwsError("ClientException", "TaskDefinition is inactive");
  return api.records.definitions.get(fromMoto.taskDefinitionArn) ?? fromMoto;
}

/** Handlers for definitions and clusters: moto's answers, completed. */
export function definitionHandlers(api: EcsApi): [string, Handler][] {
  const added = () => ({
    registeredAt: api.clock.now(),
    registeredBy: "arn:aws:iam::123456789012:user/local",
    requiresAttributes: [{ name: "com.amazonaws.ecs.capability.docker-remote-api.1.18" }, { name: "ecs.capability.task-eni" }],
    compatibilities: ["EC2", "FARGATE"],
  });
  return [
    [
      "ecs.RegisterTaskDefinition",
      async (call, context) => {
        const reply = await asked(context);
        const fromMoto = isRecord(reply["taskDefinition"]) ? reply["taskDefinition"] : {};
        const taskDefinition = completeDefinition(fromMoto, call.params, added());
        noteDefinition(api.records, taskDefinition);
        const tags = call.params["tags"] === undefined ? {} : { tags: call.params["tags"] };
        return answer(call, { taskDefinition, ...tags });
      },
    ],
    [
      "ecs.DescribeTaskDefinition",
      async (call, context) => {
        const reply = await asked(context);
        const fromMoto = isRecord(reply["taskDefinition"]) ? reply["taskDefinition"] : {};
        const known = api.records.definitions.get(String(fromMoto["taskDefinitionArn"]));
        const { tags: _tags, ...taskDefinition } = completeDefinition(fromMoto, known, {});
        return answer(call, { taskDefinition, ...(reply["tags"] === undefined ? {} : { tags: reply["tags"] }) });
      },
    ],
    [
      "ecs.DescribeClusters",
      async (call, context) => {
        const reply = await asked(context);
        const state = api.driver.seen();
        const clusters = (Array.isArray(reply["clusters"]) ? reply["clusters"] : []).filter(isRecord).map((cluster) => {
          const tasks = [...state.tasks.values()].filter((task) => task.clusterArn === cluster["clusterArn"]);
          const services = [...state.services.values()].filter(
            (one) => one.clusterArn === cluster["clusterArn"] && one.status === "ACTIVE",
          );
          return {
            ...cluster,
            runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").length,
            pendingTasksCount: tasks.filter(({ lastStatus }) => lastStatus === "PENDING" || lastStatus === "PROVISIONING").length,
            activeServicesCount: services.length,
          };
        });
        return answer(call, { ...reply, clusters });
      },
    ],
  ];
}

/** At most so many names per call, as AWS allows. @throws InvalidParameterException */
export function namesOf(params: Params, name: string, most: number, what: string): readonly string[] {
  const names = textsOf(params, name);
  if (names.length > most) throw new AwsError("InvalidParameterException", `Too many ${what}, maximum ${most}.`);
  if (names.length === 0) throw new AwsError("InvalidParameterException", `${what} cannot be empty.`);
  return names;
}
