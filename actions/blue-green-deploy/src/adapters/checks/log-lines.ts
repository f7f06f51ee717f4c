import { logPlaces } from "@aws-deploy-actions/rollout/aws/logs";
import type { Toolbox } from "@aws-deploy-actions/rollout/toolbox";
import type { Config } from "../../inputs.ts";
import type { Prepared } from "../../prepare.ts";
import { type Findings, nothing } from "../../tools.ts";

const recentSeconds = 900;

/** What goes wrong already, so that nobody blames the new version for it. */
export async function errorLines(tools: Toolbox, prepared: Prepared, { given }: Config): Promise<Findings> {
  const groups =
    given["log-groups"].length > 0 ? given["log-groups"] : [...new Set(logPlaces(prepared.before.body).map((place) => place.group))];
  const lines = await tools.recentErrors(groups, tools.clock.now() - recentSeconds);
  return {
    ...nothing,
    notes:
      lines.length === 0 ? [] : ["Error lines of the last 15 minutes, before anything was changed:", ...lines.map((line) => `  ${line}`)],
  };
}
