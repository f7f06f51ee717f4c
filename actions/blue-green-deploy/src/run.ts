import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { assertNever } from "@aws-deploy-actions/shared/problems";
import type { Config } from "./inputs.ts";
import { leftBehind } from "./left-behind.ts";
import type { Tools } from "./tools.ts";

/** Runs the action in the mode that was asked for. Each mode is loaded by itself: what another one needs shall not hold up its first call. */
export async function run(config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const owner = leftBehind(base.environment);
  if (owner !== undefined) return await (await import("./resume.ts")).afterMain(owner, config, tools, base);
  const { mode } = config.given;
  switch (mode) {
    case "deploy":
      return await (await import("./deploy.ts")).deploy(config, tools, base);
    case "plan":
      return await (await import("./plan-only.ts")).planOnly(config, tools, base);
    case "status":
      return await (await import("@aws-deploy-actions/rollout/status-result")).statusResult(tools, base);
    case "resume":
      return await (await import("./resume.ts")).resume(config, tools, base);
    default:
      return assertNever(mode);
  }
}
