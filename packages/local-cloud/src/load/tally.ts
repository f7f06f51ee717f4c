import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";
import type { Failure, Latencies, LoadReport, LoadSecond, LongLived, RequestKind } from "./types.ts";

/** What became of a request. */
export type Outcome = { readonly kind: "broken"; readonly cause: string } | Answer;

export interface Answer {
  readonly kind: "answered";
  readonly status: number;
  /** The header by which the application says that it was the one. */
  readonly version: string | undefined;
  /** What the balancer says about an error of its own. */
  readonly balancerCause: string | undefined;
}

export interface Sent {
  readonly address: string;
  readonly path: string;
  readonly connection: "kept" | "new";
  readonly slow: boolean;
}

/** Why a request counts as lost; undefined when it does not. */
export function lostBecause(outcome: Outcome): string | undefined {
  if (outcome.kind === "broken") return outcome.cause;
  if (outcome.status < 500 || outcome.version !== undefined) return undefined;
  return `${outcome.status} not answered by the application${outcome.balancerCause === undefined ? "" : ` (${outcome.balancerCause})`}`;
}

const keptFailures = 50;

interface MutableSecond {
  requests: number;
  failed: number;
  appErrors: number;
  worst: Seconds;
  readonly byVersion: Record<string, number>;
}

/** Counts outcomes; knows no clock and sends nothing. */
export class Tally {
  #requests = 0;
  #failed = 0;
  #appErrors = 0;
  readonly #kinds: Record<RequestKind, { requests: number; lost: number }> = {
    kept: { requests: 0, lost: 0 },
    new: { requests: 0, lost: 0 },
    slow: { requests: 0, lost: 0 },
  };
  readonly #seconds = new Map<Instant, MutableSecond>();
  readonly #times = new Map<string, number[]>();
  readonly #byVersion: Record<string, number> = {};
  readonly #failures: Failure[] = [];

  /** @param took from the sending to the outcome */
  add(sent: Sent, outcome: Outcome, at: Instant, took: Seconds): void {
    const second = this.#second(Math.floor(at));
    this.#requests += 1;
    second.requests += 1;
    const kind = this.#kinds[sent.slow ? "slow" : sent.connection];
    kind.requests += 1;
    const lost = lostBecause(outcome);
    if (lost !== undefined) {
      this.#failed += 1;
      kind.lost += 1;
      second.failed += 1;
      const { address, path, connection } = sent;
      if (this.#failures.length < keptFailures) this.#failures.push({ at, after: took, address, path, connection, cause: lost });
    }
    if (outcome.kind === "broken") return;
    const version = outcome.version ?? "none";
    this.#byVersion[version] = (this.#byVersion[version] ?? 0) + 1;
    second.byVersion[version] = (second.byVersion[version] ?? 0) + 1;
    if (lost === undefined && outcome.status >= 400) {
      this.#appErrors += 1;
      second.appErrors += 1;
    }
    if (sent.slow || lost !== undefined) return;
    second.worst = Math.max(second.worst, took);
    const times = this.#times.get(version);
    if (times === undefined) this.#times.set(version, [took]);
    else times.push(took);
  }

  report(rest: Pick<LoadReport, "webSockets" | "streams" | "notSent" | "utilisation">): LoadReport {
    const seconds = [...this.#seconds].sort(([a], [b]) => a - b).map(([at, second]): LoadSecond => ({ at, ...second }));
    return {
      requests: this.#requests,
      failedRequests: this.#failed,
      appErrors: this.#appErrors,
      byVersion: { ...this.#byVersion },
      seconds,
      latencies: percentiles([...this.#times.values()].flat()),
      latenciesByVersion: Object.fromEntries([...this.#times].map(([version, times]) => [version, percentiles(times)])),
      failures: [...this.#failures],
      byKind: structuredClone(this.#kinds),
      ...rest,
    };
  }

  #second(at: Instant): MutableSecond {
    const known = this.#seconds.get(at);
    if (known !== undefined) return known;
    const second: MutableSecond = { requests: 0, failed: 0, appErrors: 0, worst: 0, byVersion: {} };
    this.#seconds.set(at, second);
    return second;
  }
}

/** By nearest rank, to a tenth of a millisecond; zeros when there is nothing. */
export function percentiles(times: readonly Seconds[]): Latencies {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number): Seconds => Math.round((sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0) * 10_000) / 10_000;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Counts connections that stay. */
export class LongLivedTally {
  #opened = 0;
  #messages = 0;
  #ended = 0;
  readonly #cut: { at: Instant; after: Seconds; cause: string }[] = [];

  opened(): void {
    this.#opened += 1;
  }

  message(count = 1): void {
    this.#messages += count;
  }

  ended(): void {
    this.#ended += 1;
  }

  cut(at: Instant, after: Seconds, cause: string): void {
    if (this.#cut.length < keptFailures) this.#cut.push({ at, after, cause });
  }

  report(): LongLived {
    return { opened: this.#opened, messages: this.#messages, ended: this.#ended, cut: [...this.#cut] };
  }
}
