import type { Finding } from "@aws-deploy-actions/shared/findings/finding";
import { identify } from "@aws-deploy-actions/shared/findings/fingerprint";
import fc from "fast-check";
import { finding } from "./finding-builder.ts";

/** Findings on lines of a text, as a scanner would give them. */
function inText(text: string, needle: string): readonly Finding[] {
  return text.split("\n").flatMap((line, index) => (line.includes(needle) ? [finding({ line: index + 1 })] : []));
}
const printsOf = (text: string, needle = "run("): readonly string[] => {
  const lines = text.split("\n");
  return identify(inText(text, needle), ({ place }) => lines[place.line - 1]).map(({ fingerprint }) => fingerprint);
};

describe("a fingerprint", () => {
  test.each`
    change                              | before      | after                    | same
    ${"lines are added above"}          | ${"run(a)"} | ${"import os\n\nrun(a)"} | ${true}
    ${"the line is indented"}           | ${"run(a)"} | ${"if x:\n    run(a)"}   | ${true}
    ${"the line is mended differently"} | ${"run(a)"} | ${"run(b)"}              | ${false}
    ${"an equal line is added below"}   | ${"run(a)"} | ${"run(a)\nrun(a)"}      | ${true}
  `("is the same ($same) when $change", ({ before, after, same }) => {
    expect(printsOf(after)[0] === printsOf(before)[0]).toBe(same);
  });

  test("tells equal lines of a file apart, from the top", () => {
    const [first, second] = printsOf("run(a)\nrun(a)");
    expect(first).not.toBe(second);
    expect(printsOf("x\nrun(a)\ny\nrun(a)")).toEqual([first, second]);
  });

  test("goes by the anchor where there is one, whatever the line says", () => {
    const [one] = identify([finding({ anchor: "AWS::S3::Bucket.Files", line: 3 })], () => "Files:");
    const [other] = identify([finding({ anchor: "AWS::S3::Bucket.Files", line: 90 })], () => "Renamed:");
    expect(one?.fingerprint).toBe(other?.fingerprint);
  });

  test("differs by rule and by path", () => {
    const prints = [finding(), finding({ rule: "B603" }), finding({ path: "b.py" }), finding({ source: "other" })].map(
      (one) => identify([one], () => "x")[0]?.fingerprint,
    );
    expect(new Set(prints).size).toBe(4);
  });

  test("survives any lines put anywhere else, and is 32 hexadecimal digits", () => {
    const filler = fc.stringMatching(/^[a-z #]{0,20}$/);
    fc.assert(
      fc.property(fc.array(filler, { maxLength: 20 }), fc.array(filler, { maxLength: 20 }), (above, below) => {
        const moved = [...above, "run(a)", "run(b)", ...below, "run(a)"].join("\n");
        expect(printsOf(moved)).toEqual(printsOf("run(a)\nrun(b)\nrun(a)"));
        for (const print of printsOf(moved)) expect(print).toMatch(/^[0-9a-f]{32}$/);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
