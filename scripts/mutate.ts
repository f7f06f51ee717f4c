// Changes what decides over users' traffic in every way Stryker knows, one change at a time; each must fail a test:
//   npm run mutate [-- --only "packages/rollout/src/decide/*.ts"]
import { setPriority } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";

const { values } = parseArgs({ options: { only: { type: "string" } } });
// It takes all a core has for many minutes: whoever works beside it goes first.
setPriority(10);
const configFile = join(import.meta.dirname, "../test/mutation/stryker.config.mjs");
try {
  await new Stryker({ configFile, ...(values.only === undefined ? {} : { mutate: values.only.split(",") }) }).runMutationTest();
} catch (error) {
  process.stderr.write(`✖ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
