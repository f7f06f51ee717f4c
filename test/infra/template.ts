// Reads a CloudFormation template as data: the short forms (!Ref, !Sub, …) become their long forms.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CollectionTag, parse, type ScalarTag } from "yaml";

/** A JSON value: what a template is made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonMap = { readonly [key: string]: Json };

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: JsonMap;
  readonly Properties?: JsonMap;
}

export interface Parameter {
  readonly Type: string;
  readonly Description?: string;
  readonly Default?: string | number;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly (string | number)[];
  readonly ConstraintDescription?: string;
  readonly MinValue?: number;
  readonly MaxValue?: number;
}

export interface Template {
  readonly Transform?: string;
  readonly Description: string;
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Conditions?: JsonMap;
  readonly Rules?: JsonMap;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Description?: string; readonly Condition?: string; readonly Value: Json }>>;
}

export const infraFolder = join(import.meta.dirname, "..", "..", "infra");

/** The names of all templates, without `.yaml`. */
export function templateNames(): readonly string[] {
  return readdirSync(infraFolder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

export function templateText(name: string): string {
  return readFileSync(join(infraFolder, `${name}.yaml`), "utf8");
}

const loaded = new Map<string, Template>();

export function loadTemplate(name: string): Template {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const file = parse(templateText(name), { customTags: shortForms }) as Partial<Template> & Omit<Template, "Parameters">;
  const template = { ...file, Parameters: file.Parameters ?? {} };
  loaded.set(name, template);
  return template;
}

const longName = (short: string) => (short === "Ref" || short === "Condition" ? short : `Fn::${short}`);

const scalarForm = (short: string): ScalarTag => ({
  tag: `!${short}`,
  resolve: (text) => {
    // !GetAtt Resource.Attribute stands for a list of two, the attribute being all behind the first dot.
    const dot = text.indexOf(".");
    return { [longName(short)]: short === "GetAtt" ? [text.slice(0, dot), text.slice(dot + 1)] : text };
  },
});

const listForm = (short: string): CollectionTag => ({
  tag: `!${short}`,
  collection: "seq",
  resolve: (node) => ({ [longName(short)]: (node as { toJSON(): unknown }).toJSON() }),
});

const shortForms = [
  ...["Ref", "Condition", "GetAtt", "Sub", "GetAZs", "ImportValue", "Base64"].map(scalarForm),
  ...["Sub", "Join", "Select", "Split", "If", "Equals", "Not", "And", "Or", "FindInMap", "Cidr"].map(listForm),
];
