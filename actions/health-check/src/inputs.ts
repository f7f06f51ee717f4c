import { readFileSync } from "node:fs";
import { addressFields } from "@aws-deploy-actions/rollout/inputs";
import { type Names, namesOf } from "@aws-deploy-actions/rollout/names";
import { custom, duration, list, oneOf, optional, Refusal, text, wholeNumber, withDefault } from "@aws-deploy-actions/shared/action/fields";
import { type RawInputs, readInputs, type Values } from "@aws-deploy-actions/shared/action/inputs";
import {
  type AwsSettings,
  applicationField,
  awsSettings,
  type CommonValues,
  commonFields,
  environmentField,
  minutes,
} from "@aws-deploy-actions/shared/aws/settings";
import type { CertificateTarget } from "@aws-deploy-actions/shared/health/certificate/check";
import { type ComponentName, componentNames } from "@aws-deploy-actions/shared/health/components/result";
import { type HttpCheck, healthChecksField } from "@aws-deploy-actions/shared/health/http-syntax";
import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Seconds } from "@aws-deploy-actions/shared/units";

const secretId = text(/^[\w/+=.@:-]{1,2048}$/, "a secret's name or ARN");

/** `host` or `host:port`. */
const certificateTarget = custom((raw): CertificateTarget => {
  const match = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]{1,253})(?::(\d{1,5}))?$/.exec(raw);
  const port = Number(match?.[2] ?? "443");
  if (match === null || port < 1 || port > 65_535) throw new Refusal("hosts such as shop.example.com or shop.example.com:8443");
  return { host: (match[1] ?? "").replace(/^\[|\]$/g, ""), port };
});

export const spec = {
  components: withDefault(list(oneOf("all", ...componentNames)), "all"),
  "health-checks": healthChecksField,
  "certificate-hosts": list(certificateTarget, { max: 20 }),
  "certificate-days": withDefault(wholeNumber(0, 800), "30"),
  "database-secret-id": optional(secretId),
  "redis-secret-id": optional(secretId),
  "ca-file": optional(text()),
  via: oneOf("auto", "runner", "task"),
  "check-task-definition": optional(text(/^[\w:/.-]{1,512}$/, "a task definition's family, family:revision or ARN")),
  "task-timeout": withDefault(minutes(10, 3600), "5m"),
  timeout: withDefault(duration("s", 1, 300), "10s"),
  retries: withDefault(wholeNumber(0, 20), "2"),
  ...addressFields,
  application: optional(applicationField),
  environment: optional(environmentField),
  ...commonFields,
} as const;

export type Given = Values<typeof spec>;

export interface Config {
  readonly aws: AwsSettings;
  readonly common: CommonValues;
  /** The components that were asked for by name, or undefined for all that apply. */
  readonly asked: readonly ComponentName[] | undefined;
  readonly http: readonly HttpCheck[];
  /** The lines of health-checks as they were given, for the task. */
  readonly httpLines: string;
  readonly certificates: readonly CertificateTarget[];
  readonly certificateDays: number;
  /** By convention or as given; undefined where no environment is addressed. */
  readonly names: (Names & { readonly database: string; readonly cache: string }) | undefined;
  readonly databaseSecret: string | undefined;
  readonly redisSecret: string | undefined;
  /** PEM of authorities. */
  readonly ca: string | undefined;
  readonly via: "auto" | "runner" | "task";
  readonly taskDefinition: string | undefined;
  readonly taskTimeout: Seconds;
  readonly timeout: Seconds;
  readonly retries: number;
  /** This process is the one-off task: it makes the checks of the network alone, and writes what it found to its log. */
  readonly insideTask: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Trouble naming every wrong input */
export function read(raw: RawInputs, environment: Environment): Config {
  const given = readInputs(spec, raw, across);
  const { application, environment: name } = given;
  const names =
    application === undefined || name === undefined ? undefined : namesOf({ application, environment: name, ...overrides(given) });
  const convention = `${application}-${name}`;
  return {
    // Checks of addresses alone ask AWS nothing, so they need no region.
    aws: awsSettings(given, asksAws(given) ? environment : { AWS_REGION: "us-east-1", ...environment }),
    common: given,
    asked: given.components.includes("all") ? undefined : given.components.flatMap((one) => (one === "all" ? [] : [one])),
    http: given["health-checks"],
    httpLines: raw["health-checks"] ?? "",
    certificates: certificatesOf(given),
    certificateDays: given["certificate-days"],
    names: names === undefined ? undefined : { ...names, database: given.database ?? convention, cache: given.cache ?? convention },
    databaseSecret: given["database-secret-id"] ?? names?.secret,
    redisSecret: given["redis-secret-id"] ?? names?.secret,
    ca: given["ca-file"] === undefined ? undefined : pemFile(given["ca-file"]),
    via: given.via,
    taskDefinition: given["check-task-definition"],
    taskTimeout: given["task-timeout"],
    timeout: given.timeout,
    retries: given.retries,
    insideTask: environment["HEALTH_CHECK_TASK"] === "true",
  };
}

const asksAws = (given: Given): boolean =>
  given.application !== undefined || given["database-secret-id"] !== undefined || given["redis-secret-id"] !== undefined;

function overrides(given: Given): Partial<Parameters<typeof namesOf>[0]> {
  const [blue, green] = [given["blue-service"], given["green-service"]];
  return {
    cluster: given.cluster,
    loadBalancer: given["load-balancer"],
    secretId: given["secret-id"],
    services: { ...(blue === undefined ? {} : { blue }), ...(green === undefined ? {} : { green }) },
  };
}

/** The hosts that were named, or those of the https checks. */
function certificatesOf(given: Given): readonly CertificateTarget[] {
  if (given["certificate-hosts"].length > 0) return given["certificate-hosts"];
  const urls = given["health-checks"].map(({ url }) => new URL(url)).filter(({ protocol }) => protocol === "https:");
  const targets = urls.map(({ hostname, port }) => ({ host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 443 : Number(port) }));
  return [...new Map(targets.map((one) => [`${one.host}:${one.port}`, one])).values()];
}

function across(given: Given): readonly string[] {
  const asked = new Set<string>(given.components);
  const addressed = given.application !== undefined && given.environment !== undefined;
  const needs = (component: string, met: boolean, what: string): readonly string[] =>
    asked.has(component) && !met ? [`components: "${component}" needs ${what}.`] : [];
  const part = (name: string): boolean => given["health-checks"].some((check) => componentOf(check) === name);
  return [
    ...(given.application !== undefined && given.environment === undefined ? ["environment is required with application."] : []),
    ...(given.application === undefined && given.environment !== undefined ? ["application is required with environment."] : []),
    ...needs("frontend", part("frontend"), 'a line of health-checks whose name begins with "frontend"'),
    ...needs("backend", part("backend"), 'a line of health-checks whose name does not begin with "frontend"'),
    ...needs("certificate", certificatesOf(given).length > 0, "certificate-hosts, or a check of an https URL"),
    ...needs("database", addressed || given["database-secret-id"] !== undefined, "database-secret-id, or application and environment"),
    ...needs("redis", addressed || given["redis-secret-id"] !== undefined, "redis-secret-id, or application and environment"),
    ...["secrets", "ecs", "load-balancer"].flatMap((one) => needs(one, addressed, "application and environment")),
    ...(given.via === "task" && given["check-task-definition"] === undefined ? ["check-task-definition is required for via: task."] : []),
    ...(given["check-task-definition"] !== undefined && !addressed
      ? ["check-task-definition needs application and environment: the task runs in their cluster and network."]
      : []),
    ...(asked.has("all") &&
    !addressed &&
    given["health-checks"].length + given["certificate-hosts"].length === 0 &&
    given["database-secret-id"] === undefined &&
    given["redis-secret-id"] === undefined
      ? ["components: nothing to check is given; give application and environment, health-checks, database-secret-id or redis-secret-id."]
      : []),
  ];
}

/** Which component a check of health-checks is for: `frontend…`, `database…` and so on by its name; all others are the backend's. */
export function componentOf({ name }: HttpCheck): "frontend" | "backend" | "database" | "redis" {
  if (/^front/i.test(name)) return "frontend";
  if (/^(database|db)([-_]|$)/i.test(name)) return "database";
  return /^(redis|cache)([-_]|$)/i.test(name) ? "redis" : "backend";
}

function pemFile(path: string): string {
  try {
    const content = readFileSync(path, "utf8");
    if (!content.includes("-----BEGIN CERTIFICATE-----")) throw inputTrouble(`ca-file: ${oneLine(path, 80)} holds no certificate in PEM.`);
    return content;
  } catch (error) {
    if (error instanceof Error && error.name === "Trouble") throw error;
    throw inputTrouble(
      `ca-file: ${oneLine(path, 80)} cannot be read (${oneLine((error as NodeJS.ErrnoException).code ?? "unknown", 40)}).`,
    );
  }
}
