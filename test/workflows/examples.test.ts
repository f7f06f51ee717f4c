import { readFileSync } from "node:fs";
import { join } from "node:path";
import { examples } from "../support/pages.ts";
import { exampleRuns, runElsewhere } from "./example-table.ts";

test("every complete example of the pages is run, and each has a name of its own", () => {
  expect(examples.map(({ id }) => id).sort()).toEqual([...Object.keys(exampleRuns), ...Object.keys(runElsewhere)].sort());
});

test("the demo runs the example that is left to it", () => {
  const demo = readFileSync(join(import.meta.dirname, "..", "..", "scripts", "demo.ts"), "utf8");
  expect(demo).toContain("examples/workflows/deploy-containers.yml");
});
