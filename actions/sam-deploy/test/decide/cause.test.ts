import { adviceFor, lastOperation, rootCause } from "../../src/decide/cause.ts";
import type { StackEvent } from "../../src/model/stack.ts";

const stackId = "arn:aws:cloudformation:us-east-1:111111111111:stack/api/1";
let count = 0;
const event = (status: string, logicalId: string, reason = "", given: Partial<StackEvent> = {}): StackEvent => ({
  id: String(++count),
  time: count,
  stackId,
  logicalId,
  physicalId: logicalId === "api" ? stackId : `${logicalId}-1`,
  type: logicalId === "api" ? "AWS::CloudFormation::Stack" : "AWS::Lambda::Function",
  status,
  reason,
  token: undefined,
  ...given,
});

describe("the root cause of a failure", () => {
  test.each`
    follower                                                                              | why
    ${"Resource creation cancelled"}                                                      | ${"another failed first"}
    ${"Resource update cancelled"}                                                        | ${"another failed first"}
    ${"The following resource(s) failed to create: [Table]. Rollback requested by user."} | ${"a summary of others"}
    ${"Resource deletion cancelled"}                                                      | ${"another failed first"}
  `('"$follower" is never the cause: $why', ({ follower }) => {
    const cause = rootCause([
      event("UPDATE_IN_PROGRESS", "api"),
      event("CREATE_FAILED", "Early", follower),
      event("CREATE_FAILED", "Role", "API: iam:CreateRole User is not authorized to perform: iam:CreateRole"),
      event("CREATE_FAILED", "Late", follower),
      event("UPDATE_ROLLBACK_IN_PROGRESS", "api", "The following resource(s) failed to create: [Role]."),
    ]);
    expect(cause?.event.logicalId).toBe("Role");
    expect(cause?.followers).toEqual(["Early", "Late"]);
  });

  test("of two real failures the earlier one is the cause, whatever the order in which events come", () => {
    const [first, second] = [event("CREATE_FAILED", "First", "quota"), event("UPDATE_FAILED", "Second", "no such bucket")];
    const cause = rootCause([second, first]);
    expect(cause?.event).toBe(first);
    expect(cause?.others).toEqual([second]);
  });

  test("a failed nested stack names where to look on", () => {
    const nested = "arn:aws:cloudformation:us-east-1:111111111111:stack/api-Inner/2";
    const cause = rootCause([
      event("UPDATE_FAILED", "Inner", "Embedded stack was not successfully updated", {
        type: "AWS::CloudFormation::Stack",
        physicalId: nested,
      }),
    ]);
    expect(cause?.nestedStackId).toBe(nested);
  });

  test("without any failed resource there is no cause", () => {
    expect(
      rootCause([event("UPDATE_ROLLBACK_IN_PROGRESS", "api", "User Initiated"), event("UPDATE_ROLLBACK_COMPLETE", "api")]),
    ).toBeUndefined();
  });

  test("failures of an earlier operation are not this one's", () => {
    const old = [
      event("UPDATE_IN_PROGRESS", "api"),
      event("UPDATE_FAILED", "Old", "old trouble"),
      event("UPDATE_ROLLBACK_COMPLETE", "api"),
    ];
    const fresh = [event("UPDATE_IN_PROGRESS", "api"), event("UPDATE_FAILED", "New", "new trouble")];
    expect(rootCause(lastOperation([...old, ...fresh]))?.event.logicalId).toBe("New");
  });
});

test.each`
  reason                                                                                                 | type                       | says
  ${"User: arn:aws:sts::1:assumed-role/x is not authorized to perform: lambda:CreateFunction"}           | ${"AWS::Lambda::Function"} | ${"lacks the permission"}
  ${"Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The key is not there"}  | ${"AWS::Lambda::Function"} | ${"no longer in the bucket"}
  ${"Unzipped size must be smaller than 262144000 bytes"}                                                | ${"AWS::Lambda::Function"} | ${"250 MB"}
  ${"The role defined for the function cannot be assumed by Lambda."}                                    | ${"AWS::Lambda::Function"} | ${"lambda.amazonaws.com"}
  ${"Specified ReservedConcurrentExecutions decreases account's UnreservedConcurrentExecution below 10"} | ${"AWS::Lambda::Function"} | ${"concurrency"}
  ${"api-dev-scans already exists"}                                                                      | ${"AWS::DynamoDB::Table"}  | ${"exists outside of the stack"}
  ${"No export named nope found"}                                                                        | ${"AWS::SSM::Parameter"}   | ${"no stack exports"}
  ${"LimitExceededException: Cannot exceed quota for PoliciesPerRole: 10"}                               | ${"AWS::IAM::Role"}        | ${"quota"}
  ${"CodeDeploy deployment d-1 failed: alarms fired"}                                                    | ${"AWS::Lambda::Alias"}    | ${"traffic is back"}
  ${"Property validation failure"}                                                                       | ${"AWS::S3::Bucket"}       | ${undefined}
`("$reason is explained", ({ reason, type, says }) => {
  const advice = adviceFor({ reason, type });
  if (says === undefined) expect(advice).toBeUndefined();
  else expect(advice).toContain(says);
});
