import { isRecord, type Params } from "../proxy/params.ts";
import { asDefinition, type Definition } from "./definition.ts";

/** What callers gave and moto does not keep: definitions' unknown fields, services' settings. */
export interface Records {
  readonly definitions: Map<string, Definition>;
  /** By service ARN: everything that CreateService and UpdateService said, the last word of each field. */
  readonly settings: Map<string, Params>;
}

export const createRecords = (): Records => ({ definitions: new Map(), settings: new Map() });

/** Fields of a request that say where or how, not what. */
const notSettings = [
  "cluster",
  "service",
  "serviceName",
  "clientToken",
  "forceNewDeployment",
  "desiredCount",
  "tags",
  "taskDefinition",
  "loadBalancers",
];

export function noteSettings(records: Records, serviceArn: string, params: Params): void {
  const kept = Object.fromEntries(
    Object.entries(params).filter(([name, value]) => !notSettings.includes(name) && value !== undefined && value !== null),
  );
  records.settings.set(serviceArn, { ...records.settings.get(serviceArn), ...kept });
}

/**
 * A revision as ECS shows it: moto's answer, what the caller gave that moto does not know, and what only ECS adds.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
 */
export function completeDefinition(fromMoto: Params, given: Params | undefined, added: Params): Params {
  const { tags: _tags, ...fields } = given ?? {};
  const containers = listOf(fromMoto["containerDefinitions"]);
  const givenContainers = listOf(fields["containerDefinitions"]);
  return {
    ...added,
    ...fields,
    ...withoutNulls(fromMoto),
    containerDefinitions: containers.map((container, index) => ({ ...givenContainers[index], ...container })),
  };
}

export function noteDefinition(records: Records, definition: Params): void {
  const complete = asDefinition(definition);
  if (complete !== undefined) records.definitions.set(complete.taskDefinitionArn, complete);
}

const listOf = (value: unknown): readonly Params[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const withoutNulls = (value: Params): Params => Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
