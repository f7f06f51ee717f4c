// Task definitions as AWS gives them, unknown fields included: what an older SDK does not know must survive a deployment.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** What shall differ from the task definition that runs now. Keys are container names. */
export interface DefinitionChanges {
  readonly images: ReadonlyMap<string, string>;
  readonly environment: readonly Setting[];
  /** Values are ARNs of secrets or parameters. */
  readonly secrets: readonly Setting[];
}

export interface Setting {
  readonly container: string;
  readonly name: string;
  readonly value: string;
}

/** One difference, by name. Values of variables never show; an image and a secret's ARN are no secret. */
export interface Difference {
  readonly where: string;
  readonly change: "added" | "changed" | "removed";
  readonly from?: string;
  readonly to?: string;
}

/** Fields of an answer that RegisterTaskDefinition does not take: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html */
const answerOnly = new Set([
  "taskDefinitionArn",
  "revision",
  "status",
  "requiresAttributes",
  "compatibilities",
  "registeredAt",
  "registeredBy",
  "deregisteredAt",
  "deleteRequestedAt",
]);

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** The containers of a definition, by name and image. */
export const containersOf = (definition: JsonObject): readonly { readonly name: string; readonly image: string }[] =>
  listOf(definition["containerDefinitions"]).map((one) => ({ name: textOf(one["name"]), image: textOf(one["image"]) }));

/** What would be registered to get the same definition again. */
export function registrable(answer: JsonObject, tags: Json): JsonObject {
  const kept = Object.fromEntries(Object.entries(answer).filter(([key]) => !answerOnly.has(key)));
  return listOf(tags).length === 0 ? kept : { ...kept, tags };
}

/** The definition with the changes made, and nothing else. */
export function changed(definition: JsonObject, changes: DefinitionChanges): JsonObject {
  const containers = listOf(definition["containerDefinitions"]).map((container) => {
    const name = textOf(container["name"]);
    const image = changes.images.get(name);
    const environment = changes.environment.filter((one) => one.container === name);
    const secrets = changes.secrets.filter((one) => one.container === name);
    const taken = new Set([...environment, ...secrets].map((one) => one.name));
    // A name may stand in either list, never in both: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    const keep = (list: Json | undefined): readonly JsonObject[] => listOf(list).filter((one) => !taken.has(textOf(one["name"])));
    return {
      ...container,
      ...(image === undefined ? {} : { image }),
      ...(taken.size === 0
        ? {}
        : { environment: [...keep(container["environment"]), ...environment.map(({ name: key, value }) => ({ name: key, value }))] }),
      ...(taken.size === 0
        ? {}
        : { secrets: [...keep(container["secrets"]), ...secrets.map(({ name: key, value }) => ({ name: key, valueFrom: value }))] }),
    };
  });
  return { ...definition, containerDefinitions: containers };
}

/** Whether two definitions would run the same: lists that are sets to ECS may be in any order. */
export const sameDefinition = (a: JsonObject, b: JsonObject): boolean => JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));

const isEmpty = (value: Json): boolean => value === null || (Array.isArray(value) && value.length === 0);

/** Keys in order, empty lists gone (AWS answers with lists that were never given), sets by their key. */
function canonical(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    const named = items.every((item) => isObject(item) && (typeof item["name"] === "string" || typeof item["key"] === "string"));
    const keyOf = (item: Json): string => (isObject(item) ? textOf(item["name"] ?? item["key"]) : "");
    return named ? [...items].sort((x, y) => keyOf(x).localeCompare(keyOf(y))) : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, one]) => !isEmpty(one));
  return Object.fromEntries(entries.sort(([x], [y]) => x.localeCompare(y)).map(([key, one]) => [key, canonical(one)]));
}

/** The differences by name, containers first. */
export function differences(before: JsonObject, after: JsonObject): readonly Difference[] {
  const names = [...new Set([...containersOf(before), ...containersOf(after)].map((one) => one.name))];
  const find = (definition: JsonObject, name: string): JsonObject =>
    listOf(definition["containerDefinitions"]).find((one) => one["name"] === name) ?? {};
  const inContainers = names.flatMap((name) => containerDifferences(name, find(before, name), find(after, name)));
  const rest = (definition: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(definition).filter(([key]) => key !== "containerDefinitions"));
  return [...inContainers, ...fieldDifferences("", rest(before), rest(after))];
}

function containerDifferences(name: string, before: JsonObject, after: JsonObject): readonly Difference[] {
  const special = new Set(["environment", "secrets"]);
  const rest = (container: JsonObject): JsonObject => Object.fromEntries(Object.entries(container).filter(([key]) => !special.has(key)));
  const settings = (container: JsonObject, list: string): JsonObject =>
    Object.fromEntries(listOf(container[list]).map((one) => [textOf(one["name"]), one["value"] ?? one["valueFrom"] ?? ""]));
  return [
    ...fieldDifferences(`${name}: `, rest(before), rest(after)),
    ...fieldDifferences(`${name}: environment `, settings(before, "environment"), settings(after, "environment")),
    ...fieldDifferences(`${name}: secret `, settings(before, "secrets"), settings(after, "secrets"), true),
  ];
}

function fieldDifferences(prefix: string, before: JsonObject, after: JsonObject, shown = false): readonly Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key): readonly Difference[] => {
    const [old, now] = [before[key] ?? null, after[key] ?? null];
    if (JSON.stringify(canonical(old)) === JSON.stringify(canonical(now)) || (isEmpty(old) && isEmpty(now))) return [];
    const change = isEmpty(old) ? "added" : isEmpty(now) ? "removed" : "changed";
    const visible = shown || key === "image" || ["cpu", "memory", "memoryReservation"].includes(key);
    const text = (value: Json): string | undefined =>
      visible && (typeof value === "string" || typeof value === "number") ? String(value) : undefined;
    const [from, to] = [text(old), text(now)];
    return [{ where: `${prefix}${key}`, change, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}
