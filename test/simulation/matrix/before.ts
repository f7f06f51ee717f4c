// What happened before the run that is tried: deployments that came to their end, and some whose runner was lost.
import { virtualProcess } from "@aws-deploy-actions/local-cloud/virtual/aws";
import type { Inputs, Stage } from "../scenario.ts";
import { runToEnd, waitForLease } from "./carry.ts";

/** When the first user could meet the new version; undefined before. */
export const firstSwitch = ({ account }: Stage): number | undefined =>
  account.weightChanges.find((one) => (one.groups.get(account.groups.green)?.after ?? 0) > 0)?.at;

/** A deployment that came to its end. @throws Error when it did not succeed */
export async function settled(stage: Stage, inputs: Inputs): Promise<void> {
  const { result } = await runToEnd(stage, inputs, virtualProcess("earlier"));
  if (result?.outcome !== "succeeded") throw new Error(`the deployment before ended as ${result?.outcome}: ${result?.reason}`);
}

/** A deployment whose runner is lost so many seconds after users first met the new version; 0: with the very next call. */
export const lost =
  (inputs: Inputs, seconds: number, freeLease = true) =>
  async (stage: Stage, store: Inputs): Promise<void> => {
    const process = virtualProcess("lost");
    const end = (): number => (firstSwitch(stage) ?? Number.POSITIVE_INFINITY) + seconds;
    process.onCall = () => {
      if (stage.clock.now() >= end()) process.isDead = true;
    };
    await runToEnd(stage, { ...inputs, ...store }, process, () => {
      if (stage.clock.now() > end()) process.isDead = true;
    });
    if (freeLease) await waitForLease(stage);
  };
