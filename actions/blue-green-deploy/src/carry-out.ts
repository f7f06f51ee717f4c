import { beginning, conduct, recordOf } from "@aws-deploy-actions/rollout/conduct";
import { journalNarrator } from "@aws-deploy-actions/rollout/narrator";
import type { RecordSession } from "@aws-deploy-actions/rollout/record/store";
import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import type { Config } from "./inputs.ts";
import { migrationContainer, orderOf, planOf } from "./plan.ts";
import type { Prepared } from "./prepare.ts";
import { differenceLine, resultOf } from "./result.ts";
import { noteEnd } from "./resume.ts";
import type { Tools } from "./tools.ts";

/** Registers the revision, and carries the rollout to its end. */
export async function carryOut(
  prepared: Prepared,
  session: RecordSession,
  config: Config,
  tools: Tools,
  base: Base,
): Promise<ActionResult> {
  const { journal, clock, context, cancelled } = base;
  const revision = await journal.group("Register the task definition", async () => {
    const { arn, created } = await tools.register(prepared.after);
    journal.say(created ? `registered ${arn}` : `${arn} is the same already: no new revision`);
    for (const one of prepared.differences) journal.say(`  ${differenceLine(one)}`);
    return arn;
  });
  const plan = planOf(config, prepared, revision, deploymentId(base));
  const progress = beginning(plan, prepared.environment.services[prepared.active].running, clock.now());
  const image = [...new Set(prepared.images.values())].join(" ");
  const saved = recordOf(plan, progress, { previousRevision: prepared.before.arn, image, commit: context.commit });
  await session.begin(saved);
  // Nobody waits for GitHub here.
  void tools.page.show("in_progress", `${plan.revision.split("/").at(-1)} goes to ${plan.to}`);
  const narrator = journalNarrator(journal, clock);
  const order = orderOf(config, plan, prepared.environment, session, narrator, { image, container: migrationContainer(prepared) });
  const ports = await tools.ports(prepared.environment, order);
  const ending = await conduct(saved, plan, session, ports, clock, { cancelled, onCancel: config.given["on-cancel"] });
  narrator.close();
  const { before, after, differences: changes, environment } = prepared;
  const told = {
    plan,
    ending,
    phases: narrator.entries,
    collected: ports.collected(),
    routes: environment.routes,
    definition: after,
    previousRevision: before.arn,
    image,
    changes,
  };
  const result = await resultOf(told, config, tools, base);
  noteEnd(ending, base);
  return result;
}

const deploymentId = ({ context, clock }: Base): string => {
  const stamp = new Date(clock.now() * 1000).toISOString().slice(0, 19).replace(/[-:T]/g, "");
  return `d-${stamp}-${context.runId === "" ? Math.floor(Math.random() * 1e6) : `${context.runId}-${context.runAttempt}`}`;
};
