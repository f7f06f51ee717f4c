// Our reading of samconfig's own notation beside the SAM CLI's.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseSamOverrides, parseSamTags } from "../../src/model/samconfig.ts";

const python = join(import.meta.dirname, "..", "..", "..", "..", ".tools", "sam", "bin", "python");
const script = `
import json, sys
from samcli.cli.types import CfnParameterOverridesType, CfnTags
def read(convert, given):
    try:
        return convert(given, None, None)
    except BaseException:
        return None
given = json.load(sys.stdin)
print(json.dumps({
    "overrides": [read(CfnParameterOverridesType().convert, one) for one in given["overrides"]],
    "tags": [read(CfnTags().convert, one) for one in given["tags"]],
}))
`;

const overrides: readonly unknown[] = [
  "A=b",
  "A=b C=d",
  "A= C=d",
  'A="b c"',
  'A="b c" D=e',
  "A='b c' D='e f'",
  'A="b=c, d"',
  "A=b,c",
  "A=b=c",
  "A=hello world",
  'A="say \\"hi\\""',
  "A=back\\ slash",
  'ParameterKey=A,ParameterValue="a b=c, d"',
  "ParameterKey=A,ParameterValue=b ParameterKey=C,ParameterValue=d",
  "ParameterKey=A,ParameterValue='x y'",
  "A=https://example.com/?a=1&b=2",
  "A={{resolve:ssm:/x:1}}",
  "A=arn:aws:acm:eu-central-1:123456789012:certificate/1",
  ["A=1", "B=2"],
  ['A="1 2"', "B='3 4'"],
  [["A=1"], "B=2"],
  { A: 1, B: "x y", C: ["a", " b "], D: null },
  [{ A: "1" }, "B=2"],
  "nonsense",
  "A=ü",
];
const tags: readonly unknown[] = [
  "A=b",
  "A=b C=d",
  "A=b with blanks",
  ["A=b", "C=d"],
  'A="b c" D="e f"',
  "Project=themisguard Environment=dev",
  "A=b:c/d@e",
];

test("parameter_overrides and tags mean what they mean to the SAM CLI", () => {
  const theirs = JSON.parse(
    execFileSync(python, ["-c", script], {
      input: JSON.stringify({ overrides, tags }),
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    }),
  );
  expect(theirs.overrides.slice(0, 2)).toEqual([{ A: "b" }, { A: "b", C: "d" }]);
  const ours = <T>(given: readonly unknown[], read: (one: unknown) => T) =>
    given.map((one) => {
      try {
        return read(one);
      } catch {
        return null;
      }
    });
  const beside = (given: readonly unknown[], values: readonly unknown[]) =>
    given.map((one, index) => ({ given: one, means: values[index] }));
  expect(
    beside(
      overrides,
      ours(overrides, (one) => Object.fromEntries(parseSamOverrides(one))),
    ),
  ).toEqual(beside(overrides, theirs.overrides));
  expect(beside(tags, ours(tags, parseSamTags))).toEqual(beside(tags, theirs.tags));
}, 60_000);
