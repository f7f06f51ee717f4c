// A reusable workflow as another repository calls it, in one situation, run by act. Actions are stand-ins.
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actionNames } from "../../scripts/build.ts";
import { act, callingRepository, everyEvent, publishedCopy } from "./act.ts";
import { type Called, callsIn, standIn } from "./stand-in.ts";

export const digest = `sha256:${"0".repeat(64)}`;
const expression = (text: string): string => `$\{{ ${text} }}`;

/** A repository that calls the workflow on every event. @param more further lines, of jobs that follow */
export const calling = (workflow: string, inputs: Readonly<Record<string, string>>, more = ""): string =>
  callingRepository(`name: Calling
${everyEvent}
permissions: {}
jobs:
  called:
    permissions:
      contents: read
      id-token: write
    uses: octo/aws-deploy-actions/.github/workflows/${workflow}@v1
    with:
${Object.entries(inputs)
  .map(([name, value]) => `      ${name}: ${JSON.stringify(value)}`)
  .join("\n")}
    secrets:
      SLACK_WEBHOOK_URL: ${expression("secrets.SLACK_WEBHOOK_URL")}
${more}`);

export interface Situation {
  readonly event: string;
  readonly ref?: string;
  readonly fork?: boolean;
  /** What fails: `action` or `action:environment`. */
  readonly fail?: string;
  /** What the caller's tests do. */
  readonly tests?: string;
}

export interface Ran {
  readonly ok: boolean;
  readonly jobs: readonly string[];
  readonly called: readonly Called[];
  readonly text: string;
}

/** A program that builds nothing, and has pushed what it is asked for. */
function dockerStandIn(): string {
  const folder = mkdtempSync(join(tmpdir(), "programs-"));
  writeFileSync(join(folder, "docker"), `#!/bin/sh\ncase $1 in save) echo packed ;; inspect) echo "$REPOSITORY@${digest}" ;; esac\n`);
  chmodSync(join(folder, "docker"), 0o755);
  return folder;
}

/** Runs callers against a copy of this repository whose actions only write down how they were called. */
export function situations(textOfWorkflow?: (name: string) => string): (caller: string, situation: Situation) => Promise<Ran> {
  const published = publishedCopy([], Object.fromEntries(actionNames().map((name) => [name, standIn(name)])), textOfWorkflow);
  const programs = [dockerStandIn()];
  return async (caller, { event, ref, fork = false, fail = "", tests = "true" }) => {
    const file = join(mkdtempSync(join(tmpdir(), "called-")), "called");
    const pull = { number: 7, head: { ref: "feature", repo: { fork: true } }, base: { ref: "main" } };
    const result = await act({
      caller,
      published,
      event,
      payload: {
        repository: { fork },
        ...(ref === undefined ? {} : { ref: `refs/${ref}` }),
        ...(event.startsWith("pull_request") ? { number: 7, pull_request: pull } : {}),
      },
      environment: { CALLED: file, FAIL: fail, TESTS: tests },
      variables: {
        DEPLOY_ROLE: "deploys",
        ROTATION_ROLE: "rotates",
        ROLLBACK_ROLE: "goes back",
        POSTURE_ROLE: "reads",
        PUSH_ROLE: "pushes",
      },
      programs,
    });
    const jobs = result.jobs.map((name) => name.split("/").at(-1)?.trim() ?? "");
    return { ok: result.ok, jobs: jobs.sort(), called: callsIn(file), text: result.text };
  };
}
