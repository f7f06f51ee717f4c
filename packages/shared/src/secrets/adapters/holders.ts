import type { Task, TaskDefinition } from "@aws-sdk/client-ecs";
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { Aws } from "../../aws/connect.ts";
import type { FunctionHolder, HoldersPort, TaskHolder } from "../holders.ts";
import type { Answer } from "../types.ts";
import { unanswered } from "./discreet.ts";
import { chunks, eachOf } from "./names.ts";

type HoldersAws = Aws<"ecs" | "lambda">;

/** More clusters, tasks or functions than these are not looked through: the answer then says that it is not whole. */
const mostClusters = 50;
const mostTasks = 5000;
const mostFunctions = 2000;

/** ECS and Lambda, as far as they use secrets. */
export const awsHolders = (aws: HoldersAws): HoldersPort => ({
  tasks: async (secretArn, clusters) =>
    await answer("the running tasks could not be looked through", "ecs:ListTasks", async () => await tasksOf(aws, secretArn, clusters)),
  functions: async (secretArn, secretName, isOld) =>
    await answer(
      "the functions could not be looked through",
      "lambda:ListFunctions",
      async () => await functionsOf(aws, secretArn, secretName, isOld),
    ),
});

async function answer<T>(what: string, action: string, ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { state: "found", value: await ask() };
  } catch (error) {
    return unanswered(what, action, error);
  }
}

async function tasksOf(aws: HoldersAws, secretArn: string, given: readonly string[]): Promise<readonly TaskHolder[]> {
  const clusters =
    given.length > 0
      ? given
      : await pages(mostClusters, async (nextToken) => {
          const page = await aws.ecs((sdk) => new sdk.ListClustersCommand({ ...token(nextToken) }));
          return { items: page.clusterArns ?? [], next: page.nextToken };
        });
  const definitions = new Map<string, Promise<boolean>>();
  const holders: TaskHolder[] = [];
  await eachOf(clusters, 4, async (cluster) => {
    for (const [key, tasks] of Map.groupBy(
      await runningTasks(aws, cluster),
      ({ taskDefinitionArn, group }) => `${taskDefinitionArn} ${group}`,
    )) {
      const arn = key.split(" ")[0] ?? "";
      const asked = definitions.get(arn) ?? usesSecret(aws, arn, secretArn);
      definitions.set(arn, asked);
      if (await asked) holders.push(holderOf(cluster, arn, tasks));
    }
  });
  return holders;
}

async function runningTasks(aws: HoldersAws, cluster: string): Promise<readonly Task[]> {
  const arns = await pages(mostTasks, async (nextToken) => {
    const page = await aws.ecs((sdk) => new sdk.ListTasksCommand({ cluster, desiredStatus: "RUNNING", ...token(nextToken) }));
    return { items: page.taskArns ?? [], next: page.nextToken };
  });
  const found: Task[] = [];
  await eachOf(chunks(arns, 100), 2, async (part) => {
    const { tasks = [] } = await aws.ecs((sdk) => new sdk.DescribeTasksCommand({ cluster, tasks: [...part] }));
    found.push(...tasks);
  });
  return found;
}

async function usesSecret(aws: HoldersAws, taskDefinition: string, secretArn: string): Promise<boolean> {
  const { taskDefinition: found } = await aws.ecs((sdk) => new sdk.DescribeTaskDefinitionCommand({ taskDefinition }));
  return found !== undefined && referencesOf(found).some((reference) => refersTo(reference, secretArn));
}

/** Every place where a task definition takes a secret: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html */
const referencesOf = (definition: TaskDefinition): readonly string[] =>
  (definition.containerDefinitions ?? []).flatMap(({ secrets, logConfiguration, repositoryCredentials, environment }) => [
    ...(secrets ?? []).map(({ valueFrom }) => valueFrom ?? ""),
    ...(logConfiguration?.secretOptions ?? []).map(({ valueFrom }) => valueFrom ?? ""),
    repositoryCredentials?.credentialsParameter ?? "",
    // An application that is told the secret's name reads it when it starts.
    ...(environment ?? []).map(({ value }) => value ?? ""),
  ]);

/** `arn`, `arn:key:stage:version`, also without the six random characters. */
function refersTo(reference: string, secretArn: string): boolean {
  const short = secretArn.replace(/-[A-Za-z0-9]{6}$/, "");
  return [secretArn, short].some((arn) => reference === arn || reference.startsWith(`${arn}:`));
}

function holderOf(cluster: string, definitionArn: string, tasks: readonly Task[]): TaskHolder {
  const group = tasks[0]?.group ?? "";
  return {
    cluster: cluster.split("/").at(-1) ?? cluster,
    taskDefinition: definitionArn.split("/").at(-1) ?? definitionArn,
    started: tasks.flatMap(({ startedAt, createdAt }) => {
      const at = startedAt ?? createdAt;
      return at === undefined ? [] : [at.getTime() / 1000];
    }),
    ...(group.startsWith("service:") ? { service: group.slice(8) } : {}),
  };
}

async function functionsOf(
  aws: HoldersAws,
  secretArn: string,
  secretName: string,
  isOld: (text: string) => boolean,
): Promise<readonly FunctionHolder[]> {
  const functions = await pages(mostFunctions, async (Marker) => {
    const page = await aws.lambda((sdk) => new sdk.ListFunctionsCommand(Marker === undefined ? {} : { Marker }));
    return { items: page.Functions ?? [], next: page.NextMarker };
  });
  return functions
    .map((one) => functionHolder(one, secretArn, secretName, isOld))
    .filter(({ names, holds }) => names.length + holds.length > 0);
}

function functionHolder(
  one: FunctionConfiguration,
  secretArn: string,
  secretName: string,
  isOld: (text: string) => boolean,
): FunctionHolder {
  const variables = Object.entries(one.Environment?.Variables ?? {});
  return {
    name: one.FunctionName ?? "",
    modified: Date.parse(one.LastModified ?? "") / 1000 || 0,
    names: variables.filter(([, value]) => value === secretName || refersTo(value, secretArn)).map(([name]) => name),
    holds: variables.filter(([, value]) => isOld(value)).map(([name]) => name),
  };
}

const token = (nextToken: string | undefined): { nextToken?: string } => (nextToken === undefined ? {} : { nextToken });

async function pages<T>(
  most: number,
  ask: (token: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const page = await ask(next);
    all.push(...page.items);
    next = page.next;
  } while (next !== undefined && next !== "" && all.length < most);
  if (next !== undefined && next !== "") throw new Error(`there are more than ${most}: name the clusters that matter`);
  return all;
}
