// Results of deployments that changed nothing.
import { other } from "@aws-deploy-actions/rollout/colours";
import { trafficOn } from "@aws-deploy-actions/rollout/traffic";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import type { Prepared } from "./prepare.ts";

/** Nothing differs from what runs: no revision, no switch. */
export const unchangedResult = (prepared: Prepared): ActionResult => ({
  outcome: "unchanged",
  ok: true,
  reason: `${revisionOf(prepared)} already runs on ${prepared.active} with exactly this definition; nothing was changed.`,
  outputs: asBefore(prepared),
});

/** The job was cancelled while everything was looked at: no revision, no switch. */
export const cancelledResult = (prepared: Prepared): ActionResult => ({
  outcome: "cancelled",
  ok: false,
  reason: "The job was cancelled before anything was changed.",
  mend: `Users are on ${prepared.active} (${revisionOf(prepared)}), as before.\nDeploy again when it shall go on.`,
  outputs: asBefore(prepared),
});

const revisionOf = ({ before }: Prepared): string => before.arn.split("/").at(-1) ?? before.arn;

const asBefore = ({ environment, active, before }: Prepared): Readonly<Record<string, string>> => ({
  "traffic-on": trafficOn(environment.routes),
  "active-colour": active,
  "previous-colour": other(active),
  "task-definition-arn": before.arn,
});
