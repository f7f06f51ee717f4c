import { statusResult } from "@aws-deploy-actions/rollout/status-result";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { assertNever } from "@aws-deploy-actions/shared/problems";
import type { Config } from "./inputs.ts";
import { rollBack } from "./rollback.ts";
import type { Tools } from "./tools.ts";

/** Runs the action in the mode that was asked for. */
export async function run(config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const { mode } = config.given;
  switch (mode) {
    case "rollback":
      return await rollBack(config, tools, base);
    case "status":
      return await statusResult(tools, base);
    default:
      return assertNever(mode);
  }
}
