import type { DefinitionChanges, Setting } from "@aws-deploy-actions/rollout/definition";
import { addressFields, addressOf, checkFields } from "@aws-deploy-actions/rollout/inputs";
import type { ShiftStep } from "@aws-deploy-actions/rollout/model";
import { arn, custom, flag, list, oneOf, optional, Refusal, text, withDefault } from "@aws-deploy-actions/shared/action/fields";
import { type RawInputs, readInputs, type Values } from "@aws-deploy-actions/shared/action/inputs";
import {
  type AwsSettings,
  awsSettings,
  commandField,
  commonFields,
  type EnvironmentClass,
  environmentClass,
  environmentClassField,
  minutes,
} from "@aws-deploy-actions/shared/aws/settings";
import { refusedAddress } from "@aws-deploy-actions/shared/health/http-address";
import { healthChecksField } from "@aws-deploy-actions/shared/health/http-syntax";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import { freezeWindowsField } from "./freeze.ts";
import { parseSteps, stepsFor } from "./steps.ts";

const imagePattern = /^[a-z0-9](?:[a-z0-9._:/-]{0,400}[a-z0-9])?(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/i;
const imageText = text(imagePattern, "an image such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2, with a tag or a digest");
const containerName = /^[\w-]{1,255}$/;

/** `container=image` in one line. */
const containerImage = custom((raw): readonly [container: string, image: string] => {
  const split = raw.indexOf("=");
  const [container, image] = [raw.slice(0, split).trim(), raw.slice(split + 1).trim()];
  if (split < 1 || !containerName.test(container) || !imagePattern.test(image))
    throw new Refusal("lines such as app=123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2");
  return [container, image];
});

/** `container/NAME=value` in one line; the value is taken literally. */
const setting = (accepted: string, value: RegExp) =>
  custom((raw): Setting => {
    const match = /^([\w-]{1,255})\/([A-Za-z_][A-Za-z0-9_.-]{0,254})=(.*)$/.exec(raw);
    if (match === null || !value.test(match[3] ?? "")) throw new Refusal(accepted);
    return { container: match[1] ?? "", name: match[2] ?? "", value: match[3] ?? "" };
  });

const secretTarget = /^arn:aws(-[a-z]+)*:(secretsmanager|ssm):[a-z0-9-]+:\d{12}:\S{1,1900}$/;

const header = custom((raw): readonly [name: string, value: string] => {
  const match = /^([A-Za-z0-9-]{1,40}):\s*([\x20-\x7e]{1,128})$/.exec(raw);
  if (match === null) throw new Refusal('a header with its value, such as "X-Preview: green"');
  return [match[1] ?? "", match[2] ?? ""];
});

/** Every input of the action; action.yml and the README's table are checked against it. */
export const spec = {
  mode: oneOf("deploy", "plan", "status", "resume"),
  ...addressFields,
  "environment-class": environmentClassField,
  image: optional(imageText),
  "container-name": optional(text(containerName, "a container's name")),
  images: list(containerImage, { commas: false, max: 20 }),
  "environment-variables": list(setting("lines such as app/LOG_LEVEL=info", /^[^\r\n]*$/), { commas: false, max: 200 }),
  secrets: list(setting("lines such as app/DATABASE_URL=arn:aws:secretsmanager:…", secretTarget), { commas: false, max: 200 }),
  "task-definition": optional(text()),
  "allowed-registries": list(text(/^[a-z0-9.:/*-]{1,300}$/i, "registries such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com")),
  strategy: oneOf("all-at-once", "canary", "linear"),
  steps: optional(custom(parseSteps)),
  "test-listener-arn": optional(arn("elasticloadbalancing")),
  "test-header": optional(header),
  "test-checks": healthChecksField,
  ...checkFields,
  "migration-command": optional(commandField),
  "migration-container": optional(text(containerName, "a container's name")),
  "migration-timeout": withDefault(minutes(10, 24 * 3600), "15m"),
  "rollback-window": withDefault(minutes(0, 24 * 3600), "10m"),
  "on-inconclusive": oneOf("rollback", "hold", "proceed"),
  "keep-previous": withDefault(minutes(0, 7 * 24 * 3600), "0"),
  timeout: withDefault(minutes(60, 24 * 3600), "60m"),
  "on-cancel": oneOf("rollback", "leave"),
  force: flag(),
  "freeze-windows": optional(freezeWindowsField),
  ...commonFields,
} as const;

export type Given = Values<typeof spec>;

/** The action's configuration. */
export interface Config {
  readonly given: Given;
  readonly aws: AwsSettings;
  readonly address: ReturnType<typeof addressOf>;
  readonly environmentClass: EnvironmentClass;
  readonly steps: readonly ShiftStep[];
  readonly changes: RequestedChanges;
}

/** What the new version is: images may still be tags here. */
export interface RequestedChanges {
  /** A lone image for the container that is named, or for the only one. */
  readonly image: string | undefined;
  readonly containerName: string | undefined;
  readonly images: ReadonlyMap<string, string>;
  readonly environment: DefinitionChanges["environment"];
  readonly secrets: DefinitionChanges["secrets"];
}

/** What cannot be said of one input alone: a sentence for each condition that does not hold. */
function acrossInputs(given: Given): readonly string[] {
  const deploying = given.mode === "deploy" || given.mode === "plan";
  const changes = [given.image, given["task-definition"], ...given.images, ...given["environment-variables"], ...given.secrets];
  const twice = duplicates(given.images.map(([container]) => container));
  const steps = stepsFor(given.strategy, given.steps);
  const testRoutes = [given["test-listener-arn"], given["test-header"]].filter((route) => route !== undefined).length;
  const tests = given["test-checks"].length;
  const longest = given["rollback-window"] + totalBake(given.steps ?? []);
  const conditions: readonly (readonly [broken: boolean, sentence: string])[] = [
    [
      deploying && changes.every((one) => one === undefined),
      "image: nothing new is given; give image, images, task-definition, environment-variables or secrets.",
    ],
    [given.image !== undefined && given.images.length > 0, "image and images: give one of them; images takes a line for each container."],
    [
      given["container-name"] !== undefined && given.image === undefined,
      "container-name: it names the container that image is for, and image is not given.",
    ],
    [twice.length > 0, `images: ${twice.join(", ")} stands there twice.`],
    [given.strategy === "all-at-once" && given.steps !== undefined, 'steps: all-at-once has none; use strategy "canary" or "linear".'],
    ["wrong" in steps, `steps: ${"wrong" in steps ? steps.wrong : ""}`],
    [testRoutes === 2, "test-listener-arn and test-header: give one of them."],
    [testRoutes > 0 && tests === 0, "test-checks: a test route is given, but nothing to check through it."],
    [testRoutes === 0 && tests > 0, "test-checks: they need test-listener-arn or test-header, the route that users do not take."],
    [
      given["migration-container"] !== undefined && given["migration-command"] === undefined,
      "migration-container: migration-command is not given.",
    ],
    [
      given.timeout < longest,
      `timeout: ${Math.round(given.timeout / 60)} min are shorter than the rollback window and the steps together (${Math.ceil(longest / 60)} min).`,
    ],
  ];
  return [...conditions.flatMap(([broken, sentence]) => (broken ? [sentence] : [])), ...refusedChecks(given)];
}

/** Addresses that no check may ask; names are looked at when they are resolved. */
const refusedChecks = (given: Given): readonly string[] =>
  (["health-checks", "test-checks"] as const).flatMap((input) =>
    given[input].flatMap(({ name, url }) => {
      const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
      const why = /^[\d.]+$|:/.test(host) ? refusedAddress(host, true) : undefined;
      return why === undefined ? [] : [`${input}: ${name}: ${host} is not asked: ${why}.`];
    }),
  );

const duplicates = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
const totalBake = (steps: readonly ShiftStep[]): Seconds => steps.reduce((sum, step) => sum + step.bake, 0);

/** Reads and checks everything, or reports every wrong input at once. */
export function read(raw: RawInputs, environment: Readonly<Record<string, string | undefined>>): Config {
  const given = readInputs(spec, raw, acrossInputs);
  const steps = stepsFor(given.strategy, given.steps);
  return {
    given,
    aws: awsSettings(given, environment, given.mode === "status" || given.mode === "plan" ? 0 : given.timeout),
    address: addressOf(given),
    environmentClass: environmentClass(given["environment-class"], given.environment),
    steps: "wrong" in steps ? [] : steps.steps,
    changes: {
      image: given.image,
      containerName: given["container-name"],
      images: new Map(given.images),
      environment: given["environment-variables"],
      secrets: given.secrets,
    },
  };
}
