import { isObject } from "../content.ts";

/** Who a statement speaks of. */
export type Principals =
  | { readonly kind: "anyone" }
  | { readonly kind: "listed"; readonly aws: readonly string[]; readonly others: readonly string[] }
  | { readonly kind: "all-but"; readonly aws: readonly string[] };

/** One statement of a policy on a resource, with every member as a list. */
export interface Statement {
  readonly name: string;
  readonly effect: "Allow" | "Deny";
  readonly principals: Principals;
  readonly actions: { readonly not: boolean; readonly patterns: readonly string[] };
  readonly resources: { readonly not: boolean; readonly patterns: readonly string[] };
  /** Operator, key, values. */
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/**
 * Reads a resource policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 *
 * @returns undefined for what is no policy
 */
export function readPolicy(text: string): readonly Statement[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(parsed)) return undefined;
  const statements = Array.isArray(parsed["Statement"]) ? parsed["Statement"] : [parsed["Statement"]];
  return statements.filter(isObject).map(statement);
}

function statement(raw: Record<string, unknown>, at: number): Statement {
  return {
    name: typeof raw["Sid"] === "string" && raw["Sid"] !== "" ? raw["Sid"] : `statement ${at + 1}`,
    effect: raw["Effect"] === "Allow" ? "Allow" : "Deny",
    principals: principals(raw),
    actions: members(raw, "Action", "NotAction"),
    resources: members(raw, "Resource", "NotResource"),
    conditions: conditions(raw["Condition"]),
  };
}

function principals(raw: Record<string, unknown>): Principals {
  const not = raw["NotPrincipal"];
  if (isObject(not)) return { kind: "all-but", aws: texts(not["AWS"]) };
  const given = raw["Principal"];
  if (given === "*") return { kind: "anyone" };
  if (!isObject(given)) return { kind: "listed", aws: [], others: [] };
  const aws = texts(given["AWS"]);
  if (aws.includes("*")) return { kind: "anyone" };
  const others = Object.entries(given).flatMap(([kind, value]) => (kind === "AWS" ? [] : texts(value)));
  return { kind: "listed", aws, others };
}

function members(raw: Record<string, unknown>, name: string, notName: string): Statement["actions"] {
  if (raw[notName] !== undefined) return { not: true, patterns: texts(raw[notName]) };
  return { not: false, patterns: texts(raw[name]) };
}

function conditions(raw: unknown): readonly Condition[] {
  if (!isObject(raw)) return [];
  return Object.entries(raw).flatMap(([operator, keys]) =>
    isObject(keys) ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: texts(values) })) : [],
  );
}

const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one) =>
    typeof one === "string" || typeof one === "boolean" || typeof one === "number" ? [String(one)] : [],
  );
