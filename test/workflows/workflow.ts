// Reads workflows as data, and says which jobs GitHub would run.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { data, Evaluator, Lexer, Parser, wellKnownFunctions } from "@actions/expressions";
import { parse } from "yaml";

export const workflowFolder = join(import.meta.dirname, "..", "..", ".github", "workflows");

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string | boolean;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly name?: string;
  readonly needs?: readonly string[];
  readonly if?: string | boolean;
  readonly uses?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress"?: boolean; readonly queue?: string };
  readonly strategy?: { readonly "fail-fast"?: boolean };
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

interface CallInput {
  readonly type: string;
  readonly required?: boolean;
  readonly default?: string | number | boolean;
  readonly description?: string;
}

export interface Workflow {
  readonly on: {
    readonly workflow_call?: { readonly inputs: Readonly<Record<string, CallInput>>; readonly secrets?: Readonly<Record<string, object>> };
  };
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

export const workflowNames = (): readonly string[] => readdirSync(workflowFolder).filter((name) => name.endsWith(".yml"));
export const textOf = (name: string): string => readFileSync(join(workflowFolder, name), "utf8");
export const workflowOf = (name: string): Workflow => parse(textOf(name)) as Workflow;

export interface Situation {
  readonly event: string;
  readonly ref: string;
  /** Whether the repository itself is a fork. */
  readonly fork?: boolean;
  readonly inputs?: Readonly<Record<string, string | number | boolean>>;
  /** Jobs that end so when they run; all others succeed. */
  readonly ends?: Readonly<Record<string, "failure" | "cancelled">>;
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly cancelled?: boolean;
}

type Result = "success" | "failure" | "cancelled" | "skipped";

/** How each job of a called workflow would end: https://docs.github.com/actions/reference/workflows-and-actions/expressions#status-check-functions */
export function play(workflow: Workflow, situation: Situation): Readonly<Record<string, Result>> {
  const results: Record<string, Result> = {};
  const declared = workflow.on.workflow_call?.inputs ?? {};
  const inputs = {
    ...Object.fromEntries(Object.entries(declared).map(([name, input]) => [name, input.default ?? ""])),
    ...situation.inputs,
  };
  const github = { event_name: situation.event, ref: situation.ref, event: { repository: { fork: situation.fork ?? false } } };
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const above = ancestors(workflow, name).map((one) => results[one] ?? "skipped");
    const needs = Object.fromEntries(
      (job.needs ?? []).map((one) => [one, { result: results[one], outputs: situation.outputs?.[one] ?? {} }]),
    );
    const status = {
      always: true,
      cancelled: situation.cancelled ?? false,
      failure: above.includes("failure"),
      success: above.every((result) => result === "success"),
    };
    const runs = evaluate(condition(job.if), { github, inputs, needs }, status);
    results[name] = runs ? (situation.ends?.[name] ?? "success") : "skipped";
  }
  return results;
}

function ancestors(workflow: Workflow, name: string): readonly string[] {
  const direct = workflow.jobs[name]?.needs ?? [];
  return [...new Set(direct.flatMap((one) => [one, ...ancestors(workflow, one)]))];
}

/** GitHub puts success() before a condition that asks for no status. */
function condition(given: string | boolean | undefined): string {
  const text = String(given ?? "success()")
    .trim()
    .replace(/^\$\{\{([\s\S]*)\}\}$/, "$1");
  return /\b(always|cancelled|failure|success)\s*\(/.test(text) ? text : `success() && (${text})`;
}

/** One expression, as GitHub evaluates it. */
export function evaluate(expression: string, contexts: object, status: Readonly<Record<string, boolean>>): boolean {
  const functions = Object.entries(status).map(([name, value]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  }));
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  const json = wellKnownFunctions["fromjson"]?.call(new data.StringData(JSON.stringify(contexts)));
  const answer = new Evaluator(tree, json as data.Dictionary, new Map(functions.map((one) => [one.name, one]))).evaluate();
  return answer.kind === data.Kind.Boolean ? answer.value : answer.coerceString() !== "" && answer.coerceString() !== "0";
}

/** Names of the jobs that run, in order. */
export const ran = (results: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(results)
    .filter(([, result]) => result !== "skipped")
    .map(([name]) => name);
