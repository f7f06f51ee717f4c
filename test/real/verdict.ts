import type { RunResult } from "../support/run-action.ts";
import { type Colour, moveOf } from "./moves.ts";
import type { RealStage, Seen } from "./stage.ts";
import type { Struck } from "./strike.ts";
import { isCatchable, isDeadly, type Trouble } from "./troubles.ts";

/** The calls that put users back after a signal. */
export interface SwitchBack {
  /** Other calls between the signal and the first of them; undefined where none came. */
  readonly between: number | undefined;
  /** From the signal to the arrival of the first of them. */
  readonly milliseconds: number | undefined;
  readonly violations: readonly string[];
}

/** After a signal the very next calls put every user back, and no call moves one to the new version. */
export function switchBack(stage: RealStage, { phase }: Trouble, from: Colour | "split", { mark, at, moved }: Struck): SwitchBack {
  const calls = stage.arrivals
    .slice(mark)
    .map((one) => ({ at: one.at, operation: one.call.operation, move: moveOf(stage.environment, one.call) }));
  const forth = calls.filter(({ move }) => move !== undefined && move.to !== from).length;
  const forward = forth === 0 ? [] : [`${forth} calls moved users to the new version after the signal`];
  // A version that has proved itself stays.
  if (moved.length === 0 || phase === "finalize") return { between: undefined, milliseconds: undefined, violations: forward };
  const between = calls.findIndex(({ move }) => move?.to === from);
  if (between < 0) return { between: undefined, milliseconds: undefined, violations: [...forward, "users were not put back"] };
  const first = calls.slice(between, between + moved.length);
  const isMissing = (route: string): boolean => !first.some(({ move }) => move?.route === route && move.to === from);
  return {
    between,
    milliseconds: (calls[between]?.at ?? at) - at,
    violations: [
      ...forward,
      ...(between === 0 ? [] : [`before the call that puts users back came ${namesOf(calls.slice(0, between))}`]),
      ...(moved.some(isMissing) ? ["other calls came between those that put users back"] : []),
    ],
  };
}

const namesOf = (calls: readonly { readonly operation: string }[]): string => calls.map((one) => one.operation).join(", ");

/** Whether it ended as it may. @param outcome of the run that met the trouble */
export function outcomeViolations({ phase, what }: Trouble, outcome: string, isOnNew: boolean): readonly string[] {
  const isProved = phase === "finalize";
  const must = (outcomes: readonly string[], onNew: boolean): readonly string[] => [
    ...(outcomes.includes(outcome) ? [] : [`it ended as ${outcome}, not ${outcomes.join(" or ")}`]),
    ...(isOnNew === onNew ? [] : [`users are on the ${isOnNew ? "new" : "old"} version`]),
  ];
  if (isCatchable(what)) return must(["cancelled"], isProved);
  // What had all traffic when its run was lost is watched to the end of its window.
  if (isDeadly(what)) return must(["killed"], isProved || phase === "watch");
  if (what !== "denied") return must(["succeeded"], true);
  return isProved ? must(["succeeded", "failed"], true) : must(["succeeded", "failed", "rolled-back"], outcome === "succeeded");
}

/** Users on one version that runs as it must, and nothing left of the other. @param now the cloud's time */
export function stateViolations({ on, tasks, suspended, heldUntil }: Seen, now: number): readonly string[] {
  if (on === "split") return ["users are on both colours"];
  const idle = on === "blue" ? "green" : "blue";
  const { desired, running } = tasks[on];
  return [
    ...(desired === 2 && running === 2 ? [] : [`${on} has users and runs ${running} of ${desired} tasks`]),
    ...(tasks[idle].desired === 0 && tasks[idle].running === 0 ? [] : [`${idle} has no users and runs ${tasks[idle].running} tasks`]),
    ...(suspended[on] ? [`autoscaling of ${on} was not given back`] : []),
    ...(suspended[idle] ? [] : [`autoscaling of ${idle} is not suspended`]),
    ...(heldUntil !== undefined && heldUntil > now ? ["the environment is still held"] : []),
  ];
}

export const failures = (runs: readonly RunResult[]): readonly string[] =>
  runs.filter(({ code }) => code !== 0).map(({ outputs }) => `what came next failed: ${outputs["outcome"]}: ${outputs["reason"]}`);
