import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";

/** Marks a rule that was made for testers, so that a later run finds and removes what a lost one left. */
export const testersTag = { Key: "aws-deploy-actions", Value: "test-route" };

/** DescribeTags takes so many at a time: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html */
const tagsAtOnce = 20;

/** Which of these rules carry the mark. */
export async function markedRules(aws: Aws<"elb">, arns: readonly string[]): Promise<ReadonlySet<string>> {
  const marked = new Set<string>();
  for (let from = 0; from < arns.length; from += tagsAtOnce) {
    const ResourceArns = arns.slice(from, from + tagsAtOnce);
    const { TagDescriptions = [] } = await aws.elb((sdk) => new sdk.DescribeTagsCommand({ ResourceArns }));
    for (const { ResourceArn, Tags = [] } of TagDescriptions) {
      if (Tags.some((tag) => tag.Key === testersTag.Key && tag.Value === testersTag.Value)) marked.add(ResourceArn ?? "");
    }
  }
  return marked;
}

/** Whether a rule could be one that was made for testers; many users come by such a rule too, for example all of CloudFront's. */
const leadsByHeader = (rule: Rule): boolean => rule.Conditions?.length === 1 && rule.Conditions[0]?.Field === "http-header";

/**
 * Tells testers' rules from those of users, asking once for each rule that could be one.
 *
 * Who may not read tags takes every rule for one of users: a rule of users that was left behind would lead them to tasks that are gone.
 */
export function testersRules(aws: Aws<"elb">): (rules: readonly Rule[]) => Promise<ReadonlySet<string>> {
  const known = new Map<string, boolean>();
  return async (rules) => {
    const arns = rules.filter(leadsByHeader).flatMap((rule) => rule.RuleArn ?? []);
    const unknown = arns.filter((arn) => !known.has(arn));
    if (unknown.length > 0) {
      const marked = await markedRules(aws, unknown).catch((error: unknown) => {
        if (causeKind(error) !== "denied") throw error;
        return new Set<string>();
      });
      for (const arn of unknown) known.set(arn, marked.has(arn));
    }
    return new Set(arns.filter((arn) => known.get(arn)));
  };
}
