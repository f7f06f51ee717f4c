import type { RecordPort } from "../ports.ts";

/**
 * A record whose writes go one after the other, also when nobody waits for them any more: a cancelled job does not wait, and what it writes
 * next must not overtake, nor be taken for somebody else's.
 */
export function writesInOrder(record: RecordPort): RecordPort & { settled(): Promise<void> } {
  let tail: Promise<void> = Promise.resolve();
  const queued = async (write: () => Promise<void>): Promise<void> => {
    const mine = tail.then(write);
    tail = mine.catch(() => undefined);
    await mine;
  };
  return {
    check: async () => await record.check(),
    save: async (progress) => await queued(async () => await record.save(progress)),
    keepAlive: async () => await queued(async () => await record.keepAlive()),
    settled: async () => await tail,
  };
}
