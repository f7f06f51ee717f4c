// Emergency rollbacks that the fault matrix breaks, each from another state in which people ask for one.
import type { Inputs } from "../scenario.ts";
import { lost, settled } from "./before.ts";
import { quick, type Story, several, staged, sticky } from "./stages.ts";

const kept: Inputs = { ...quick, "keep-previous": "60m" };
const rescue: Inputs = { "rollback-window": "0" };
const after =
  (inputs: Inputs): NonNullable<Story["before"]> =>
  async (stage, store) =>
    await settled(stage, { ...inputs, ...store });

const base = { action: "emergency-rollback", inputs: rescue, allowed: ["blue"] } as const;

export const rescueStories: readonly Story[] = [
  { ...base, name: "rescue", stage: staged(0, several), before: after(kept) },
  { ...base, name: "rescue-sticky", stage: staged(0, sticky), before: after(kept) },
  { ...base, name: "rescue-graceful", inputs: { ...rescue, type: "graceful" }, stage: staged(), before: after(kept) },
  // The previous version was scaled to zero.
  { ...base, name: "rescue-empty", stage: staged(), before: after(quick) },
  // A deployment that nobody carries any more, with users on both colours, and its lease still held.
  {
    ...base,
    name: "rescue-split",
    stage: staged(0, several),
    before: lost({ ...quick, strategy: "canary", steps: "20%:2m" }, 20, false),
  },
];
