import type { JsonObject } from "@aws-deploy-actions/rollout/definition";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import { type Problem, problem } from "@aws-deploy-actions/shared/problems";
import { type Findings, nothing } from "../../tools.ts";

const secretArn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:]+/;

/** The secrets that the new tasks will read must exist and not be on their way out. */
export async function secrets(aws: Aws<"secrets">, definition: JsonObject): Promise<Findings> {
  const containers = (definition["containerDefinitions"] ?? []) as readonly JsonObject[];
  const sources = containers.flatMap((container) =>
    ((container["secrets"] ?? []) as readonly JsonObject[]).map((one) => String(one["valueFrom"])),
  );
  const arns = [...new Set(sources.flatMap((source) => secretArn.exec(source)?.[0] ?? []))];
  const problems = await Promise.all(arns.map((arn) => secretProblem(aws, arn)));
  return { ...nothing, problems: problems.flatMap((one) => (one === undefined ? [] : [one])) };
}

async function secretProblem(aws: Aws<"secrets">, arn: string): Promise<Problem | undefined> {
  try {
    const answer = await aws.secrets((sdk) => new sdk.DescribeSecretCommand({ SecretId: arn }));
    if (answer.DeletedDate === undefined) return undefined;
    return problem(
      "deployment",
      `The secret ${arn} is scheduled for deletion: new tasks cannot read it.`,
      `aws secretsmanager restore-secret --secret-id ${arn}`,
    );
  } catch (error) {
    if (causeKind(error) !== "missing") throw error;
    return problem(
      "deployment",
      `The secret ${arn} does not exist: new tasks cannot start.`,
      `aws secretsmanager create-secret --name ${arn.split(":secret:")[1]?.replace(/-\w{6}$/, "")} --secret-string file://secret.json`,
    );
  }
}
