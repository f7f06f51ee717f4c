import {
  type ChangeSetSeen,
  changeSetDigest,
  changeSummary,
  forbiddenChanges,
  judgeChanges,
  type ResourceChange,
} from "../../src/model/change-set.ts";

const change = (given: Partial<ResourceChange>): ResourceChange => ({
  action: "Modify",
  logicalId: "R",
  physicalId: "r-1",
  type: "AWS::Lambda::Function",
  replacement: "False",
  scope: ["Properties"],
  causes: [],
  policy: undefined,
  nested: "",
  ...given,
});

const table = "AWS::DynamoDB::Table";

describe("a change and what it means", () => {
  test.each`
    action       | replacement      | policy                | type                        | kind               | danger
    ${"Add"}     | ${undefined}     | ${undefined}          | ${table}                    | ${"add"}           | ${false}
    ${"Modify"}  | ${"False"}       | ${undefined}          | ${table}                    | ${"change"}        | ${false}
    ${"Modify"}  | ${"True"}        | ${"ReplaceAndDelete"} | ${table}                    | ${"replace"}       | ${true}
    ${"Modify"}  | ${"True"}        | ${"ReplaceAndRetain"} | ${table}                    | ${"replace"}       | ${false}
    ${"Modify"}  | ${"Conditional"} | ${undefined}          | ${table}                    | ${"maybe-replace"} | ${true}
    ${"Modify"}  | ${"True"}        | ${undefined}          | ${"AWS::Lambda::Function"}  | ${"replace"}       | ${false}
    ${"Remove"}  | ${undefined}     | ${"Delete"}           | ${"AWS::S3::Bucket"}        | ${"remove"}        | ${true}
    ${"Remove"}  | ${undefined}     | ${"Retain"}           | ${"AWS::S3::Bucket"}        | ${"remove"}        | ${false}
    ${"Remove"}  | ${undefined}     | ${"Snapshot"}         | ${"AWS::RDS::DBInstance"}   | ${"remove"}        | ${false}
    ${"Remove"}  | ${undefined}     | ${undefined}          | ${"AWS::Cognito::UserPool"} | ${"remove"}        | ${true}
    ${"Import"}  | ${undefined}     | ${undefined}          | ${table}                    | ${"import"}        | ${false}
    ${"Dynamic"} | ${undefined}     | ${undefined}          | ${table}                    | ${"unknown"}       | ${true}
  `("$action with replacement $replacement and policy $policy of $type: $kind, data in danger: $danger", ({ kind, danger, ...given }) => {
    expect(judgeChanges([change(given)])[0]).toMatchObject({ kind, endangersData: danger });
  });

  test("tags alone are told apart, and stand last", () => {
    const judged = judgeChanges([
      change({ scope: ["Tags"] }),
      change({ logicalId: "Gone", action: "Remove", type: table }),
      change({ action: "Add" }),
    ]);
    expect(judged.map(({ kind }) => kind)).toEqual(["remove", "add", "tags"]);
    expect(changeSummary(judged)).toBe("1 to add, 1 to remove, 1 with new tags only; data at risk in 1");
  });
});

test.each`
  pattern               | action      | replacement      | stops
  ${"Users"}            | ${"Remove"} | ${undefined}     | ${true}
  ${"Users"}            | ${"Modify"} | ${"True"}        | ${true}
  ${"Users"}            | ${"Modify"} | ${"Conditional"} | ${true}
  ${"Users"}            | ${"Modify"} | ${"False"}       | ${false}
  ${table}              | ${"Remove"} | ${undefined}     | ${true}
  ${"AWS::DynamoDB::*"} | ${"Remove"} | ${undefined}     | ${true}
  ${"Use*"}             | ${"Remove"} | ${undefined}     | ${true}
  ${"User"}             | ${"Remove"} | ${undefined}     | ${false}
  ${"AWS::S3::Bucket"}  | ${"Remove"} | ${undefined}     | ${false}
`("protected $pattern, $action with replacement $replacement: stops $stops", ({ pattern, action, replacement, stops }) => {
  const changes = judgeChanges([change({ logicalId: "Users", type: table, action, replacement })]);
  expect(forbiddenChanges(changes, [pattern])).toHaveLength(stops ? 1 : 0);
});

describe("the digest of a change set", () => {
  const seen: ChangeSetSeen = {
    id: "arn:1",
    name: "plan-1",
    stackId: "arn:stack",
    status: "CREATE_COMPLETE",
    executionStatus: "AVAILABLE",
    reason: "",
    created: 1,
    parameters: [
      { name: "A", value: "1" },
      { name: "B", value: "****" },
    ],
    tags: { Project: "x" },
    changes: [change({})],
  };
  const digest = changeSetDigest(seen, "template");

  test("does not depend on the order in which CloudFormation answers, nor on when", () => {
    expect(
      changeSetDigest({ ...seen, parameters: [...seen.parameters].reverse(), created: 2, executionStatus: "OBSOLETE" }, "template"),
    ).toBe(digest);
  });

  test.each([
    ["another template", seen, "other"],
    ["another value", { ...seen, parameters: [{ name: "A", value: "2" }] }, "template"],
    ["another change", { ...seen, changes: [change({ action: "Remove" })] }, "template"],
    ["another tag", { ...seen, tags: {} }, "template"],
    ["another change set", { ...seen, id: "arn:2" }, "template"],
  ])("%s gives another digest", (_, other, template) => {
    expect(changeSetDigest(other, template)).not.toBe(digest);
  });
});
