import type { Toolbox } from "@aws-deploy-actions/rollout/toolbox";
import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import { problem } from "@aws-deploy-actions/shared/problems";
import type { Prepared } from "../../prepare.ts";
import { type Findings, nothing } from "../../tools.ts";

/** `arn:aws:iam::123456789012:role/deploy` of the session `arn:aws:sts::123456789012:assumed-role/deploy/run`. A role's path does not show in it. */
export function roleOf(identity: string): string {
  const session = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(identity);
  return session === null ? identity : `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`;
}

/** What the deployment will change, with the resources that it changes. */
const wanted = ({
  environment,
  before,
}: Prepared): readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[] => {
  const of = (kind: "listener" | "rule"): readonly string[] =>
    environment.routes.filter((route) => route.kind === kind).map((route) => route.id);
  return [
    { actions: ["ecs:UpdateService", "ecs:TagResource"], resources: [environment.services.blue.arn, environment.services.green.arn] },
    { actions: ["ecs:RegisterTaskDefinition"], resources: [before.arn] },
    { actions: ["elasticloadbalancing:ModifyListener"], resources: of("listener") },
    { actions: ["elasticloadbalancing:ModifyRule"], resources: of("rule") },
  ];
};

/**
 * Asks IAM whether the role may do what the deployment will do: found out now, nothing is half done.
 * A role that may not ask gives no answer, which is no refusal; conditions that IAM cannot know here give none either.
 */
export async function permissions(aws: Aws<"iam">, tools: Toolbox, prepared: Prepared): Promise<Findings> {
  const role = roleOf((await tools.identity()).arn);
  const questions = wanted(prepared).filter((one) => one.resources.length > 0);
  try {
    const answers = await Promise.all(
      questions.map((one) =>
        aws.iam(
          (sdk) =>
            new sdk.SimulatePrincipalPolicyCommand({
              PolicySourceArn: role,
              ActionNames: [...one.actions],
              ResourceArns: [...one.resources],
            }),
          {
            retry: { attempts: 1, budget: 0 },
          },
        ),
      ),
    );
    const refused = answers
      .flatMap((answer) => answer.EvaluationResults ?? [])
      .filter((one) => one.EvalDecision !== "allowed" && (one.MissingContextValues ?? []).length === 0);
    return {
      ...nothing,
      problems: refused.map((one) =>
        problem(
          "deployment",
          `${role} may not do ${one.EvalActionName} on ${one.EvalResourceName} (${one.EvalDecision}).`,
          "Grant it, as in infra/policies/blue-green-deploy.json.",
        ),
      ),
    };
  } catch (error) {
    const why = causeKind(error) === "denied" ? "the role may not ask IAM: iam:SimulatePrincipalPolicy" : "IAM gives no answer here";
    return { ...nothing, notes: [`Not checked: permissions (${why})`] };
  }
}
