import { arn, type Field, list, optional, required, text } from "@aws-deploy-actions/shared/action/fields";
import type { Values } from "@aws-deploy-actions/shared/action/inputs";
import { applicationField, environmentField } from "@aws-deploy-actions/shared/aws/settings";
import type { Address } from "./names.ts";

const name = (accepted: string): Field<string | undefined> => optional(text(/^[\w:/.-]{1,512}$/, accepted));

/** Inputs that address a blue/green environment; everything but application and environment follows by convention. */
export const addressFields = {
  application: required(applicationField),
  environment: required(environmentField),
  cluster: name("an ECS cluster's name or ARN"),
  "secret-id": optional(text(/^[\w/+=.@:-]{1,2048}$/, "a secret's name or ARN")),
  database: name("an RDS instance's or cluster's identifier"),
  cache: name("an ElastiCache replication group's identifier"),
  "log-groups": list(text(/^[\w/.#*-]{1,512}$/, "log group names")),
  "blue-service": name("an ECS service's name"),
  "green-service": name("an ECS service's name"),
  "load-balancer": name("a load balancer's name or ARN"),
  "listener-arns": list(arn("elasticloadbalancing"), { commas: true, max: 20 }),
  "rule-arns": list(arn("elasticloadbalancing"), { commas: true, max: 50 }),
  "blue-target-groups": list(arn("elasticloadbalancing"), { commas: true, max: 10 }),
  "green-target-groups": list(arn("elasticloadbalancing"), { commas: true, max: 10 }),
} as const;

/** The address that the inputs give. */
export function addressOf(given: Values<typeof addressFields> & { readonly "test-listener-arn"?: string | undefined }): Address {
  return {
    application: given.application,
    environment: given.environment,
    cluster: given.cluster,
    services: {
      ...(given["blue-service"] === undefined ? {} : { blue: given["blue-service"] }),
      ...(given["green-service"] === undefined ? {} : { green: given["green-service"] }),
    },
    loadBalancer: given["load-balancer"],
    listenerArns: given["listener-arns"],
    ruleArns: given["rule-arns"],
    testListenerArn: given["test-listener-arn"],
    targetGroups: { blue: given["blue-target-groups"], green: given["green-target-groups"] },
    secretId: given["secret-id"],
    logGroups: given["log-groups"],
  };
}
