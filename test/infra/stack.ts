// Deploys a template to ministack, and tells what became of it.

import { setTimeout as sleep } from "node:timers/promises";
import type { Ministack } from "@aws-deploy-actions/local-cloud/ministack";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { emulated } from "./emulated.ts";
import { loadTemplate } from "./template.ts";

export type Parameters = Readonly<Record<string, string>>;

export interface Stack {
  readonly name: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Physical ids by logical id. */
  readonly resources: Readonly<Record<string, string>>;
  /** Logical ids that were not deployed, because the emulator has no such type. */
  readonly left: readonly string[];
}

export const clientSettings = (cloud: Ministack, account = "111111111111") => ({
  endpoint: cloud.endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: account, secretAccessKey: "test" },
  maxAttempts: 1,
});

/** Creates the stack `name` from `infra/TEMPLATE.yaml`, or updates it, and waits for its end. */
export async function deploy(cloud: Ministack, name: string, template: string, parameters: Parameters, account?: string): Promise<Stack> {
  const client = new CloudFormationClient(clientSettings(cloud, account));
  const { body, left } = emulated(loadTemplate(template));
  const input = {
    StackName: name,
    TemplateBody: body,
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    Capabilities: ["CAPABILITY_NAMED_IAM" as const, "CAPABILITY_AUTO_EXPAND" as const],
  };
  const exists = await describe(client, name);
  await client.send(exists === undefined ? new CreateStackCommand(input) : new UpdateStackCommand(input));
  const stack = await ended(client, name);
  if (!/^(CREATE|UPDATE)_COMPLETE$/.test(stack?.StackStatus ?? "")) {
    throw new Error(`${name} ended as ${stack?.StackStatus}: ${await reasons(client, name)}`);
  }
  const described = await client.send(new DescribeStackResourcesCommand({ StackName: name }));
  return {
    name,
    left,
    outputs: Object.fromEntries((stack?.Outputs ?? []).map((output) => [output.OutputKey ?? "", output.OutputValue ?? ""])),
    resources: Object.fromEntries(
      (described.StackResources ?? []).map((resource) => [resource.LogicalResourceId ?? "", resource.PhysicalResourceId ?? ""]),
    ),
  };
}

async function describe(client: CloudFormationClient, name: string) {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
  } catch {
    return undefined;
  }
}

async function ended(client: CloudFormationClient, name: string) {
  for (let turn = 0; turn < 600; turn++) {
    const stack = await describe(client, name);
    if (!(stack?.StackStatus ?? "").endsWith("_IN_PROGRESS")) return stack;
    await sleep(100);
  }
  throw new Error(`${name} did not end within a minute`);
}

async function reasons(client: CloudFormationClient, name: string): Promise<string> {
  const events = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  return (events.StackEvents ?? [])
    .filter((event) => (event.ResourceStatus ?? "").endsWith("_FAILED"))
    .map((event) => `${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason}`)
    .join("\n");
}
