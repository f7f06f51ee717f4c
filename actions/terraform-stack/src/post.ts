import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { savedState } from "@aws-deploy-actions/shared/action/step";
import { formatTimer } from "@aws-deploy-actions/shared/units";
import type { Config } from "./inputs.ts";

/** All post steps of a cancelled job share five minutes: https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation */
const patience = 240;

/** The process id of an apply that the main step did not see end. */
export function leftBehind(environment: Base["environment"]): number | undefined {
  const pid = Number(savedState(environment, "apply") ?? "");
  return Number.isInteger(pid) && pid > 1 && savedState(environment, "finished") !== "true" ? pid : undefined;
}

/**
 * After a main step that was cancelled or killed in the middle of an apply: waits until Terraform has ended by itself. It was interrupted once, and then finishes
 * what it is at and saves its state; a second interrupt, or a kill, would lose that.
 *
 * @param isAlive whether a process still runs
 */
export async function afterwards(
  config: Config,
  { clock, journal }: Base,
  pid: number,
  isAlive: (pid: number) => boolean,
): Promise<ActionResult> {
  const begin = clock.now();
  let spoke = begin;
  while (isAlive(pid) && clock.now() - begin < patience) {
    if (clock.now() - spoke >= 20) {
      spoke = clock.now();
      journal.say(`⟳ waiting for Terraform to finish what it is at · ${formatTimer(spoke - begin)} of ${formatTimer(patience)}`);
    }
    await clock.sleep(1);
  }
  const directory = config.values["working-directory"];
  const reason = isAlive(pid)
    ? `Terraform is still at work in ${directory}, and this job may not wait longer: it is ended with the job, its lock may stay. When nothing else works on this state: terraform force-unlock LOCK_ID, then plan again.`
    : `Terraform in ${directory} has ended by itself and saved its state. The next plan shows what is still to be done.`;
  journal.say(reason);
  return { outcome: "failed", ok: true, reason, summary: `### After the cancellation\n\n${reason}` };
}
