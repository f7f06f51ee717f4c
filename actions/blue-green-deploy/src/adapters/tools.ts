import type { Network } from "@aws-deploy-actions/rollout/aws/rollout-ports";
import { awsToolbox } from "@aws-deploy-actions/rollout/aws/toolbox";
import type { OpenedAws } from "@aws-deploy-actions/shared/action/aws-base";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import { githubDeployment } from "@aws-deploy-actions/shared/github/deployment";
import type { Config } from "../inputs.ts";
import type { Tools } from "../tools.ts";

type Names =
  | "ecs"
  | "elb"
  | "autoscaling"
  | "ecr"
  | "logs"
  | "cloudwatch"
  | "s3"
  | "secrets"
  | "quotas"
  | "iam"
  | "ec2"
  | "rds"
  | "elasticache";

/** The tools over AWS, GitHub and the file system. What is needed after the first look at AWS is loaded then. */
export function blueGreenTools(config: Config, { aws, identity }: OpenedAws<Names>, base: Base, network?: Network): Tools {
  const { clock, context, environment, journal } = base;
  const { application, environment: stage, "github-token": token } = config.given;
  const box = awsToolbox(aws, identity, clock, {
    address: config.address,
    stateBucket: config.given["state-bucket"],
    localEndpoint: config.aws.loopbackEndpoint ? environment["AWS_ENDPOINT_URL"] : undefined,
    network,
  });
  return {
    ...box,
    preflight: async (prepared, given) => {
      const [{ preflight }, { storesOf }] = await Promise.all([import("./preflight.ts"), import("./stores.ts")]);
      return await preflight(aws, box, storesOf(aws, base), prepared, given, context);
    },
    writeReport: async (story) => await (await import("@aws-deploy-actions/shared/action/reports")).writeReports(story, journal),
    comment: async (markdown) => {
      const { commentOnPullRequest } = await import("@aws-deploy-actions/shared/github/comment");
      await commentOnPullRequest(base, token, `plan ${application}/${stage}`, markdown);
    },
    page: githubDeployment(
      { token, environment: stage, production: config.environmentClass === "production", environmentUrl: address(config) },
      context,
      journal,
    ),
  };
}

/** Where users find the application, as far as the health checks tell. */
function address({ given }: Config): string | undefined {
  const [first] = given["health-checks"];
  return first === undefined ? undefined : new URL(first.url).origin;
}
