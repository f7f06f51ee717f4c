import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import { settles } from "../in-time.ts";
import type { RecordPort } from "../ports.ts";

/** How long the watch over users waits for a renewal of the lease, which lasts for minutes yet. */
const patience: Seconds = 2;

/**
 * A record whose writes go one after the other, also when nobody waits for them any more: a cancelled job does not wait, and what it writes
 * next must not overtake, nor be taken for somebody else's. A renewal that takes long goes on by itself: what came of it shows at the next one.
 */
export function writesInOrder(record: RecordPort, clock: Clock): RecordPort & { settled(): Promise<void> } {
  let tail: Promise<void> = Promise.resolve();
  const queued = async (write: () => Promise<void>): Promise<void> => {
    const mine = tail.then(write);
    tail = mine.catch(() => undefined);
    await mine;
  };
  let renewal: Promise<void> | undefined;
  const renewed = async (): Promise<void> => {
    renewal ??= queued(record.keepAlive);
    const mine = renewal;
    if (!(await settles(patience, mine, clock))) return;
    renewal = undefined;
    await mine;
  };
  return {
    check: async () => await record.check(),
    save: async (progress) => await queued(async () => await record.save(progress)),
    keepAlive: renewed,
    settled: async () => await tail,
  };
}
