import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Progress } from "../model.ts";
import { LeaseLost } from "../ports.ts";
import { type Lease, leaseFromTag, leaseToTag, type Saved, savedFromTags, savedToTags, succeededFromTags, tagNames } from "./codec.ts";
import { blocks, leaseSeconds, type RecordSession, type RecordStore, type Written } from "./store.ts";

/** How long a tag needs to be read by others. Tags have no compare-and-swap, so two runs see each other only after this. */
const settleSeconds = 2;
/** A look at the lease is good for so long: writing right after it need not ask again. */
const freshSeconds = 1;

/** What a service's tags say; no call is made. */
export function writtenInTags(tags: Readonly<Record<string, string>>, serviceArn: string): Written {
  const revisionArn = (short: string): string =>
    short.startsWith("arn:") ? short : `${serviceArn.replace(/:service\/.*$/, "")}:task-definition/${short}`;
  return {
    lease: leaseFromTag(tags[tagNames.lease]),
    saved: savedFromTags(tags, revisionArn),
    succeeded: succeededFromTags(tags, revisionArn),
  };
}

/**
 * Record and lease as tags of the blue service: nothing to set up, and advisory. Two runs that begin within the same two seconds may both
 * believe that they hold the lease until the next look; a state bucket closes that window.
 *
 * @param serviceArn the service that carries the tags
 */
export function tagStore(aws: Aws<"ecs">, serviceArn: string, clock: Clock): RecordStore {
  const readTags = async (): Promise<Readonly<Record<string, string>>> => {
    const answer = await aws.ecs((sdk) => new sdk.ListTagsForResourceCommand({ resourceArn: serviceArn }));
    return Object.fromEntries((answer.tags ?? []).map((tag) => [tag.key ?? "", tag.value ?? ""]));
  };
  const write = async (tags: Readonly<Record<string, string>>): Promise<void> => {
    const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
    await aws.ecs((sdk) => new sdk.TagResourceCommand({ resourceArn: serviceArn, tags: list }));
  };
  const read = async (): Promise<Written> => writtenInTags(await readTags(), serviceArn);

  function session(mine: Lease): RecordSession {
    let lease = mine;
    let current: Saved | undefined;
    let checkedAt = Number.NEGATIVE_INFINITY;
    const check = async (): Promise<void> => {
      const { lease: found } = await read();
      checkedAt = clock.now();
      if (found === undefined || found.owner === mine.owner) return;
      // A lease that began after ours shows that ours was taken over, even when it has ended meanwhile; an old one is a stale read.
      if (found.until <= clock.now() && found.since <= mine.since) return;
      // What a deployment wrote in the moment in which it was taken over does not give it the environment back.
      if (mine.purpose === "rollback" && found.purpose === "deploy" && found.since <= mine.since) {
        await write({ [tagNames.lease]: leaseToTag(renewed()) });
        return;
      }
      throw new LeaseLost(found.holder);
    };
    const renewed = (): Lease => {
      lease = { ...lease, until: clock.now() + leaseSeconds };
      return lease;
    };
    /** Tags cannot be compared and swapped, so whoever has been taken over must not write over what stands there now. */
    const writeOwn = async (tags: () => Readonly<Record<string, string>>): Promise<void> => {
      if (clock.now() - checkedAt > freshSeconds) await check();
      await write(tags());
    };
    const save = async (saved: Saved): Promise<void> => {
      current = saved;
      await writeOwn(() => ({ [tagNames.lease]: leaseToTag(renewed()), ...savedToTags(saved) }));
    };
    const ended = (): string => leaseToTag({ ...lease, until: clock.now() });
    return {
      check,
      save: async (progress: Progress) => {
        if (current === undefined) throw new Error("saved before it began");
        await save({ ...current, progress });
      },
      keepAlive: async () => {
        if (lease.until - clock.now() > leaseSeconds / 2) return;
        await check();
        await write({ [tagNames.lease]: leaseToTag(renewed()) });
      },
      begin: save,
      end: async (saved) => await writeOwn(() => ({ [tagNames.lease]: ended(), ...savedToTags(saved) })),
      release: async () => await writeOwn(() => ({ [tagNames.lease]: ended() })),
    };
  }

  return {
    exactness: "advisory",
    read,
    history: async () => {
      const { saved } = await read();
      return saved?.outcome === undefined ? [] : [saved];
    },
    take: async (lease, over) => {
      const found = await read();
      if (found.lease !== undefined && blocks(found.lease, lease, over, clock.now())) return { taken: false, by: found.lease };
      await write({ [tagNames.lease]: leaseToTag(lease) });
      // A rollback does not wait: whoever else holds the lease sees its tag before its own next mutation.
      if (over === "nobody") {
        await clock.sleep(settleSeconds);
        const { lease: winner } = await read();
        if (winner !== undefined && winner.owner !== lease.owner) return { taken: false, by: winner };
      }
      return { taken: true, before: found.saved, session: session(lease) };
    },
  };
}
