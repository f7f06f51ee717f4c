// Two runs at once, begun at seeded moments: one wins, the other one says who works there and since when.
import { seededRandom } from "@aws-deploy-actions/local-cloud/balancer/random";
import { imageOf } from "@aws-deploy-actions/local-cloud/virtual/account";
import { type VirtualProcess, virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { startRollback } from "../emergency-scenario.ts";
import { type Run, type Stage, start } from "../scenario.ts";
import { firstSwitch } from "./before.ts";
import { untilDead, withSeed } from "./carry.ts";
import { claimViolations, endViolations, traceViolations, usersOn } from "./invariants.ts";
import { stores, storyOf } from "./stories.ts";
import type { Verdict } from "./trial.ts";

/** deployments: two of them, of different versions. rescue: a deployment, and an emergency rollback that comes in. */
export type Pair = "deployments" | "rescue";

export interface TwoVerdict extends Verdict {
  readonly window: Window;
}

/** How long two runs were in each other's way, in seconds; 0 where one went after the other. */
export interface Window {
  /** Both took the environment for their own. */
  readonly believed: number;
  /** From the moment in which the second one had it to the last call by which the first one changed anything. */
  readonly changed: number;
  /** Both had begun to move users. */
  readonly moved: number;
}

/** Every fourth second run begins within a tenth of a second, where locks are decided, every fourth within three; the others at any time. */
function offsetOf(random: () => number): number {
  const draw = random();
  return draw < 0.25 ? 0.1 * random() : draw < 0.5 ? 3 * random() : 330 * random();
}

/** The call with which a run takes the environment, for each store: the second run may be held up just there, where locks are lost. */
const takes: Readonly<Record<string, string>> = { tags: "ecs:TagResource", s3: "s3:PutObject" };

/** Every second of the second runs of two deployments has its lease's writing throttled, or not answered for ten seconds. */
function heldUp(pair: Pair, store: string, seed: number): VirtualProcess {
  const process = virtualProcess("second");
  if (pair === "rescue" || seed % 2 === 0) return process;
  return { ...process, faultOf: { operation: takes[store] ?? "", fault: seed % 4 === 1 ? "silence" : "throttled" } };
}

/** Two runs with a seeded distance. Never throws. */
export async function tryTwo(pair: Pair, store: string, seed: number, story = storyOf("good")): Promise<TwoVerdict> {
  return await withSeed(seed, async () => {
    const stage = story.stage(seed);
    const { account, clock } = stage;
    const offset = offsetOf(seededRandom(seed * 7919 + 13));
    const inputs = { ...story.inputs, ...stores[store] };
    const violations: string[] = [];
    const ends = new Map<string, Ended>();
    let ending = "hung";
    try {
      const first = follow(stage, start(stage, inputs, virtualProcess("first")), violations, ends);
      await clock.until(clock.sleep(offset));
      const switched = firstSwitch(stage) !== undefined;
      const second = follow(
        stage,
        pair === "rescue"
          ? startRollback(stage, stores[store], heldUp(pair, store, seed))
          : start(stage, { ...inputs, image: imageOf("v3") }, heldUp(pair, store, seed)),
        violations,
        ends,
      );
      const [one, two] = await clock.until(Promise.all([first, second]), 7200);
      ending = `${one?.outcome}, ${two?.outcome}`;
      await clock.until(clock.sleep(45));
      violations.push(
        ...(pair === "rescue" ? rescueViolations(stage, two, switched) : loserViolations([one, two])),
        ...endViolations(stage, pair === "rescue" && switched ? ["blue"] : ["blue", "green"], 2),
      );
    } catch (error) {
      violations.push(`it hung or crashed: ${(error as Error).message}`);
    }
    const window = windowOf(stage, store, ends);
    // Tags cannot be compared and swapped: their window is measured, and stands in the table.
    if (pair === "deployments" && store === "s3" && (window.moved > 0 || window.changed > 0))
      violations.push(`both deployments were at work for ${Math.max(window.moved, window.changed).toFixed(1)} s`);
    violations.push(...traceViolations(stage, 2));
    return {
      ending,
      violations: [...new Set(violations)],
      calls: account.calls.length,
      operation: `${offset.toFixed(2)} s apart`,
      window,
    };
  });
}

interface Ended {
  readonly at: number;
  readonly result: ActionResult | undefined;
}

async function follow(stage: Stage, run: Run, violations: string[], ends: Map<string, Ended>): Promise<ActionResult | undefined> {
  const result = await untilDead(stage, run);
  ends.set(run.process.name, { at: stage.clock.now(), result });
  violations.push(...claimViolations(stage, run.process.name === "second" && result?.outcome === "succeeded" ? undefined : result));
  return result;
}

/** Who did not get the environment says who has it, and since when. */
function loserViolations(results: readonly (ActionResult | undefined)[]): readonly string[] {
  const losers = results.filter((one) => one?.ok !== true);
  return [
    ...(losers.length > 1 ? [`both failed: ${losers.map((one) => one?.reason).join(" / ")}`] : []),
    ...losers
      .filter((one) => !/Another run works on this environment: .+, since \d{4}-|has taken this environment over/.test(one?.reason ?? ""))
      .map((one) => `the loser does not say who holds the lock: ${one?.reason}`),
  ];
}

/** An emergency rollback that came after the switch is not undone by the deployment that it took over. */
function rescueViolations(stage: Stage, rescue: ActionResult | undefined, switched: boolean): readonly string[] {
  if (!switched) return [];
  return [
    ...(rescue?.ok === true ? [] : [`the rollback failed: ${rescue?.reason}`]),
    ...(usersOn(stage) === "blue" ? [] : [`users are on ${usersOn(stage)} after the rollback`]),
  ];
}

const changing = /:(Modify|Update|RunTask|RegisterScalable)/;
type Span = readonly [from: number, to: number];
const shared = (one: Span | undefined, two: Span | undefined): number =>
  one === undefined || two === undefined ? 0 : Math.max(0, Math.min(one[1], two[1]) - Math.max(one[0], two[0]));

function windowOf({ account }: Stage, store: string, ends: ReadonlyMap<string, Ended>): Window {
  const movedUsers = (process: string): Span | undefined => {
    const at = account.weightChanges.filter((one) => one.process === process).map((one) => one.at);
    return at.length === 0 ? undefined : [Math.min(...at), Math.max(...at)];
  };
  /** From the first call after the one that took the environment (with tags it is the look that confirms it) to the run's end. */
  const held = (process: string): Span | undefined => {
    const { at, result } = ends.get(process) ?? {};
    if (at === undefined || /Another run works on this environment/.test(result?.reason ?? "")) return undefined;
    const own = account.calls.filter((call) => call.process === process);
    const from = own.findLastIndex(
      (call, index) => call.operation === takes[store] && !own.slice(0, index).some(({ operation }) => changing.test(operation)),
    );
    const next = own[from + 1];
    return from < 0 || next === undefined ? undefined : [next.at, at];
  };
  const [one, two] = [held("first"), held("second")];
  const begun = two === undefined ? Number.POSITIVE_INFINITY : two[0];
  const late = account.calls.filter((call) => call.process === "first" && call.at > begun && changing.test(call.operation));
  return {
    believed: shared(one, two),
    changed: shared(one, two) === 0 ? 0 : Math.max(0, ...late.map((call) => call.at - begun)),
    moved: shared(movedUsers("first"), movedUsers("second")),
  };
}
