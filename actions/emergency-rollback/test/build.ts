import type { Colour } from "@aws-deploy-actions/rollout/colours";
import type { Progress } from "@aws-deploy-actions/rollout/model";
import type { Saved, Succeeded } from "@aws-deploy-actions/rollout/record/codec";
import type { Written } from "@aws-deploy-actions/rollout/record/store";

/** `shop:2` as an ARN. */
export const revision = (short: string): string => `arn:aws:ecs:eu-central-1:123456789012:task-definition/${short}`;

/** `shop:1 x2`: what a service holds, and how many tasks run. */
export function service(colour: Colour, holds: string) {
  const [short = "", running = "0"] = holds.split(" x");
  return { name: `shop-${colour}-staging`, revision: revision(short), running: Number(running) };
}

const progress: Progress = {
  phase: "watch",
  since: 100,
  started: 0,
  count: 2,
  step: 0,
  stepSince: 60,
  switchedAt: 60,
  confirmedAt: 65,
  rollbackReason: undefined,
  rollbackSince: undefined,
  backAt: undefined,
  rollbackAs: undefined,
};

/** `deploy shop:1 to green shop:2`: a rollout as it was recorded. */
export function saved(text: string, outcome: Saved["outcome"] | "running"): Saved {
  const [goal, previous = "", , to, next = ""] = text.split(" ");
  return {
    deployment: goal === "return" ? "r-1" : "d-1",
    goal: goal === "return" ? "return" : "deploy",
    from: to === "blue" ? "green" : "blue",
    to: to === "blue" ? "blue" : "green",
    revision: revision(next),
    previousRevision: revision(previous),
    image: "",
    commit: "",
    progress,
    outcome: outcome === "running" ? undefined : outcome,
    endedAt: outcome === "running" ? undefined : 200,
    keepUntil: undefined,
    watch: 600,
    reason: undefined,
  };
}

/** The last rollout that succeeded, in the same words. */
export function succeeded(text: string): Succeeded {
  const { deployment, goal, to, revision: next, previousRevision } = saved(text, "succeeded");
  return { deployment, goal, to, revision: next, previousRevision, endedAt: 200, commit: "", took: 60 };
}

export const written = (last: Saved | undefined, good: Succeeded | undefined): Written => ({
  lease: undefined,
  saved: last,
  succeeded: good,
});
