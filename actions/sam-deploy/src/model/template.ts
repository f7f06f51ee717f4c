import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { parseDocument } from "yaml";

/** A template as far as we read it: CloudFormation itself judges the rest. */
export interface Template {
  readonly parameters: readonly TemplateParameter[];
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly globals: Readonly<Record<string, unknown>>;
  readonly hasTransform: boolean;
  readonly text: string;
}

export interface TemplateParameter {
  readonly name: string;
  readonly type: string;
  readonly noEcho: boolean;
  readonly hasDefault: boolean;
  readonly defaultValue: string;
}

export interface TemplateResource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy: string | undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/**
 * Reads a template in YAML or JSON. CloudFormation's short forms (`!Ref`) are read as their plain content: nothing here evaluates them.
 *
 * @throws Trouble of kind `input` for a text that is no template
 */
export function parseTemplate(text: string, name: string): Template {
  const document = parseDocument(text, { logLevel: "silent", uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) throw inputTrouble(`${name}: the template cannot be read: ${oneLine(error.message, 300)}`);
  const root: unknown = document.toJS({ maxAliasCount: 1000 });
  if (!isRecord(root) || !isRecord(root["Resources"])) throw inputTrouble(`${name}: the template has no section "Resources".`);
  return {
    parameters: Object.entries(recordOf(root["Parameters"])).map(([key, value]) => parameterOf(key, recordOf(value))),
    resources: Object.fromEntries(Object.entries(root["Resources"]).map(([key, value]) => [key, resourceOf(recordOf(value))])),
    globals: recordOf(root["Globals"]),
    hasTransform: root["Transform"] !== undefined,
    text,
  };
}

const parameterOf = (name: string, value: Readonly<Record<string, unknown>>): TemplateParameter => ({
  name,
  type: String(value["Type"] ?? "String"),
  noEcho: String(value["NoEcho"] ?? "false").toLowerCase() === "true",
  hasDefault: value["Default"] !== undefined,
  defaultValue: value["Default"] === undefined ? "" : String(value["Default"]),
});

const resourceOf = (value: Readonly<Record<string, unknown>>): TemplateResource => ({
  type: String(value["Type"] ?? ""),
  properties: recordOf(value["Properties"]),
  deletionPolicy: typeof value["DeletionPolicy"] === "string" ? value["DeletionPolicy"] : undefined,
});

/** A file that `sam package` put into S3 and the template names. */
export interface ArtefactPlace {
  readonly bucket: string;
  readonly key: string;
}

/** Every S3 object that a packaged template refers to, in the order of their names. */
export function artefactsOf(template: Template): readonly ArtefactPlace[] {
  const found = new Map<string, ArtefactPlace>();
  const add = (bucket: string, key: string): void => {
    if (bucket !== "" && key !== "") found.set(`${bucket}/${key}`, { bucket, key });
  };
  const visit = (value: unknown): void => {
    if (typeof value === "string") {
      const uri = /^s3:\/\/([^/]+)\/(.+)$/.exec(value) ?? /^https:\/\/s3[.-][^/]+\.amazonaws\.com[^/]*\/([^/]+)\/(.+)$/.exec(value);
      if (uri !== null) add(uri[1] ?? "", uri[2] ?? "");
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (isRecord(value)) {
      const bucket = value["S3Bucket"] ?? value["Bucket"];
      const key = value["S3Key"] ?? value["Key"];
      if (typeof bucket === "string" && typeof key === "string") add(bucket, key);
      Object.values(value).forEach(visit);
    }
  };
  for (const { properties } of Object.values(template.resources)) visit(properties);
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
}

/** Container images that functions run, as the template names them. */
export function imagesOf(template: Template): readonly string[] {
  const uris = Object.values(template.resources).flatMap(({ properties }) => [
    properties["ImageUri"],
    recordOf(properties["Code"])["ImageUri"],
  ]);
  return [...new Set(uris.filter((uri): uri is string => typeof uri === "string"))].sort();
}
