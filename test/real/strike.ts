import { setTimeout as pause } from "node:timers/promises";
import type { ApiCall } from "@aws-deploy-actions/local-cloud/proxy/identify";
import { type Colour, moveOf } from "./moves.ts";
import type { RealStage } from "./stage.ts";
import { faults, isCatchable, isSignal, moments, type Trouble } from "./troubles.ts";

/** When the trouble struck. */
export interface Struck {
  /** How many calls of the stage had arrived before. */
  readonly mark: number;
  /** Real milliseconds. */
  readonly at: number;
  /** Listeners and rules that send users to the new version by then. */
  readonly moved: readonly string[];
}

/** No call for so long (real milliseconds): the process waits for an answer. */
const quiet = 100;
/** The answer is held back for so long (real seconds), and the signal comes meanwhile: what the process does next, it does because of it. */
const heldBack = 1.5;

/** Watches a run for its phase and lets the trouble happen, once. @param from where users were before */
export function strikeWith(stage: RealStage, { phase, what }: Trouble, from: Colour | "split", kill: (signal: NodeJS.Signals) => void) {
  const { line, call: pattern } = moments[phase];
  const moved = new Set<string>();
  let operation: string | undefined;
  let isPhase = false;
  let struck: Promise<Struck> | undefined;
  const now = (): Struck => ({ mark: stage.arrivals.length, at: performance.now(), moved: [...moved] });

  const cancel = async (signal: NodeJS.Signals): Promise<Struck> => {
    for (let seen = -1; seen !== stage.arrivals.length; ) {
      seen = stage.arrivals.length;
      await pause(quiet);
    }
    const moment = now();
    kill(signal);
    return moment;
  };
  const strike = async (): Promise<Struck> => {
    if (isCatchable(what)) return await cancel(what);
    if (what === "SIGKILL" || what === "killed") kill("SIGKILL");
    return now();
  };
  const isTime = (call: ApiCall): boolean => {
    if (!isPhase || !pattern.test(call.operation)) return false;
    // A fault that comes three times meets one and the same operation.
    operation ??= call.operation;
    return call.operation === operation;
  };
  const forget = stage.onArrival((call) => {
    const move = moveOf(stage.environment, call);
    if (move !== undefined && move.to !== from) moved.add(move.route);
    if (move?.to === from) moved.delete(move.route);
    if (isTime(call)) struck ??= strike();
  });
  const held = { fault: { kind: "delay", seconds: heldBack * stage.cloud.timeFactor } } as const;
  const inTheWay = what === "SIGKILL" ? undefined : isSignal(what) ? held : faults[what];
  const takeAway = inTheWay === undefined ? () => undefined : stage.cloud.faults.inject({ ...inTheWay, when: isTime });
  return {
    onLine: (text: string): void => {
      if (text.includes(line)) isPhase = true;
    },
    /** After the run: nothing more happens. @returns undefined where the trouble was never met */
    over: async (): Promise<Struck | undefined> => {
      forget();
      takeAway();
      return await struck;
    },
  };
}
