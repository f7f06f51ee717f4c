// One cell of the fault matrix: a rollout, one fault at one call, whoever comes next, and what must hold.
import { virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import type { Fault } from "@aws-deploy-actions/local-cloud/virtual/faults";
import type { Stage } from "../scenario.ts";
import { runToEnd, savedOf, waitForLease, withSeed } from "./carry.ts";
import { claimViolations, endViolations, traceViolations, usersOn } from "./invariants.ts";
import { type Story, stores } from "./stories.ts";

export interface Trial {
  readonly story: Story;
  /** `tags` or `s3`. */
  readonly store: string;
  /** undefined: nothing breaks. */
  readonly fault: { readonly kind: Fault; readonly at: number } | undefined;
  readonly seed: number;
}

export interface Verdict {
  /** `succeeded`, or `died, then rolled-back`. */
  readonly ending: string;
  readonly violations: readonly string[];
  /** Calls of the run that met the fault. */
  readonly calls: number;
  /** The operation that the fault struck. */
  readonly operation: string;
  /** Of two deployments: seconds in which both had begun to move users. */
  readonly overlap?: number;
}

const settleSeconds = 45;

/** Carries out one trial. Never throws: a run that hangs is a violation. */
export async function tryOut(trial: Trial): Promise<Verdict> {
  return await withSeed(trial.seed, async () => await judged(trial));
}

async function judged(trial: Trial): Promise<Verdict> {
  const { story, store, fault, seed } = trial;
  const stage = story.stage(seed);
  const inputs = stores[store] ?? {};
  const process = virtualProcess("run", fault === undefined ? [] : [{ at: fault.at, fault: fault.kind }]);
  const violations: string[] = [];
  let ending = "hung";
  try {
    await story.before?.(stage, inputs);
    const { result } = await runToEnd(stage, { ...story.inputs, ...inputs }, process);
    violations.push(...claimViolations(stage, result));
    ending = result?.outcome ?? "died";
    // Where the end could not be written down, somebody has to look after it.
    const unfinished = savedOf(stage) !== undefined && savedOf(stage)?.outcome === undefined;
    if (result?.ok !== true || unfinished) ending += `, then ${await nextRun(trial, stage, violations)}`;
    await stage.clock.until(stage.clock.sleep(settleSeconds));
    violations.push(...endViolations(stage, story.allowed, 2), ...(await lookOnce(stage, inputs)));
  } catch (error) {
    violations.push(`it hung or crashed: ${(error as Error).message}`);
  }
  violations.push(...traceViolations(stage));
  const operation = stage.account.calls.find((call) => call.fault !== undefined)?.operation ?? "-";
  return { ending, violations: [...new Set(violations)], calls: process.calls, operation };
}

/** The run after: once the lease has ended it finishes or undoes what was left. */
async function nextRun({ story, store }: Trial, stage: Stage, violations: string[]): Promise<string> {
  await waitForLease(stage);
  const { result } = await runToEnd(stage, { ...story.inputs, ...stores[store], mode: "resume" });
  violations.push(...claimViolations(stage, result));
  if (result?.ok !== true) violations.push(`the next run failed: ${result?.reason}`);
  return `${result?.outcome ?? "died"}${savedOf(stage)?.outcome === undefined ? "" : ` (${savedOf(stage)?.outcome})`}`;
}

/** `mode: status` tells where users are. */
async function lookOnce(stage: Stage, inputs: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { result } = await runToEnd(stage, { mode: "status", ...inputs });
  const on = result?.outputs?.["traffic-on"];
  return on === usersOn(stage) ? [] : [`status says that users are on ${on ?? "nothing"}, and they are on ${usersOn(stage)}`];
}
