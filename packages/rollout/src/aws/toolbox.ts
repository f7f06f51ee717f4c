import type { Identity } from "@aws-deploy-actions/shared/action/aws-base";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Address } from "../names.ts";
import { bucketStore, glanceAtBucket } from "../record/s3.ts";
import { tagStore, writtenInTags } from "../record/tags.ts";
import type { Toolbox } from "../toolbox.ts";
import { readDefinition, registerOnce } from "./definitions.ts";
import { resolveImage } from "./images.ts";
import { locate } from "./locate.ts";
import { logTail, recentErrors } from "./logs.ts";
import type { Network } from "./rollout-ports.ts";

export interface ToolboxSettings {
  readonly address: Address;
  readonly stateBucket: string | undefined;
  /** The account, where it is known without asking. */
  readonly account?: string | undefined;
  /** The endpoint where AWS is on this machine: then health checks may go there too. */
  readonly localEndpoint: string | undefined;
  /** Another one in virtual time. */
  readonly network?: Network | undefined;
}

/** The toolbox over AWS. */
export function awsToolbox(
  aws: Aws<"ecs" | "elb" | "autoscaling" | "ecr" | "logs" | "cloudwatch" | "s3">,
  identity: () => Promise<Identity>,
  clock: Clock,
  { address, stateBucket, account, localEndpoint, network }: ToolboxSettings,
): Toolbox {
  const prefix = `${address.application}/${address.environment}`;
  return {
    clock,
    region: aws.region,
    identity,
    locate: async (rules) => await locate(aws, address, rules),
    glance: async (environment) => {
      if (stateBucket === undefined) {
        const { blue } = (await environment).services;
        return writtenInTags(blue.tags, blue.arn);
      }
      return await glanceAtBucket(aws, stateBucket, account ?? (await identity()).account, prefix);
    },
    readDefinition: async (name) => await readDefinition(aws, name),
    register: async (body) => await registerOnce(aws, body, clock),
    resolveImage: async (image) => await resolveImage(aws, image),
    store: async (environment) => {
      if (stateBucket === undefined) return tagStore(aws, environment.services.blue.arn, clock);
      return bucketStore(aws, stateBucket, account ?? (await identity()).account, prefix, clock);
    },
    logTail: async (place, task, lines) => await logTail(aws, place, task, lines),
    recentErrors: async (groups, since) => await recentErrors(aws, groups, since),
    ports: async (environment, order) => {
      // Judges and probers: not before something is moved.
      const { realNetwork, rolloutPorts } = await import("./rollout-ports.ts");
      return rolloutPorts(aws, environment, order, clock, localEndpoint, network ?? realNetwork);
    },
  };
}
