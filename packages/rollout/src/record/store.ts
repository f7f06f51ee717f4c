import type { Seconds } from "@aws-deploy-actions/shared/units";
import type { RecordPort } from "../ports.ts";
import type { Lease, Saved, Succeeded } from "./codec.ts";

/** How long a lease lasts without renewal: longer than any call with all its retries may take. */
export const leaseSeconds: Seconds = 300;

/** What taking an environment gave. */
export type Taken =
  | { readonly taken: true; readonly before: Saved | undefined; readonly session: RecordSession }
  | { readonly taken: false; readonly by: Lease };

/** What is written down about an environment. */
export interface Written {
  /** Who holds it; also a lease that has ended. */
  readonly lease: Lease | undefined;
  /** The last or running rollout. */
  readonly saved: Saved | undefined;
  /** The last one that succeeded. */
  readonly succeeded: Succeeded | undefined;
}

/** The record of one run that holds the lease. */
export interface RecordSession extends RecordPort {
  /** Begins a new rollout's record; everything saved later belongs to it. */
  begin(saved: Saved): Promise<void>;
  /** Writes how it ended, and gives the lease back. */
  end(saved: Saved): Promise<void>;
  /** Gives the lease back without a rollout. */
  release(): Promise<void>;
}

/** Where records and leases lie. */
export interface RecordStore {
  /** exact: nobody can hold the lease at the same time. advisory: a window of a second or two remains. */
  readonly exactness: "exact" | "advisory";
  /**
   * Takes the environment.
   *
   * @param over whose lease is overridden though it has not ended: nobody's, a deployment's, anybody's
   */
  take(lease: Lease, over: "nobody" | "deployments" | "anybody"): Promise<Taken>;
  read(): Promise<Written>;
  /** Rollouts that ended, newest first; with tags only the last one. */
  history(limit: number): Promise<readonly Saved[]>;
}

/** Whether a lease stands in the way. */
export function blocks(lease: Lease | undefined, mine: Lease, over: "nobody" | "deployments" | "anybody", now: number): boolean {
  if (lease === undefined || lease.owner === mine.owner || lease.until <= now || over === "anybody") return false;
  return over === "nobody" || lease.purpose === "rollback";
}
