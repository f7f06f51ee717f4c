import {
  arn,
  duration,
  type Field,
  list,
  number,
  optional,
  required,
  text,
  wholeNumber,
  withDefault,
} from "@aws-deploy-actions/shared/action/fields";
import type { Values } from "@aws-deploy-actions/shared/action/inputs";
import { databaseMetricField, responseTimeStatisticField } from "@aws-deploy-actions/shared/aws/metrics-fields";
import { applicationField, environmentField, minutes } from "@aws-deploy-actions/shared/aws/settings";
import { healthChecksField } from "@aws-deploy-actions/shared/health/http-syntax";
import type { Thresholds } from "./judge/types.ts";
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

/** Inputs that say how a version is looked at, and where records lie. */
export const checkFields = {
  "health-checks": healthChecksField,
  "health-check-interval": withDefault(duration("s", 1, 300), "10s"),
  "max-error-rate": withDefault(number(0, 100), "10"),
  "max-response-time": withDefault(duration("s", 0.001, 3600), "5s"),
  "response-time-statistic": responseTimeStatisticField,
  "breach-duration": withDefault(minutes(60, 3600), "5m"),
  "max-consecutive-health-failures": withDefault(wholeNumber(0, 1000), "3"),
  "min-database-success-rate": withDefault(number(0, 100), "90"),
  "database-metric": optional(databaseMetricField),
  alarms: list(text(/^[^\r\n]{1,255}$/, "alarm names of at most 255 characters")),
  "minimum-requests": withDefault(wholeNumber(1, 1_000_000), "10"),
  "desired-count": optional(wholeNumber(1, 5000)),
  "state-bucket": optional(text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of an S3 bucket")),
} as const;

/** The limits that the inputs give. */
export const thresholdsOf = (given: Values<typeof checkFields>): Thresholds => ({
  maxErrorRate: given["max-error-rate"],
  maxResponseTime: given["max-response-time"],
  statistic: given["response-time-statistic"],
  breachDuration: given["breach-duration"],
  maxConsecutiveHealthFailures: given["max-consecutive-health-failures"],
  minDatabaseSuccessRate: given["min-database-success-rate"],
  minimumRequests: given["minimum-requests"],
});

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
