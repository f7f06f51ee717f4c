import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { seededRandom } from "../balancer/random.ts";
import { ask, CookieJar, keepAliveAgent } from "./client.ts";
import { holdWebSocket, readStreams } from "./long-lived.ts";
import { LongLivedTally, type Sent, Tally } from "./tally.ts";
import type { LoadOptions, LoadReport } from "./types.ts";

const tickMs = 5;
const mostUnderWay = 5000;

/** Sends at a steady rate, whatever comes back: a slow system gets no mercy, and no pause hides its errors. */
export class Generator {
  readonly #options: Required<Pick<LoadOptions, "maxSeconds" | "maxRequests" | "newConnectionShare" | "timeoutSeconds">> & LoadOptions;
  readonly #tally = new Tally();
  readonly #webSockets = new LongLivedTally();
  readonly #streams = new LongLivedTally();
  readonly #agent = keepAliveAgent();
  readonly #jars: readonly CookieJar[];
  readonly #random: () => number;
  readonly #leave = new AbortController();
  readonly #longLived: readonly Promise<void>[];
  readonly #startedAt = performance.now();
  readonly #idle = performance.eventLoopUtilization();
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #underWay = 0;
  #notSent = 0;

  constructor(options: LoadOptions) {
    this.#options = { maxSeconds: 900, maxRequests: 1_000_000, newConnectionShare: 0.2, timeoutSeconds: 70, ...options };
    this.#random = seededRandom(options.seed ?? 1);
    this.#jars = Array.from({ length: options.sticky?.clients ?? 0 }, () => new CookieJar());
    const { webSockets, streams } = options;
    const many = (count: number, start: (index: number) => Promise<void>) => Array.from({ length: count }, (_, index) => start(index));
    this.#longLived = [
      ...many(webSockets?.count ?? 0, (index) =>
        holdWebSocket({ ...this.#address(index), path: webSockets?.path ?? "/" }, this.#webSockets, this.#leave.signal),
      ),
      ...many(streams?.count ?? 0, (index) =>
        readStreams({ ...this.#address(index), path: streams?.path ?? "/" }, this.#streams, this.#leave.signal),
      ),
    ];
    // Held open through a long lull the thread would still end when it is stopped.
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  report(): LoadReport {
    const { utilization } = performance.eventLoopUtilization(this.#idle);
    const longLived = { webSockets: this.#webSockets.report(), streams: this.#streams.report() };
    return this.#tally.report({ ...longLived, notSent: this.#notSent, utilisation: Math.round(utilization * 100) / 100 });
  }

  async stop(): Promise<LoadReport> {
    clearInterval(this.#timer);
    this.#leave.abort();
    // Each request ends by itself: answered, broken, or given up.
    while (this.#underWay > 0) await wait(20);
    await Promise.all(this.#longLived);
    this.#agent.destroy();
    return this.report();
  }

  #tick(): void {
    const elapsed = (performance.now() - this.#startedAt) / 1000;
    const { maxSeconds, maxRequests, requestsPerSecond } = this.#options;
    const wanted = Math.min(maxRequests, Math.floor(Math.min(elapsed, maxSeconds) * requestsPerSecond));
    for (; this.#due < wanted; this.#due += 1) {
      if (this.#underWay < mostUnderWay) this.#send();
      else this.#notSent += 1;
    }
    if (elapsed >= maxSeconds || this.#due >= maxRequests) clearInterval(this.#timer);
  }

  #send(): void {
    const { slow: slowOption, newConnectionShare, paths, sticky, headers, timeoutSeconds } = this.#options;
    const slow = slowOption !== undefined && this.#random() < slowOption.share;
    const path = slow ? slowOption.path : (paths?.[Math.floor(this.#random() * paths.length)] ?? "/");
    const kept = this.#random() >= newConnectionShare;
    const jar =
      sticky !== undefined && this.#random() < sticky.share ? this.#jars[Math.floor(this.#random() * this.#jars.length)] : undefined;
    const { host, port } = this.#address(this.#due);
    const sent: Sent = { address: `${host}:${port}`, path, connection: kept ? "kept" : "new", slow };
    const sentAt = performance.now();
    this.#underWay += 1;
    const asked = {
      host,
      port,
      path,
      headers: { ...headers, ...jar?.header() },
      timeoutMs: timeoutSeconds * 1000,
      agent: kept ? this.#agent : undefined,
    };
    ask(asked, (outcome, answer) => {
      this.#underWay -= 1;
      if (answer !== undefined) jar?.take(answer);
      this.#tally.add(sent, outcome, Date.now() / 1000, (performance.now() - sentAt) / 1000);
    });
  }

  #address(index: number): { readonly host: string; readonly port: number } {
    const { addresses } = this.#options;
    return addresses[index % addresses.length] ?? { host: "127.0.0.1", port: 0 };
  }
}
