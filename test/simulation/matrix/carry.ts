// Runs of the action in virtual time that may die, and what the account shows of their lease afterwards.
import { seededRandom } from "@aws-deploy-actions/local-cloud/balancer/random";
import { type VirtualProcess, virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import { type Lease, leaseFromTag, type Saved, tagNames } from "@aws-deploy-actions/rollout/record/codec";
import { writtenInTags } from "@aws-deploy-actions/rollout/record/tags";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { type Inputs, type Run, type Stage, start } from "../scenario.ts";

/** Pauses between attempts draw from Math.random: with a seed a run repeats exactly. */
export async function withSeed<T>(seed: number, body: () => Promise<T>): Promise<T> {
  const { random } = Math;
  Math.random = seededRandom(seed);
  try {
    return await body();
  } finally {
    Math.random = random;
  }
}

/** How a run ended; no result: its process died. */
export interface Carried {
  readonly result: ActionResult | undefined;
  readonly run: Run;
}

/** A rollout ends after its time-out of one hour, whatever happens. */
const hangsAfter = 2 * 3600;

/** Lets a run go on until it ends or dies. @param each called in every virtual second */
export async function runToEnd(
  stage: Stage,
  inputs: Inputs,
  process: VirtualProcess = virtualProcess("next"),
  each: (run: Run) => void = () => undefined,
): Promise<Carried> {
  const run = start(stage, inputs, process);
  return { result: await stage.clock.until(untilDead(stage, run, each), hangsAfter), run };
}

/** The run's result, or undefined as soon as its process is dead. */
export async function untilDead(stage: Stage, run: Run, each: (run: Run) => void = () => undefined): Promise<ActionResult | undefined> {
  let over = false;
  const ended = run.result.finally(() => {
    over = true;
  });
  const death = async (): Promise<undefined> => {
    while (!over && !run.process.isDead) {
      await stage.clock.sleep(1);
      if (!over) each(run);
    }
    return over ? await new Promise<undefined>(() => undefined) : undefined;
  };
  return await Promise.race([ended, death()]);
}

const blueTags = ({ account }: Stage): Readonly<Record<string, string>> =>
  Object.fromEntries(account.services.get("shop-blue-staging")?.tags ?? []);
const stateObject = ({ account }: Stage): { lease?: Lease; saved?: Saved } | undefined => {
  const [, object] = [...account.objects].find(([key]) => key.endsWith("/state.json")) ?? [];
  return object === undefined ? undefined : (JSON.parse(object.body) as { lease?: Lease; saved?: Saved });
};

/** The lease as it stands in the account, whichever store was used. */
export const leaseOf = (stage: Stage): Lease | undefined => stateObject(stage)?.lease ?? leaseFromTag(blueTags(stage)[tagNames.lease]);

export const savedOf = (stage: Stage): Saved | undefined =>
  stateObject(stage)?.saved ?? writtenInTags(blueTags(stage), stage.account.services.get("shop-blue-staging")?.arn ?? "").saved;

/** Lets time pass until nobody holds the lease. */
export async function waitForLease(stage: Stage): Promise<void> {
  const left = (leaseOf(stage)?.until ?? 0) - stage.clock.now();
  if (left > 0) await stage.clock.until(stage.clock.sleep(left + 1));
}
