import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind, mayPass } from "@aws-deploy-actions/shared/aws/errors";
import type { Clock } from "@aws-deploy-actions/shared/clock";
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

/** How often a definition is sent at most, and how much longer each time it is waited before looking whether it is there. */
const [attempts, settleSeconds] = [4, 2] as const;

/**
 * Registers a definition, or finds that the family's latest revision already is the same: a run that died after registering must not leave
 * a second revision. For the same reason nothing is sent again before a look shows that it was not carried out.
 */
export async function registerOnce(
  aws: Aws<"ecs">,
  body: JsonObject,
  clock: Clock,
): Promise<{ readonly arn: string; readonly created: boolean }> {
  const family = String(body["family"]);
  for (let attempt = 1; ; attempt++) {
    const latest = await readDefinition(aws, family).catch(noSuchFamily);
    if (latest !== undefined && sameDefinition(latest.body, body)) return { arn: latest.arn, created: attempt > 1 };
    try {
      const answer = await aws.ecs((sdk) => new sdk.RegisterTaskDefinitionCommand({ family, containerDefinitions: [] }), {
        rawBody: body,
        // What AWS refuses for the rate was not carried out.
        retry: { attempts: 1, budget: 0, throttled: 120 },
      });
      const arn = answer.taskDefinition?.taskDefinitionArn;
      if (arn === undefined) throw deploymentTrouble(`registering a revision of ${family} gave no ARN`);
      return { arn, created: true };
    } catch (error) {
      if (attempt === attempts || !mayPass(causeKind(error))) throw error;
      await clock.sleep(settleSeconds * attempt);
    }
  }
}
