import type { BackupSelection } from "@aws-sdk/client-backup";
import type { DBCluster, DBInstance, Tag } from "@aws-sdk/client-rds";
import type { Judgement } from "../model/check.ts";
import type { Named } from "../model/seen.ts";
import type { PlanSeen, World } from "../model/world.ts";
import { fine, join, on, remark } from "./judging.ts";
import { clusterName, instanceName } from "./names.ts";

/** Days that a backup plan has to keep in production: RDS itself keeps 35 at most, the rest is a plan's. */
const planDays = 90;

/** What a backup plan may hold. */
export interface BackedUp {
  readonly name: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

const tagsOf = (tags: readonly Tag[] | undefined): BackedUp["tags"] =>
  Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

export const instanceResource = (one: DBInstance): BackedUp => ({
  name: instanceName(one),
  arn: one.DBInstanceArn ?? "",
  tags: tagsOf(one.TagList),
});

export const clusterResource = (one: DBCluster): BackedUp => ({
  name: clusterName(one),
  arn: one.DBClusterArn ?? "",
  tags: tagsOf(one.TagList),
});

/** Whether for each of the databases there is a plan that keeps long enough and selects it. */
export const heldByPlans = (databases: readonly BackedUp[], plans: World["backupPlans"]): Judgement =>
  on("backup plan", plans, (list) => join(databases.map((database) => heldBy(list, database))));

function heldBy(plans: readonly Named<PlanSeen>[], database: BackedUp): Judgement {
  const long = plans.flatMap(({ name, seen }) => (seen.state === "seen" && keepsLong(seen.value) ? [{ name, ...seen.value }] : []));
  const holding = long.find(({ selections }) => selections.some(({ seen }) => seen.state === "seen" && selects(seen.value, database)));
  if (holding !== undefined) return fine(database.name);
  const unread = [...plans, ...long.flatMap(({ selections }) => selections)].find(({ seen }) => seen.state === "unknown");
  const expected = `a backup plan that keeps ${planDays} days and selects it`;
  if (unread?.seen.state === "unknown") {
    const { why, mend } = unread.seen;
    return remark("unknown", database.name, expected, `none of those that could be read does; ${unread.name}: ${why}`, mend);
  }
  const first = long[0];
  if (first !== undefined)
    return remark(
      "failed",
      database.name,
      expected,
      `${long.map(({ name }) => name).join(", ")} would keep it, and does not select it`,
      `aws backup create-backup-selection --backup-plan-id ${first.id} --backup-selection SelectionName=${database.name},IamRoleArn=BACKUP_ROLE_ARN,Resources=${database.arn}`,
    );
  const names = plans.map(({ name }) => name).join(", ");
  return remark(
    "failed",
    database.name,
    expected,
    plans.length === 0 ? "there is no backup plan" : `no rule of ${names} keeps so long`,
    "Deploy infra/data.yaml, or: aws backup create-backup-plan --backup-plan file://plan.json with Lifecycle: {DeleteAfterDays: 90}",
  );
}

const keepsLong = ({ plan }: PlanSeen): boolean =>
  (plan.Rules ?? []).some(({ Lifecycle }) => Lifecycle?.DeleteAfterDays === undefined || Lifecycle.DeleteAfterDays >= planDays);

/**
 * Whether a selection assigns a resource: one of its ARNs or one of its tags, unless it is excluded, and all of its conditions.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html
 */
export function selects(selection: BackupSelection, { arn, tags }: Pick<BackedUp, "arn" | "tags">): boolean {
  const { Resources = [], NotResources = [], ListOfTags = [], Conditions = {} } = selection;
  if (NotResources.some((pattern) => matches(pattern, arn))) return false;
  const byArn = Resources.some((pattern) => matches(pattern, arn));
  // Tags that are listed are alternatives to each other and to the ARNs; conditions narrow down what both gave.
  const byTag = ListOfTags.some(({ ConditionKey = "", ConditionValue }) => tags[tagName(ConditionKey)] === ConditionValue);
  const named = byArn || byTag || Resources.length + ListOfTags.length === 0;
  const all = (list: typeof Conditions.StringEquals, holds: (value: string | undefined, wanted: string) => boolean): boolean =>
    (list ?? []).every(({ ConditionKey = "", ConditionValue = "" }) => holds(tags[tagName(ConditionKey)], ConditionValue));
  return (
    named &&
    all(Conditions.StringEquals, (value, wanted) => value === wanted) &&
    all(Conditions.StringNotEquals, (value, wanted) => value !== wanted) &&
    all(Conditions.StringLike, (value, wanted) => value !== undefined && matches(wanted, value)) &&
    all(Conditions.StringNotLike, (value, wanted) => value === undefined || !matches(wanted, value))
  );
}

/** Conditions name a tag `aws:ResourceTag/backup`, lists of tags `backup`. */
const tagName = (key: string): string => key.replace(/^aws:ResourceTag\//, "");

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^\\n]*")}$`).test(text);
}
