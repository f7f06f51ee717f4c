import type { EvaluationResult } from "@aws-sdk/client-iam";
import type { Aws } from "../../aws/connect.ts";
import { causeKind } from "../../aws/errors.ts";
import type { IdentityDecision } from "../policy/readers.ts";
import type { AccessPort, Answer, KeyFacts } from "../types.ts";
import { unanswered } from "./discreet.ts";
import { chunks, regionOf } from "./names.ts";

type AccessAws = Aws<"secrets" | "kms" | "iam">;

/** Resources in one simulation: their ARNs must stay within the size of a request. */
const resourcesACall = 50;

/** Resource policies, key policies and the simulation of identity policies. */
export function awsAccess(aws: AccessAws): AccessPort {
  const at = (region: string | undefined): AccessAws => (region === undefined || region === aws.region ? aws : aws.inRegion(region));
  const keyRegion = (key: KeyFacts): string | undefined => key.arn.split(":")[3];
  return {
    policy: async (id) =>
      await answer("its resource policy could not be read", "secretsmanager:GetResourcePolicy", async () => {
        const { ResourcePolicy } = await at(regionOf(id)).secrets((sdk) => new sdk.GetResourcePolicyCommand({ SecretId: id }));
        return ResourcePolicy === "" ? undefined : ResourcePolicy;
      }),
    keyPolicy: async (key) =>
      await answer("the policy of its KMS key could not be read", "kms:GetKeyPolicy", async () => {
        const { Policy } = await at(keyRegion(key)).kms((sdk) => new sdk.GetKeyPolicyCommand({ KeyId: key.arn, PolicyName: "default" }));
        return Policy ?? "{}";
      }),
    granted: async (key) =>
      await answer("the grants of its KMS key could not be listed", "kms:ListGrants", async () => {
        const { Grants } = await at(keyRegion(key)).kms((sdk) => new sdk.ListGrantsCommand({ KeyId: key.arn, Limit: 100 }));
        return (Grants ?? []).flatMap(({ Operations, GranteePrincipal }) =>
          Operations?.includes("Decrypt") && GranteePrincipal !== undefined ? [GranteePrincipal] : [],
        );
      }),
    simulate: async (role, action, resources, context) => {
      const found = new Map<string, Answer<IdentityDecision>>();
      const ask = async (part: readonly string[]): Promise<void> => {
        const what = `what ${role} may do could not be simulated`;
        const result = await answer(what, "iam:SimulatePrincipalPolicy", () => simulatePart(aws, role, action, part, context));
        for (const resource of part) {
          const decision = result.state === "found" ? result.value.get(resource) : undefined;
          if (result.state !== "found") found.set(resource, result);
          else if (decision !== undefined) found.set(resource, { state: "found", value: decision });
          else if (part.length === 1)
            found.set(resource, { state: "unanswered", why: `${what}: IAM gave no answer for it`, mend: "Run again." });
        }
      };
      for (const part of chunks(resources, resourcesACall)) await ask(part);
      // What an answer for many leaves out is not taken for a denial.
      for (const resource of resources) if (!found.has(resource)) await ask([resource]);
      return found;
    },
  };
}

async function answer<T>(what: string, action: string, ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { state: "found", value: await ask() };
  } catch (error) {
    return causeKind(error) === "missing" ? { state: "missing" } : unanswered(what, action, error);
  }
}

async function simulatePart(
  aws: AccessAws,
  role: string,
  action: string,
  resources: readonly string[],
  context: Readonly<Record<string, readonly string[]>>,
): Promise<ReadonlyMap<string, IdentityDecision>> {
  const input = {
    PolicySourceArn: role,
    ActionNames: [action],
    ResourceArns: [...resources],
    ContextEntries: Object.entries(context).map(([ContextKeyName, values]) => ({
      ContextKeyName,
      ContextKeyValues: [...values],
      ContextKeyType: contextType(values),
    })),
  };
  const decisions = new Map<string, IdentityDecision>();
  let marker: string | undefined;
  do {
    const page = { ...input, ...(marker === undefined ? {} : { Marker: marker }) };
    const { EvaluationResults, IsTruncated, Marker } = await aws.iam((sdk) => new sdk.SimulatePrincipalPolicyCommand(page));
    for (const result of EvaluationResults ?? []) note(result, resources, decisions);
    marker = IsTruncated === true ? Marker : undefined;
  } while (marker !== undefined);
  return decisions;
}

const contextType = (values: readonly string[]): "boolean" | "string" =>
  values.every((value) => /^(true|false)$/.test(value)) ? "boolean" : "string";

/** One result is for one resource; where AWS puts several together they stand in ResourceSpecificResults. */
function note(result: EvaluationResult, resources: readonly string[], decisions: Map<string, IdentityDecision>): void {
  const whole = decisionOf(result);
  const name = result.EvalResourceName ?? "*";
  for (const resource of name === "*" ? resources : [name]) decisions.set(resource, whole);
  for (const one of result.ResourceSpecificResults ?? []) {
    if (one.EvalResourceName === undefined || !resources.includes(one.EvalResourceName)) continue;
    const { EvalResourceDecision, ...rest } = one;
    decisions.set(
      one.EvalResourceName,
      decisionOf({
        ...rest,
        EvalActionName: result.EvalActionName,
        EvalDecision: EvalResourceDecision,
        OrganizationsDecisionDetail: result.OrganizationsDecisionDetail,
      }),
    );
  }
}

function decisionOf(
  result: Pick<
    EvaluationResult,
    | "EvalActionName"
    | "EvalDecision"
    | "MatchedStatements"
    | "MissingContextValues"
    | "OrganizationsDecisionDetail"
    | "PermissionsBoundaryDecisionDetail"
  >,
): IdentityDecision {
  if (result.EvalDecision === "allowed") return { decision: "allowed" };
  if (result.EvalDecision === "explicitDeny")
    return { decision: "denied", by: result.MatchedStatements?.[0]?.SourcePolicyId ?? "a policy of the role" };
  const organisation = result.OrganizationsDecisionDetail?.AllowedByOrganizations === false;
  const boundary = result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false;
  return {
    decision: "silent",
    conditions: result.MissingContextValues ?? [],
    ...(organisation ? { limitedBy: "organisation" as const } : boundary ? { limitedBy: "boundary" as const } : {}),
  };
}
