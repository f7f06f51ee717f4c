import { cloudTrouble } from "@aws-deploy-actions/shared/problems";
import type { BackupSelection } from "@aws-sdk/client-backup";
import type { Named } from "../model/seen.ts";
import type { PlanSeen } from "../model/world.ts";
import { allPages, lookAtEach, type PostureAws } from "./ask.ts";

/** Of an account with many, plans and selections beyond these numbers are not looked into: those named after the application come first. */
const mostPlans = 4;
const mostSelections = 3;

/** AWS Backup's plans, each with what it selects: a plan that holds nothing backs nothing up. */
export async function observeBackupPlans(aws: PostureAws, prefix: string): Promise<readonly Named<PlanSeen>[]> {
  const all = await allPages(
    (NextToken) => aws.backup((sdk) => new sdk.ListBackupPlansCommand(NextToken === undefined ? {} : { NextToken })),
    ({ BackupPlansList }) => BackupPlansList,
    ({ NextToken }) => NextToken,
  );
  const plans = all.map(({ BackupPlanName: name = "", BackupPlanId: id = "" }) => ({ name, id }));
  return await firstOf(plans, mostPlans, prefix, "backup plans", async (BackupPlanId) => {
    const [{ BackupPlan: plan }, selections] = await Promise.all([
      aws.backup((sdk) => new sdk.GetBackupPlanCommand({ BackupPlanId })),
      observeSelections(aws, BackupPlanId, prefix),
    ]);
    if (plan === undefined) throw cloudTrouble(`the backup plan ${BackupPlanId} is gone`);
    return { id: BackupPlanId, plan, selections };
  });
}

async function observeSelections(aws: PostureAws, BackupPlanId: string, prefix: string): Promise<readonly Named<BackupSelection>[]> {
  const all = await allPages(
    (NextToken) =>
      aws.backup((sdk) => new sdk.ListBackupSelectionsCommand({ BackupPlanId, ...(NextToken === undefined ? {} : { NextToken }) })),
    ({ BackupSelectionsList }) => BackupSelectionsList,
    ({ NextToken }) => NextToken,
  );
  const selections = all.map(({ SelectionName: name = "", SelectionId: id = "" }) => ({ name, id }));
  return await firstOf(selections, mostSelections, prefix, "selections", async (SelectionId) => {
    const answer = await aws.backup((sdk) => new sdk.GetBackupSelectionCommand({ BackupPlanId, SelectionId }));
    if (answer.BackupSelection === undefined) throw cloudTrouble(`the selection ${SelectionId} is gone`);
    return answer.BackupSelection;
  });
}

/** The first few, by name; that there are more is one unknown thing: what they hold nobody looked at. */
async function firstOf<T>(
  all: readonly { readonly name: string; readonly id: string }[],
  most: number,
  prefix: string,
  what: string,
  ask: (id: string) => Promise<T>,
): Promise<readonly Named<T>[]> {
  const own = ({ name }: { readonly name: string }): number => (name.startsWith(prefix) ? 0 : 1);
  const first = all.toSorted((one, other) => own(one) - own(other)).slice(0, most);
  const looked = await lookAtEach(
    first.map(({ id }) => id),
    ask,
  );
  const named = looked.map(({ name: id, seen }) => ({ name: first.find((one) => one.id === id)?.name ?? id, seen }));
  if (all.length <= most) return named;
  const why = `of ${all.length} ${what} only the first ${most} are looked into, those that begin with ${prefix} before others`;
  return [...named, { name: what, seen: { state: "unknown", why, mend: `Let the name of the one that counts begin with ${prefix}.` } }];
}
