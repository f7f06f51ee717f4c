import { writeFile } from "node:fs/promises";
import { awsToolbox } from "@aws-deploy-actions/rollout/aws/toolbox";
import type { OpenedAws } from "@aws-deploy-actions/shared/action/aws-base";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import { incidentReport } from "@aws-deploy-actions/shared/report/incident";
import type { DeploymentStory } from "@aws-deploy-actions/shared/report/model";
import type { Config } from "../inputs.ts";
import type { Tools } from "../tools.ts";

type Names = "ecs" | "elb" | "autoscaling" | "ecr" | "logs" | "cloudwatch" | "s3";

/** Beside the log, under the same name. The page is built only here: its plotting library is a chunk of its own. */
async function writeReports(story: DeploymentStory, logPath: string, journal: Base["journal"]): Promise<string | undefined> {
  const beside = (ending: string): string => logPath.replace(/(\.log)?$/, ending);
  try {
    await writeFile(beside(".txt"), incidentReport(story));
    const { htmlReport } = await import("@aws-deploy-actions/shared/report/html");
    const path = beside(".html");
    await writeFile(path, htmlReport(story));
    return path;
  } catch (error) {
    journal.annotate("warning", `The reports beside ${logPath} could not be written: ${(error as Error).message}`);
    return undefined;
  }
}

/** The tools over AWS and the file system. */
export function emergencyTools(config: Config, { aws, identity }: OpenedAws<Names>, { clock, environment, journal }: Base): Tools {
  const box = awsToolbox(aws, identity, clock, {
    address: config.address,
    stateBucket: config.given["state-bucket"],
    account: config.account,
    localEndpoint: config.aws.loopbackEndpoint ? environment["AWS_ENDPOINT_URL"] : undefined,
  });
  return { ...box, writeReports: async (story, logPath) => await writeReports(story, logPath, journal) };
}
