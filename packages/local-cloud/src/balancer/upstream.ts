import { Agent } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Seconds } from "@aws-deploy-actions/shared/units";

/** The connections of one node to one target. */
export interface Upstream {
  readonly agent: Agent;
  readonly endpoint: { readonly host: string; readonly port: number };
  /** WebSocket connections: they leave the agent when they are upgraded. */
  readonly upgraded: Set<Duplex>;
}

/** Real seconds: an application does not live in compressed time. */
export interface Timeouts {
  /** Without a byte in either direction; also how long an unused connection is kept. */
  readonly idle: Seconds;
  readonly connect: Seconds;
}

// How a connection that was not established in time is told from one that was silent.
export const connectTimeout = "ELB_CONNECT_TIMEOUT";

/**
 * Keeps connections for the whole idle time-out, whatever the target says about its own: a target that closes earlier meets a request
 * that is already on its way, and the client gets a 502.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html ("HTTP 502: Bad Gateway")
 */
class TargetAgent extends Agent {
  readonly #timeouts: Timeouts;

  constructor(timeouts: Timeouts) {
    super({ keepAlive: true, timeout: timeouts.idle * 1000 });
    this.#timeouts = timeouts;
  }

  // Node's own heeds the target's Keep-Alive header here, which AWS's balancer does not.
  override keepSocketAlive(socket: Duplex): boolean {
    (socket as Socket).setTimeout(this.#timeouts.idle * 1000);
    return true;
  }

  override createConnection(options: { readonly host?: string; readonly port?: number }): Socket {
    const socket = connect({ host: options.host ?? "127.0.0.1", port: options.port ?? 80, noDelay: true });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error("the target did not take the connection in time"), { code: connectTimeout }));
    }, this.#timeouts.connect * 1000);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.setTimeout(this.#timeouts.idle * 1000);
    });
    socket.once("close", () => clearTimeout(timer));
    return socket;
  }
}

export function createUpstream(endpoint: Upstream["endpoint"], timeouts: Timeouts): Upstream {
  return { agent: new TargetAgent(timeouts), endpoint, upgraded: new Set() };
}

/** Ends every connection, in use or not. */
export function cutUpstream(upstream: Upstream): void {
  upstream.agent.destroy();
  for (const socket of upstream.upgraded) socket.destroy();
}
