import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { Trouble } from "@aws-deploy-actions/shared/problems";
import { asCodeBlock } from "@aws-deploy-actions/shared/text/sanitise";
import { formatDuration } from "@aws-deploy-actions/shared/units";
import { frozenBy } from "./freeze.ts";
import type { Config } from "./inputs.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { differenceLine } from "./result.ts";
import type { Findings, Tools } from "./tools.ts";

/** `mode: plan`: what a deployment would do, with every problem it would meet. Changes nothing. */
export async function planOnly(config: Config, tools: Tools, base: Base): Promise<ActionResult> {
  const { journal, clock } = base;
  const prepared = await journal.group("Look at what would change", async () => await prepare(config, tools));
  const findings = await tools.preflight(prepared, config);
  if (findings.problems.length > 0) throw new Trouble(findings.problems);
  const lines = planLines(config, prepared, findings, frozenBy(config.given["freeze-windows"] ?? [], clock.now())?.text);
  for (const line of lines) journal.say(line);
  const summary = [`## Plan for ${config.given.application}/${config.given.environment}`, "", asCodeBlock(lines.join("\n"))].join("\n");
  await tools.comment(summary, base);
  return {
    outcome: "planned",
    ok: true,
    reason: lines[0] ?? "",
    summary,
    outputs: {
      "traffic-on": prepared.active,
      "active-colour": prepared.active,
      "previous-colour": prepared.target,
      image: [...prepared.images.values()].join(" "),
    },
  };
}

function planLines(config: Config, prepared: Prepared, findings: Findings, frozen: string | undefined): readonly string[] {
  const { active, target, environment, unchanged, differences } = prepared;
  const { given } = config;
  if (unchanged && !given.force) return [`Nothing would change: ${active} already runs exactly this.`];
  const steps = config.steps
    .map((step) => (step.bake > 0 ? `${step.percent} % for ${formatDuration(step.bake)}` : `${step.percent} %`))
    .join(", then ");
  return [
    `The new version would go to ${target}; users are on ${active}.`,
    unchanged ? "The task definition would not change." : "A new revision of the task definition:",
    ...differences.map((one) => `  ${differenceLine(one)}`),
    ...(given["migration-command"] === undefined
      ? []
      : ["The database migration would run before users see anything; a rollback does not undo it."]),
    `${target} would be scaled to ${given["desired-count"] ?? environment.services[active].running} tasks.`,
    `Traffic: ${steps}.`,
    `Then ${formatDuration(given["rollback-window"])} of watching; ${given["keep-previous"] > 0 ? `${active} stays scaled for ${formatDuration(given["keep-previous"])}` : `${active} is drained and scaled down`}.`,
    ...(frozen === undefined ? [] : [`Now it would be refused: frozen (${frozen}).`]),
    ...findings.warnings.map((warning) => `It would need force: ${warning.what}`),
    ...findings.notes,
  ];
}
