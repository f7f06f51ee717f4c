import { ApplicationAutoScaling } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECS } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { LocalCloud } from "../start.ts";

/** Clients of every service that an environment is made of. */
export function cloudClients(cloud: Pick<LocalCloud, "endpoint" | "region">) {
  const settings = { endpoint: cloud.endpoint, region: cloud.region, credentials: { accessKeyId: "localcloud", secretAccessKey: "local" } };
  return {
    ecs: new ECS(settings),
    elb: new ElasticLoadBalancingV2(settings),
    ec2: new EC2(settings),
    iam: new IAM(settings),
    logs: new CloudWatchLogs(settings),
    secrets: new SecretsManager(settings),
    cloudwatch: new CloudWatch(settings),
    autoscaling: new ApplicationAutoScaling(settings),
  };
}

export type CloudClients = ReturnType<typeof cloudClients>;
