import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Instant } from "@aws-deploy-actions/shared/units";
import type { JsonObject } from "../definition.ts";

/** Where one container's output goes. */
export interface LogPlace {
  readonly container: string;
  readonly group: string;
  readonly prefix: string;
}

/** The awslogs destinations of a definition: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html */
export function logPlaces(definition: JsonObject): readonly LogPlace[] {
  const containers = (definition["containerDefinitions"] ?? []) as readonly JsonObject[];
  return containers.flatMap((container) => {
    const log = container["logConfiguration"] as JsonObject | undefined;
    const options = (log?.["options"] ?? {}) as Readonly<Record<string, string>>;
    const [group, prefix] = [options["awslogs-group"], options["awslogs-stream-prefix"]];
    if (log?.["logDriver"] !== "awslogs" || group === undefined || prefix === undefined) return [];
    return [{ container: String(container["name"]), group, prefix }];
  });
}

/** The last lines of one task's container; empty where there are none or they may not be read: a log tail is a help, never a reason to fail. */
export async function logTail(aws: Aws<"logs">, place: LogPlace, task: string, lines = 15): Promise<readonly string[]> {
  try {
    const answer = await aws.logs(
      (sdk) =>
        new sdk.GetLogEventsCommand({
          logGroupName: place.group,
          logStreamName: `${place.prefix}/${place.container}/${task}`,
          limit: lines,
          startFromHead: false,
        }),
      { retry: { attempts: 2, budget: 5 } },
    );
    return (answer.events ?? []).map((event) => oneLine(event.message ?? "", 300));
  } catch {
    return [];
  }
}

/** Recent lines with ERROR in them, newest last. */
export async function recentErrors(aws: Aws<"logs">, groups: readonly string[], since: Instant, limit = 10): Promise<readonly string[]> {
  const found = await Promise.all(
    groups.slice(0, 5).map(async (group) => {
      const answer = await aws.logs(
        (sdk) =>
          new sdk.FilterLogEventsCommand({ logGroupName: group, filterPattern: "ERROR", startTime: Math.round(since * 1000), limit: 50 }),
        { retry: { attempts: 2, budget: 5 } },
      );
      return (answer.events ?? []).map((event) => ({ at: event.timestamp ?? 0, line: `${group}: ${oneLine(event.message ?? "", 250)}` }));
    }),
  ).catch(() => []);
  return found
    .flat()
    .sort((a, b) => a.at - b.at)
    .slice(-limit)
    .map((one) => one.line);
}
