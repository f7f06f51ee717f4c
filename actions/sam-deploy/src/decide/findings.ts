import type { EnvironmentClass } from "@aws-deploy-actions/shared/aws/settings";
import { isStateful } from "../model/change-set.ts";
import { isSecretParameter } from "../model/parameters.ts";
import type { Tags } from "../model/stack.ts";
import { recordOf, type Template, type TemplateResource } from "../model/template.ts";

/** Something worth mending that does not stop a deployment. */
export interface Finding {
  readonly what: string;
  readonly mend: string;
}

export interface Deployed {
  readonly template: Template;
  readonly stackName: string;
  readonly environment: string;
  readonly environmentClass: EnvironmentClass;
  readonly tags: Tags;
  /** undefined where the stack does not exist yet. */
  readonly terminationProtection: boolean | undefined;
}

/** API Gateway gives up after this long: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const gatewaySeconds = 29;

/** Names, tags, functions' time-out and memory, what happens to data: everything that a template shows by itself. */
export function findingsOf(deployed: Deployed): readonly Finding[] {
  return [...naming(deployed), ...functions(deployed.template), ...data(deployed), ...parameters(deployed.template)];
}

function naming({ stackName, environment, environmentClass, tags, terminationProtection }: Deployed): readonly Finding[] {
  const found: Finding[] = [];
  if (environment !== "default" && !stackName.toLowerCase().includes(environment.toLowerCase()))
    found.push({
      what: `The stack's name ${stackName} does not hold its environment ${environment}.`,
      mend: `stack-name: {application}-${environment}`,
    });
  const missing = ["Project", "Environment"].filter((key) => !Object.keys(tags).some((tag) => tag.toLowerCase() === key.toLowerCase()));
  if (missing.length > 0)
    found.push({
      what: `The stack has no tag ${missing.join(" and no tag ")}: costs and owners cannot be told apart.`,
      mend: `tags: |\n${missing.map((key) => `  ${key}=…`).join("\n")}`,
    });
  if (environmentClass === "production" && terminationProtection === false)
    found.push({
      what: `The production stack ${stackName} has no termination protection: one call deletes it.`,
      mend: `aws cloudformation update-termination-protection --enable-termination-protection --stack-name ${stackName}`,
    });
  return found;
}

function functions(template: Template): readonly Finding[] {
  const shared = recordOf(template.globals["Function"]);
  return Object.entries(template.resources).flatMap(([id, resource]) => {
    if (resource.type !== "AWS::Serverless::Function" && resource.type !== "AWS::Lambda::Function") return [];
    const timeout = resource.properties["Timeout"] ?? shared["Timeout"];
    const memory = resource.properties["MemorySize"] ?? shared["MemorySize"];
    return [...timeoutFindings(id, timeout, resource), ...memoryFindings(id, memory)];
  });
}

function timeoutFindings(id: string, timeout: unknown, resource: TemplateResource): readonly Finding[] {
  if (timeout === undefined)
    return [{ what: `Function ${id} has Lambda's default time-out of 3 seconds.`, mend: `${id}: Properties: Timeout: 15` }];
  const behindApi = Object.values(recordOf(resource.properties["Events"])).some((event) =>
    /^(Http)?Api$/.test(String(recordOf(event)["Type"])),
  );
  if (behindApi && typeof timeout === "number" && timeout > gatewaySeconds)
    return [
      {
        what: `Function ${id} may run for ${timeout} s, but API Gateway gives up after ${gatewaySeconds} s: callers get an error while it goes on.`,
        mend: `${id}: Properties: Timeout: ${gatewaySeconds}`,
      },
    ];
  return [];
}

function memoryFindings(id: string, memory: unknown): readonly Finding[] {
  if (memory === undefined)
    return [
      { what: `Function ${id} has Lambda's default memory of 128 MB, and as little CPU.`, mend: `${id}: Properties: MemorySize: 512` },
    ];
  return [];
}

function data({ template, environmentClass }: Deployed): readonly Finding[] {
  if (environmentClass !== "production") return [];
  return Object.entries(template.resources).flatMap(([id, { type, deletionPolicy }]) =>
    isStateful(type) && deletionPolicy === undefined && type !== "AWS::Logs::LogGroup"
      ? [
          {
            what: `${id} (${type}) holds data and would be deleted with the stack.`,
            mend: `${id}: DeletionPolicy: Retain, UpdateReplacePolicy: Retain`,
          },
        ]
      : [],
  );
}

const parameters = (template: Template): readonly Finding[] =>
  template.parameters
    .filter((one) => !one.noEcho && isSecretParameter(one))
    .map(({ name }) => ({
      what: `Parameter ${name} looks like a secret, but the template lets CloudFormation show it.`,
      mend: `Parameters: ${name}: NoEcho: true`,
    }));
