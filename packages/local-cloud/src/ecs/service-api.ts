import { AwsError } from "../proxy/answers.ts";
import { isRecord, type Params, textOf } from "../proxy/params.ts";
import type { CallContext, Handler } from "../proxy/server.ts";
import { answer, ask, asked, type EcsApi, findDefinition, namesOf } from "./api.ts";
import { attachmentsOf, configurationOf, type Definition, numberOr, specOf } from "./definition.ts";
import type { ServiceChanges } from "./model.ts";
import { noteSettings } from "./records.ts";
import { serviceView } from "./views.ts";

/** Services whose deployments are somebody else's: ECS's rolling update leaves them alone, and so do we. */
function isOurs(service: Params): boolean {
  const controller = service["deploymentController"];
  const configuration = service["deploymentConfiguration"];
  const type = isRecord(controller) ? (controller["type"] ?? "ECS") : "ECS";
  const strategy = isRecord(configuration) ? (configuration["strategy"] ?? "ROLLING") : "ROLLING";
  return type === "ECS" && strategy === "ROLLING";
}

/** moto's service with what really runs; of a service that is not ours, moto's and what was given. */
function merged(api: EcsApi, fromMoto: unknown, current = false): Params {
  const service = isRecord(fromMoto) ? fromMoto : {};
  const arn = String(service["serviceArn"]);
  const state = current ? api.driver.state() : api.driver.seen();
  const known = state.services.get(arn);
  const settings = api.records.settings.get(arn) ?? {};
  return { ...service, ...settings, ...(known === undefined ? {} : serviceView(state, known, api.view)) };
}

/** Handlers for services. */
export function serviceHandlers(api: EcsApi): [string, Handler][] {
  return [
    ["ecs.CreateService", (call, context) => create(api, call.params, context).then((service) => answer(call, { service }))],
    ["ecs.UpdateService", (call, context) => update(api, call.params, context).then((service) => answer(call, { service }))],
    [
      "ecs.DeleteService",
      async (call, context) => {
        const { service } = await asked(context);
        const arn = isRecord(service) ? String(service["serviceArn"]) : "";
        api.driver.send({ type: "delete-service", serviceArn: arn });
        return answer(call, { service: merged(api, service, true) });
      },
    ],
    [
      "ecs.DescribeServices",
      async (call, context) => {
        namesOf(call.params, "services", 10, "Services");
        const reply = await asked(context);
        const services = (Array.isArray(reply["services"]) ? reply["services"] : []).map((service) => merged(api, service));
        return answer(call, { ...reply, services });
      },
    ],
  ];
}

async function create(api: EcsApi, params: Params, context: CallContext): Promise<Params> {
  if (!isOurs(params)) {
    const { service } = await asked(context);
    if (isRecord(service)) noteSettings(api.records, String(service["serviceArn"]), params);
    return merged(api, service, true);
  }
  const definition = await findDefinition(api, context, textOf(params, "taskDefinition") ?? "");
  const loadBalancers = await checkedAttachments(api, params["loadBalancers"], definition);
  const { service } = await asked(context);
  if (!isRecord(service)) throw new AwsError("ServerException", "moto gave no service", 500);
  const arn = String(service["serviceArn"]);
  noteSettings(api.records, arn, params);
  api.records.definitions.set(definition.taskDefinitionArn, definition);
  api.driver.send({
    type: "create-service",
    service: {
      arn,
      name: String(service["serviceName"]),
      clusterArn: String(service["clusterArn"]),
      desiredCount: numberOr(params["desiredCount"], 0),
      spec: specOf(definition, api.timeFactor),
      loadBalancers,
      configuration: configurationOf(params["deploymentConfiguration"]),
      healthCheckGracePeriod: numberOr(params["healthCheckGracePeriodSeconds"], 0),
    },
  });
  return merged(api, service, true);
}

/** Settings whose change begins a new deployment: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
const deployingSettings = [
  "networkConfiguration",
  "platformVersion",
  "capacityProviderStrategy",
  "serviceRegistries",
  "serviceConnectConfiguration",
  "volumeConfigurations",
  "placementConstraints",
];

async function update(api: EcsApi, params: Params, context: CallContext): Promise<Params> {
  const before = await describe(params, context);
  const arn = String(before["serviceArn"]);
  const known = api.driver.state().services.get(arn);
  if (known !== undefined && known.status !== "ACTIVE") throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
  const name = textOf(params, "taskDefinition");
  // Looked up first: moto applies the count before it finds that the definition is missing.
  const definition = name === undefined ? undefined : await findDefinition(api, context, name);
  const primary = known?.deployments[0];
  const current = definition ?? (primary === undefined ? undefined : api.records.definitions.get(primary.spec.taskDefinitionArn));
  const loadBalancers =
    params["loadBalancers"] === undefined || current === undefined
      ? undefined
      : await checkedAttachments(api, params["loadBalancers"], current);
  const { service } = await asked(context);
  const settings = api.records.settings.get(arn) ?? {};
  const force =
    params["forceNewDeployment"] === true ||
    deployingSettings.some((key) => params[key] !== undefined && JSON.stringify(params[key]) !== JSON.stringify(settings[key]));
  noteSettings(api.records, arn, params);
  if (known !== undefined) {
    if (definition !== undefined) api.records.definitions.set(definition.taskDefinitionArn, definition);
    const grace = params["healthCheckGracePeriodSeconds"];
    const changes: ServiceChanges = {
      ...(typeof params["desiredCount"] === "number" ? { desiredCount: params["desiredCount"] } : {}),
      ...(definition === undefined ? {} : { spec: specOf(definition, api.timeFactor) }),
      ...(loadBalancers === undefined ? {} : { loadBalancers }),
      ...(typeof grace === "number" ? { healthCheckGracePeriod: grace } : {}),
      configuration: configurationOf(params["deploymentConfiguration"], known.configuration),
      force,
    };
    api.driver.send({ type: "update-service", serviceArn: arn, changes });
  }
  return merged(api, service, true);
}

/** The service as moto has it. @throws ServiceNotFoundException, ClusterNotFoundException */
async function describe(params: Params, context: CallContext): Promise<Params> {
  const cluster = textOf(params, "cluster") ?? "default";
  const reply = await ask(context, "DescribeServices", { cluster, services: [textOf(params, "service") ?? ""] });
  const found = Array.isArray(reply["services"]) ? reply["services"].find(isRecord) : undefined;
  if (found === undefined) throw new AwsError("ServiceNotFoundException", "Service not found.");
  return found;
}

/** What ECS checks of load balancers and moto does not. */
async function checkedAttachments(api: EcsApi, given: unknown, definition: Definition) {
  const attachments = attachmentsOf(given);
  for (const { targetGroupArn, containerName, containerPort } of attachments) {
    const container = definition.containerDefinitions.find((one) => one["name"] === containerName);
    if (container === undefined) {
      throw new AwsError("InvalidParameterException", `The container ${containerName} does not exist in the task definition.`);
    }
    const ports = Array.isArray(container["portMappings"]) ? container["portMappings"].filter(isRecord) : [];
    if (!ports.some((one) => one["containerPort"] === containerPort)) {
      throw new AwsError(
        "InvalidParameterException",
        `The container ${containerName} did not have a container port ${containerPort} defined.`,
      );
    }
    // https://repost.aws/knowledge-center/ecs-service-load-balancer-error: a service cannot be attached to a target group that nothing forwards to.
    if (!(await api.isAttached(targetGroupArn))) {
      throw new AwsError(
        "InvalidParameterException",
        `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
      );
    }
  }
  return attachments;
}
