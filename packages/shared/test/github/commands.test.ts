import * as core from "@actions/core";
import { jest } from "@jest/globals";
import fc from "fast-check";
import { workflowCommand } from "../../src/github/commands.ts";

/** What a call of @actions/core writes to stdout. */
function written(call: () => void): string {
  let text = "";
  const spy = jest.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    call();
  } finally {
    spy.mockRestore();
  }
  return text;
}

describe("a workflow command is written as @actions/core writes it", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc
      .array(fc.constantFrom("%", "%0A", "%25", "\n", "\r", ":", "::", ",", "=", " ", "a", "é", "##["), { maxLength: 10 })
      .map((parts) => parts.join("")),
  );
  // An empty property is left out by both.
  const property = anything.filter((text) => text !== "");
  const alike = (arbitrary: fc.Arbitrary<string>, ours: (text: string) => string, theirs: (text: string) => void): void =>
    fc.assert(
      fc.property(arbitrary, (text) => expect(`${ours(text)}\n`).toBe(written(() => theirs(text)))),
      { seed: 3, numRuns: 500 },
    );

  test("with any message", () => alike(anything, (text) => workflowCommand("error", {}, text), core.error));
  test("with any title", () =>
    alike(
      property,
      (title) => workflowCommand("warning", { title }, "x"),
      (title) => core.warning("x", { title }),
    ));
  test("with any file and place", () =>
    alike(
      property,
      (file) => workflowCommand("notice", { title: "t", file, line: 3, endLine: 5 }, "x"),
      (file) => core.notice("x", { title: "t", file, startLine: 3, endLine: 5 }),
    ));
  test("for a group", () => alike(anything, (title) => workflowCommand("group", {}, title), core.startGroup));
  test("for a mask", () => alike(property, (value) => workflowCommand("add-mask", {}, value), core.setSecret));
  test("without properties", () => expect(workflowCommand("endgroup", {}, "")).toBe("::endgroup::"));
});
