import type { Instant } from "@aws-deploy-actions/shared/units";
import type { Environment } from "./aws/locate.ts";
import { other } from "./colours.ts";
import type { Plan, Progress } from "./model.ts";
import type { Saved } from "./record/codec.ts";
import { trafficOn } from "./traffic.ts";

/** How a rollout that nobody carries any more is ended. */
export type Resumption =
  | { readonly how: "go-on"; readonly progress: Progress; readonly because: string }
  | { readonly how: "roll-back"; readonly progress: Progress; readonly because: string };

/**
 * What of a recorded rollout is still to be done: nothing, the clean-up of a colour that was kept or held, or the rollout itself, because
 * its run was lost, or had to give up (AWS refused what it needed), or was told to leave everything as it is.
 */
export function leftToDo({ outcome, keepUntil, progress }: Saved, now: Instant): "nothing" | "clean-up" | "rollout" {
  const { phase } = progress;
  switch (outcome) {
    case undefined:
    case "rollback-failed":
      return "rollout";
    case "succeeded":
      return keepUntil !== undefined && keepUntil <= now ? "clean-up" : "nothing";
    case "inconclusive":
      // Where it was not rolled back, it was held.
      return phase === "rolling-back" ? "nothing" : "clean-up";
    case "cancelled":
      return phase === "rolling-back" ? "nothing" : "rollout";
    case "failed":
      return phase === "finalize" ? "rollout" : "nothing";
    case "rolled-back":
      return "nothing";
    default:
      return unknownPhase(outcome);
  }
}

/** The record with which somebody carries on what is left to do; undefined when there is nothing. */
export function reopened(saved: Saved, now: Instant): Saved | undefined {
  const left = leftToDo(saved, now);
  if (left === "nothing") return undefined;
  const phase = left === "clean-up" ? "finalize" : saved.progress.phase;
  return { ...saved, outcome: undefined, endedAt: undefined, keepUntil: undefined, progress: { ...saved.progress, phase } };
}

/**
 * Decides how to end what a lost run left. Users first: a version that has not proved itself goes back, one that has all traffic is watched
 * to the end of its window, and one that was proved is cleaned up after.
 *
 * @param saved the record; AWS is the truth, so a record that does not fit what the listeners say gives way
 */
export function resumption(saved: Saved, environment: Environment, now: Instant): Resumption {
  const { progress } = saved;
  const on = trafficOn(environment.routes);
  const back = (because: string): Resumption => ({
    how: "roll-back",
    because,
    progress: {
      ...progress,
      phase: "rolling-back",
      since: now,
      rollbackReason: progress.rollbackReason ?? because,
      rollbackSince: now,
      rollbackAs: progress.rollbackAs ?? "cancelled",
    },
  });
  if (saved.goal === "return") return { how: "go-on", because: "the way back is carried on", progress: wayBackAgain(progress, now) };
  switch (progress.phase) {
    case "rolling-back":
      return back("the rollback was not finished");
    case "finalize":
      if (on === saved.to)
        return {
          how: "go-on",
          because: "the new version had proved itself: the clean-up is carried on",
          progress: { ...progress, since: now, started: now },
        };
      return back("the run was lost, and traffic is not on the new version alone");
    case "watch":
      if (on === saved.to)
        return {
          how: "go-on",
          because: "the new version has all traffic: it is watched to the end of its window",
          progress: { ...progress, started: now },
        };
      return back("the run was lost during the watch, and traffic is not on the new version alone");
    case "shift":
      return back("the run was lost while traffic was being moved");
    case "migrate":
    case "scale":
    case "await-healthy":
    case "test":
      return back("the run was lost before users saw the new version");
    default:
      return unknownPhase(progress.phase);
  }
}

/** A way back that had failed is tried from its beginning: what was in its way may be gone. */
function wayBackAgain(progress: Progress, now: Instant): Progress {
  const again = { ...progress, since: now, started: now };
  if (progress.phase !== "rolling-back") return again;
  return {
    ...again,
    phase: "shift",
    stepSince: undefined,
    confirmedAt: undefined,
    rollbackReason: undefined,
    rollbackSince: undefined,
    rollbackAs: undefined,
  };
}

/** The plan of a lost rollout, as far as the record and the inputs of whoever goes on tell it. */
export const resumedPlan = (
  saved: Saved,
  rest: Omit<Plan, "deployment" | "goal" | "from" | "to" | "revision" | "watch" | "count" | "steps" | "migration" | "test" | "urgent">,
): Plan => ({
  ...rest,
  deployment: saved.deployment,
  goal: saved.goal,
  from: other(saved.to),
  to: saved.to,
  revision: saved.revision,
  watch: saved.watch,
  count: saved.progress.count,
  steps: [{ percent: 100, bake: 0 }],
  // It is not begun, but what was begun is looked for.
  migration: saved.progress.phase === "migrate" || (saved.progress.phase === "rolling-back" && saved.progress.switchedAt === undefined),
  test: false,
  urgent: saved.goal === "return",
});

function unknownPhase(phase: never): never {
  throw new Error(`unhandled phase ${String(phase)}`);
}
