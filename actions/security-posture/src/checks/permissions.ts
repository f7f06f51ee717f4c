// What a role's policies allow, all of them together: denials and the permissions boundary count.
import { covers } from "@aws-deploy-actions/shared/secrets/policy/conditions";
import { readPolicy, type Statement } from "@aws-deploy-actions/shared/secrets/policy/document";
import type { Role } from "../model/world.ts";

/** One thing that a role may do and should not, or only under conditions. */
export interface Excess {
  readonly policy: string;
  readonly statement: string;
  readonly what: string;
  /** A condition narrows it: to be looked at, no failure by itself. */
  readonly limited: boolean;
}

/** Actions by which a role can give itself any other permission: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege */
const escalations = [
  "iam:CreatePolicyVersion",
  "iam:SetDefaultPolicyVersion",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:AttachGroupPolicy",
  "iam:PutRolePolicy",
  "iam:PutUserPolicy",
  "iam:PutGroupPolicy",
  "iam:AddUserToGroup",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:UpdateLoginProfile",
  "iam:UpdateAssumeRolePolicy",
  "iam:DeleteRolePermissionsBoundary",
  "iam:PassRole",
  "sts:AssumeRole",
  "lambda:UpdateFunctionCode",
];

/** Actions on data that exist for one resource at a time: on all resources they are more than any application needs. */
const dataActions = [
  "secretsmanager:GetSecretValue",
  "secretsmanager:PutSecretValue",
  "ssm:GetParameter",
  "ssm:GetParametersByPath",
  "kms:Decrypt",
  "s3:GetObject",
  "s3:PutObject",
  "s3:DeleteObject",
  "dynamodb:GetItem",
  "dynamodb:Scan",
  "dynamodb:PutItem",
  "dynamodb:DeleteItem",
  "rds-data:ExecuteStatement",
  "sqs:ReceiveMessage",
  "sqs:SendMessage",
  "sns:Publish",
  "lambda:InvokeFunction",
  "ses:SendEmail",
  "events:PutEvents",
  "states:StartExecution",
];

/** Services whose every action is for all resources, or that a workload may use as a whole. */
const harmlessServices = new Set(["xray", "ssmmessages", "ec2messages"]);

/**
 * Everything a role may do beyond its work, one entry a statement and kind.
 *
 * @returns undefined where one of the documents is no policy: then nothing is known
 */
export function excessOf(role: Role): readonly Excess[] | undefined {
  const documents = role.policies.map(({ name, document }) => ({ name, statements: readPolicy(document) }));
  const boundary = role.boundary === undefined ? undefined : readPolicy(role.boundary);
  if (documents.some(({ statements }) => statements === undefined) || (role.boundary !== undefined && boundary === undefined))
    return undefined;
  const all = documents.flatMap(({ name, statements }) => (statements ?? []).map((statement) => ({ policy: name, statement })));
  const denials = all.map(({ statement }) => statement).filter(({ effect }) => effect === "Deny");
  const limits: Limits = { denials: [...denials, ...(boundary ?? []).filter(({ effect }) => effect === "Deny")], boundary };
  return all
    .filter(({ statement }) => statement.effect === "Allow")
    .flatMap(({ policy, statement }) => ofStatement(policy, statement, limits));
}

interface Limits {
  readonly denials: readonly Statement[];
  readonly boundary: readonly Statement[] | undefined;
}

function ofStatement(policy: string, statement: Statement, limits: Limits): readonly Excess[] {
  const { actions, resources } = statement;
  const everywhere =
    resources.not || resources.patterns.some((pattern) => /^\*+$/.test(pattern) || /^arn:(\*|aws[\w-]*):\*:\*:\*:\*$/.test(pattern));
  const limited = isLimited(statement);
  const excess = (what: string): Excess => ({ policy, statement: statement.name, what, limited });
  const stands = (action: string): boolean => !isTaken(action, limits);
  if (actions.not) {
    const still = [...escalations, ...dataActions].filter((action) => !names(actions.patterns, action) && stands(action));
    if (!everywhere || still.length === 0) return [];
    return [excess(`everything but ${actions.patterns.slice(0, 3).join(", ")} on all resources (NotAction)`)];
  }
  const broad = actions.patterns.filter((pattern) => /^\*+$|^\*:\*$/.test(pattern));
  if (broad.length > 0 && everywhere)
    return isTaken("*:*", limits) && [...escalations, ...dataActions].every((one) => !stands(one))
      ? []
      : [excess("everything on all resources (administrator)")];
  if (broad.length > 0) return [excess(`everything on ${resources.patterns.slice(0, 2).join(", ")}`)];
  const services = actions.patterns
    .flatMap((pattern) => /^([\w-]+):\*+$/.exec(pattern)?.[1] ?? [])
    .filter((service) => !harmlessServices.has(service.toLowerCase()));
  const wholly = services.filter((service) => !isTaken(`${service}:*`, limits));
  const found: Excess[] = [];
  if (wholly.length > 0 && everywhere) found.push(excess(`${wholly.map((service) => `${service}:*`).join(", ")} on all resources`));
  else if (wholly.length > 0)
    found.push({
      ...excess(`${wholly.map((service) => `${service}:*`).join(", ")} on ${resources.patterns.slice(0, 2).join(", ")}`),
      limited: true,
    });
  if (!everywhere) return found;
  const rest = actions.patterns.filter((pattern) => !/^[\w-]+:\*+$/.test(pattern));
  const raising = escalations.filter((action) => names(rest, action) && stands(action));
  if (raising.length > 0) found.push(excess(`${raising.join(", ")} on all resources: it can give itself any permission`));
  const data = dataActions.filter((action) => names(rest, action) && stands(action));
  if (data.length > 0) found.push(excess(`${data.join(", ")} on all resources`));
  return found;
}

const names = (patterns: readonly string[], action: string): boolean => patterns.some((pattern) => covers(pattern, action, true));

/** Whether a denial without conditions, or a boundary that does not allow it, takes an action away wherever it is. */
function isTaken(action: string, { denials, boundary }: Limits): boolean {
  const denied = denials.some(
    ({ actions, resources, conditions }) =>
      conditions.length === 0 &&
      !resources.not &&
      resources.patterns.some((pattern) => /^\*+$/.test(pattern)) &&
      (actions.not ? !names(actions.patterns, action) : names(actions.patterns, action)),
  );
  if (denied) return true;
  if (boundary === undefined) return false;
  // A pattern of the policy is taken away only where the boundary allows nothing of it.
  return !boundary.some(({ effect, actions }) => {
    if (effect !== "Allow") return false;
    if (actions.not) return !names(actions.patterns, action);
    return names(actions.patterns, action) || (action.includes("*") && actions.patterns.some((pattern) => covers(action, pattern, true)));
  });
}

/** Conditions on the transport or the time let everybody through who has the role. */
const idle =
  /^aws:(securetransport|requestedregion|currenttime|epochtime|tokenissuetime|useragent|referer|multifactorauth.*|viaawsservice)$/i;
const isLimited = ({ conditions }: Statement): boolean =>
  conditions.some(({ key, values }) => !idle.test(key) && values.some((value) => !/^\*+$/.test(value)));

/** Who may take a role although nobody should: anybody, without a condition that says who. */
export function openTrust(trust: string): string | undefined {
  const statements = readPolicy(trust);
  const open = statements?.find((one) => one.effect === "Allow" && one.principals.kind !== "listed" && !isLimited(one));
  return open === undefined ? undefined : `everybody may assume it (${open.name} of its trust policy)`;
}
