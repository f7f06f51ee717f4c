import type { Journal } from "@aws-deploy-actions/shared/action/journal";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { formatTimer, type Instant } from "@aws-deploy-actions/shared/units";
import type { Phase, Progress } from "./model.ts";
import type { Narrator } from "./ports.ts";

const titles: Readonly<Record<Phase, string>> = {
  migrate: "Migrate the database",
  scale: "Scale the new colour",
  "await-healthy": "Wait until every new target is healthy",
  test: "Test before users see it",
  shift: "Switch traffic",
  watch: "Watch",
  finalize: "Clean up",
  "rolling-back": "Roll back",
};

export const phaseTitle = (phase: Phase): string => titles[phase];

/** One phase as it went, for reports. */
export interface PhaseEntry {
  readonly phase: Phase;
  readonly from: Instant;
  readonly because: string;
}

/** A waiting line is repeated when it changes, and at least this often, so that nobody takes us for dead. */
const repeatSeconds = 30;

/** Tells the journal what goes on, a group for each phase, and keeps the phases for the report. */
export function journalNarrator(journal: Journal, clock: Clock): Narrator & { readonly entries: readonly PhaseEntry[]; close(): void } {
  const entries: PhaseEntry[] = [];
  let open = false;
  let lastWait = { text: "", at: Number.NEGATIVE_INFINITY };
  const close = (): void => {
    if (open) journal.endGroup();
    open = false;
  };
  return {
    entries,
    close,
    phase: (progress: Progress, because: string) => {
      close();
      journal.startGroup(titles[progress.phase]);
      open = true;
      lastWait = { text: "", at: Number.NEGATIVE_INFINITY };
      journal.say(`${progress.phase === "rolling-back" ? "↩" : "→"} ${because}`);
      entries.push({ phase: progress.phase, from: clock.now(), because });
    },
    step: (text) => journal.say(`• ${text}`),
    waiting: (what, since, until, poll) => {
      const now = clock.now();
      if (what === lastWait.text && now - lastWait.at < repeatSeconds) return;
      lastWait = { text: what, at: now };
      journal.say(`⟳ waiting for ${what} · ${formatTimer(now - since)} of ${formatTimer(until - since)} · next look in ${poll} s`);
    },
    trouble: (text) => journal.say(`! ${text}`),
  };
}
