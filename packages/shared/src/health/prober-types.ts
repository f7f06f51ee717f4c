import type { Instant, Seconds } from "../units.ts";

/** Why a check did not pass, by who is likely to blame. */
export type ProbeCause =
  /** An answer came, with another status than expected. */
  | "status"
  /** An answer came, without the expected JSON. */
  | "body"
  /** No complete answer in time. */
  | "timeout"
  /** No connection, or one that broke off. */
  | "connection"
  /** The name does not resolve. */
  | "name"
  /** The certificate does not hold. */
  | "tls"
  /** We refuse to send the request, or to read so much. */
  | "refused";

/** One health check, made once. */
export interface ProbeSample {
  /** When the request was sent. */
  readonly time: Instant;
  /** The check's name, as the `health-checks` input gives it. */
  readonly check: string;
  readonly ok: boolean;
  /**
   * Whether the control probe of the same round got through. `failed` means that the runner's own network is in trouble: the sample
   * counts for nothing then, whatever it says. `none` where no control probe is set up.
   */
  readonly control: "ok" | "failed" | "none";
  /** Until the whole answer was read, or until we gave up. */
  readonly latency: Seconds;
  readonly status?: number;
  readonly cause?: ProbeCause;
  /** One sanitised line: what came instead of what was expected. */
  readonly detail?: string;
}

/** When the sample could be known. */
export const knownAt = (sample: ProbeSample): Instant => sample.time + sample.latency;
