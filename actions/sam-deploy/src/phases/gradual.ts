import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Instant } from "@aws-deploy-actions/shared/units";
import type { GradualDeployment } from "../ports.ts";
import type { Work } from "../work.ts";

/**
 * How the functions' gradual deployments go, in one line each. CloudFormation shows nothing of them but an alias that takes long:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html#cfn-attributes-updatepolicy-codedeploylambdaaliasupdate
 *
 * Progress is a courtesy: what cannot be read is left out.
 */
export async function gradualProgress(work: Work, since: Instant): Promise<readonly string[]> {
  try {
    const resources = await work.stack.resources();
    const applications = resources.filter(({ type }) => type === "AWS::CodeDeploy::Application").map(({ physicalId }) => physicalId);
    const found = await Promise.all(applications.map((application) => work.watch.gradualDeployments(application, since)));
    return found.flat().map(gradualLine);
  } catch {
    return [];
  }
}

export function gradualLine({ id, group, status, percent, reason }: GradualDeployment): string {
  const share = percent === undefined ? "" : `, ${percent} % of the requests go to the new version`;
  const why = reason === undefined ? "" : `: ${oneLine(reason, 300)}`;
  return `gradual deployment ${id} of ${group}: ${status}${share}${why}`;
}
