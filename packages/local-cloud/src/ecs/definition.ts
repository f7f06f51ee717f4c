import { isRecord, type Params } from "../proxy/params.ts";
import type { Attachment, ContainerSpec, DeploymentConfiguration, TaskSpec } from "./model.ts";

/** A task definition revision as the API gives it, unknown fields included. */
export type Definition = Params & { readonly taskDefinitionArn: string; readonly containerDefinitions: readonly Params[] };

export function asDefinition(value: unknown): Definition | undefined {
  if (!isRecord(value) || typeof value["taskDefinitionArn"] !== "string") return undefined;
  const containers = value["containerDefinitions"];
  return {
    ...value,
    taskDefinitionArn: value["taskDefinitionArn"],
    containerDefinitions: Array.isArray(containers) ? containers.filter(isRecord) : [],
  };
}

/**
 * What the scheduler must know of a revision.
 *
 * @param timeFactor stopTimeout is the application's own time: it stays in real seconds however fast the cloud's clock runs
 */
export function specOf(definition: Definition, timeFactor: number): TaskSpec {
  return {
    taskDefinitionArn: definition.taskDefinitionArn,
    containers: definition.containerDefinitions.map(
      (container): ContainerSpec => ({
        name: String(container["name"]),
        essential: container["essential"] !== false,
        // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html (container timeouts)
        stopTimeout: Math.min(120, numberOr(container["stopTimeout"], 30)) * timeFactor,
        hasHealthCheck: isRecord(container["healthCheck"]) && commandOf(container["healthCheck"]).length > 0,
      }),
    ),
  };
}

/** A health check's command without `NONE`. */
export function commandOf(healthCheck: Params): readonly string[] {
  const command = stringsOf(healthCheck["command"]);
  return command[0] === "NONE" ? [] : command;
}

export function attachmentsOf(value: unknown): readonly Attachment[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).flatMap((one) => {
    if (typeof one["targetGroupArn"] !== "string") return [];
    return [
      {
        targetGroupArn: one["targetGroupArn"],
        containerName: String(one["containerName"]),
        containerPort: numberOr(one["containerPort"], 0),
      },
    ];
  });
}

/** Defaults of the rolling update: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export function configurationOf(value: unknown, before?: DeploymentConfiguration): DeploymentConfiguration {
  const given = isRecord(value) ? value : {};
  const breaker = isRecord(given["deploymentCircuitBreaker"]) ? given["deploymentCircuitBreaker"] : undefined;
  return {
    minimumHealthyPercent: numberOr(given["minimumHealthyPercent"], before?.minimumHealthyPercent ?? 100),
    maximumPercent: numberOr(given["maximumPercent"], before?.maximumPercent ?? 200),
    circuitBreaker:
      breaker === undefined
        ? (before?.circuitBreaker ?? { enable: false, rollback: false })
        : { enable: breaker["enable"] === true, rollback: breaker["rollback"] === true },
  };
}

export const numberOr = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);
export const stringsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

/** `environment` lists as an object. */
export function pairsOf(value: unknown): Record<string, string> {
  if (!Array.isArray(value)) return {};
  return Object.fromEntries(value.filter(isRecord).map((one) => [String(one["name"]), String(one["value"] ?? "")]));
}
