import { type Model, modelOf, type Shape } from "./models.ts";

/** One request, as the SDK's command was given it. */
export interface Request {
  /** `ecs:UpdateService`. */
  readonly operation: string;
  readonly input: unknown;
}

/** Members that are sent though no model knows them: what a task definition holds is kept, also what is newer than the model. */
const keptOnPurpose = /^ecs:RegisterTaskDefinition\b/;

/** What in a request AWS's model does not allow; each sentence begins with where it is. */
export function violations({ operation, input }: Request): readonly string[] {
  const [service = "", name = ""] = operation.split(":");
  const model = modelOf(service);
  const described = model.operations[name];
  if (described === undefined) return [`${operation}: AWS has no such operation`];
  const found: string[] = [];
  if (described.input !== undefined) checkShape(model, described.input.shape, input ?? {}, operation, found);
  return found;
}

function checkShape(model: Model, name: string, value: unknown, at: string, found: string[]): void {
  const shape = model.shapes[name];
  if (shape === undefined) return;
  switch (shape.type) {
    case "structure":
      checkStructure(model, shape, value, at, found);
      return;
    case "list":
      checkList(model, shape, value, at, found);
      return;
    case "map":
      checkMap(model, shape, value, at, found);
      return;
    case "string":
      checkString(shape, value, at, found);
      return;
    case "integer":
    case "long":
      if (!Number.isInteger(value)) found.push(`${at}: a whole number is expected, not ${JSON.stringify(value)}`);
      else checkBounds(shape, value as number, `${at}: ${String(value)}`, found);
      return;
    case "float":
    case "double":
      if (typeof value !== "number" || !Number.isFinite(value)) found.push(`${at}: a number is expected, not ${JSON.stringify(value)}`);
      else checkBounds(shape, value, `${at}: ${value}`, found);
      return;
    case "boolean":
      if (typeof value !== "boolean") found.push(`${at}: true or false is expected, not ${JSON.stringify(value)}`);
      return;
    case "timestamp":
      if (!(value instanceof Date) || Number.isNaN(value.getTime())) found.push(`${at}: a time is expected, not ${JSON.stringify(value)}`);
      return;
    case "blob":
      if (typeof value !== "string" && !(value instanceof Uint8Array)) found.push(`${at}: bytes are expected`);
      return;
  }
}

function checkList(model: Model, shape: Shape, value: unknown, at: string, found: string[]): void {
  if (!Array.isArray(value)) {
    found.push(`${at}: a list is expected`);
    return;
  }
  checkBounds(shape, value.length, `${at}: ${value.length} items`, found);
  for (const [index, one] of value.entries()) checkShape(model, shape.member?.shape ?? "", one, `${at}[${index}]`, found);
}

function checkMap(model: Model, shape: Shape, value: unknown, at: string, found: string[]): void {
  if (!isObject(value)) {
    found.push(`${at}: a map is expected`);
    return;
  }
  checkBounds(shape, Object.keys(value).length, `${at}: ${Object.keys(value).length} keys`, found);
  for (const [key, one] of Object.entries(value)) {
    checkShape(model, shape.key?.shape ?? "", key, `${at} key ${key}`, found);
    checkShape(model, shape.value?.shape ?? "", one, `${at}.${key}`, found);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

function checkStructure(model: Model, shape: Shape, value: unknown, at: string, found: string[]): void {
  if (!isObject(value)) {
    found.push(`${at}: a structure is expected`);
    return;
  }
  // The SDK leaves out what is undefined.
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  for (const name of shape.required ?? []) {
    if (!given.some(([key]) => key === name)) found.push(`${at}: ${name} is required`);
  }
  if (shape.union === true && given.length !== 1) found.push(`${at}: exactly one member is expected`);
  for (const [name, one] of given) {
    const member = shape.members?.[name];
    if (member === undefined) {
      if (!keptOnPurpose.test(at)) found.push(`${at}: ${name} is no member`);
    } else checkShape(model, member.shape, one, `${at}.${name}`, found);
  }
}

function checkString(shape: Shape, value: unknown, at: string, found: string[]): void {
  if (typeof value !== "string") {
    found.push(`${at}: a text is expected, not ${JSON.stringify(value)}`);
    return;
  }
  checkBounds(shape, [...value].length, `${at}: ${[...value].length} characters`, found);
  if (shape.enum !== undefined && !shape.enum.includes(value)) found.push(`${at}: "${value}" is none of ${shape.enum.join(", ")}`);
  const pattern = shape.pattern === undefined ? undefined : asRegExp(shape.pattern);
  if (pattern !== undefined && !pattern.test(value)) found.push(`${at}: "${value}" does not match ${shape.pattern}`);
}

function checkBounds(shape: Shape, size: number, what: string, found: string[]): void {
  if (shape.min !== undefined && size < shape.min) found.push(`${what}, at least ${shape.min} are expected`);
  if (shape.max !== undefined && size > shape.max) found.push(`${what}, at most ${shape.max} are expected`);
}

const expressions = new Map<string, RegExp | undefined>();

/** Java's expression as ours; undefined where JavaScript has no such thing. The whole text must match. */
function asRegExp(pattern: string): RegExp | undefined {
  if (!expressions.has(pattern)) {
    const source = `^(?:${pattern.replace(/^\(\?s\)/, "")})$`;
    let made: RegExp | undefined;
    for (const flags of ["su", "s"]) {
      try {
        // Without the flag u, \p{…} would mean something else.
        if (made === undefined && (flags === "su" || !pattern.includes("\\p"))) made = new RegExp(source, flags);
      } catch {
        // Tried with the next flags, or left unchecked.
      }
    }
    expressions.set(pattern, made);
  }
  return expressions.get(pattern);
}
