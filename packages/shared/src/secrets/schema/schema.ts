import type { ErrorObject, SchemaValidateFunction, ValidateFunction } from "ajv";
import type { EnvironmentClass } from "../../aws/settings.ts";
import { inputTrouble } from "../../problems.ts";
import { oneLine } from "../../text/sanitise.ts";
import { type Content, isObject, showableKey } from "../content.ts";
import type { Remark } from "../finding.ts";
import { formats, ownKeywords } from "./keywords.ts";
import { linearPattern } from "./linear-pattern.ts";

/** A schema, ready to judge secrets. */
export interface SecretSchema {
  /** What a secret's content lacks; empty where it fits, or where the schema says nothing about this secret. */
  check(secret: string, content: Content): readonly Remark[];
  /** The keys that the schema speaks of for a secret, required ones first, and which of them are ours to make by chance. */
  keysOf(secret: string): readonly SchemaKey[];
}

export interface SchemaKey {
  readonly name: string;
  readonly required: boolean;
  /** Bytes of chance, where the value is ours to make; undefined where somebody else gives it. */
  readonly randomBytes?: number;
}

/** The largest schema file: more is a mistake. */
export const schemaLimit = 262_144;

type JsonSchema = Readonly<Record<string, unknown>>;
interface Part {
  readonly covers: (secret: string) => boolean;
  readonly schema: JsonSchema;
  readonly validate: ValidateFunction;
}

/**
 * Reads a JSON Schema (2020-12, or draft-07 where `$schema` says so) with the keywords of ./keywords.ts. A top-level
 * `x-secrets` maps names of secrets, `*` for any part, to a schema each; without it the schema is for all of them.
 *
 * @throws Trouble of kind `input` for what is no schema, for a reference out of the file, and for a pattern that takes more than linear time
 */
export async function readSchema(text: string, environment: EnvironmentClass): Promise<SecretSchema> {
  const root = parseSchema(text);
  const remote = remoteReference(root);
  if (remote !== undefined) {
    throw inputTrouble(
      `schema: it refers to ${oneLine(remote, 80)}, outside of the file; nothing is fetched.`,
      'Put the schema under "$defs" in the same file, and refer to "#/$defs/…".',
    );
  }
  const compile = await compiler(root, environment);
  const { "x-secrets": bySecret, ...rest } = root;
  if (bySecret === undefined) return schemaOf([{ covers: () => true, schema: rest, validate: compile(rest) }]);
  if (!isObject(bySecret)) throw inputTrouble('schema: "x-secrets" is no map from names of secrets to schemas.');
  return schemaOf(
    Object.entries(bySecret).map(([name, one]) => {
      if (!isObject(one)) throw inputTrouble(`schema: "x-secrets" has no schema for ${oneLine(name, 80)}.`);
      const schema = { ...rest, ...one };
      return { covers: nameMatcher(name), schema, validate: compile(schema) };
    }),
  );
}

function parseSchema(text: string): JsonSchema {
  if (text.length > schemaLimit) throw inputTrouble(`schema: the file has more than ${schemaLimit} characters.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw inputTrouble(`schema: the file is no JSON: ${oneLine((error as Error).message, 200)}`);
  }
  if (!isObject(parsed)) throw inputTrouble("schema: the file holds no JSON object.");
  return parsed;
}

function remoteReference(value: unknown): string | undefined {
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== "object" || next === null) continue;
    for (const [name, inner] of Object.entries(next)) {
      if (/^\$(ref|dynamicRef|recursiveRef)$/.test(name) && typeof inner === "string" && !inner.startsWith("#")) return inner;
      if (inner !== null && inner !== undefined) open.push(inner);
    }
  }
  return undefined;
}

async function compiler(root: JsonSchema, environment: EnvironmentClass): Promise<(schema: JsonSchema) => ValidateFunction> {
  const version = typeof root["$schema"] === "string" ? root["$schema"] : "";
  const { default: loaded } = /draft-0[67]/.test(version) ? await import("ajv") : await import("ajv/dist/2020.js");
  const { RE2JS } = await import("re2js");
  // CommonJS seen from ESM: the class is the default export, or the module itself.
  const Ajv = ("default" in loaded ? loaded.default : loaded) as typeof import("ajv").default;
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    formats: { ...formats },
    code: { regExp: linearPattern(RE2JS) },
  });
  for (const { name, takes, holds } of ownKeywords) {
    const validate: SchemaValidateFunction = (wanted: unknown, text: unknown): boolean => {
      const fits = holds(wanted as never, text as string, environment);
      // What the schema asks for goes along: ajv would give it in verbose mode only, with the data beside it.
      validate.errors = fits ? [] : [{ keyword: name, message: name, params: { wanted } }];
      return fits;
    };
    ajv.addKeyword({ keyword: name, type: "string", metaSchema: takes, validate, errors: true });
  }
  return (schema) => {
    try {
      return ajv.compile(schema);
    } catch (error) {
      throw inputTrouble(
        `schema: ${oneLine((error as Error).message, 300)}.`,
        "docs: the keywords and formats that a schema may use are listed in actions/validate-secrets/README.md.",
      );
    }
  };
}

/** Matches the name with any text for each `*`, also as an ARN that ends in the name. */
function nameMatcher(pattern: string): (secret: string) => boolean {
  const source = pattern
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join("[^:]*");
  const exact = new RegExp(`^(?:arn:[^:]+:secretsmanager:[^:]*:\\d*:secret:)?${source}(?:-[A-Za-z0-9]{6})?$`);
  return (secret) => exact.test(secret);
}

const schemaOf = (parts: readonly Part[]): SecretSchema => ({
  check: (secret, content) => {
    const part = parts.find(({ covers }) => covers(secret));
    return part === undefined ? [] : checkPart(part, content);
  },
  keysOf: (secret) => {
    const part = parts.find(({ covers }) => covers(secret));
    return part === undefined ? [] : keysOfSchema(part.schema);
  },
});

function checkPart({ validate, schema }: Part, content: Content): readonly Remark[] {
  if (content.kind === "binary")
    return [
      {
        rule: "schema",
        severity: "error",
        message: "holds binary data, which no schema describes.",
        mend: "Store the value as text, or leave this secret out of the schema (x-secrets).",
      },
    ];
  let fits: boolean;
  try {
    fits = validate(content.data.reveal()) === true;
  } catch {
    // The error may quote the data; a schema that refers to itself can go deeper than the stack on nested data.
    return [
      {
        rule: "schema-unusable",
        severity: "unknown",
        message: "could not be judged by the schema: it refers to itself without end, or the value nests too deeply.",
        mend: "Limit the depth that the schema allows.",
      },
    ];
  }
  if (fits) return [];
  const known = new Set(keysOfSchema(schema).map(({ name }) => name));
  const remarks = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if").map((error) => remarkOf(error, known));
  return [...new Map(remarks.map((remark) => [`${remark.key ?? ""} ${remark.message}`, remark])).values()].slice(0, 200);
}

function remarkOf(error: ErrorObject, known: ReadonlySet<string>): Remark {
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
  const params = error.params as Readonly<Record<string, unknown>>;
  if (error.keyword === "required" || error.keyword === "dependentRequired") {
    const missing = String(params["missingProperty"]);
    return {
      ...named([...path, missing], new Set([...known, missing])),
      rule: "required-key",
      severity: "error",
      message: "is required and is not there.",
      mend: setMend,
    };
  }
  const extra = params["additionalProperty"] ?? params["unevaluatedProperty"] ?? params["propertyName"];
  const at = typeof extra === "string" ? [...path, extra] : path;
  return { ...named(at, known), rule: "schema", severity: "error", message: `${complaintOf(error, params)}.`, mend: setMend };
}

const named = (path: readonly string[], known: ReadonlySet<string>): { key?: string } => {
  const key = showableKey(path, known);
  return key === undefined ? {} : { key };
};

/** Replaced by the judge, who knows the secret's name. */
export const setMend = "";

/** What is wrong, in words made from the schema alone: never from the data, and without which side of a length limit it is on. */
function complaintOf(error: ErrorObject, params: Readonly<Record<string, unknown>>): string {
  const own = ownKeywords.find(({ name }) => name === error.keyword);
  if (own !== undefined) return own.complaint(params["wanted"]);
  switch (error.keyword) {
    case "type":
      return `is not of the type that the schema asks for (${oneLine(String(params["type"]), 60)})`;
    case "format":
      return `is not of the format "${oneLine(String(params["format"]), 40)}"`;
    case "pattern":
      return "does not have the form that the schema's pattern asks for";
    case "minLength":
    case "maxLength":
      return "does not have a length that the schema allows";
    case "enum":
    case "const":
      return "is none of the values that the schema lists";
    case "additionalProperties":
    case "unevaluatedProperties":
    case "propertyNames":
      return "is a key that the schema does not allow";
    default:
      return `does not meet "${oneLine(error.keyword, 40)}" of the schema`;
  }
}

/** The schema itself, or the part of the file that it refers to. */
function resolved(schema: JsonSchema): JsonSchema {
  const name = /^#\/\$defs\/([^/]+)$/.exec(String(schema["$ref"] ?? ""))?.[1];
  const definitions = schema["$defs"];
  const found = name === undefined || !isObject(definitions) ? undefined : definitions[name];
  return isObject(found) ? found : schema;
}

function keysOfSchema(whole: JsonSchema): readonly SchemaKey[] {
  const schema = resolved(whole);
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"].filter((name) => typeof name === "string") : [];
  const names = [...new Set([...required, ...Object.keys(properties)])];
  return names.map((name) => {
    const one = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const bytes = isObject(one) ? randomBytes(one) : undefined;
    return { name, required: required.includes(name), ...(bytes === undefined ? {} : { randomBytes: bytes }) };
  });
}

function randomBytes(schema: JsonSchema): number | undefined {
  if (schema["x-random"] !== true) return undefined;
  if (typeof schema["x-base64-bytes"] === "number") return schema["x-base64-bytes"];
  return typeof schema["x-min-entropy-bits"] === "number" ? Math.max(32, Math.ceil(schema["x-min-entropy-bits"] / 8)) : 32;
}
