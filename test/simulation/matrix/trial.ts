// One cell of the fault matrix: a rollout, one fault at one call, whoever comes next, and what must hold.
import { type VirtualProcess, virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import type { Fault } from "@aws-deploy-actions/local-cloud/virtual/faults";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { startRollback } from "../emergency-scenario.ts";
import { type Inputs, type Run, type Stage, start } from "../scenario.ts";
import { runToEnd, savedOf, untilDead, waitForLease, withSeed } from "./carry.ts";
import { claimViolations, endViolations, testRouteViolations, traceViolations, usersOn } from "./invariants.ts";
import type { Story } from "./stages.ts";
import { stores } from "./stories.ts";
import type { Window } from "./two.ts";

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
  /** Of two runs at once. */
  readonly window?: Window;
}

const settleSeconds = 45;
const hangsAfter = 2 * 3600;

/** Carries out one trial. Never throws: a run that hangs is a violation. */
export async function tryOut(trial: Trial): Promise<Verdict> {
  return await withSeed(trial.seed, async () => await judged(trial));
}

/** Starts what a story is about. */
const begin = ({ action }: Story, stage: Stage, inputs: Inputs, process: VirtualProcess): Run =>
  action === "emergency-rollback" ? startRollback(stage, inputs, process) : start(stage, inputs, process);

async function judged(trial: Trial): Promise<Verdict> {
  const { story, store, fault, seed } = trial;
  const stage = story.stage(seed);
  const inputs = stores[store] ?? {};
  const process = virtualProcess("run", fault === undefined ? [] : [{ at: fault.at, fault: fault.kind }]);
  const violations: string[] = [];
  let ending = "hung";
  try {
    await story.before?.(stage, inputs);
    const run = begin(story, stage, { ...story.inputs, ...inputs }, process);
    const result = await stage.clock.until(untilDead(stage, run), hangsAfter);
    violations.push(...claimViolations(stage, result, story.action === undefined ? "green" : "blue"));
    ending = result?.outcome ?? "died";
    // Where the end could not be written down, somebody has to look after it.
    const unfinished = savedOf(stage) !== undefined && savedOf(stage)?.outcome === undefined;
    if (result?.ok !== true || unfinished) ending += `, then ${await nextRun(trial, stage, violations)}`;
    const { goal, outcome } = savedOf(stage) ?? {};
    const isBack = usersOn(stage) === "blue" && (goal === "return" || outcome !== "succeeded");
    if (story.action === "emergency-rollback" && !isBack) ending += `, again ${await askedAgain(trial, stage, violations)}`;
    ending += await afterKeeping(trial, stage, violations);
    await stage.clock.until(stage.clock.sleep(settleSeconds));
    violations.push(...endViolations(stage, story.allowed, 2), ...(await lookOnce(stage, { ...inputs, ...testListenerOf(story) })));
    // Whoever may not touch the test route any more leaves it, and says so: no user takes it.
    if (fault?.kind !== "denied") violations.push(...testRouteViolations(stage));
  } catch (error) {
    violations.push(`it hung or crashed: ${(error as Error).message}`);
  }
  violations.push(...traceViolations(stage));
  const operation = stage.account.calls.find((call) => call.fault !== undefined)?.operation ?? "-";
  return { ending, violations: [...new Set(violations)], calls: process.calls, operation };
}

/** The run after: once the lease has ended it finishes or undoes what was left. */
async function nextRun(trial: Trial, stage: Stage, violations: string[], isFirst = true): Promise<string> {
  const { story, store } = trial;
  await waitForLease(stage);
  const inputs = story.action === undefined ? story.inputs : {};
  const { result } = await runToEnd(stage, { ...inputs, ...stores[store], mode: "resume" });
  violations.push(...claimViolations(stage, result, savedOf(stage)?.goal === "return" ? "blue" : "green"));
  // A version that was to be held without a verdict is held again; the next resume ends that.
  if (story.inputs["on-inconclusive"] === "hold" && result?.outcome === "inconclusive" && isFirst)
    return `${told(stage, result)}, then ${await nextRun(trial, stage, violations, false)}`;
  if (result?.ok !== true) violations.push(`the next run failed: ${result?.reason}`);
  return told(stage, result);
}

/** A rollback that ended before it did anything is asked for again. */
async function askedAgain({ story, store }: Trial, stage: Stage, violations: string[]): Promise<string> {
  await waitForLease(stage);
  const run = startRollback(stage, { ...story.inputs, ...stores[store] }, virtualProcess("again"));
  const result = await stage.clock.until(untilDead(stage, run), hangsAfter);
  violations.push(...claimViolations(stage, result, "blue"));
  if (result?.ok !== true) violations.push(`the rollback that was asked for again failed: ${result?.reason}`);
  return told(stage, result);
}

const told = (stage: Stage, result: ActionResult | undefined): string =>
  `${result?.outcome ?? "died"}${savedOf(stage)?.outcome === undefined ? "" : ` (${savedOf(stage)?.outcome})`}`;

/** What was kept for a while is cleaned up when that is over. */
async function afterKeeping(trial: Trial, stage: Stage, violations: string[]): Promise<string> {
  const { keepUntil } = savedOf(stage) ?? {};
  if (keepUntil === undefined) return "";
  await stage.clock.until(stage.clock.sleep(Math.max(0, keepUntil - stage.clock.now()) + 1));
  return `, later ${await nextRun(trial, stage, violations)}`;
}

/** Without it a test listener is one of those that users take. */
const testListenerOf = ({ inputs }: Story): Inputs =>
  inputs["test-listener-arn"] === undefined
    ? {}
    : Object.fromEntries(Object.entries(inputs).filter(([name]) => name === "test-listener-arn" || name === "test-checks"));

/** `mode: status` tells where users are. */
async function lookOnce(stage: Stage, inputs: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { result } = await runToEnd(stage, { mode: "status", ...inputs });
  const on = result?.outputs?.["traffic-on"];
  return on === usersOn(stage) ? [] : [`status says that users are on ${on ?? "nothing"}, and they are on ${usersOn(stage)}`];
}
