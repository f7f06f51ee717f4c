import type { Clock } from "@aws-deploy-actions/shared/clock";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { Progress } from "../model.ts";
import { LeaseLost } from "../ports.ts";
import type { Lease, Saved } from "./codec.ts";
import type { RecordSession, RecordStore } from "./store.ts";

/** A record that does not answer holds the rollback for so long at each step, and at its end for `endPatience`. */
const patience: Seconds = 3;
const endPatience: Seconds = 120;
/** A record that failed is left alone for so long. */
const pause: Seconds = 20;

/**
 * The record of an emergency: users come first, so the lease is taken with the first write, which an urgent rollback makes after it moved
 * them; and a record that cannot be read or written is told, and stops nothing. Only a lease that is somebody else's does.
 *
 * @param over whose lease is overridden
 * @param trouble told once for each thing that goes wrong
 */
export function lateSession(
  openStore: () => Promise<RecordStore>,
  lease: Lease,
  over: "deployments" | "anybody",
  clock: Clock,
  trouble: (text: string) => void,
): RecordSession {
  let begun: Saved | undefined;
  let session: RecordSession | undefined;
  let underWay: Promise<void> | undefined;
  let lost: LeaseLost | undefined;
  let notBefore: Instant = 0;
  const told = new Set<string>();

  const open = async (): Promise<RecordSession> => {
    if (session !== undefined) return session;
    const taken = await (await openStore()).take({ ...lease, until: clock.now() + (lease.until - lease.since) }, over);
    if (!taken.taken) throw new LeaseLost(taken.by.holder);
    if (begun !== undefined) await taken.session.begin(begun);
    session = taken.session;
    return session;
  };

  const note = (error: unknown): void => {
    if (error instanceof LeaseLost) {
      lost = error;
      return;
    }
    notBefore = clock.now() + pause;
    const text = `the record cannot be used, going on without it: ${problemsOf(error)[0]?.what ?? String(error)}`;
    if (!told.has(text)) trouble(text);
    told.add(text);
  };

  /** One thing at a time; what takes too long goes on by itself, and what came of it shows at the next step. */
  async function attempt(work: () => Promise<void>, limit: Seconds): Promise<void> {
    if (lost !== undefined) throw lost;
    if (underWay === undefined && clock.now() >= notBefore) {
      underWay = work()
        .catch(note)
        .finally(() => {
          underWay = undefined;
        });
    }
    const wait = new AbortController();
    if (underWay !== undefined) {
      await Promise.race([underWay, clock.sleep(limit, wait.signal).catch(() => undefined)]);
      wait.abort();
    }
    if (lost !== undefined) throw lost;
  }

  return {
    begin: async (saved) => {
      begun = saved;
    },
    save: async (progress: Progress) => {
      if (begun === undefined) throw new Error("saved before it began");
      begun = { ...begun, progress };
      await attempt(async () => {
        const isOpen = session !== undefined;
        const opened = await open();
        if (isOpen) await opened.save(progress);
      }, patience);
    },
    check: async () => await attempt(async () => await (await open()).check(), patience),
    keepAlive: async () => await attempt(async () => await session?.keepAlive(), patience),
    end: async (saved) => {
      begun = saved;
      notBefore = 0;
      await attempt(async () => await (await open()).end(saved), endPatience);
    },
    release: async () => await attempt(async () => await session?.release(), patience),
  };
}
