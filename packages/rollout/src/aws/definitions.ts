import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import { deploymentTrouble } from "@aws-deploy-actions/shared/problems";
import { type JsonObject, registrable, sameDefinition } from "../definition.ts";

/** A task definition as it would be registered, with the ARN under which it stands. */
export interface StoredDefinition {
  readonly arn: string;
  readonly family: string;
  readonly body: JsonObject;
}

/** Reads a task definition by ARN, `family:revision` or family (its latest), with its tags and every field, known to the SDK or not. */
export async function readDefinition(aws: Aws<"ecs">, name: string): Promise<StoredDefinition> {
  let raw: JsonObject | undefined;
  const keep = (body: unknown): void => {
    raw = body as JsonObject;
  };
  await aws.ecs((sdk) => new sdk.DescribeTaskDefinitionCommand({ taskDefinition: name, include: ["TAGS"] }), { onRawAnswer: keep });
  const definition = raw?.["taskDefinition"] as JsonObject | undefined;
  if (definition === undefined) throw deploymentTrouble(`task definition ${name} could not be read`);
  return {
    arn: String(definition["taskDefinitionArn"]),
    family: String(definition["family"]),
    body: registrable(definition, raw?.["tags"] ?? null),
  };
}

/**
 * A family that has no revision yet is answered with a ClientException: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
 * Whoever may not look, or gets no answer, knows nothing: registering then could make the same revision twice.
 */
function noSuchFamily(error: unknown): undefined {
  const kind = causeKind(error);
  if (kind !== "refused" && kind !== "missing") throw error;
  return undefined;
}

/**
 * Registers a definition, or finds that the family's latest revision already is the same: a run that died after registering
 * must not leave a second revision.
 */
export async function registerOnce(aws: Aws<"ecs">, body: JsonObject): Promise<{ readonly arn: string; readonly created: boolean }> {
  const family = String(body["family"]);
  const latest = await readDefinition(aws, family).catch(noSuchFamily);
  if (latest !== undefined && sameDefinition(latest.body, body)) return { arn: latest.arn, created: false };
  const answer = await aws
    .ecs((sdk) => new sdk.RegisterTaskDefinitionCommand({ family, containerDefinitions: [] }), {
      rawBody: body,
      // A reply that was lost may have registered it: look again instead of registering twice.
      retry: { attempts: 1, budget: 0 },
    })
    .catch(async (error: unknown) => {
      const again = await readDefinition(aws, family).catch(() => undefined);
      if (again !== undefined && again.arn !== latest?.arn && sameDefinition(again.body, body))
        return { taskDefinition: { taskDefinitionArn: again.arn } };
      throw error;
    });
  const arn = answer.taskDefinition?.taskDefinitionArn;
  if (arn === undefined) throw deploymentTrouble(`registering a revision of ${family} gave no ARN`);
  return { arn, created: true };
}
