import type { TaskDefinition } from "@aws-sdk/client-ecs";
import type { Named } from "../model/seen.ts";
import type { Role, RolePolicy } from "../model/world.ts";
import { allPages, distinct, lastPart, lookAtEach, type PostureAws } from "./ask.ts";

/** The roles that tasks run with and are started with. */
export const rolesOfTasks = (definitions: readonly TaskDefinition[]): readonly string[] =>
  distinct(definitions.flatMap(({ taskRoleArn, executionRoleArn }) => [taskRoleArn, executionRoleArn]));

/** From here on one listing of the account takes fewer calls than a look at each role. */
const manyRoles = 5;

/** Roles, by ARN or name, with all their policies, inline and attached, their boundary, and who may take them. */
export async function observeRoles(aws: PostureAws, arns: readonly string[]): Promise<readonly Named<Role>[]> {
  const documents = policyReader(aws);
  if (arns.length >= manyRoles) {
    const listed = await fromListing(aws, arns, documents).catch(() => undefined);
    if (listed !== undefined) return listed;
  }
  return await lookAtEach(arns, (arn) => one(aws, arn, documents));
}

type Documents = (policyArn: string) => Promise<string>;

async function one(aws: PostureAws, arn: string, documents: Documents): Promise<Role> {
  const RoleName = lastPart(arn);
  const { Role: found } = await aws.iam((sdk) => new sdk.GetRoleCommand({ RoleName }));
  const [attached, inline] = await Promise.all([
    allPages(
      (Marker) => aws.iam((sdk) => new sdk.ListAttachedRolePoliciesCommand({ RoleName, ...(Marker === undefined ? {} : { Marker }) })),
      ({ AttachedPolicies }) => AttachedPolicies,
      ({ Marker }) => Marker,
    ),
    allPages(
      (Marker) => aws.iam((sdk) => new sdk.ListRolePoliciesCommand({ RoleName, ...(Marker === undefined ? {} : { Marker }) })),
      ({ PolicyNames }) => PolicyNames,
      ({ Marker }) => Marker,
    ),
  ]);
  const policies: readonly RolePolicy[] = await Promise.all([
    ...inline.map(async (PolicyName) => {
      const answer = await aws.iam((sdk) => new sdk.GetRolePolicyCommand({ RoleName, PolicyName }));
      return { name: PolicyName, document: decoded(answer.PolicyDocument) };
    }),
    ...attached.map(async ({ PolicyName = "", PolicyArn = "" }) => ({
      name: PolicyName,
      arn: PolicyArn,
      document: await documents(PolicyArn),
    })),
  ]);
  const boundary = found?.PermissionsBoundary?.PermissionsBoundaryArn;
  return {
    arn,
    policies,
    trust: decoded(found?.AssumeRolePolicyDocument),
    ...(boundary === undefined ? {} : { boundary: await documents(boundary) }),
  };
}

/** IAM sends documents percent-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
function decoded(document: string | undefined): string {
  const text = document ?? "{}";
  return text.trimStart().startsWith("{") ? text : decodeURIComponent(text);
}

/** The current version of a policy, each read once. */
function policyReader(aws: PostureAws): Documents {
  const read = new Map<string, Promise<string>>();
  const ask = async (PolicyArn: string): Promise<string> => {
    const { Policy } = await aws.iam((sdk) => new sdk.GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy?.DefaultVersionId ?? "v1";
    const { PolicyVersion } = await aws.iam((sdk) => new sdk.GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return decoded(PolicyVersion?.Document);
  };
  return (arn) => {
    const asked = read.get(arn) ?? ask(arn);
    read.set(arn, asked);
    return asked;
  };
}

/** All roles of the account in one listing; AWS's own policies are not in it and are read apart. */
async function fromListing(aws: PostureAws, arns: readonly string[], documents: Documents): Promise<readonly Named<Role>[] | undefined> {
  const pages = await allPages(
    (Marker) =>
      aws.iam(
        (sdk) =>
          new sdk.GetAccountAuthorizationDetailsCommand({
            Filter: ["Role", "LocalManagedPolicy"],
            MaxItems: 1000,
            ...(Marker === undefined ? {} : { Marker }),
          }),
      ),
    (page) => [page],
    ({ IsTruncated, Marker }) => (IsTruncated === true ? Marker : undefined),
  );
  const local = new Map(
    pages.flatMap(({ Policies }) =>
      (Policies ?? []).flatMap(({ Arn, PolicyVersionList }) => {
        const current = (PolicyVersionList ?? []).find(({ IsDefaultVersion }) => IsDefaultVersion);
        return Arn === undefined || current === undefined ? [] : [[Arn, decoded(current.Document)] as const];
      }),
    ),
  );
  const details = new Map(
    pages.flatMap(({ RoleDetailList }) => (RoleDetailList ?? []).map((role) => [role.RoleName ?? "", role] as const)),
  );
  const documentOf = async (arn: string): Promise<string> => local.get(arn) ?? (await documents(arn));
  return await lookAtEach(arns, async (arn) => {
    const role = details.get(lastPart(arn));
    if (role === undefined) return await one(aws, arn, documents);
    const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn;
    return {
      arn,
      trust: decoded(role.AssumeRolePolicyDocument),
      policies: [
        ...(role.RolePolicyList ?? []).map(({ PolicyName = "", PolicyDocument }) => ({
          name: PolicyName,
          document: decoded(PolicyDocument),
        })),
        ...(await Promise.all(
          (role.AttachedManagedPolicies ?? []).map(async ({ PolicyName = "", PolicyArn = "" }) => ({
            name: PolicyName,
            arn: PolicyArn,
            document: await documentOf(PolicyArn),
          })),
        )),
      ],
      ...(boundary === undefined ? {} : { boundary: await documentOf(boundary) }),
    };
  });
}
