import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";

/** What is sent. Plain data: it crosses into the thread that sends. Times are real. */
export interface LoadOptions {
  /** Loopback addresses only; requests take turns. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** Sent whether or not earlier ones were answered; above 0, at most 5,000. */
  readonly requestsPerSecond: number;
  /** After so long nothing more is sent; 900 when left out, at most 7,200. */
  readonly maxSeconds?: Seconds;
  /** After so many nothing more is sent; 1,000,000 when left out, which is also the most. */
  readonly maxRequests?: number;
  /** Taken by chance; `/` when left out. */
  readonly paths?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** The part of the requests, 0 to 1, that open a connection of their own; the others keep theirs alive. 0.2 when left out. */
  readonly newConnectionShare?: number;
  /** The part of the requests that take long, and where they go. */
  readonly slow?: { readonly share: number; readonly path: string };
  /** So many clients keep their cookies and send this part of the requests. */
  readonly sticky?: { readonly clients: number; readonly share: number };
  /** WebSockets held open, each with one message a second. */
  readonly webSockets?: { readonly count: number; readonly path: string };
  /** Answers read all the time, one after the other; each must end with the line `end`. */
  readonly streams?: { readonly count: number; readonly path: string };
  /** Silence after which a request is given up; 70 when left out. */
  readonly timeoutSeconds?: Seconds;
  readonly seed?: number;
}

export interface LoadReport {
  /** Those that have an outcome; requests under way are not in it. */
  readonly requests: number;
  /** Lost: the connection broke, nothing came in time, or a 5xx that the application did not answer. */
  readonly failedRequests: number;
  /** 4xx and 5xx that the application answered. */
  readonly appErrors: number;
  /** Answers by `x-app-version`; `none` for those without. */
  readonly byVersion: Readonly<Record<string, number>>;
  readonly seconds: readonly LoadSecond[];
  /** Of answers that were not asked to be slow. */
  readonly latencies: Latencies;
  readonly latenciesByVersion: Readonly<Record<string, Latencies>>;
  /** The first 50 lost requests. */
  readonly failures: readonly Failure[];
  /** Every request is of one kind. */
  readonly byKind: Readonly<Record<RequestKind, Counts>>;
  readonly webSockets: LongLived;
  readonly streams: LongLived;
  /** Requests that were due but not sent, since 5,000 others were under way: above 0, the figures say little. */
  readonly notSent: number;
  /** How busy the sending thread was, 0 to 1: near 1, the figures are its own. */
  readonly utilisation: number;
}

/** `kept` and `new`: on a connection that is kept alive, or on one of its own; `slow`: asked to take long, on either. */
export type RequestKind = "kept" | "new" | "slow";

export interface Counts {
  readonly requests: number;
  readonly lost: number;
}

export interface LoadSecond {
  readonly at: Instant;
  readonly requests: number;
  readonly failed: number;
  readonly appErrors: number;
  readonly byVersion: Readonly<Record<string, number>>;
  /** The slowest answer that was not asked to be slow. */
  readonly worst: Seconds;
}

export interface Latencies {
  readonly p50: Seconds;
  readonly p95: Seconds;
  readonly p99: Seconds;
}

export interface Failure {
  /** When it was noticed, and how long after it was sent. */
  readonly at: Instant;
  readonly after: Seconds;
  readonly address: string;
  readonly path: string;
  readonly connection: "kept" | "new";
  readonly cause: string;
}

/** WebSockets, or streaming answers. */
export interface LongLived {
  readonly opened: number;
  /** Messages echoed, or lines read. */
  readonly messages: number;
  /** Ended as agreed: by a closing handshake, by the line `end`, or by us. */
  readonly ended: number;
  /** Broken off without a word. */
  readonly cut: readonly { readonly at: Instant; readonly after: Seconds; readonly cause: string }[];
}

export interface Load {
  /** How it stands. */
  snapshot(): Promise<LoadReport>;
  /** Sends nothing more, waits for what is under way, and reports. Safe to call twice. */
  stop(): Promise<LoadReport>;
}
