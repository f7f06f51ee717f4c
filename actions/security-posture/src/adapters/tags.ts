import type { Stack, StackResourceSummary } from "@aws-sdk/client-cloudformation";
import { type Named, seen } from "../model/seen.ts";
import { allPages, distinct, type PostureAws } from "./ask.ts";

/** How the ARN of a resource is made from its physical id, by type; those whose id is the ARN itself give it back. */
const arns: Readonly<Record<string, (id: string, at: Place) => string>> = {
  "AWS::Lambda::Function": (id, { place }) => `${place("lambda")}:function:${id}`,
  "AWS::DynamoDB::Table": (id, { place }) => `${place("dynamodb")}:table/${id}`,
  "AWS::S3::Bucket": (id, { partition }) => `arn:${partition}:s3:::${id}`,
  "AWS::Logs::LogGroup": (id, { place }) => `${place("logs")}:log-group:${id}`,
  "AWS::SQS::Queue": (id, { place }) => `${place("sqs")}:${id.split("/").at(-1)}`,
  "AWS::SecretsManager::Secret": (id) => id,
  "AWS::SNS::Topic": (id) => id,
  "AWS::StepFunctions::StateMachine": (id) => id,
};

interface Place {
  readonly partition: string;
  readonly place: (service: string) => string;
}

/** https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html */
const atOnce = 100;

/** Tags of the stack's functions and of what holds data or messages, as they are now: somebody may have changed them since the stack was. */
export async function observeTags(
  aws: PostureAws,
  { StackId = "" }: Stack,
  resources: readonly StackResourceSummary[],
): Promise<readonly Named<Readonly<Record<string, string>>>[]> {
  const [, partition = "aws", , region = aws.region, account = ""] = StackId.split(":");
  const at: Place = { partition, place: (service) => `arn:${partition}:${service}:${region}:${account}` };
  const wanted = distinct(
    resources.map(({ ResourceType = "", PhysicalResourceId: id }) =>
      id === undefined || id === "" ? undefined : arns[ResourceType]?.(id, at),
    ),
  );
  const parts = Array.from({ length: Math.ceil(wanted.length / atOnce) }, (_, part) => wanted.slice(part * atOnce, (part + 1) * atOnce));
  const answers = await Promise.all(
    parts.map((ResourceARNList) =>
      allPages(
        (PaginationToken) =>
          aws.tagging(
            (sdk) =>
              new sdk.GetResourcesCommand({
                ResourceARNList: [...ResourceARNList],
                ...(PaginationToken === undefined ? {} : { PaginationToken }),
              }),
          ),
        ({ ResourceTagMappingList }) => ResourceTagMappingList,
        ({ PaginationToken }) => PaginationToken,
      ),
    ),
  );
  const tags = new Map(
    answers
      .flat()
      .map(({ ResourceARN = "", Tags }) => [
        ResourceARN.replace(/:\*$/, ""),
        Object.fromEntries((Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
      ]),
  );
  // What was never tagged is not listed at all.
  return wanted.map((name) => ({ name, seen: seen(tags.get(name) ?? {}) }));
}
