// The IAM policy of each action, made from the calls that its code can make: infra/policies/<action>.json.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { actionNames } from "./build.ts";
import { further, type Grant, grants, instead, never, scopes } from "./policies-table.ts";

const root = join(import.meta.dirname, "..");

/** An identity policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Grant["condition"];
}

/** The SDK's calls in every file that an action's entry imports, of whatever package. */
export function callsInReach(action: string): readonly string[] {
  const seen = new Set<string>();
  const found = new Set<string>();
  const waiting = [join(root, "actions", action, "src", "main.ts")];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    const code = readFileSync(file, "utf8")
      .replace(/\/\*[\s\S]*?\*\//g, "")
      .replace(/^import type [^;]*;$/gm, "");
    for (const [, spec = ""] of code.matchAll(/(?:from\s*|import\()"([^"]+)"/g)) waiting.push(...resolved(file, spec));
    for (const [, call = ""] of code.matchAll(/new (?:\w+\.)?(\w+)Command\(/g)) found.add(call);
  }
  return [...found].sort();
}

function resolved(from: string, spec: string): readonly string[] {
  if (spec.startsWith(".")) return [join(dirname(from), spec)];
  const match = /^@aws-deploy-actions\/([\w-]+)\/(.+)$/.exec(spec);
  return match === null ? [] : [join(root, "packages", match[1] ?? "", "src", `${match[2]}.ts`)];
}

/** The calls that an action makes. */
export const callsOf = (action: string): readonly string[] =>
  callsInReach(action).filter((call) => !(never[action]?.calls ?? []).includes(call));

/** @throws Error naming calls whose permission nobody has written down yet */
export function policyOf(action: string): Policy {
  const calls = callsOf(action);
  const unknown = calls.filter((call) => !Object.hasOwn(grants, call));
  if (unknown.length > 0) throw new Error(`scripts/policies-table.ts does not know ${unknown.join(", ")}`);
  const all = [...calls.flatMap((call) => instead[action]?.[call] ?? grants[call] ?? []), ...(further[action] ?? [])];
  const groups = Map.groupBy(all, ({ scope, condition }) => JSON.stringify([scope, condition ?? null]));
  const statements = [...groups.values()].map((group) => statement(group));
  return { Version: "2012-10-17", Statement: statements.sort((a, b) => (a.Action.join() < b.Action.join() ? -1 : 1)) };
}

function statement(group: readonly Grant[]): Statement {
  const { scope, condition } = group[0] ?? { scope: "any" as const, condition: undefined };
  return {
    Effect: "Allow",
    Action: [...new Set(group.map(({ action }) => action))].sort(),
    Resource: scopes[scope],
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

/** Brings infra/policies up to date; returns a sentence for each file that was not. */
export function refreshPolicies(write: boolean): readonly string[] {
  return actionNames().flatMap((action) => {
    const path = join(root, "infra", "policies", `${action}.json`);
    const before = existsSync(path) ? readFileSync(path, "utf8") : "";
    try {
      const after = `${JSON.stringify(policyOf(action), null, 2)}\n`;
      if (after === before) return [];
      if (write) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, after);
      }
      return [`infra/policies/${action}.json is not up to date with the calls of ${action}: npm run docs`];
    } catch (error) {
      return [`infra/policies/${action}.json: ${(error as Error).message}`];
    }
  });
}
