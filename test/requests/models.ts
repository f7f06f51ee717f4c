// AWS's own description of its services, as botocore carries it (Apache-2.0): the tools' environment has it through moto.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

export interface Shape {
  readonly type: "structure" | "list" | "map" | "string" | "integer" | "long" | "float" | "double" | "boolean" | "timestamp" | "blob";
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly union?: boolean;
}

export interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Our names of services where botocore has another. */
const folders: Readonly<Record<string, string>> = {
  elb: "elbv2",
  autoscaling: "application-autoscaling",
  secrets: "secretsmanager",
  quotas: "service-quotas",
};

function dataFolder(): string {
  const lib = join(import.meta.dirname, "../../.tools/cloud/lib");
  const python = readdirSync(lib).find((name) => name.startsWith("python"));
  return join(lib, python ?? "python3", "site-packages/botocore/data");
}

const loaded = new Map<string, Model>();

/** The model of a service by the name that `Aws` gives it. @throws Error where botocore has none */
export function modelOf(service: string): Model {
  const known = loaded.get(service);
  if (known !== undefined) return known;
  const folder = join(dataFolder(), folders[service] ?? service);
  const version = existsSync(folder) ? readdirSync(folder).toSorted().at(-1) : undefined;
  if (version === undefined) throw new Error(`botocore has no service "${service}"`);
  const model = JSON.parse(gunzipSync(readFileSync(join(folder, version, "service-2.json.gz"))).toString("utf8")) as Model;
  loaded.set(service, model);
  return model;
}
