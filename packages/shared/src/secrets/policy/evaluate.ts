import { all, any, conditionsHold, covers, not, type RequestContext, type Tri } from "./conditions.ts";
import type { Statement } from "./document.ts";

/** One request on a resource. */
export interface Request {
  /** A role's or user's ARN. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/**
 * What a resource's policy alone says. `account`: it leaves the decision to the identity policies of the principal's account, as the default
 * key policy does.
 */
export type Verdict = "allowed" | "account" | "denied" | "silent" | "unknown";

export interface Evaluation {
  readonly verdict: Verdict;
  /** The statement that decided, for the message. */
  readonly by?: string;
}

/** Evaluates a resource policy for one request: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
export function evaluate(statements: readonly Statement[], request: Request): Evaluation {
  const denies = statements.filter(({ effect }) => effect === "Deny").map((one) => ({ one, applies: applies(one, request) }));
  const denied = denies.find(({ applies }) => applies === true);
  if (denied !== undefined) return { verdict: "denied", by: denied.one.name };
  const allows = statements.filter(({ effect }) => effect === "Allow").map((one) => ({ one, applies: applies(one, request) }));
  const sure = allows.filter(({ applies }) => applies === true);
  const direct = sure.find(({ one }) => principalMatch(one, request.principal) === "direct");
  const allowed = direct ?? sure[0];
  const maybe = [...denies, ...allows].find(({ applies }) => applies === "unknown");
  if (allowed === undefined)
    return maybe === undefined || maybe.one.effect === "Deny" ? { verdict: "silent" } : { verdict: "unknown", by: maybe.one.name };
  const maybeDenied = denies.find(({ applies }) => applies === "unknown");
  if (maybeDenied !== undefined) return { verdict: "unknown", by: maybeDenied.one.name };
  return { verdict: direct === undefined ? "account" : "allowed", by: allowed.one.name };
}

function applies(statement: Statement, request: Request): Tri {
  const who = principalMatch(statement, request.principal);
  return all([
    who === "unknown" ? "unknown" : who !== "none",
    listed(statement.actions, request.action, true),
    listed(statement.resources, request.resource, false),
    conditionsHold(statement.conditions, request.context),
  ]);
}

function listed({ not: negated, patterns }: Statement["actions"], text: string, ignoreCase: boolean): Tri {
  // A key policy may leave the resource out: it is the key itself.
  if (patterns.length === 0) return !negated;
  const hit = any(patterns.map((pattern) => (pattern.includes("${") ? "unknown" : covers(pattern, text, ignoreCase))));
  return negated ? not(hit) : hit;
}

const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

/** How a statement names a principal: itself (or anyone), its account, not at all; unknown for a unique id, which only IAM can read. */
function principalMatch({ principals, effect }: Statement, principal: string): "direct" | "account" | "none" | "unknown" {
  if (principals.kind === "anyone") return "direct";
  const matches = principals.aws.map((one) => oneMatch(one, principal));
  if (principals.kind === "all-but") {
    // Everybody but these: the role is left out where it, or its account, is named.
    if (matches.some((match) => match === "direct" || match === "account")) return "none";
    return matches.includes("unknown") ? "unknown" : "direct";
  }
  if (matches.includes("direct")) return "direct";
  // A denial of the account denies everybody in it.
  if (matches.includes("account")) return effect === "Deny" ? "direct" : "account";
  return matches.includes("unknown") ? "unknown" : "none";
}

function oneMatch(named: string, principal: string): "direct" | "account" | "none" | "unknown" {
  if (named === principal) return "direct";
  if (named === accountOf(principal) || named === `arn:${principal.split(":")[1]}:iam::${accountOf(principal)}:root`) return "account";
  if (/^A[RI][OD]A[A-Z0-9]+$/.test(named)) return "unknown";
  // One session of the role: the role as such is not named, but some of its sessions are.
  const role = principal.split("/").at(-1) ?? "";
  if (new RegExp(`^arn:[^:]+:sts::${accountOf(principal)}:assumed-role/`).test(named) && named.split("/")[1] === role) return "unknown";
  return "none";
}
