import { awsToolbox } from "@aws-deploy-actions/rollout/aws/toolbox";
import type { OpenedAws } from "@aws-deploy-actions/shared/action/aws-base";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { Config } from "../inputs.ts";
import type { Tools } from "../tools.ts";
import { preflight } from "./preflight.ts";

type Names = "ecs" | "elb" | "autoscaling" | "ecr" | "logs" | "cloudwatch" | "s3" | "secrets";

/** The tools over AWS, GitHub and the file system. */
export function blueGreenTools(config: Config, { aws, identity }: OpenedAws<Names>, { clock, environment }: Base): Tools {
  const box = awsToolbox(aws, identity, clock, {
    address: config.address,
    stateBucket: config.given["state-bucket"],
    localEndpoint: config.aws.loopbackEndpoint ? environment["AWS_ENDPOINT_URL"] : undefined,
  });
  return {
    ...box,
    preflight: async (prepared, given) => await preflight(aws, box, prepared, given),
    writeReport: async () => undefined,
    comment: async () => undefined,
  };
}
