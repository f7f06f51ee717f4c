import { addressFields, addressOf } from "@aws-deploy-actions/rollout/inputs";
import { namesOf } from "@aws-deploy-actions/rollout/names";
import { arn, flag, list, oneOf, optional, text, wholeNumber, withDefault } from "@aws-deploy-actions/shared/action/fields";
import { type RawInputs, readInputs, type Values } from "@aws-deploy-actions/shared/action/inputs";
import {
  type AwsSettings,
  awsSettings,
  type CommonValues,
  commonFields,
  type EnvironmentClass,
  environmentClass,
  environmentClassField,
} from "@aws-deploy-actions/shared/aws/settings";
import { allChecks, checksOf } from "./checks/all.ts";
import type { Check, Profile } from "./model/check.ts";
import type { Subject } from "./model/subject.ts";

const inside = text(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\0\\]{1,300}$/, "a path in the workspace");
const checkName = text(/^[a-z][a-z0-9-]{1,60}$/, "names of checks, such as database-not-public");

const { application, environment, cluster, database, cache } = addressFields;

export const spec = {
  profile: oneOf("container", "serverless"),
  application,
  environment,
  cluster,
  "secret-id": addressFields["secret-id"],
  database,
  cache,
  "log-groups": addressFields["log-groups"],
  "blue-service": addressFields["blue-service"],
  "green-service": addressFields["green-service"],
  "load-balancer": addressFields["load-balancer"],
  "stack-name": optional(text(/^[a-zA-Z][a-zA-Z0-9-]{0,127}$/, "a stack's name")),
  "certificate-arns": list(arn("acm")),
  checks: list(checkName),
  "skip-checks": list(checkName),
  "minimum-score": withDefault(wholeNumber(0, 100), "100"),
  strict: flag(false),
  "environment-class": environmentClassField,
  "required-tags": list(text(/^[\w.:/=+@-]{1,128}$/, "names of tags"), { max: 50 }),
  "sarif-path": withDefault(inside, "security-posture.sarif"),
  "evidence-path": withDefault(inside, "security-posture-evidence.json"),
  ...commonFields,
} as const;

export interface Config {
  readonly given: CommonValues;
  readonly aws: AwsSettings;
  readonly profile: Profile;
  readonly application: string;
  readonly environment: string;
  readonly environmentClass: EnvironmentClass;
  readonly strict: boolean;
  readonly minimumScore: number;
  readonly requiredTags: readonly string[];
  readonly checks: readonly Check[];
  readonly subject: Subject;
  readonly sarifPath: string;
  readonly evidencePath: string;
}

type Given = Values<typeof spec>;

/** @throws Trouble naming every wrong input */
export function read(raw: RawInputs, variables: Readonly<Record<string, string | undefined>>): Config {
  const given = readInputs(spec, raw, across);
  const aws = awsSettings(given, variables);
  return {
    given,
    aws,
    profile: given.profile,
    application: given.application,
    environment: given.environment,
    environmentClass: environmentClass(given["environment-class"], given.environment),
    strict: given.strict,
    minimumScore: given["minimum-score"],
    requiredTags: given["required-tags"],
    checks: chosen(given),
    subject: subjectOf(given, aws.loopbackEndpoint),
    sarifPath: given["sarif-path"],
    evidencePath: given["evidence-path"],
  };
}

const chosen = (given: Given): readonly Check[] =>
  checksOf(given.profile).filter(
    ({ id }) => (given.checks.length === 0 || given.checks.includes(id)) && !given["skip-checks"].includes(id),
  );

function across(given: Given): readonly string[] {
  const wrong: string[] = [];
  const known = new Set(checksOf(given.profile).map(({ id }) => id));
  for (const name of ["checks", "skip-checks"] as const) {
    for (const id of given[name].filter((one) => !known.has(one))) {
      const elsewhere = allChecks.some((check) => check.id === id) ? `is no check of the profile ${given.profile}` : "is no check";
      wrong.push(`${name}: "${id}" ${elsewhere}; accepted: ${[...known].join(", ")}.`);
    }
  }
  if (wrong.length === 0 && chosen(given).length === 0) wrong.push("skip-checks leaves no check to make.");
  if (given["sarif-path"] === given["evidence-path"]) wrong.push("sarif-path and evidence-path must be two different files.");
  return wrong;
}

function subjectOf(given: Given, emulated: boolean): Subject {
  const prefix = `${given.application}-${given.environment}`;
  const names = namesOf(addressOf({ ...given, "listener-arns": [], "rule-arns": [], "blue-target-groups": [], "green-target-groups": [] }));
  const wanted = (name: string | undefined) => ({ name: name ?? prefix, given: name !== undefined });
  return {
    profile: given.profile,
    prefix,
    cluster: names.cluster,
    services: [names.services.blue, names.services.green],
    loadBalancer: names.loadBalancer,
    database: wanted(given.database),
    cache: wanted(given.cache),
    secret: wanted(given["secret-id"]),
    logGroups: given["log-groups"].length > 0 ? given["log-groups"] : [names.logGroups],
    stack: given["stack-name"] ?? prefix,
    certificates: given["certificate-arns"],
    emulated,
  };
}
