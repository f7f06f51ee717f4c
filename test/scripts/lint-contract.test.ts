import { arn, flag, oneOf, optional, required, secret, text } from "../../packages/shared/src/action/fields.ts";
import { fillTables } from "../../scripts/docs.ts";
import { runChecks } from "../../scripts/lint.ts";
import { type ActionFile, contractProblems, splitDefault } from "../../scripts/lint-contract.ts";

const spec = {
  application: required(text()),
  mode: oneOf("deploy", "plan"),
  force: flag(),
  "role-to-assume": optional(arn("iam")),
  "github-token": optional(secret(text())),
};

const right: ActionFile = {
  name: "Deploy",
  description: "Deploys.",
  inputs: {
    application: { description: "Name of the application.", required: true },
    mode: { description: "What to do: deploy, plan. Default: `deploy`." },
    force: { description: "Go on in spite of warnings. Default: `false`.", required: false },
    "role-to-assume": { description: "A role." },
    "github-token": { description: "A token." },
  },
  outputs: { outcome: { description: "How it ended." }, reason: { description: "Why." }, "log-path": { description: "The log." } },
  runs: { using: "node24", main: "dist/index.js" },
};

const withInput = (name: string, input: object | undefined): ActionFile => {
  const { [name]: _, ...rest } = right.inputs ?? {};
  return { ...right, inputs: input === undefined ? rest : { ...rest, [name]: input } };
};

describe("action.yml against inputs.ts", () => {
  test("finds nothing where they agree", () => {
    expect(contractProblems(right, spec)).toEqual([]);
  });

  test.each`
    what                          | file                                                                                      | says
    ${"a missing input"}          | ${withInput("mode", undefined)}                                                           | ${"input mode is read by src/inputs.ts, but action.yml does not have it"}
    ${"an input too many"}        | ${withInput("speed", { description: "x" })}                                               | ${"input speed stands in action.yml, but src/inputs.ts does not read it"}
    ${"a default: key"}           | ${withInput("mode", { description: "What. Default: `deploy`.", default: "plan" })}        | ${"input mode has a default: key; defaults live in src/inputs.ts (docs/adr/0003)"}
    ${"another default"}          | ${withInput("mode", { description: "What. Default: `plan`." })}                           | ${"input mode: its description must end with Default: `deploy`. (it says `plan`)"}
    ${"no default"}               | ${withInput("mode", { description: "What." })}                                            | ${"input mode: its description must end with Default: `deploy`."}
    ${"a default that is none"}   | ${withInput("role-to-assume", { description: "Role. Default: `x`." })}                    | ${"input role-to-assume: its description must end with no default (it says `x`)"}
    ${"required left out"}        | ${withInput("application", { description: "Name." })}                                     | ${"input application: action.yml says required: false, src/inputs.ts true"}
    ${"required where it is not"} | ${withInput("github-token", { description: "A token.", required: true })}                 | ${"input github-token: action.yml says required: true, src/inputs.ts false"}
    ${"no description"}           | ${withInput("github-token", {})}                                                          | ${"input github-token has no description"}
    ${"an output missing"}        | ${{ ...right, outputs: { outcome: { description: "x" }, reason: { description: "x" } } }} | ${"output log-path is missing"}
    ${"an output without words"}  | ${{ ...right, outputs: { ...right.outputs, image: {} } }}                                 | ${"output image has no description"}
    ${"an old runtime"}           | ${{ ...right, runs: { using: "node20", main: "dist/index.js" } }}                         | ${"runs.using must be node24, not node20"}
    ${"another entry"}            | ${{ ...right, runs: { using: "node24", main: "src/main.ts" } }}                           | ${"runs.main must be dist/index.js, not src/main.ts"}
  `("finds $what", ({ file, says }) => {
    expect(contractProblems(file, spec)).toEqual([says]);
  });

  test.each([
    ["Seconds. Default: `5`.", { words: "Seconds.", fallback: "5" }],
    ["Lines.\nDefault: `a b`.", { words: "Lines.", fallback: "a b" }],
    ["Default: `5` or so.", { words: "Default: `5` or so.", fallback: undefined }],
  ])("splits %j", (description, parts) => {
    expect(splitDefault(description)).toEqual(parts);
  });
});

describe("the tables of a README", () => {
  const readme = "# Deploy\n<!-- inputs -->\nstale rows\n<!-- /inputs -->\ntext\n<!-- outputs --><!-- /outputs -->\nend\n";

  test("are filled in between the markers, the rest stays", () => {
    const filled = fillTables(readme, {
      ...right,
      inputs: { mode: { description: "deploy | plan.\nMore. Default: `deploy`." }, app: { description: "Name.", required: true } },
    });
    expect(filled).toContain("| `mode` | deploy \\| plan. More. | `deploy` |\n| `app` | Name. | **required** |\n<!-- /inputs -->\ntext\n");
    expect(filled).toContain("| `outcome` | How it ended. |");
    expect(filled).not.toContain("stale rows");
    expect(fillTables(filled, right)).toBe(fillTables(readme, right));
  });

  test("need their markers", () => {
    expect(() => fillTables("# Deploy\n<!-- inputs --><!-- /inputs -->", right)).toThrow(/<!-- outputs --> and <!-- \/outputs -->/);
  });
});

test("all checks run, also when one finds something or breaks", async () => {
  const lines: string[] = [];
  const failed = await runChecks(
    [
      { name: "a", find: async () => ["wrong", "wronger"] },
      { name: "b", find: async () => await Promise.reject(new Error("no such program")) },
      { name: "c", find: async () => [] },
    ],
    (line) => lines.push(line),
  );
  expect(failed).toBe(2);
  expect(lines.map((line) => line.replace(/ · [\d.]+ s/, ""))).toEqual(
    expect.arrayContaining(["✖ a\n    wrong\n    wronger", "✖ b\n    could not run: no such program", "✔ c"]),
  );
});
