import type { Toolbox } from "@aws-deploy-actions/rollout/toolbox";
import type { DeploymentPage } from "@aws-deploy-actions/shared/github/deployment";
import type { Problem } from "@aws-deploy-actions/shared/problems";
import type { DeploymentStory } from "@aws-deploy-actions/shared/report/model";
import type { Config } from "./inputs.ts";
import type { Prepared } from "./prepare.ts";

/** What the checks before a deployment found. */
export interface Findings {
  /** What makes a deployment impossible. */
  readonly problems: readonly Problem[];
  /** What makes it unwise: `force` goes on in spite of it. */
  readonly warnings: readonly Problem[];
  /** What the engineer should see, the checks that could not be made included. */
  readonly notes: readonly string[];
}

/** A check that found nothing. */
export const nothing: Findings = { problems: [], warnings: [], notes: [] };

/** Everything that blue-green-deploy may ask of the outside. */
export interface Tools extends Toolbox {
  /** Looks at what the deployment will need; changes nothing. */
  preflight(prepared: Prepared, config: Config): Promise<Findings>;
  /** Writes the HTML report beside the log file; undefined when it could not be written, which stops nothing. */
  writeReport(story: DeploymentStory): Promise<string | undefined>;
  /** Puts the plan into the pull request, where there is one and a token. */
  comment(markdown: string): Promise<void>;
  /** The deployment as GitHub's page of environments shows it. */
  readonly page: DeploymentPage;
}
