// Two runs at once, begun at seeded moments: one wins, the other one says who works there and since when.
import { seededRandom } from "@aws-deploy-actions/local-cloud/balancer/random";
import { imageOf, type WeightChange } from "@aws-deploy-actions/local-cloud/virtual/account";
import { virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
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
  /** Seconds in which both deployments had begun to move users; 0 where one went after the other. */
  readonly overlap: number;
}

/** Half of the second runs begin within three seconds, where locks are decided; the others at any time of a deployment. */
const offsetOf = (random: () => number): number => (random() < 0.5 ? 3 * random() : 330 * random());

/** Two runs with a seeded distance. Never throws. */
export async function tryTwo(pair: Pair, store: string, seed: number): Promise<TwoVerdict> {
  return await withSeed(seed, async () => {
    const story = storyOf("good");
    const stage = story.stage(seed);
    const { account, clock } = stage;
    const offset = offsetOf(seededRandom(seed * 7919 + 13));
    const inputs = { ...story.inputs, ...stores[store] };
    const violations: string[] = [];
    let ending = "hung";
    try {
      const first = follow(stage, start(stage, inputs, virtualProcess("first")), violations);
      await clock.until(clock.sleep(offset));
      const switched = firstSwitch(stage) !== undefined;
      const second = follow(
        stage,
        pair === "rescue"
          ? startRollback(stage, stores[store], virtualProcess("second"))
          : start(stage, { ...inputs, image: imageOf("v3") }, virtualProcess("second")),
        violations,
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
    const overlap = pair === "rescue" ? 0 : overlapOf(account.weightChanges);
    // Tags cannot be compared and swapped: their window is measured, and stands in the table.
    if (overlap > 0 && store === "s3") violations.push(`both deployments moved users for ${overlap.toFixed(1)} s`);
    violations.push(...traceViolations(stage, 2));
    return {
      ending,
      violations: [...new Set(violations)],
      calls: account.calls.length,
      operation: `${offset.toFixed(2)} s apart`,
      overlap,
    };
  });
}

async function follow(stage: Stage, run: Run, violations: string[]): Promise<ActionResult | undefined> {
  const result = await untilDead(stage, run);
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

/** How long the spans in which both moved users lie over each other. */
function overlapOf(changes: readonly WeightChange[]): number {
  const span = (process: string): readonly [number, number] | undefined => {
    const at = changes.filter((one) => one.process === process).map((one) => one.at);
    return at.length === 0 ? undefined : [Math.min(...at), Math.max(...at)];
  };
  const [one, two] = [span("first"), span("second")];
  if (one === undefined || two === undefined) return 0;
  return Math.max(0, Math.min(one[1], two[1]) - Math.max(one[0], two[0]));
}
