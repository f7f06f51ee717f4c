import { explain } from "../../src/decide/explain.ts";
import { plainErrors, readMessage, readValidation } from "../../src/model/messages.ts";
import { savedOutputs } from "../../src/model/outputs.ts";
import { parsePlan, planSummary, sensitiveTexts } from "../../src/model/plan.ts";
import { readPairs, readVariables } from "../../src/model/variables.ts";

const resource = (address: string, actions: readonly string[], change: object = {}) => ({
  address,
  type: address.split(".")[0],
  change: { actions, before: {}, after: {}, ...change },
});
const planOf = (...resources: readonly object[]) => parsePlan(JSON.stringify({ resource_changes: resources, terraform_version: "1.11.4" }));

describe("a plan", () => {
  test.each`
    actions                 | kind         | risk
    ${["create"]}           | ${"create"}  | ${false}
    ${["update"]}           | ${"change"}  | ${false}
    ${["delete"]}           | ${"destroy"} | ${true}
    ${["delete", "create"]} | ${"replace"} | ${true}
    ${["create", "delete"]} | ${"replace"} | ${true}
    ${["read"]}             | ${"read"}    | ${false}
    ${["forget"]}           | ${"forget"}  | ${false}
  `("$actions of a table: $kind, data at risk: $risk", ({ actions, kind, risk }) => {
    expect(planOf(resource("aws_dynamodb_table.users", actions)).changes).toEqual([expect.objectContaining({ kind, endangersData: risk })]);
  });

  test("nothing to do is no change, an import is", () => {
    expect(planOf(resource("aws_s3_bucket.a", ["no-op"]))).toMatchObject({ changes: [], hasChanges: false });
    expect(planOf(resource("aws_s3_bucket.a", ["no-op"], { importing: { id: "a" } })).changes).toMatchObject([{ kind: "import" }]);
  });

  test("names what changes and what forces a replacement, dangerous ones first, and never a value", () => {
    const plan = planOf(
      resource("aws_lambda_function.f", ["update"], {
        before: { timeout: 3, same: 1 },
        after: { timeout: 9, same: 1 },
        after_unknown: { arn: true },
      }),
      resource("aws_db_instance.d", ["delete", "create"], {
        before: { password: "s3cret-1" },
        after: { password: "s3cret-2" },
        replace_paths: [["engine"]],
      }),
    );
    expect(plan.changes).toMatchObject([
      { address: "aws_db_instance.d", attributes: ["password"], because: ["engine"], endangersData: true },
      { address: "aws_lambda_function.f", attributes: ["arn", "timeout"] },
    ]);
    expect(JSON.stringify(plan)).not.toContain("s3cret");
    expect(planSummary(plan)).toBe("1 to change, 1 to replace; data at risk in 1");
  });
});

describe("sensitive texts", () => {
  const plan = JSON.stringify({
    variables: { password: { value: "from-variable" }, size: { value: "visible-size" } },
    configuration: { root_module: { variables: { password: { sensitive: true }, size: {} } } },
    resource_changes: [
      resource("x.y", ["create"], {
        after: {
          secret: "from-attribute",
          nested: { list: [{ key: "in-a-list", other: "visible-other" }] },
          whole: { a: { b: "under-a-mark" } },
        },
        after_sensitive: { secret: true, nested: { list: [{ key: true }] }, whole: true },
      }),
    ],
    output_changes: {
      o: { actions: ["create"], before: "from-output", before_sensitive: true, after: "from-output", after_sensitive: true },
    },
  });

  test("are found in variables, attributes at any depth, and outputs", () => {
    expect([...sensitiveTexts(plan)].sort()).toEqual(["from-attribute", "from-output", "from-variable", "in-a-list", "under-a-mark"]);
  });

  test("an output that holds one is left out, although Terraform has forgotten its mark", () => {
    const outputs = {
      safe: { sensitive: false, type: "string", value: "10.0.0.0/16" },
      marked: { sensitive: true, type: "string", value: "x" },
      leaking: { sensitive: false, type: ["object"], value: { url: 'postgres://u:a"b\nc@host' } },
    };
    const saved = savedOutputs(JSON.stringify(outputs), ['a"b\nc']);
    expect(saved).toMatchObject({ names: ["safe"], leftOut: ["marked", "leaking"] });
    expect(JSON.parse(saved.text)).toEqual({ safe: outputs.safe });
  });
});

describe("what Terraform says", () => {
  test("outputs and planned changes are not repeated, progress is, plain lines stay as they are", () => {
    expect(readMessage('{"@message":"Outputs: 1","type":"outputs","outputs":{"a":{"value":"x"}}}').text).toBeUndefined();
    expect(readMessage('{"@message":"a: Creating...","type":"apply_start"}').text).toBe("a: Creating...");
    expect(readMessage("plain words").text).toBe("plain words");
    expect(readMessage("{broken").text).toBe("{broken");
  });

  test("a diagnostic is taken without its snippet, which may show values", () => {
    const line = JSON.stringify({
      "@message": "Error: Bad",
      type: "diagnostic",
      diagnostic: {
        severity: "error",
        summary: "Bad",
        detail: "very",
        address: "a.b",
        range: { filename: "main.tf", start: { line: 7 } },
        snippet: { code: 'x = "s3cret"' },
      },
    });
    expect(readMessage(line).diagnostic).toEqual({
      severity: "error",
      summary: "Bad",
      detail: "very",
      address: "a.b",
      file: "main.tf",
      line: 7,
    });
  });

  test("errors are found in the plain output of init", () => {
    const found = plainErrors("Initializing…\n╷\n│ Error: Backend configuration changed\n│ \n│ A change was detected.\n╵\n");
    expect(found).toEqual([expect.objectContaining({ summary: "Backend configuration changed", detail: "A change was detected." })]);
  });

  test("an answer that is none is told apart", () => {
    expect(readValidation("There are some problems")).toBeUndefined();
    expect(readValidation('{"valid":false,"diagnostics":[{"severity":"error","summary":"s"}]}')).toMatchObject({ valid: false });
  });
});

test.each`
  summary                             | detail                                                                                                                                                                                    | says
  ${"Saved plan is stale"}            | ${"…"}                                                                                                                                                                                    | ${"Run mode: plan again"}
  ${"Error acquiring the state lock"} | ${"Lock Info:\n  ID:        9db590f1\n  Path:      s\n  Operation: OperationTypeApply\n  Who:       me@host\n  Version:   1.11.4\n  Created:   2026-11-22 05:00:00 UTC\n  Info:      \n"} | ${"me@host, since 2026-11-22 05:00:00 UTC, holds the lock"}
  ${"Error acquiring the state lock"} | ${"Lock Info:\n  ID:        9db590f1\n  Path: s"}                                                                                                                                         | ${"terraform force-unlock 9db590f1"}
  ${"No value for required variable"} | ${"…"}                                                                                                                                                                                    | ${"variables: |"}
  ${"Instance cannot be destroyed"}   | ${"Resource a has lifecycle.prevent_destroy set"}                                                                                                                                         | ${"protection"}
  ${"creating IAM Role"}              | ${"api error AccessDenied: not authorized to perform iam:CreateRole"}                                                                                                                     | ${"lacks the permission"}
  ${"Something else"}                 | ${"…"}                                                                                                                                                                                    | ${undefined}
`("$summary is explained", ({ summary, detail, says }) => {
  if (says === undefined) expect(explain({ summary, detail })).toBeUndefined();
  else expect(explain({ summary, detail })).toContain(says);
});

describe("variables", () => {
  test("lines are literal, JSON keeps its types", () => {
    expect(readVariables('a=1 = 2 \nb=["x"]\n').values).toEqual({ a: "1 = 2 ", b: '["x"]' });
    expect(readVariables('{"list":["x"],"text":"a\\nb"}').values).toEqual({ list: ["x"], text: "a\nb" });
  });

  test.each`
    raw               | says
    ${"secret words"} | ${"line 1 has no"}
    ${"a=1\na=2"}     | ${"given twice"}
    ${"1a=x"}         | ${"is no name"}
    ${"{nope"}        | ${"no JSON object"}
  `("$raw is refused without repeating a value", ({ raw, says }) => {
    const { wrong } = readVariables(raw);
    expect(wrong.join()).toContain(says);
    expect(wrong.join()).not.toContain("secret words");
    expect(readPairs("x", "").wrong).toEqual([]);
  });
});
