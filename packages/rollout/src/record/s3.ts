import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { Trouble } from "@aws-deploy-actions/shared/problems";
import type { Progress } from "../model.ts";
import { LeaseLost } from "../ports.ts";
import { type Lease, type Saved, type Succeeded, succeededOf } from "./codec.ts";
import { blocks, leaseSeconds, type RecordSession, type RecordStore, type Written } from "./store.ts";

/** Lease and record in one object, so that one conditional write guards both. */
type State = Written;

interface Stored {
  readonly state: State;
  /** undefined: there is no object yet. */
  readonly etag: string | undefined;
}

const empty: Stored = { state: { lease: undefined, saved: undefined, succeeded: undefined }, etag: undefined };

/**
 * Record and lease in S3, by conditional writes (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html): exact.
 *
 * @param account the bucket must belong to it: a bucket name that somebody else has taken must never get our state
 */
export function bucketStore(aws: Aws<"s3">, bucket: string, account: string, prefix: string, clock: Clock): RecordStore {
  const common = { Bucket: bucket, ExpectedBucketOwner: account };
  const key = stateKey(prefix);

  const readObject = async (Key: string): Promise<{ text: string; etag: string | undefined } | undefined> => {
    try {
      const answer = await aws.s3((sdk) => new sdk.GetObjectCommand({ ...common, Key }));
      return { text: (await answer.Body?.transformToString("utf8")) ?? "", etag: answer.ETag };
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  };
  const readState = async (): Promise<Stored> => {
    const object = await readObject(key);
    return object === undefined ? empty : { state: parseState(object.text), etag: object.etag };
  };

  /** Writes if nobody else has written since; a reply that was lost is cleared up by reading. */
  const swap = async (state: State, etag: string | undefined): Promise<string | undefined> => {
    const Body = JSON.stringify(state, undefined, 2);
    const condition = etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag };
    try {
      const answer = await aws.s3(
        (sdk) => new sdk.PutObjectCommand({ ...common, Key: key, Body, ContentType: "application/json", ...condition }),
      );
      return answer.ETag;
    } catch (error) {
      if (!isStatus(error, 412) && !isStatus(error, 409)) throw error;
      const now = await readObject(key);
      if (now?.text === Body) return now.etag;
      return undefined;
    }
  };

  function session(mine: Lease, first: Stored): RecordSession {
    let { state, etag } = first;
    const put = async (next: State): Promise<void> => {
      let written = await swap(next, etag);
      if (written === undefined) {
        const now = await readState();
        if (now.state.lease?.owner !== mine.owner) throw new LeaseLost(now.state.lease?.holder ?? "somebody else");
        // It is our own earlier write, whose answer never came.
        written = await swap(next, now.etag);
      }
      if (written === undefined) throw new LeaseLost("somebody else");
      etag = written;
      state = next;
    };
    const renewed = (): Lease => ({ ...mine, until: clock.now() + leaseSeconds });
    const archive = async (saved: Saved): Promise<void> => {
      const stamp = new Date((saved.endedAt ?? clock.now()) * 1000).toISOString().replace(/[:.]/g, "-");
      const Body = JSON.stringify(saved, undefined, 2);
      const Key = `${prefix}/history/${stamp}-${saved.deployment}.json`;
      await aws.s3((sdk) => new sdk.PutObjectCommand({ ...common, Key, Body, ContentType: "application/json" }));
    };
    return {
      check: async () => {
        const now = await readState();
        if (now.state.lease?.owner !== mine.owner) throw new LeaseLost(now.state.lease?.holder ?? "somebody else");
      },
      save: async (progress: Progress) => {
        if (state.saved === undefined) throw new Error("saved before it began");
        await put({ ...state, lease: renewed(), saved: { ...state.saved, progress } });
      },
      keepAlive: async () => {
        if ((state.lease?.until ?? 0) - clock.now() > leaseSeconds / 2) return;
        await put({ ...state, lease: renewed() });
      },
      begin: async (saved) => {
        const left = state.saved;
        await put({ ...state, lease: renewed(), saved });
        if (left === undefined || left.outcome !== undefined || left.deployment === saved.deployment) return;
        // Its own run will never write its end: it has lost the lease.
        await archive({ ...left, outcome: "cancelled", endedAt: clock.now(), reason: left.reason ?? `taken over by ${saved.deployment}` });
      },
      end: async (saved) => {
        await archive(saved);
        await put({ lease: { ...mine, until: clock.now() }, saved, succeeded: succeededOf(saved) ?? state.succeeded });
      },
      release: async () => await put({ ...state, lease: { ...mine, until: clock.now() } }),
    };
  }

  return {
    exactness: "exact",
    read: async () => (await readState()).state,
    history: async (limit) => {
      const answer = await aws.s3((sdk) => new sdk.ListObjectsV2Command({ ...common, Prefix: `${prefix}/history/` }));
      const keys = (answer.Contents ?? [])
        .flatMap((one) => (one.Key === undefined ? [] : [one.Key]))
        .sort()
        .reverse()
        .slice(0, limit);
      const objects = await Promise.all(keys.map(readObject));
      return objects.flatMap((object) => (object === undefined ? [] : parseSaved(object.text)));
    },
    take: async (lease, over) => {
      // Two tries: somebody may write between the look and the write, most often to give the lease back.
      for (let attempt = 0; ; attempt++) {
        const found = await readState();
        if (found.state.lease !== undefined && blocks(found.state.lease, lease, over, clock.now()))
          return { taken: false, by: found.state.lease };
        const state = { ...found.state, lease };
        const etag = await swap(state, found.etag);
        if (etag !== undefined) return { taken: true, before: found.state.saved, session: session(lease, { state, etag }) };
        if (attempt >= 4) return { taken: false, by: (await readState()).state.lease ?? lease };
      }
    },
  };
}

const stateKey = (prefix: string): string => `${prefix}/state.json`;

/** One look without another try: in an emergency nobody waits for the record. */
export async function glanceAtBucket(aws: Aws<"s3">, bucket: string, account: string, prefix: string): Promise<Written> {
  const key = { Bucket: bucket, ExpectedBucketOwner: account, Key: stateKey(prefix) };
  try {
    const answer = await aws.s3((sdk) => new sdk.GetObjectCommand(key), { retry: { attempts: 1, budget: 0 } });
    return parseState((await answer.Body?.transformToString("utf8")) ?? "");
  } catch (error) {
    if (isStatus(error, 404)) return empty.state;
    throw error;
  }
}

function isStatus(error: unknown, status: number): boolean {
  const cause = error instanceof Trouble ? error.cause : error;
  const { $metadata, name } = (cause ?? {}) as { $metadata?: { httpStatusCode?: number }; name?: string };
  return (
    $metadata?.httpStatusCode === status || (status === 404 && name === "NoSuchKey") || (status === 412 && name === "PreconditionFailed")
  );
}

/** What lies in the bucket is checked before it is believed: text that is no state counts as none. */
function parseState(text: string): State {
  try {
    const parsed = JSON.parse(text) as Partial<State>;
    const lease = typeof parsed.lease?.owner === "string" && typeof parsed.lease.until === "number" ? parsed.lease : undefined;
    const saved = isSaved(parsed.saved) ? parsed.saved : undefined;
    return { lease, saved, succeeded: isSucceeded(parsed.succeeded) ? parsed.succeeded : undefined };
  } catch {
    return empty.state;
  }
}

function parseSaved(text: string): readonly Saved[] {
  try {
    const parsed = JSON.parse(text) as Saved;
    return isSaved(parsed) ? [parsed] : [];
  } catch {
    return [];
  }
}

const isSaved = (value: Saved | undefined): value is Saved =>
  (value?.from === "blue" || value?.from === "green") &&
  (value.to === "blue" || value.to === "green") &&
  value.from !== value.to &&
  typeof value.progress?.since === "number";

const isSucceeded = (value: Succeeded | undefined): value is Succeeded =>
  (value?.to === "blue" || value?.to === "green") &&
  typeof value.revision === "string" &&
  typeof value.previousRevision === "string" &&
  typeof value.endedAt === "number";
