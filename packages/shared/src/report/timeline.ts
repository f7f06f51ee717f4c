import type { Instant } from "../units.ts";
import type { PhaseStory } from "./model.ts";

/** Keeps account of the phases while they happen. */
export interface Timeline {
  /** A phase begins; the one before it is done. */
  begin(name: string, at: Instant, note?: string): void;
  /** The running phase failed; whatever comes after it begins anew. */
  fail(at: Instant, note: string): void;
  /** Everything is over. */
  end(at: Instant, note?: string): void;
  readonly phases: readonly PhaseStory[];
}

export function createTimeline(): Timeline {
  let phases: readonly PhaseStory[] = [];
  const close = (at: Instant, result: PhaseStory["result"], note?: string): void => {
    const last = phases.at(-1);
    if (last?.result !== "running") return;
    phases = [...phases.slice(0, -1), { ...last, to: at, result, ...(note === undefined ? {} : { note }) }];
  };
  return {
    begin: (name, at, note) => {
      close(at, "done");
      phases = [...phases, { name, from: at, to: undefined, result: "running", ...(note === undefined ? {} : { note }) }];
    },
    fail: (at, note) => close(at, "failed", note),
    end: (at, note) => close(at, "done", note),
    get phases() {
      return phases;
    },
  };
}
