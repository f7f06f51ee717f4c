import type { Network } from "@aws-deploy-actions/rollout/aws/rollout-ports";
import { awsToolbox } from "@aws-deploy-actions/rollout/aws/toolbox";
import type { OpenedAws } from "@aws-deploy-actions/shared/action/aws-base";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import { writeReports } from "@aws-deploy-actions/shared/action/reports";
import { incidentReport } from "@aws-deploy-actions/shared/report/incident";
import type { Config } from "../inputs.ts";
import type { Tools } from "../tools.ts";

type Names = "ecs" | "elb" | "autoscaling" | "ecr" | "logs" | "cloudwatch" | "s3";

/** The tools over AWS and the file system. */
export function emergencyTools(
  config: Config,
  { aws, identity }: OpenedAws<Names>,
  { clock, environment, journal }: Base,
  network?: Network,
): Tools {
  const box = awsToolbox(aws, identity, clock, {
    address: config.address,
    stateBucket: config.given["state-bucket"],
    account: config.account,
    localEndpoint: config.aws.loopbackEndpoint ? environment["AWS_ENDPOINT_URL"] : undefined,
    network,
  });
  return { ...box, writeReports: async (story) => await writeReports(story, journal, { ".txt": incidentReport }) };
}
