import type { Clock } from "@aws-deploy-actions/shared/clock";
import { firstPhase } from "./decide/flow.ts";
import { type Ending, type LoopOptions, rollOut } from "./loop.ts";
import type { Plan, Progress } from "./model.ts";
import type { RolloutPorts } from "./order.ts";
import type { Saved } from "./record/codec.ts";
import type { RecordSession } from "./record/store.ts";
import { trafficOn } from "./traffic.ts";

/** Where a plan begins, with the number of tasks that users need now. */
export const beginning = (plan: Plan, count: number, now: number): Progress => ({
  phase: firstPhase(plan),
  since: now,
  started: now,
  count: Math.max(1, plan.count ?? count),
  step: 0,
  stepSince: undefined,
  switchedAt: undefined,
  confirmedAt: undefined,
  rollbackReason: undefined,
  rollbackSince: undefined,
  backAt: undefined,
  rollbackAs: undefined,
});

/** The record that a plan begins with. */
export const recordOf = (
  plan: Plan,
  progress: Progress,
  about: Pick<Saved, "previousRevision" | "image" | "commit"> & { readonly reason?: string },
): Saved => ({
  deployment: plan.deployment,
  goal: plan.goal,
  from: plan.to === "blue" ? "green" : "blue",
  to: plan.to,
  revision: plan.revision,
  progress,
  outcome: undefined,
  endedAt: undefined,
  keepUntil: undefined,
  watch: plan.watch,
  reason: undefined,
  ...about,
});

/** Carries a recorded rollout to its end and writes the end down. Used by deployments, rollbacks and whoever goes on with a lost run. */
export async function conduct(
  saved: Saved,
  plan: Plan,
  session: RecordSession,
  ports: RolloutPorts,
  clock: Clock,
  options: LoopOptions,
): Promise<Ending> {
  const closeTests = async (ending: Ending): Promise<void> => {
    const on = trafficOn(ending.seen?.routes ?? []);
    const users = on === "blue" || on === "green" ? on : plan.from;
    await ports.tests
      .close(users)
      .catch((error: unknown) => ports.narrator.trouble(`the test route could not be closed: ${(error as Error).message}`));
  };
  try {
    const ending = await rollOut(plan, saved.progress, ports, clock, options);
    if (ending.lost) return ending;
    await closeTests(ending);
    await writeEnd(ending, saved, plan, session, ports, clock);
    return ending;
  } finally {
    ports.stopProbing();
  }
}

async function writeEnd(
  ending: Ending,
  saved: Saved,
  plan: Plan,
  session: RecordSession,
  ports: RolloutPorts,
  clock: Clock,
): Promise<void> {
  const notWritten = (error: unknown): void =>
    ports.narrator.trouble(`the end could not be written down, so the next run will look after it: ${(error as Error).message}`);
  // A run that could not even look has ended nothing: what it found unfinished is left to the next one.
  if (ending.seen === undefined) return await session.release().catch(notWritten);
  const now = clock.now();
  // What was passed over is cleaned up as what was kept: by the next run, `resume` or the guard, and here at once.
  const isLeft = plan.keepPrevious > 0 || ports.leavesUndone();
  const keepUntil = ending.outcome === "succeeded" && isLeft ? now + plan.keepPrevious : undefined;
  const end: Saved = { ...saved, progress: ending.progress, outcome: ending.outcome, endedAt: now, keepUntil };
  await session.end(end).catch(notWritten);
}
