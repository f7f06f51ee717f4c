import type { Instant } from "@aws-deploy-actions/shared/units";
import type { Colour, PerColour } from "./colours.ts";
import type { Outcome, Phase, Progress, Route } from "./model.ts";

/** One change to AWS: one port call. Each can be repeated without harm. */
export type Mutation =
  | { readonly kind: "set-weights"; readonly route: Route; readonly weights: PerColour<number | undefined> }
  | { readonly kind: "suspend-scaling"; readonly colour: Colour; readonly what: "all" | "scale-in" }
  | { readonly kind: "give-back-scaling"; readonly colour: Colour }
  | { readonly kind: "update-service"; readonly colour: Colour; readonly revision: string | undefined; readonly count: number }
  | { readonly kind: "start-migration" }
  | { readonly kind: "stop-migration"; readonly task: string };

/** What the rollout does next, and why: the reason is what the engineer on call reads. */
export type Step =
  | { readonly do: "wait"; readonly for: string; readonly detail?: string; readonly until: Instant }
  | { readonly do: "mutate"; readonly mutation: Mutation; readonly because: string; readonly note?: Partial<Progress> }
  | { readonly do: "note"; readonly progress: Partial<Progress>; readonly because: string }
  | { readonly do: "advance"; readonly to: Phase; readonly because: string; readonly note?: Partial<Progress> }
  | { readonly do: "roll-back"; readonly because: string; readonly as: Outcome }
  | { readonly do: "stop"; readonly outcome: Outcome; readonly because: string };

/** @param detail what is known so far; it may change with every look, so it alone is no reason for a new line in the log */
export const wait = (what: string, until: Instant, detail?: string): Step =>
  detail === undefined ? { do: "wait", for: what, until } : { do: "wait", for: what, until, detail };
export const mutate = (mutation: Mutation, because: string, note?: Partial<Progress>): Step =>
  note === undefined ? { do: "mutate", mutation, because } : { do: "mutate", mutation, because, note };
export const advance = (to: Phase, because: string, note?: Partial<Progress>): Step =>
  note === undefined ? { do: "advance", to, because } : { do: "advance", to, because, note };
export const rollBack = (because: string, as: Outcome = "rolled-back"): Step => ({ do: "roll-back", because, as });
export const stop = (outcome: Outcome, because: string): Step => ({ do: "stop", outcome, because });
