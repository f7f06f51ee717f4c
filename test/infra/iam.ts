// An evaluator of identity policies, for policies as those of infra/policies: statements that allow, with exact conditions.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import type { Policy } from "../../scripts/policies.ts";

/** What IAM is asked for one call: a call may ask for several things. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

const glob = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  ).test(text);

type Statement = Policy["Statement"][number];

/** StringEquals and ArnEquals, the only operators in use; a key that the call does not have is not equal. */
function holds(conditions: Statement["Condition"], context: Asked["context"]): boolean {
  return Object.entries(conditions ?? {}).every(([operator, keys]) => {
    if (operator !== "StringEquals" && operator !== "ArnEquals") throw new Error(`the condition operator ${operator} is not known here`);
    return Object.entries(keys).every(([key, value]) => {
      const given = context[key];
      return given !== undefined && (operator === "ArnEquals" ? glob(value, given) : value === given);
    });
  });
}

const covers = ({ Action, Resource, Condition }: Statement, { action, resource, context }: Asked): boolean =>
  Action.some((one) => glob(one, action)) && Resource.some((one) => glob(one, resource)) && holds(Condition, context);

export const allows = (policy: Policy, asked: Asked): boolean => policy.Statement.some((statement) => covers(statement, asked));

/** The policy with the user's names in the place of APPLICATION, ENVIRONMENT and the others. */
export function filledIn(policy: Policy, names: Readonly<Record<string, string>>): Policy {
  const text = Object.entries(names).reduce((left, [name, value]) => left.replaceAll(name, value), JSON.stringify(policy));
  return JSON.parse(text) as Policy;
}

export const without = (policy: Policy, index: number): Policy => ({
  ...policy,
  Statement: policy.Statement.filter((_, at) => at !== index),
});
