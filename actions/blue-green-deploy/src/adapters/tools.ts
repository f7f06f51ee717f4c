import type { Network } from "@aws-deploy-actions/rollout/aws/rollout-ports";
import { awsToolbox } from "@aws-deploy-actions/rollout/aws/toolbox";
import type { OpenedAws } from "@aws-deploy-actions/shared/action/aws-base";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import { writeReports } from "@aws-deploy-actions/shared/action/reports";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { commentOnPullRequest } from "@aws-deploy-actions/shared/github/comment";
import { githubDeployment } from "@aws-deploy-actions/shared/github/deployment";
import { awsComponents } from "@aws-deploy-actions/shared/health/components/adapters/aws";
import { loginChecks } from "@aws-deploy-actions/shared/health/database/adapter-login";
import { regionOf } from "@aws-deploy-actions/shared/secrets/adapters/names";
import { readOne } from "@aws-deploy-actions/shared/secrets/adapters/values";
import type { ValueAnswer } from "@aws-deploy-actions/shared/secrets/types";
import type { Config } from "../inputs.ts";
import type { Tools } from "../tools.ts";
import { type DataStoresPorts, loginTimeout } from "./checks/data-stores.ts";
import { preflight } from "./preflight.ts";

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

/** The tools over AWS, GitHub and the file system. */
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
    preflight: async (prepared, given) => await preflight(aws, box, storesOf(aws, base), prepared, given, context),
    writeReport: async (story) => await writeReports(story, journal),
    comment: async (markdown) => await commentOnPullRequest(base, token, `plan ${application}/${stage}`, markdown),
    page: githubDeployment(
      { token, environment: stage, production: config.environmentClass === "production", environmentUrl: address(config) },
      context,
      journal,
    ),
  };
}

/** The secret is read once for both logins. */
function storesOf(aws: Aws<"secrets" | "ecs" | "elb" | "rds" | "elasticache">, { clock, runner }: Base): DataStoresPorts {
  const read = new Map<string, Promise<ValueAnswer>>();
  const value = async (id: string): Promise<ValueAnswer> => {
    const region = regionOf(id);
    const answer = read.get(id) ?? readOne(region === undefined || region === aws.region ? aws : aws.inRegion(region), id);
    read.set(id, answer);
    return await answer;
  };
  const secrets = { value };
  return {
    secrets,
    logins: loginChecks(secrets, { clock, timeout: loginTimeout, mask: (part) => runner.mask(part) }),
    aws: awsComponents(aws),
  };
}

/** Where users find the application, as far as the health checks tell. */
function address({ given }: Config): string | undefined {
  const [first] = given["health-checks"];
  return first === undefined ? undefined : new URL(first.url).origin;
}
