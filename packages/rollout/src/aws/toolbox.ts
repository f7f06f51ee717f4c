import type { Identity } from "@aws-deploy-actions/shared/action/aws-base";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Address } from "../names.ts";
import { bucketStore } from "../record/s3.ts";
import { tagStore } from "../record/tags.ts";
import type { Toolbox } from "../toolbox.ts";
import { readDefinition, registerOnce } from "./definitions.ts";
import { resolveImage } from "./images.ts";
import { locate } from "./locate.ts";
import { logTail, recentErrors } from "./logs.ts";
import { rolloutPorts } from "./rollout-ports.ts";

export interface ToolboxSettings {
  readonly address: Address;
  readonly stateBucket: string | undefined;
  /** The endpoint where AWS is on this machine: then health checks may go there too. */
  readonly localEndpoint: string | undefined;
}

/** The toolbox over AWS. */
export function awsToolbox(
  aws: Aws<"ecs" | "elb" | "autoscaling" | "ecr" | "logs" | "cloudwatch" | "s3">,
  identity: () => Promise<Identity>,
  clock: Clock,
  { address, stateBucket, localEndpoint }: ToolboxSettings,
): Toolbox {
  return {
    clock,
    region: aws.region,
    identity,
    locate: async () => await locate(aws, address),
    readDefinition: async (name) => await readDefinition(aws, name),
    register: async (body) => await registerOnce(aws, body),
    resolveImage: async (image) => await resolveImage(aws, image),
    store: async (environment) => {
      if (stateBucket === undefined) return tagStore(aws, environment.services.blue.arn, clock);
      const { account } = await identity();
      return bucketStore(aws, stateBucket, account, `${address.application}/${address.environment}`, clock);
    },
    logTail: async (place, task, lines) => await logTail(aws, place, task, lines),
    recentErrors: async (groups, since) => await recentErrors(aws, groups, since),
    ports: (environment, order) => rolloutPorts(aws, environment, order, clock, localEndpoint),
  };
}
