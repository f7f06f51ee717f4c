// What CloudFormation's API is asked, and how its refusals are read.

import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { awsTrouble } from "@aws-deploy-actions/shared/aws/errors";
import * as sdk from "@aws-sdk/client-cloudformation";
import { cloudFormationStack } from "../../src/adapters/stacks.ts";
import type { ChangeSetRequest } from "../../src/ports.ts";

type Answer = (input: Readonly<Record<string, unknown>>) => unknown;

/** CloudFormation that answers from a table; every call is written down. */
function stackWith(answers: Readonly<Record<string, Answer>>) {
  const calls: { readonly operation: string; readonly input: Readonly<Record<string, unknown>> }[] = [];
  const cloudformation = async (make: (module: typeof sdk) => { readonly input: object }) => {
    const command = make(sdk);
    const operation = command.constructor.name.replace(/Command$/, "");
    const input = command.input as Readonly<Record<string, unknown>>;
    calls.push({ operation, input });
    try {
      return answers[operation]?.(input) ?? {};
    } catch (error) {
      throw awsTrouble(`cloudformation:${operation}`, error);
    }
  };
  return { calls, stack: cloudFormationStack({ cloudformation } as unknown as Aws<"cloudformation">, "api") };
}

const refuse = (name: string, message: string): never => {
  throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
};

const request = (given: Partial<ChangeSetRequest> = {}): ChangeSetRequest => ({
  name: "deploy-1",
  type: "UPDATE",
  template: { body: "{}" },
  parameters: [
    { name: "A", value: " exactly=this,\n" },
    { name: "B", previous: true },
  ],
  tags: { Project: "x" },
  capabilities: ["CAPABILITY_IAM"],
  notificationTopics: [],
  description: "d",
  nested: false,
  ...given,
});

test("an absent stack is none, and any other refusal is trouble", async () => {
  const absent = stackWith({ DescribeStacks: () => refuse("ValidationError", "Stack with id api does not exist") });
  expect(await absent.stack.look()).toBeUndefined();
  const denied = stackWith({ DescribeStacks: () => refuse("AccessDenied", "not authorized") });
  await expect(denied.stack.look()).rejects.toThrow("AccessDenied");
});

test("a status of tomorrow is said, not guessed at", async () => {
  const { stack } = stackWith({ DescribeStacks: () => ({ Stacks: [{ StackName: "api", StackStatus: "PAUSED" }] }) });
  await expect(stack.look()).rejects.toThrow(/PAUSED, which this version does not know/);
});

test("values go as they are, and those that stay are not sent", async () => {
  const { stack, calls } = stackWith({ CreateChangeSet: () => ({ Id: "arn:1" }) });
  expect(await stack.createChangeSet(request())).toBe("arn:1");
  expect(calls[0]?.input).toMatchObject({
    ChangeSetName: "deploy-1",
    ClientToken: "deploy-1",
    Parameters: [
      { ParameterKey: "A", ParameterValue: " exactly=this,\n" },
      { ParameterKey: "B", UsePreviousValue: true },
    ],
    TemplateBody: "{}",
  });
});

describe("an answer that was lost", () => {
  test("of CreateChangeSet: the change set of our own name is taken", async () => {
    const { stack } = stackWith({
      CreateChangeSet: () => refuse("AlreadyExistsException", "ChangeSet deploy-1 already exists"),
      DescribeChangeSet: () => ({ ChangeSetId: "arn:1", ChangeSetName: "deploy-1", Status: "CREATE_PENDING" }),
    });
    expect(await stack.createChangeSet(request())).toBe("arn:1");
  });

  test("of CreateChangeSet on a name that a stack has: stays a refusal", async () => {
    const { stack } = stackWith({
      CreateChangeSet: () => refuse("AlreadyExistsException", "Stack [api] already exists"),
      DescribeChangeSet: () => refuse("ChangeSetNotFound", "ChangeSet [deploy-1] does not exist"),
    });
    await expect(stack.createChangeSet(request({ type: "CREATE" }))).rejects.toThrow("already exists");
  });

  test.each`
    executionStatus          | status               | taken
    ${"EXECUTE_IN_PROGRESS"} | ${"CREATE_COMPLETE"} | ${true}
    ${"EXECUTE_COMPLETE"}    | ${"CREATE_COMPLETE"} | ${true}
    ${"OBSOLETE"}            | ${"CREATE_COMPLETE"} | ${false}
    ${"UNAVAILABLE"}         | ${"FAILED"}          | ${false}
  `("of ExecuteChangeSet on a change set that is $executionStatus: taken for done $taken", async ({ executionStatus, status, taken }) => {
    const { stack } = stackWith({
      ExecuteChangeSet: () => refuse("InvalidChangeSetStatus", "cannot be executed in its current status"),
      DescribeChangeSet: () => ({ ChangeSetId: "arn:1", Status: status, ExecutionStatus: executionStatus }),
    });
    const call = stack.executeChangeSet("arn:1", "token");
    await (taken ? expect(call).resolves.toBeUndefined() : expect(call).rejects.toThrow("InvalidChangeSetStatus"));
  });
});

test("events are read page by page back to the last one that is known, and given oldest first", async () => {
  const event = (id: number) => ({ EventId: String(id), StackId: "s", Timestamp: new Date(id * 1000), ResourceStatus: "X" });
  const pages: Record<string, unknown> = {
    first: { StackEvents: [event(9), event(8)], NextToken: "second" },
    second: { StackEvents: [event(7), event(6)], NextToken: "third" },
  };
  const { stack, calls } = stackWith({ DescribeStackEvents: ({ NextToken }) => pages[String(NextToken ?? "first")] });
  expect((await stack.events("7")).map(({ id }) => id)).toEqual(["8", "9"]);
  expect(calls).toHaveLength(2);
  expect((await stack.events(undefined, 1)).map(({ id }) => id)).toEqual(["9"]);
});

test("a change set is read with all its pages, and with those of nested stacks", async () => {
  const change = (LogicalResourceId: string, more: object = {}) => ({
    ResourceChange: {
      Action: "Modify",
      LogicalResourceId,
      ResourceType: "AWS::Lambda::Function",
      Details: [{ Target: { Attribute: "Properties", Name: "Code" } }],
      ...more,
    },
  });
  const { stack } = stackWith({
    DescribeChangeSet: ({ ChangeSetName, NextToken }) => {
      if (ChangeSetName === "arn:inner") return { ChangeSetId: "arn:inner", Changes: [change("Deep")] };
      if (NextToken === "2")
        return { Changes: [change("Inner", { ResourceType: "AWS::CloudFormation::Stack", ChangeSetId: "arn:inner" })] };
      return { ChangeSetId: "arn:1", Status: "CREATE_COMPLETE", Changes: [change("First")], NextToken: "2" };
    },
  });
  expect((await stack.changeSet("arn:1"))?.changes.map(({ logicalId, nested, causes }) => [logicalId, nested, causes])).toEqual([
    ["First", "", ["Properties.Code"]],
    ["Inner", "", ["Properties.Code"]],
    ["Deep", "Inner", ["Properties.Code"]],
  ]);
});

test.each`
  answer                                                                      | drift
  ${{ DetectionStatus: "DETECTION_IN_PROGRESS" }}                             | ${{ state: "running" }}
  ${{ DetectionStatus: "DETECTION_FAILED", DetectionStatusReason: "denied" }} | ${{ state: "unknown", because: "denied" }}
  ${{ DetectionStatus: "DETECTION_COMPLETE", StackDriftStatus: "IN_SYNC" }}   | ${{ state: "done", resources: [] }}
  ${{ DetectionStatus: "DETECTION_COMPLETE", StackDriftStatus: "DRIFTED" }}   | ${{ state: "done", resources: [{ logicalId: "F", type: "T", status: "MODIFIED", properties: ["/Timeout"] }] }}
`("drift $answer is $drift", async ({ answer, drift }) => {
  const { stack } = stackWith({
    DescribeStackDriftDetectionStatus: () => answer,
    DescribeStackResourceDrifts: () => ({
      StackResourceDrifts: [
        {
          LogicalResourceId: "F",
          ResourceType: "T",
          StackResourceDriftStatus: "MODIFIED",
          PropertyDifferences: [{ PropertyPath: "/Timeout", ActualValue: "s3cret" }],
        },
      ],
    }),
  });
  expect(await stack.drift("d")).toEqual(drift);
});

test("a stack whose status does not allow drift detection is no trouble", async () => {
  const { stack } = stackWith({ DetectStackDrift: () => refuse("ValidationError", "Stack is in ROLLBACK_COMPLETE state") });
  expect(await stack.startDrift()).toBeUndefined();
});
