import { AwsError, valueAnswer } from "./proxy/answers.ts";
import type { Handler } from "./proxy/server.ts";

/** As an account has it that runs something: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const fargateQuota = { ServiceCode: "fargate", QuotaCode: "L-3032A538", QuotaName: "Fargate On-Demand vCPU resource count", Value: 4000 };

/** Single reading calls that moto does not know, answered for an account that has nothing special. */
export const unknownToMoto: readonly (readonly [string, Handler])[] = [
  [
    "elasticache.DescribeServerlessCaches",
    async ({ params }) => {
      throw new AwsError("ServerlessCacheNotFoundFault", `Serverless cache ${String(params["ServerlessCacheName"])} not found.`, 404);
    },
  ],
  [
    "servicequotas.GetServiceQuota",
    async ({ protocol, params }, { forward }) =>
      params["QuotaCode"] === fargateQuota.QuotaCode ? valueAnswer(protocol, { Quota: fargateQuota }) : await forward(),
  ],
];
