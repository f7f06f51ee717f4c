import type { Instant } from "@aws-deploy-actions/shared/units";
import type { Fault } from "./faults.ts";
import type { ApiCall } from "./identify.ts";
import type { Params } from "./params.ts";

/** One call that reached the cloud. */
export interface CallRecord {
  /** The cloud's time at which the request had arrived. */
  readonly at: Instant;
  /** The IAM prefix: `ecs`, `elasticloadbalancing`. */
  readonly service: string;
  readonly operation: string;
  readonly params: Params;
  /** HTTP status of the answer; undefined when none was sent (silence, cut, reply lost). */
  readonly status: number | undefined;
  /** The error code of the answer, if it was an error that the proxy or a fault made. */
  readonly fault: Fault["kind"] | "rate-limit" | undefined;
  /** Whether the call had its effect: false for refused, throttled and cut ones. */
  readonly applied: boolean;
  /** Cloud seconds from the request's arrival to the answer. */
  readonly seconds: number;
  /** The caller's User-Agent, to tell callers apart. */
  readonly userAgent: string;
}

/** The log of every call, oldest first. */
export interface CallLog extends Iterable<CallRecord> {
  readonly length: number;
  /** Calls since a mark made by `length`, optionally of one operation. */
  since(mark: number): readonly CallRecord[];
  all(): readonly CallRecord[];
  /** Calls that change something: everything but reads. */
  mutating(mark?: number): readonly CallRecord[];
  clear(): void;
}

const readVerbs =
  /^(Describe|List|Get|Batch(Get|Check)|Head|Lookup|Filter|Simulate|Search|Test|Validate|Select|Query|Scan|AssumeRole|HEAD |GET )/;

/** Whether an operation changes anything (assuming a role does not). */
export const isMutating = (call: Pick<ApiCall, "operation">): boolean => !readVerbs.test(call.operation);

export function createCallLog(): CallLog & { readonly add: (call: CallRecord) => void } {
  let records: CallRecord[] = [];
  return {
    get length() {
      return records.length;
    },
    [Symbol.iterator]: () => records[Symbol.iterator](),
    since: (mark) => records.slice(mark),
    all: () => records.slice(),
    mutating: (mark = 0) => records.slice(mark).filter(isMutating),
    clear: () => {
      records = [];
    },
    add: (call) => {
      records.push(call);
    },
  };
}
