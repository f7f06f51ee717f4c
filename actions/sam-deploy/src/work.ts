import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { Config } from "./inputs.ts";
import type { SamConfig } from "./model/samconfig.ts";
import type { ArtefactPort, FilesPort, HttpPort, ReleaseStore, SamCliPort, StackPort, WatchPort } from "./ports.ts";

/** What a run that needs no AWS works with. */
export interface LocalWork {
  readonly config: Config;
  readonly base: Base;
  readonly files: FilesPort;
  readonly sam: SamCliPort;
}

/** What a run on a stack works with. */
export interface Work extends LocalWork {
  readonly samConfig: SamConfig;
  readonly stackName: string;
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly stack: StackPort;
  readonly store: ReleaseStore | undefined;
  readonly artefacts: ArtefactPort;
  readonly watch: WatchPort;
  readonly http: HttpPort;
  /** No wait goes on beyond this. */
  readonly deadline: Instant;
}

/** The job was cancelled. What is under way is cleaned up by whoever began it. */
export class Cancelled extends Error {}

/** Stops here when the job was cancelled. */
export function checkpoint({ base }: LocalWork): void {
  if (base.cancelled.aborted) throw new Cancelled("the job was cancelled");
}

/** Waits in a way that a cancelled job ends at once. */
export async function pause(work: LocalWork, time: Seconds): Promise<void> {
  checkpoint(work);
  try {
    await work.base.clock.sleep(time, work.base.cancelled);
  } catch (error) {
    if (work.base.cancelled.aborted) throw new Cancelled("the job was cancelled");
    throw error;
  }
}

/** A token for one call: the same for every try of it, another for every other call. */
export const newToken = (what: string): string => `${what}-${crypto.randomUUID()}`;
