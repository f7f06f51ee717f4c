import { notYetKnown, repositoryFiles, workflowPattern } from "../../scripts/lint-workflows.ts";

const ignored = (message: string): boolean => notYetKnown.some((known) => known.test(message));

describe("what actionlint does not know yet", () => {
  test.each([
    'unexpected key "queue" for "concurrency" section. expected one of "cancel-in-progress", "group"',
    'specifying action "$/actions/blue-green-deploy" in invalid format because ref is missing. available formats are "{owner}/{repo}@{ref}" or "{owner}/{repo}/{path}@{ref}"',
  ])("is let through: %s", (message) => {
    expect(ignored(message)).toBe(true);
  });

  test.each([
    'unexpected key "queues" for "concurrency" section. expected one of "cancel-in-progress", "group"',
    'unexpected key "queue" for "job" section. expected one of "env"',
    'specifying action "actions/checkout" in invalid format because ref is missing. available formats are "{owner}/{repo}@{ref}" or "{owner}/{repo}/{path}@{ref}"',
    'property "x" is not defined in object type {}',
  ])("and nothing else: %s", (message) => {
    expect(ignored(message)).toBe(false);
  });
});

test("the examples are linted as the workflows are", async () => {
  const files = await repositoryFiles(workflowPattern);
  expect(files).toEqual(expect.arrayContaining([".github/workflows/ci.yml", "examples/workflows/status.yml"]));
  expect(files.filter((file) => file.includes("planted"))).toEqual([]);
});
