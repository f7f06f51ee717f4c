import type { Toolbox } from "@aws-deploy-actions/rollout/toolbox";
import type { DeploymentStory } from "@aws-deploy-actions/shared/report/model";

/** Everything that emergency-rollback may ask of the outside. */
export interface Tools extends Toolbox {
  /** Writes the incident report and the HTML report beside the log file; the HTML report's path, or undefined when it could not be written. */
  writeReports(story: DeploymentStory): Promise<string | undefined>;
}
