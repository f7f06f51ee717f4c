// CloudFormation behind the stack port. Its API has no codes for most of what it refuses: where a message decides, the page is cited.

import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { cloudTrouble, Trouble } from "@aws-deploy-actions/shared/problems";
import type { StackEvent as SdkEvent, Stack } from "@aws-sdk/client-cloudformation";
import type { ChangeSetSeen } from "../model/change-set.ts";
import { isStackStatus, type StackEvent, type StackResource, type StackSeen } from "../model/stack.ts";
import type { ChangeSetRequest, Drift, StackPort } from "../ports.ts";
import { readChangeSet } from "./change-sets.ts";

type CloudFormation = Aws<"cloudformation">["cloudformation"];

/** What AWS said in its refusal. */
export function refusal(error: unknown): { readonly name: string; readonly message: string } {
  const cause = error instanceof Trouble && error.cause !== undefined ? error.cause : error;
  const { name = "", message = "" } = (cause ?? {}) as { name?: string; message?: string };
  return { name, message };
}

/** An absent stack is a ValidationError: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
const isAbsent = (error: unknown): boolean =>
  /does not exist/i.test(refusal(error).message) || /ChangeSetNotFound/.test(refusal(error).name);

async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

const seconds = (date: Date | undefined): number => (date === undefined ? 0 : date.getTime() / 1000);

/** The stack of this name, through the SDK. */
export function cloudFormationStack(aws: Aws<"cloudformation">, name: string): StackPort {
  const call: CloudFormation = aws.cloudformation;
  return {
    look: async () => {
      const answer = await unlessAbsent(call((sdk) => new sdk.DescribeStacksCommand({ StackName: name })));
      const [stack] = answer?.Stacks ?? [];
      return stack === undefined ? undefined : stackSeen(stack);
    },
    events: (after, limit = 200) => events(call, name, after, limit),
    nestedEvents: (stackId) => events(call, stackId, undefined, 200),
    resources: () => resources(call, name),
    processedTemplate: async () => {
      const { TemplateBody = "" } = await call((sdk) => new sdk.GetTemplateCommand({ StackName: name, TemplateStage: "Processed" }));
      return TemplateBody;
    },
    createChangeSet: (request) => createChangeSet(call, name, request),
    changeSet: (nameOrId) => unlessAbsent(readChangeSet(call, name, nameOrId)),
    changeSetTemplate: async (id) => {
      const { TemplateBody = "" } = await call(
        (sdk) => new sdk.GetTemplateCommand({ StackName: name, ChangeSetName: id, TemplateStage: "Original" }),
      );
      return TemplateBody;
    },
    executeChangeSet: async (id, token) => {
      try {
        await call((sdk) => new sdk.ExecuteChangeSetCommand({ StackName: name, ChangeSetName: id, ClientRequestToken: token }));
      } catch (error) {
        // The answer to an earlier try may have been lost: then the change set is executed already.
        if (!/InvalidChangeSetStatus/.test(refusal(error).name) || !(await isExecuted(call, name, id))) throw error;
      }
    },
    deleteChangeSet: async (id) => {
      await unlessAbsent(call((sdk) => new sdk.DeleteChangeSetCommand({ StackName: name, ChangeSetName: id })));
    },
    deleteStack: async (token) => {
      await call((sdk) => new sdk.DeleteStackCommand({ StackName: name, ClientRequestToken: token }));
    },
    cancelUpdate: async (token) => {
      await call((sdk) => new sdk.CancelUpdateStackCommand({ StackName: name, ClientRequestToken: token }));
    },
    continueRollback: async (skip, token) => {
      const input = { StackName: name, ClientRequestToken: token, ...(skip.length > 0 ? { ResourcesToSkip: [...skip] } : {}) };
      await call((sdk) => new sdk.ContinueUpdateRollbackCommand(input));
    },
    rollBack: async (token) => {
      await call((sdk) => new sdk.RollbackStackCommand({ StackName: name, ClientRequestToken: token }));
    },
    startDrift: async () => {
      try {
        return (await call((sdk) => new sdk.DetectStackDriftCommand({ StackName: name }))).StackDriftDetectionId;
      } catch (error) {
        if (refusal(error).name === "ValidationError") return undefined;
        throw error;
      }
    },
    drift: (detection) => readDrift(call, name, detection),
  };
}

function stackSeen(stack: Stack): StackSeen {
  const status = stack.StackStatus ?? "";
  if (!isStackStatus(status)) {
    throw cloudTrouble(
      `Stack ${stack.StackName} has the status ${status}, which this version does not know.`,
      "Use a newer version of the action.",
    );
  }
  return {
    name: stack.StackName ?? "",
    id: stack.StackId ?? "",
    status,
    statusReason: stack.StackStatusReason ?? "",
    parameters: (stack.Parameters ?? []).map(({ ParameterKey = "", ParameterValue = "" }) => ({
      name: ParameterKey,
      value: ParameterValue,
    })),
    tags: Object.fromEntries((stack.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
    outputs: (stack.Outputs ?? []).map(({ OutputKey = "", OutputValue = "", Description = "" }) => ({
      key: OutputKey,
      value: OutputValue,
      description: Description,
    })),
    capabilities: stack.Capabilities ?? [],
    terminationProtection: stack.EnableTerminationProtection === true,
    created: seconds(stack.CreationTime),
    updated: seconds(stack.LastUpdatedTime ?? stack.CreationTime),
  };
}

/** Pages come newest first, so reading ends at the first event that is known. */
async function events(call: CloudFormation, stack: string, after: string | undefined, limit: number): Promise<readonly StackEvent[]> {
  const found: StackEvent[] = [];
  let page: string | undefined;
  do {
    const answer = await call(
      (sdk) => new sdk.DescribeStackEventsCommand({ StackName: stack, ...(page === undefined ? {} : { NextToken: page }) }),
    );
    for (const one of answer.StackEvents ?? []) {
      if (one.EventId === after || found.length >= limit) return found.reverse();
      found.push(eventSeen(one));
    }
    page = answer.NextToken;
  } while (page !== undefined && page !== "");
  return found.reverse();
}

const eventSeen = (one: SdkEvent): StackEvent => ({
  id: one.EventId ?? "",
  time: seconds(one.Timestamp),
  stackId: one.StackId ?? "",
  logicalId: one.LogicalResourceId ?? "",
  physicalId: one.PhysicalResourceId ?? "",
  type: one.ResourceType ?? "",
  status: one.ResourceStatus ?? "",
  reason: one.ResourceStatusReason ?? "",
  token: one.ClientRequestToken,
});

async function resources(call: CloudFormation, stack: string): Promise<readonly StackResource[]> {
  const found: StackResource[] = [];
  let page: string | undefined;
  do {
    const answer = await call(
      (sdk) => new sdk.ListStackResourcesCommand({ StackName: stack, ...(page === undefined ? {} : { NextToken: page }) }),
    );
    for (const one of answer.StackResourceSummaries ?? []) {
      found.push({
        logicalId: one.LogicalResourceId ?? "",
        physicalId: one.PhysicalResourceId ?? "",
        type: one.ResourceType ?? "",
        status: one.ResourceStatus ?? "",
      });
    }
    page = answer.NextToken;
  } while (page !== undefined && page !== "");
  return found;
}

async function createChangeSet(call: CloudFormation, stack: string, request: ChangeSetRequest): Promise<string> {
  const { template, parameters, tags } = request;
  const input = {
    StackName: stack,
    ChangeSetName: request.name,
    ChangeSetType: request.type,
    ClientToken: request.name,
    Description: request.description,
    Capabilities: [...request.capabilities] as never,
    Parameters: parameters.map((one) =>
      "value" in one ? { ParameterKey: one.name, ParameterValue: one.value } : { ParameterKey: one.name, UsePreviousValue: true },
    ),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    IncludeNestedStacks: request.nested,
    ...("body" in template ? { TemplateBody: template.body } : { TemplateURL: template.url }),
    ...(request.role === undefined ? {} : { RoleARN: request.role }),
    ...(request.notificationTopics.length === 0 ? {} : { NotificationARNs: [...request.notificationTopics] }),
  };
  try {
    const { Id } = await call((sdk) => new sdk.CreateChangeSetCommand(input));
    if (Id === undefined) throw cloudTrouble("cloudformation:CreateChangeSet gave no id.");
    return Id;
  } catch (error) {
    // The answer to an earlier try may have been lost: then the change set of our own, unique name is there.
    if (!/AlreadyExists/.test(refusal(error).name)) throw error;
    const there = await unlessAbsent(readChangeSet(call, stack, request.name));
    if (there === undefined) throw error;
    return there.id;
  }
}

async function isExecuted(call: CloudFormation, stack: string, id: string): Promise<boolean> {
  const seen: ChangeSetSeen | undefined = await unlessAbsent(readChangeSet(call, stack, id));
  return seen !== undefined && /^EXECUTE_(IN_PROGRESS|COMPLETE|FAILED)$/.test(seen.executionStatus);
}

async function readDrift(call: CloudFormation, stack: string, detection: string): Promise<Drift> {
  const answer = await call((sdk) => new sdk.DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId: detection }));
  if (answer.DetectionStatus === "DETECTION_IN_PROGRESS") return { state: "running" };
  if (answer.DetectionStatus === "DETECTION_FAILED" && answer.StackDriftStatus === undefined)
    return { state: "unknown", because: answer.DetectionStatusReason ?? "detection failed" };
  if (answer.StackDriftStatus !== "DRIFTED") return { state: "done", resources: [] };
  const drifted = await call(
    (sdk) =>
      new sdk.DescribeStackResourceDriftsCommand({
        StackName: stack,
        StackResourceDriftStatusFilters: ["MODIFIED", "DELETED"],
        MaxResults: 100,
      }),
  );
  return {
    state: "done",
    resources: (drifted.StackResourceDrifts ?? []).map((one) => ({
      logicalId: one.LogicalResourceId ?? "",
      type: one.ResourceType ?? "",
      status: one.StackResourceDriftStatus ?? "",
      properties: (one.PropertyDifferences ?? []).map(({ PropertyPath = "" }) => PropertyPath),
    })),
  };
}
