import { formatDuration, type Instant } from "../units.ts";
import { type Remark, shellQuoted } from "./finding.ts";
import type { Answer } from "./types.ts";

/** Running tasks of one service (or started alone) whose task definition takes the secret's value when a task starts. */
export interface TaskHolder {
  readonly cluster: string;
  /** undefined for tasks that no service started. */
  readonly service?: string;
  readonly taskDefinition: string;
  /** When each running task was started. */
  readonly started: readonly Instant[];
}

/** A function that names the secret in its environment, or has its value there. */
export interface FunctionHolder {
  readonly name: string;
  readonly modified: Instant;
  /** Variables that name the secret: the function reads it itself, and keeps it while it is warm. */
  readonly names: readonly string[];
  /** Variables that hold a value of the secret's old version. */
  readonly holds: readonly string[];
}

/** Who uses a secret. */
export interface HoldersPort {
  /** Tasks in the given clusters, or in all of the region. */
  tasks(secretArn: string, clusters: readonly string[]): Promise<Answer<readonly TaskHolder[]>>;
  /** @param isOld whether a text is a value of the secret's old version */
  functions(secretArn: string, secretName: string, isOld: (text: string) => boolean): Promise<Answer<readonly FunctionHolder[]>>;
}

/** Who still runs with the value that a secret had before a moment. Pure. */
export function judgeHolders(
  tasks: Answer<readonly TaskHolder[]>,
  functions: Answer<readonly FunctionHolder[]>,
  changedAt: Instant,
  now: Instant,
): readonly Remark[] {
  const unknown = [tasks, functions].flatMap((answer): readonly Remark[] =>
    answer.state === "unanswered"
      ? [{ rule: "old-value-in-use", severity: "unknown", message: `may be in use with its old value: ${answer.why}.`, mend: answer.mend }]
      : [],
  );
  return [
    ...(tasks.state === "found" ? tasks.value.flatMap((one) => judgeTasks(one, changedAt, now)) : []),
    ...(functions.state === "found" ? functions.value.flatMap((one) => judgeFunction(one, changedAt)) : []),
    ...unknown,
  ];
}

function judgeTasks({ cluster, service, taskDefinition, started }: TaskHolder, changedAt: Instant, now: Instant): readonly Remark[] {
  const old = started.filter((at) => at < changedAt);
  if (old.length === 0) return [];
  const oldest = formatDuration(now - Math.min(...old));
  const who =
    service === undefined
      ? `${old.length} tasks of ${taskDefinition}, started by no service,`
      : `service ${service}: ${old.length} of its ${started.length} running tasks`;
  const mend =
    service === undefined
      ? `Stop them when their work is done: aws ecs list-tasks --cluster ${shellQuoted(cluster)} --family ${shellQuoted(taskDefinition.split(":")[0] ?? taskDefinition)}`
      : `aws ecs update-service --cluster ${shellQuoted(cluster)} --service ${shellQuoted(service)} --force-new-deployment`;
  return [
    {
      rule: "old-value-in-use",
      severity: "warning",
      message: `is still used with its old value in cluster ${cluster} by ${who} (the oldest is ${oldest} old).`,
      mend,
    },
  ];
}

function judgeFunction({ name, modified, names, holds }: FunctionHolder, changedAt: Instant): readonly Remark[] {
  if (holds.length > 0) {
    return [
      {
        rule: "old-value-in-use",
        severity: "warning",
        message: `is still used with its old value by function ${name}: its environment variable ${holds.join(", ")} holds that value.`,
        mend: `Deploy the function anew, and let it read the secret instead: aws lambda get-function-configuration --function-name ${shellQuoted(name)} --query "keys(Environment.Variables)"`,
      },
    ];
  }
  if (names.length === 0 || modified >= changedAt) return [];
  return [
    {
      rule: "old-value-in-use",
      severity: "warning",
      message: `may still be used with its old value by function ${name}, which reads it itself (${names.join(", ")}): warm instances keep what they have read.`,
      mend: `A change of its configuration starts fresh instances: aws lambda update-function-configuration --function-name ${shellQuoted(name)} --description "$(date -u +%FT%TZ)"`,
    },
  ];
}
