// All templates deployed together, in the order of infra/README.md: the outputs of one are the parameters of the next.

import type { Ministack } from "@aws-deploy-actions/local-cloud/ministack";
import { DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientSettings, deploy, type Parameters, type Stack } from "./stack.ts";

export type EnvironmentClass = "production" | "non-production";

export interface Landscape {
  readonly application: string;
  readonly environment: string;
  readonly stacks: Readonly<Record<string, Stack>>;
  /** The parameters that each stack was deployed with. */
  readonly parameters: Readonly<Record<string, Parameters>>;
}

export const certificateArn = "arn:aws:acm:us-east-1:111111111111:certificate/11111111-2222-3333-4444-555555555555";

/** Deploys everything for one environment: `shop-staging`, or `shop-prod` for production. */
export async function deployAll(cloud: Ministack, environmentClass: EnvironmentClass): Promise<Landscape> {
  const application = "shop";
  const environment = environmentClass === "production" ? "prod" : "staging";
  const names = { Application: application, Environment: environment };
  const classed = { ...names, EnvironmentClass: environmentClass };
  const stacks: Record<string, Stack> = {};
  const parameters: Record<string, Parameters> = {};
  const make = async (template: string, given: Parameters) => {
    parameters[template] = given;
    stacks[template] = await deploy(cloud, `${application}-${template}-${environment}`, template, given);
    return stacks[template].outputs;
  };
  const of = (outputs: Readonly<Record<string, string>>, ...wanted: readonly string[]) =>
    Object.fromEntries(wanted.map((key) => [key, outputs[key] ?? ""]));

  const keys = await make("keys", names);
  const registry = await make("registry", {
    Repository: `${application}-${environment}`,
    PullAccountIds: "222222222222,333333333333",
    GitHubRepository: "octo/shop",
  });
  const state = await make("state", { ...names, ...of(keys, "DataKeyArn") });
  const network = await make("network", { ...classed, ...of(keys, "LogsKeyArn") });
  const dataNetwork = of(network, "DataSubnetIds", "PrivateSubnetIds", "DatabaseGroupId", "CacheGroupId", "ServiceGroupId");
  const data = await make("data", { ...classed, ...keys, ...dataNetwork });
  const place = of(network, "VpcId", "PublicSubnetIds", "PrivateSubnetIds", "LoadBalancerGroupId", "ServiceGroupId");
  const environmentOutputs = await make("blue-green-environment", {
    ...classed,
    ...keys,
    ...place,
    ...of(registry, "RepositoryArn"),
    CertificateArn: certificateArn,
    Image: `${registry["RepositoryUri"]}:v1`,
    ApiImage: `${registry["RepositoryUri"]}:api-v1`,
    ApiHostName: `api-${environment}.example.com`,
    SecretArn: await secretArn(cloud, `${application}-${environment}`),
    MaximumTasks: "10",
  });
  const watched = {
    ...of(environmentOutputs, "LoadBalancerFullName"),
    ...of(data, "DatabaseId", "CacheId"),
    CertificateArn: certificateArn,
    FunctionName: `${application}-api-${environment}`,
    TableName: `${application}-table-${environment}`,
  };
  const alarms = await make("alarms", { ...classed, ...of(keys, "LogsKeyArn"), ...watched, Email: "ops@example.com" });
  await make("dashboards", { ...names, ...watched, ...targetGroups(environmentOutputs) });
  await make("deploy-roles", {
    ...names,
    ...keys,
    ...of(registry, "RepositoryArn"),
    ...of(state, "StateBucketArn"),
    ...of(alarms, "TopicArn"),
    Repository: "octo/shop",
    GitHubEnvironment: environment,
    EmergencyEnvironment: `${environment}-emergency`,
    DeployWorkflowRef: "octo/aws-deploy-actions/.github/workflows/container-pipeline.yml@refs/tags/v1",
    EmergencyWorkflowRef: "octo/aws-deploy-actions/.github/workflows/emergency-rollback.yml@refs/tags/v1",
    Kind: "containers",
  });
  await make("budgets", { ...classed, ...of(alarms, "TopicArn"), Email: "billing@example.com" });
  await make("log-retention", {
    ...classed,
    ...of(keys, "LogsKeyArn"),
    ...of(state, "StateBucketArn"),
    FunctionName: `shop-worker-${environment}`,
  });
  await make("serverless-tuning", { ...classed, ...keys, CodeBucket: "code", CodeKey: "api/1.zip" });
  return { application, environment, stacks, parameters };
}

/** The emulator leaves the word "targetgroup/" out of the full name, which AWS has. */
const targetGroups = (outputs: Readonly<Record<string, string>>) =>
  Object.fromEntries(["BlueTargetsFullName", "GreenTargetsFullName"].map((key) => [key, `targetgroup/${outputs[key]}`]));

async function secretArn(cloud: Ministack, id: string): Promise<string> {
  // On AWS the reference to a secret is its ARN; the emulator gives its name.
  const client = new SecretsManagerClient(clientSettings(cloud));
  return (await client.send(new DescribeSecretCommand({ SecretId: id }))).ARN ?? "";
}
