import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import type { Change, DescribeChangeSetOutput } from "@aws-sdk/client-cloudformation";
import type { ChangeSetSeen, ResourceChange } from "../model/change-set.ts";

type CloudFormation = Aws<"cloudformation">["cloudformation"];

/** Reads a change set with all its pages, and those of nested stacks, which CloudFormation keeps apart. */
export async function readChangeSet(call: CloudFormation, stack: string, nameOrId: string): Promise<ChangeSetSeen> {
  const first = await call((sdk) => new sdk.DescribeChangeSetCommand({ StackName: stack, ChangeSetName: nameOrId }));
  const complete = first.Status === "CREATE_COMPLETE";
  const changes = complete ? [...(await changesOf(call, stack, first, ""))] : [];
  return {
    id: first.ChangeSetId ?? "",
    name: first.ChangeSetName ?? "",
    stackId: first.StackId ?? "",
    status: first.Status ?? "",
    executionStatus: first.ExecutionStatus ?? "",
    reason: first.StatusReason ?? "",
    created: (first.CreationTime?.getTime() ?? 0) / 1000,
    parameters: (first.Parameters ?? []).map(({ ParameterKey = "", ParameterValue = "" }) => ({
      name: ParameterKey,
      value: ParameterValue,
    })),
    tags: Object.fromEntries((first.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
    changes,
  };
}

async function changesOf(
  call: CloudFormation,
  stack: string,
  first: DescribeChangeSetOutput,
  nested: string,
): Promise<readonly ResourceChange[]> {
  const all: Change[] = [...(first.Changes ?? [])];
  let page = first.NextToken;
  while (page !== undefined && page !== "") {
    const NextToken = page;
    const next = await call((sdk) => new sdk.DescribeChangeSetCommand({ StackName: stack, ChangeSetName: first.ChangeSetId, NextToken }));
    all.push(...(next.Changes ?? []));
    page = next.NextToken;
  }
  const found: ResourceChange[] = [];
  for (const { ResourceChange: one } of all) {
    if (one === undefined) continue;
    const logicalId = one.LogicalResourceId ?? "";
    found.push({
      action: one.Action ?? "",
      logicalId,
      physicalId: one.PhysicalResourceId ?? "",
      type: one.ResourceType ?? "",
      replacement: one.Replacement,
      scope: one.Scope ?? [],
      causes: [...new Set((one.Details ?? []).map(({ Target }) => [Target?.Attribute, Target?.Name].filter(Boolean).join(".")))],
      policy: one.PolicyAction,
      nested,
    });
    if (one.ChangeSetId !== undefined) {
      const id = one.ChangeSetId;
      const inner = await call((sdk) => new sdk.DescribeChangeSetCommand({ ChangeSetName: id }));
      found.push(...(await changesOf(call, one.PhysicalResourceId ?? "", inner, nested === "" ? logicalId : `${nested}/${logicalId}`)));
    }
  }
  return found;
}
