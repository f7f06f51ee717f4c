import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { layerProblems } from "../../scripts/lint-layers.ts";

const root = join(import.meta.dirname, "..", "..");

/** Names of the rules that a tree of files breaks; files by path with their text. */
async function broken(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const tree = mkdtempSync(join(tmpdir(), "layers-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), content);
    }
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    const folders = ["actions", "packages"].filter((folder) => Object.keys(files).some((path) => path.startsWith(folder)));
    const problems = await layerProblems(tree, folders);
    return [...new Set(problems.map((problem) => problem.split(":")[0] ?? ""))].sort();
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

const value = "export const x = 1;\n";
const importing = (path: string): string => `import { x } from "${path}";\nexport const y = x;\n`;
const importingType = (path: string): string => `import type { x } from "${path}";\nexport type Y = typeof x;\n`;

describe("the layer rule", () => {
  test("lets the intended order through", async () => {
    const files = {
      "actions/a/src/main.ts": `${importing("./run.ts")}import { x as z } from "../../../packages/shared/src/aws/connect.ts";\nexport { z };\n`,
      "actions/a/src/run.ts": importing("./decide.ts"),
      "actions/a/src/decide.ts": importingType("../../../packages/shared/src/aws/connect.ts"),
      "packages/shared/src/aws/connect.ts": value,
    };
    expect(await broken(files)).toEqual([]);
  });

  test.each`
    what                                   | files                                                                                                                                                 | rule
    ${"an action that imports another"}    | ${{ "actions/a/src/run.ts": importing("../../b/src/run.ts"), "actions/b/src/run.ts": value }}                                                         | ${"actions-apart"}
    ${"a package that imports an action"}  | ${{ "packages/rollout/src/x.ts": importing("../../../actions/b/src/run.ts"), "actions/b/src/run.ts": value }}                                         | ${"packages-below-actions"}
    ${"shared code that knows the engine"} | ${{ "packages/shared/src/x.ts": importing("../../rollout/src/x.ts"), "packages/rollout/src/x.ts": value }}                                            | ${"shared-at-the-bottom"}
    ${"an action that carries the cloud"}  | ${{ "actions/a/src/run.ts": importing("../../../packages/local-cloud/src/x.ts"), "packages/local-cloud/src/x.ts": value }}                            | ${"local-cloud-never-shipped"}
    ${"a file that imports main"}          | ${{ "actions/a/src/run.ts": importing("./main.ts"), "actions/a/src/main.ts": value }}                                                                 | ${"nobody-imports-main"}
    ${"a run that builds an adapter"}      | ${{ "actions/a/src/run.ts": importing("../../../packages/shared/src/aws/connect.ts"), "packages/shared/src/aws/connect.ts": value }}                  | ${"only-main-builds-adapters"}
    ${"an SDK outside of an adapter"}      | ${{ "actions/a/src/run.ts": 'export { ECSClient } from "@aws-sdk/client-ecs";\n' }}                                                                   | ${"sdk-only-in-adapters"}
    ${"a decision that reads a file"}      | ${{ "packages/rollout/src/decide.ts": 'export { readFileSync } from "node:fs";\n' }}                                                                  | ${"pure-code"}
    ${"a judge that loads core"}           | ${{ "packages/rollout/src/judge/x.ts": 'export const x = () => import("@actions/core");\n' }}                                                         | ${"pure-code"}
    ${"a decision that takes a step"}      | ${{ "packages/rollout/src/decide.ts": importing("./phases/x.ts"), "packages/rollout/src/phases/x.ts": value }}                                        | ${"decisions-know-no-steps"}
    ${"a phase that calls run"}            | ${{ "packages/rollout/src/phases/x.ts": importing("../run.ts"), "packages/rollout/src/run.ts": value }}                                               | ${"steps-know-no-run"}
    ${"a port that knows its adapter"}     | ${{ "packages/rollout/src/ports.ts": importing("./adapters/x.ts"), "packages/rollout/src/adapters/x.ts": value }}                                     | ${"ports-at-the-end"}
    ${"two files in a circle"}             | ${{ "packages/rollout/src/a.ts": `${importing("./b.ts")}`, "packages/rollout/src/b.ts": `import { y } from "./a.ts";\nexport const x = () => y;\n` }} | ${"no-cycles"}
    ${"product code that imports a test"}  | ${{ "packages/rollout/src/a.ts": importing("../test/b.ts"), "packages/rollout/test/b.ts": value }}                                                    | ${"tests-stay-tests"}
    ${"an import that leads nowhere"}      | ${{ "packages/rollout/src/a.ts": importing("./nowhere.ts") }}                                                                                         | ${"no-unresolved"}
  `("finds $what", async ({ files, rule }) => {
    expect(await broken(files)).toContain(rule);
  });
});
