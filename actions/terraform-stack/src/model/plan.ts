// A plan as `terraform show -json` gives it: https://developer.hashicorp.com/terraform/internals/json-format. It holds sensitive values in clear, so
// nothing of it leaves this file but names, and the values to mask.

type Json = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const recordOf = (value: unknown): Json => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export type PlanKind = "create" | "change" | "replace" | "destroy" | "read" | "forget" | "import";

/** One resource's change, by name; never a value. */
export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly kind: PlanKind;
  /** Attributes that change, those that force a replacement first. */
  readonly attributes: readonly string[];
  /** Attributes that force the replacement. */
  readonly because: readonly string[];
  /** A stateful resource is destroyed or replaced by it. */
  readonly endangersData: boolean;
}

export interface PlannedOutput {
  readonly name: string;
  readonly kind: "create" | "change" | "destroy";
  readonly sensitive: boolean;
}

/** What a plan would do. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  readonly outputs: readonly PlannedOutput[];
  /** Resources that were changed outside of Terraform. */
  readonly drifted: readonly string[];
  /** Names of the variables that the configuration declares. */
  readonly variables: readonly string[];
  readonly terraformVersion: string;
  readonly hasChanges: boolean;
}

/** Resources whose loss is a loss of data. */
const stateful = new Set([
  "aws_db_instance",
  "aws_rds_cluster",
  "aws_rds_cluster_instance",
  "aws_dynamodb_table",
  "aws_s3_bucket",
  "aws_elasticache_cluster",
  "aws_elasticache_replication_group",
  "aws_elasticache_serverless_cache",
  "aws_memorydb_cluster",
  "aws_efs_file_system",
  "aws_fsx_lustre_file_system",
  "aws_ebs_volume",
  "aws_ecr_repository",
  "aws_cognito_user_pool",
  "aws_sqs_queue",
  "aws_kinesis_stream",
  "aws_cloudwatch_log_group",
  "aws_opensearch_domain",
  "aws_redshift_cluster",
  "aws_docdb_cluster",
  "aws_neptune_cluster",
  "aws_secretsmanager_secret",
  "aws_ssm_parameter",
  "aws_kms_key",
  "aws_backup_vault",
  "aws_route53_zone",
]);

/** @throws SyntaxError for a text that is no JSON */
export function parsePlan(text: string): Plan {
  const plan = recordOf(JSON.parse(text));
  const changes = listOf(plan["resource_changes"]).flatMap((one) => changeOf(recordOf(one)));
  const outputs = Object.entries(recordOf(plan["output_changes"])).flatMap(([name, one]) => outputOf(name, recordOf(one)));
  const drifted = listOf(plan["resource_drift"]).map((one) => String(recordOf(one)["address"] ?? ""));
  return {
    changes: changes.sort((a, b) => Number(b.endangersData) - Number(a.endangersData) || order.indexOf(a.kind) - order.indexOf(b.kind)),
    outputs,
    drifted,
    variables: Object.keys(recordOf(recordOf(recordOf(plan["configuration"])["root_module"])["variables"])),
    terraformVersion: String(plan["terraform_version"] ?? ""),
    hasChanges: changes.some(({ kind }) => kind !== "read") || outputs.length > 0,
  };
}

const order: readonly PlanKind[] = ["destroy", "replace", "change", "create", "import", "forget", "read"];

function changeOf(one: Json): readonly PlannedChange[] {
  const change = recordOf(one["change"]);
  const kind = kindOf(listOf(change["actions"]).map(String), isRecord(change["importing"]));
  if (kind === undefined) return [];
  const type = String(one["type"] ?? "");
  const because = listOf(change["replace_paths"]).map((path) => listOf(path).map(String).join("."));
  return [
    {
      address: String(one["address"] ?? ""),
      type,
      kind,
      attributes: kind === "change" || kind === "replace" ? changedAttributes(change) : [],
      because,
      endangersData: (kind === "destroy" || kind === "replace") && stateful.has(type),
    },
  ];
}

function kindOf(actions: readonly string[], importing: boolean): PlanKind | undefined {
  const [first] = actions;
  if (actions.length === 2) return "replace";
  if (first === "no-op") return importing ? "import" : undefined;
  if (first === "create" || first === "read" || first === "forget") return first;
  return first === "update" ? "change" : first === "delete" ? "destroy" : undefined;
}

/** Names of the attributes that differ, at the top level: their values may be sensitive. */
function changedAttributes(change: Json): readonly string[] {
  const [before, after, unknown] = [recordOf(change["before"]), recordOf(change["after"]), recordOf(change["after_unknown"])];
  const names = new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)]);
  return [...names].filter((name) => unknown[name] === true || JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort();
}

function outputOf(name: string, change: Json): readonly PlannedOutput[] {
  const action = String(listOf(change["actions"])[0] ?? "no-op");
  const sensitive = change["before_sensitive"] === true || change["after_sensitive"] === true;
  if (action === "create") return [{ name, kind: "create", sensitive }];
  if (action === "update") return [{ name, kind: "change", sensitive }];
  return action === "delete" ? [{ name, kind: "destroy", sensitive }] : [];
}

/** `2 to add, 1 to replace (1 with data at risk)`; the output `plan-summary`. */
export function planSummary({ changes, outputs }: Plan): string {
  const names: readonly (readonly [PlanKind, string])[] = [
    ["create", "to create"],
    ["change", "to change"],
    ["replace", "to replace"],
    ["destroy", "to destroy"],
    ["import", "to import"],
    ["forget", "to forget"],
  ];
  const parts = names.flatMap(([kind, words]) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  if (outputs.length > 0) parts.push(`${outputs.length} output${outputs.length === 1 ? "" : "s"} to change`);
  const risky = changes.filter(({ endangersData }) => endangersData).length;
  return parts.length === 0 ? "no changes" : parts.join(", ") + (risky === 0 ? "" : `; data at risk in ${risky}`);
}

/** A sensitive text shorter than this would take half of every file with it. */
const shortest = 4;

/**
 * Every text that the plan marks as sensitive: variables, attributes, outputs. Terraform itself forgets the mark in places (an attribute that a provider
 * copies from a sensitive one is unmarked), so these are looked for wherever something is written.
 */
export function sensitiveTexts(text: string): readonly string[] {
  const plan = recordOf(JSON.parse(text));
  const found = new Set<string>();
  const declared = recordOf(recordOf(recordOf(plan["configuration"])["root_module"])["variables"]);
  for (const [name, given] of Object.entries(recordOf(plan["variables"])))
    if (recordOf(declared[name])["sensitive"] === true) collect(recordOf(given)["value"], true, found);
  const changes = [...listOf(plan["resource_changes"]), ...listOf(plan["resource_drift"])].map((one) => recordOf(recordOf(one)["change"]));
  for (const change of [...changes, ...Object.values(recordOf(plan["output_changes"])).map(recordOf)])
    for (const side of ["before", "after"]) collect(change[side], change[`${side}_sensitive`], found);
  return [...found];
}

/** Walks a value beside its marks: `true` marks all below it. */
function collect(value: unknown, mark: unknown, found: Set<string>): void {
  if (mark === true) {
    if (typeof value === "string" || typeof value === "number") {
      if (String(value).length >= shortest) found.add(String(value));
    } else for (const inner of isRecord(value) ? Object.values(value) : listOf(value)) collect(inner, true, found);
  } else if (isRecord(value)) for (const [name, inner] of Object.entries(value)) collect(inner, recordOf(mark)[name], found);
  else listOf(value).forEach((inner, index) => void collect(inner, listOf(mark)[index], found));
}
