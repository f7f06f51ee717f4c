import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { problem, Trouble } from "@aws-deploy-actions/shared/problems";
import { type PlanStory, planMarkdown } from "@aws-deploy-actions/shared/report/plan";
import { formatDuration } from "@aws-deploy-actions/shared/units";
import { frozenBy } from "./freeze.ts";
import type { Config } from "./inputs.ts";
import { look, type Prepared } from "./prepare.ts";
import { differenceLine } from "./result.ts";
import type { Findings, Tools } from "./tools.ts";

/** `mode: plan`: what a deployment would do, with every problem it would meet. Changes nothing. */
export async function planOnly(config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const { journal, clock } = base;
  const { prepared, problems } = await journal.group("Look at what would change", async () => await look(config, tools));
  const findings = await tools.preflight(prepared, config);
  const blocking = [...problems, ...findings.problems];
  if (blocking.length > 0) throw new Trouble(blocking);
  const plan = planStory(config, prepared, findings, frozenBy(config.given["freeze-windows"] ?? [], clock.now())?.text);
  tell(plan, base);
  const summary = planMarkdown(plan);
  await tools.comment(summary);
  return {
    outcome: "planned",
    ok: true,
    reason: plan.verdict,
    summary,
    outputs: {
      "traffic-on": prepared.active,
      "active-colour": prepared.active,
      "previous-colour": prepared.target,
      image: [...prepared.images.values()].join(" "),
    },
  };
}

/** The plan in the log. */
function tell({ verdict, steps, changes, refusals, warnings, notes }: PlanStory, { journal }: Base): void {
  journal.say(verdict);
  for (const step of steps) journal.say(`  ${step}`);
  for (const one of changes) journal.say(`  ${differenceLine(one)}`);
  for (const { what } of refusals) journal.say(`It would be refused now: ${what}`);
  for (const { what } of warnings) journal.say(`It would need force: ${what}`);
  for (const note of notes) journal.say(note);
}

function planStory(config: Config, prepared: Prepared, findings: Findings, frozen: string | undefined): PlanStory {
  const { active, target, before, unchanged, differences, images } = prepared;
  const { given } = config;
  const nothing = unchanged && !given.force;
  return {
    application: given.application,
    environment: given.environment,
    verdict: nothing
      ? `Nothing would change: ${active} already runs exactly this.`
      : `The new version would go to ${target}; users are on ${active}.`,
    active,
    activeRevision: before.arn,
    images: [...images],
    steps: nothing ? [] : stepsOf(config, prepared),
    changes: differences,
    refusals: frozen === undefined ? [] : [problem("deployment", `Deployments are frozen: ${frozen}.`)],
    warnings: findings.warnings,
    notes: findings.notes,
  };
}

function stepsOf({ given, steps }: Config, { active, target, environment, unchanged }: Prepared): readonly string[] {
  const shares = steps.map(({ percent, bake }) => (bake > 0 ? `${percent} % for ${formatDuration(bake)}` : `${percent} %`)).join(", then ");
  const keep = given["keep-previous"];
  return [
    unchanged ? "The task definition would not change." : "A new revision of the task definition would be registered.",
    ...(given["migration-command"] === undefined
      ? []
      : ["The database migration would run before users see anything; a rollback does not undo it."]),
    `${target} would be scaled to ${given["desired-count"] ?? environment.services[active].running} tasks.`,
    `Traffic: ${shares}.`,
    `${formatDuration(given["rollback-window"])} of watching; then ${keep > 0 ? `${active} stays scaled for ${formatDuration(keep)}` : `${active} is drained and scaled down`}.`,
  ];
}
