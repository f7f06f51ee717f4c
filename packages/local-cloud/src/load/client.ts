import { Agent, type IncomingMessage, request } from "node:http";
import type { Outcome } from "./tally.ts";

export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Undefined for a connection of its own. */
  readonly agent: Agent | undefined;
}

/**
 * Keeps connections alive, each used in turn. They are given up well before the balancer's 60 s: a browser would repeat a request that
 * meets a closing connection, and this client repeats nothing.
 */
export function keepAliveAgent(): Agent {
  return new Agent({ keepAlive: true, scheduling: "fifo", timeout: 20_000 });
}

/** Sends one request and reads the whole answer; calls back exactly once. */
export function ask(asked: Asked, done: (outcome: Outcome, answer?: IncomingMessage) => void): void {
  let finished = false;
  const finish = (outcome: Outcome, answer?: IncomingMessage): void => {
    if (finished) return;
    finished = true;
    done(outcome, answer);
  };
  const broken = (error: NodeJS.ErrnoException): void => finish({ kind: "broken", cause: error.code ?? error.message });
  const { host, port, path, headers } = asked;
  const sent = request({ host, port, path, headers, agent: asked.agent ?? false, timeout: asked.timeoutMs });
  sent.on("error", broken);
  sent.on("timeout", () => sent.destroy(Object.assign(new Error("silence"), { code: `no answer in ${asked.timeoutMs / 1000} s` })));
  sent.on("response", (answer) => {
    answer.on("error", broken);
    answer.on("end", () => {
      const version = textOf(answer.headers["x-app-version"]);
      const balancerCause = textOf(answer.headers["x-local-cloud-balancer-cause"]);
      finish({ kind: "answered", status: answer.statusCode ?? 0, version, balancerCause }, answer);
    });
    answer.resume();
  });
  sent.end();
}

const textOf = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** The cookies of one client. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  take(answer: IncomingMessage): void {
    for (const cookie of answer.headers["set-cookie"] ?? []) {
      const [pair = ""] = cookie.split(";");
      const mark = pair.indexOf("=");
      if (mark > 0) this.#cookies.set(pair.slice(0, mark), pair.slice(mark + 1));
    }
  }

  header(): Readonly<Record<string, string>> {
    return this.#cookies.size === 0 ? {} : { Cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  }
}
