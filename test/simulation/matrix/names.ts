// Every trial has a name that says all of it, so that `npm run prove -- --only NAME` repeats it exactly.
import { type Fault, faults } from "@aws-deploy-actions/local-cloud/virtual/faults";
import { tryCancel } from "./cancel.ts";
import { stores, stories, storyOf } from "./stories.ts";
import { type Trial, tryOut, type Verdict } from "./trial.ts";
import { tryTwo } from "./two.ts";

/** The seed of the matrix where none is given. */
export const matrixSeed = 1;

/** `good:s3:throttled:17` or `good:s3:throttled:17:5`, 5 being the seed. */
export const nameOf = ({ story, store, fault, seed }: Trial): string =>
  `${story.name}:${store}:${fault?.kind ?? "none"}:${fault?.at ?? 0}${seed === matrixSeed ? "" : `:${seed}`}`;

/**
 * Carries out what a name says: `good:s3:throttled:17`, `cancel:good:tags:88`, `two:deployments:s3:42`.
 *
 * @throws Error for a name that no trial has
 */
export async function carryOut(name: string): Promise<Verdict> {
  const [kind = "", ...rest] = name.split(":");
  const unknown = new Error(`there is no trial "${name}"; there are good:s3:throttled:17, cancel:good:tags:88 and two:deployments:s3:42`);
  const storeIn = (store = ""): string => {
    if (stores[store] === undefined) throw unknown;
    return store;
  };
  if (kind === "cancel")
    return await tryCancel(storyOf(rest[0] ?? ""), storeIn(rest[1]), Number(rest[2] ?? 0), Number(rest[3] ?? matrixSeed));
  if (kind === "two") {
    if (rest[0] !== "deployments" && rest[0] !== "rescue") throw unknown;
    return await tryTwo(rest[0], storeIn(rest[1]), Number(rest[2] ?? matrixSeed));
  }
  const story = stories.find((one) => one.name === kind);
  const [store, faultName, at, seed] = rest;
  const fault: Fault | undefined = faults.find((one) => one === faultName);
  if (story === undefined || (fault === undefined && faultName !== "none")) throw unknown;
  const planned = fault === undefined ? undefined : { kind: fault, at: Number(at ?? 0) };
  return await tryOut({ story, store: storeIn(store), fault: planned, seed: Number(seed ?? matrixSeed) });
}
