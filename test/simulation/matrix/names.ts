// Every trial has a name that says all of it, so that `npm run prove -- --only NAME` repeats it exactly.
import { type Fault, faults } from "@aws-deploy-actions/local-cloud/virtual/faults";
import { stores, stories } from "./stories.ts";
import type { Trial } from "./trial.ts";

/** The seed of the matrix where none is given. */
export const matrixSeed = 1;

/** `good:s3:throttled:17` or `good:s3:throttled:17:5`, 5 being the seed. */
export const nameOf = ({ story, store, fault, seed }: Trial): string =>
  `${story.name}:${store}:${fault?.kind ?? "none"}:${fault?.at ?? 0}${seed === matrixSeed ? "" : `:${seed}`}`;

/** @throws Error for a name that no trial has */
export function trialOf(name: string): Trial {
  const [storyName, store, kind, at, seed] = name.split(":");
  const story = stories.find((one) => one.name === storyName);
  const fault: Fault | undefined = faults.find((one) => one === kind);
  if (story === undefined || store === undefined || stores[store] === undefined || (fault === undefined && kind !== "none"))
    throw new Error(`there is no trial "${name}"; one is good:s3:throttled:17`);
  return {
    story,
    store,
    fault: fault === undefined ? undefined : { kind: fault, at: Number(at ?? 0) },
    seed: Number(seed ?? matrixSeed),
  };
}
