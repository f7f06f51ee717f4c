import type { LogGroup } from "@aws-sdk/client-cloudwatch-logs";
import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { allPages, distinct, type PostureAws } from "./ask.ts";

/** The log groups that containers write to. */
export const groupsOfContainers = (definitions: readonly TaskDefinition[]): readonly string[] =>
  distinct(
    definitions.flatMap(({ containerDefinitions }) =>
      (containerDefinitions ?? []).map(({ logConfiguration }) =>
        logConfiguration?.logDriver === "awslogs" ? logConfiguration.options?.["awslogs-group"] : undefined,
      ),
    ),
  );

/**
 * Log groups by name or pattern (`*` for any part). Each is listed by what comes before its first star; names below one another share a listing.
 */
export async function observeLogGroups(aws: PostureAws, patterns: readonly string[]): Promise<readonly LogGroup[]> {
  const prefixes = shortest(patterns.map((pattern) => pattern.split("*")[0] ?? ""));
  const lists = prefixes.map((logGroupNamePrefix) =>
    allPages(
      (nextToken) =>
        aws.logs((sdk) => new sdk.DescribeLogGroupsCommand({ logGroupNamePrefix, ...(nextToken === undefined ? {} : { nextToken }) })),
      ({ logGroups }) => logGroups,
      ({ nextToken }) => nextToken,
    ),
  );
  const wanted = patterns.map(matcher);
  return (await Promise.all(lists)).flat().filter(({ logGroupName = "" }) => wanted.some((matches) => matches(logGroupName)));
}

function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const whole = new RegExp(`^${parts.join("[^\\n]*")}$`);
  return (name) => whole.test(name);
}

/** Without those that begin with another one of the list. */
const shortest = (prefixes: readonly string[]): readonly string[] =>
  distinct(prefixes).filter((one, _, all) => !all.some((other) => other !== one && one.startsWith(other)));
