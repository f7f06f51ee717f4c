import { Refusal } from "@aws-deploy-actions/shared/action/fields";
import { type HttpCheck, parseHealthCheck } from "@aws-deploy-actions/shared/health/http-syntax";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import type { Instant } from "@aws-deploy-actions/shared/units";
import type { StackResource, StackSeen } from "../model/stack.ts";
import { pause, type Work } from "../work.ts";

/** One thing that was looked at after a deployment. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly says: string;
}

const retrySeconds = 3;

/** Looks whether what was deployed works: each URL answers as it should, no alarm of the stack has begun to fire since, CodeDeploy's deployments succeeded. */
export async function verify(work: Work, stack: StackSeen, since: Instant): Promise<readonly Check[]> {
  const resources = await work.stack.resources();
  const results = await Promise.all([verifyUrls(work, stack), verifyAlarms(work, resources, since), verifyGradual(work, resources, since)]);
  return results.flat();
}

/** `{ApiUrl}/health` with the stack's output in its place. */
export function resolveUrl(line: string, stack: StackSeen): string | undefined {
  const match = /^\{([A-Za-z0-9]+)\}(.*)$/.exec(line);
  if (match === null) return line;
  const output = stack.outputs.find(({ key }) => key === match[1]);
  return output === undefined ? undefined : `${output.value.replace(/\/$/, "")}${match[2] ?? ""}`;
}

async function verifyUrls(work: Work, stack: StackSeen): Promise<readonly Check[]> {
  return await Promise.all(
    work.config.values["verify-urls"].map(async (given): Promise<Check> => {
      const line = resolveUrl(given, stack);
      if (line === undefined) {
        const keys = stack.outputs.map(({ key }) => key).join(", ") || "none";
        return { name: oneLine(given, 200), ok: false, says: `the stack has no such output; it has ${keys}` };
      }
      try {
        return await verifyUrl(work, parseHealthCheck(`verify ${line}`));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { name: oneLine(line, 200), ok: false, says: `is not accepted; accepted: ${error.accepted}` };
      }
    }),
  );
}

async function verifyUrl(work: Work, check: HttpCheck): Promise<Check> {
  const { clock, cancelled } = work.base;
  const until = clock.now() + work.config.values["verify-timeout"];
  for (;;) {
    const { ok, says } = await work.http.check(check, cancelled);
    if (ok || clock.now() + retrySeconds > until) return { name: check.url, ok, says };
    await pause(work, retrySeconds);
  }
}

/** An alarm that fired before the deployment is not its fault; it is said all the same. */
async function verifyAlarms(work: Work, resources: readonly StackResource[], since: Instant): Promise<readonly Check[]> {
  const names = resources.filter(({ type }) => type === "AWS::CloudWatch::Alarm").map(({ physicalId }) => physicalId);
  if (names.length === 0) return [];
  try {
    const states = await work.watch.alarms(names);
    return states.map(({ name, state, since: from }) => ({
      name: `alarm ${name}`,
      ok: state !== "ALARM" || from < since,
      says: state === "ALARM" ? (from < since ? "fires, as it did before the deployment" : "fires since the deployment") : state,
    }));
  } catch (error) {
    return [{ name: `${names.length} alarms`, ok: true, says: `could not be read: ${oneLine((error as Error).message, 300)}` }];
  }
}

/** SAM's gradual deployments: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html */
async function verifyGradual(work: Work, resources: readonly StackResource[], since: Instant): Promise<readonly Check[]> {
  const applications = resources.filter(({ type }) => type === "AWS::CodeDeploy::Application").map(({ physicalId }) => physicalId);
  const found = await Promise.all(
    applications.map(async (application) => {
      try {
        return await work.watch.gradualDeployments(application, since);
      } catch (error) {
        work.base.journal.say(`the gradual deployments of ${application} could not be read: ${oneLine((error as Error).message, 300)}`);
        return [];
      }
    }),
  );
  return found.flat().map(({ id, group, status, reason }) => ({
    name: `gradual deployment ${id} (${group})`,
    ok: !/^(Failed|Stopped)$/.test(status),
    says: reason === undefined ? status : `${status}: ${oneLine(reason, 300)}`,
  }));
}
