import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { forMarkdown } from "@aws-deploy-actions/shared/text/sanitise";
import { other } from "./colours.ts";
import { statusOfEnvironment } from "./outputs.ts";
import { lookAround, type StatusSeen, statusLines } from "./status.ts";
import type { Toolbox } from "./toolbox.ts";

/** `mode: status`: where users are, what runs, what happened last. Changes nothing. */
export async function statusResult(tools: Toolbox, { journal, clock }: Base): Promise<ActionResult> {
  const seen = await lookAround(tools);
  const lines = statusLines(seen, clock.now());
  for (const line of lines) journal.say(line);
  return { outcome: "status", ok: true, reason: lines[0] ?? "", outputs: outputsOf(seen), summary: summaryOf(lines) };
}

function outputsOf(seen: StatusSeen): Readonly<Record<string, string>> {
  const on = seen.trafficOn;
  const active = on === "blue" || on === "green" ? on : undefined;
  return {
    "traffic-on": on,
    "active-colour": active ?? "",
    "previous-colour": active === undefined ? "" : other(active),
    "task-definition-arn": active === undefined ? "" : seen.colours[active].revision,
    image: active === undefined ? "" : seen.colours[active].images.join(" "),
    "deployment-id": seen.last?.deployment ?? "",
    status: statusOfEnvironment(seen),
  };
}

const summaryOf = (lines: readonly string[]): string => ["## Status", "", ...lines.map((line) => `- ${forMarkdown(line)}`)].join("\n");
