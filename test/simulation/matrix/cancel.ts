// A job that is cancelled at any of its calls: users are put back with the very next calls, and the post step ends the rest.
import { type VirtualCall, virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import { leftBehind } from "../../../actions/blue-green-deploy/src/left-behind.ts";
import { type Inputs, type Run, type Stage, start } from "../scenario.ts";
import { firstSwitch } from "./before.ts";
import { untilDead, withSeed } from "./carry.ts";
import { claimViolations, endViolations, traceViolations, usersOn } from "./invariants.ts";
import type { Story } from "./stages.ts";
import { stores } from "./stories.ts";
import type { Verdict } from "./trial.ts";

const movesUsers = (call: VirtualCall): boolean => call.operation === "elb:ModifyListener" || call.operation === "elb:ModifyRule";
/**
 * SIGINT, SIGTERM 7.5 s later, and 2.5 s after that the process is killed; what the post step does ends 5 minutes after the cancellation.
 * The action takes SIGINT, SIGTERM and SIGHUP alike, so whichever comes first is the cancellation.
 */
const [killAfter, graceSeconds] = [10, 300];

/** Cancels at the call of that number. Never throws. */
export async function tryCancel(story: Story, store: string, at: number, seed: number): Promise<Verdict> {
  return await withSeed(seed, async () => {
    const stage = story.stage(seed);
    const { account, clock } = stage;
    const process = virtualProcess("run");
    const inputs = { ...story.inputs, ...stores[store] };
    const violations: string[] = [];
    let ending = "hung";
    let cancelled: { readonly at: number; readonly switched: boolean; readonly on: string } | undefined;
    let operation = "-";
    try {
      const run = start(stage, inputs, process);
      process.onCall = (call) => {
        if (call !== at) return;
        cancelled = { at: clock.now(), switched: firstSwitch(stage) !== undefined, on: usersOn(stage) };
        run.cancel();
      };
      const killing = (): void => {
        if (cancelled !== undefined && clock.now() >= cancelled.at + killAfter) process.isDead = true;
      };
      const result = await clock.until(untilDead(stage, run, killing), 7200);
      operation = account.calls.filter((call) => call.process === "run")[at]?.operation ?? "-";
      ending = result?.outcome ?? "killed";
      violations.push(...claimViolations(stage, result));
      // What began in the very moment of the signal is neither before nor after it.
      const signal = cancelled?.at ?? Number.POSITIVE_INFINITY;
      const after = account.calls.filter(
        (call) => call.process === "run" && (call.began > signal || (call.began === signal && movesUsers(call))),
      );
      const putBack = cancelled?.switched === true && cancelled.on !== "blue" && usersOn(stage) === "blue";
      const first = after[0];
      if (putBack && first !== undefined && !movesUsers(first))
        violations.push(
          `the first call after the cancellation was ${first.operation}, ${after.findIndex(movesUsers)} calls before users were put back`,
        );
      const moved = account.weightChanges.filter((one) => one.at > (cancelled?.at ?? Number.POSITIVE_INFINITY));
      if (cancelled?.switched === false && moved.some((one) => (one.groups.get(account.groups.green)?.after ?? 0) > 0))
        violations.push("users were sent to the new version after the job was cancelled");
      ending += `, post ${await postStep(stage, inputs, run, violations)}`;
      const took = clock.now() - (cancelled?.at ?? clock.now());
      if (cancelled !== undefined && took > graceSeconds) violations.push(`the rest took ${Math.round(took)} s after the cancellation`);
      await clock.until(clock.sleep(45));
      violations.push(...endViolations(stage, story.allowed, 2));
    } catch (error) {
      violations.push(`it hung or crashed: ${(error as Error).message}`);
    }
    violations.push(...traceViolations(stage));
    return { ending, violations: [...new Set(violations)], calls: process.calls, operation };
  });
}

/** What the runner does next: the same bundle, with the state that the main step left. */
async function postStep(stage: Stage, inputs: Inputs, { state }: Run, violations: string[]): Promise<string> {
  const environment = Object.fromEntries([...state].map(([name, value]) => [`STATE_${name}`, value]));
  if (leftBehind(environment) === undefined) return "has nothing to do";
  const post = start(stage, inputs, virtualProcess("post"), environment);
  const result = await stage.clock.until(untilDead(stage, post), 7200);
  violations.push(...claimViolations(stage, result));
  return result?.outcome ?? "died";
}
