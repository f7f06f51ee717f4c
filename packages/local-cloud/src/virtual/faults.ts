import type { Seconds } from "@aws-deploy-actions/shared/units";
import { VirtualAwsError } from "./errors.ts";

/** What can go wrong with one call. */
export type Fault =
  /** The process dies before the call is sent. */
  | "killed-before"
  /** The process dies when the call was carried out, before the answer. */
  | "killed-after"
  /** Three times in a row the call is refused for its rate. */
  | "throttled"
  | "error-500"
  /** It is carried out, and the answer never arrives. */
  | "reply-lost"
  | "denied"
  /** Ten seconds without an answer, and nothing is carried out. */
  | "silence";

export const faults: readonly Fault[] = ["killed-before", "killed-after", "throttled", "error-500", "reply-lost", "denied", "silence"];

/** A fault at one call of one process; calls are counted from 0 in the order in which they are made. */
export interface PlannedFault {
  readonly at: number;
  readonly fault: Fault;
}

export const silenceSeconds: Seconds = 10;

/** A promise of a dead process: it never settles. */
export const dead = <T>(): Promise<T> => new Promise<T>(() => undefined);

export const throttlingError = (): VirtualAwsError => new VirtualAwsError("ThrottlingException", 400, "Rate exceeded");
export const serverError = (): VirtualAwsError => new VirtualAwsError("ServerException", 500, "Internal error");
export const lostReply = (): Error => Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
export const deniedError = (operation: string): VirtualAwsError =>
  new VirtualAwsError("AccessDeniedException", 400, `not authorized to perform: ${operation}`);
