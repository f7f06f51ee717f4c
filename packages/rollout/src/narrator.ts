import type { Journal } from "@aws-deploy-actions/shared/action/journal";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { progressTeller } from "@aws-deploy-actions/shared/report/progress";
import type { Instant } from "@aws-deploy-actions/shared/units";
import type { Phase, Progress } from "./model.ts";
import type { Narrator } from "./ports.ts";

const titles: Readonly<Record<Phase, string>> = {
  migrate: "Migrate the database",
  scale: "Scale the colour that users go to",
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

/** Tells the journal what goes on, a group for each phase, and keeps the phases for the report. */
export function journalNarrator(journal: Journal, clock: Clock): Narrator & { readonly entries: readonly PhaseEntry[]; close(): void } {
  const entries: PhaseEntry[] = [];
  let open = false;
  let tell = progressTeller();
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
      tell = progressTeller();
      journal.say(`${progress.phase === "rolling-back" ? "↩" : "→"} ${because}`);
      entries.push({ phase: progress.phase, from: clock.now(), because });
    },
    step: (text) => journal.say(`• ${text}`),
    waiting: (what, detail, since, until, poll) => {
      const line = tell({ what, since, until, nextLook: poll }, clock.now());
      if (line !== undefined) journal.say(detail === undefined ? line : `${line}\n    ${detail}`);
    },
    trouble: (text) => journal.say(`! ${text}`),
  };
}
