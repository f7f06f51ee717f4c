import { statusResult } from "@aws-deploy-actions/rollout/status-result";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { assertNever } from "@aws-deploy-actions/shared/problems";
import { deploy } from "./deploy.ts";
import type { Config } from "./inputs.ts";
import { planOnly } from "./plan-only.ts";
import { afterMain, leftBehind, resume } from "./resume.ts";
import type { Tools } from "./tools.ts";

/** Runs the action in the mode that was asked for. */
export async function run(config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const owner = leftBehind(base.environment);
  if (owner !== undefined) return await afterMain(owner, config, tools, base);
  const { mode } = config.given;
  switch (mode) {
    case "deploy":
      return await deploy(config, tools, base);
    case "plan":
      return await planOnly(config, tools, base);
    case "status":
      return await statusResult(tools, base);
    case "resume":
      return await resume(config, tools, base);
    default:
      return assertNever(mode);
  }
}
