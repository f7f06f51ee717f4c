import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Seconds } from "@aws-deploy-actions/shared/units";

type Fate = "succeeded" | "failed" | "pending";

/** What has become of it after so many seconds at most. Its failure is somebody else's to tell. */
async function fateWithin(time: Seconds, work: Promise<unknown>, clock: Clock): Promise<Fate> {
  const answered = new AbortController();
  const fate = work.then(
    (): Fate => "succeeded",
    (): Fate => "failed",
  );
  const late = clock.sleep(time, answered.signal).then(
    (): Fate => "pending",
    async () => await fate,
  );
  return await Promise.race([fate, late]).finally(() => answered.abort());
}

/** Whether it succeeds within so many seconds. */
export const within = async (time: Seconds, work: Promise<unknown>, clock: Clock): Promise<boolean> =>
  (await fateWithin(time, work, clock)) === "succeeded";

/** Whether it comes to its end, good or bad, within so many seconds. */
export const settles = async (time: Seconds, work: Promise<unknown>, clock: Clock): Promise<boolean> =>
  (await fateWithin(time, work, clock)) !== "pending";
