import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, type RequestListener, request, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { createBalancer } from "../../src/balancer/balancer.ts";
import type { Balancer, BalancerConfig, BalancerOptions } from "../../src/balancer/types.ts";
import { listenerArn, ManualClock } from "./builders.ts";

const cleanUp: (() => unknown)[] = [];
const agent = new Agent({ keepAlive: true });

/** Ends what a test started. */
export async function endAll(): Promise<void> {
  for (const end of cleanUp.splice(0).reverse()) await end();
  agent.destroy();
}

export interface RunningTarget {
  readonly id: string;
  readonly port: number;
  readonly server: Server | TcpServer;
  /** Connections taken, health checks included. */
  readonly connections: Socket[];
}

/** A target that passes its health checks and leaves the rest to the handler. */
export function startTarget(handler: RequestListener): Promise<RunningTarget> {
  const server = createServer({ keepAliveTimeout: 70_000 }, (incoming, response) => {
    if (incoming.url === "/health") response.end();
    else handler(incoming, response);
  });
  return started(server);
}

/** A target that does on its connections what no HTTP library would. */
export const startRawTarget = (handler: (socket: Socket, request: string) => void): Promise<RunningTarget> =>
  started(
    createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (data: Buffer) => {
        if (data.toString().startsWith("GET /health ")) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        else handler(socket, data.toString());
      });
    }),
  );

async function started(server: Server | TcpServer): Promise<RunningTarget> {
  const connections: Socket[] = [];
  server.on("connection", (socket: Socket) => connections.push(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  cleanUp.push(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });
  return { id: "127.0.0.1", port: (server.address() as AddressInfo).port, server, connections };
}

export interface RunningBalancer {
  readonly balancer: Balancer;
  readonly clock: ManualClock;
  /** Lets time pass until the group's targets are in the state. */
  until(group: string, state: string): Promise<void>;
  /** Sends a request to a node; kept alive unless told otherwise. */
  send(node: number, path: string, more?: More): Promise<Reply>;
  url(node: number): string;
}

interface More {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export async function startBalancer(config: BalancerConfig, more: Partial<BalancerOptions> = {}): Promise<RunningBalancer> {
  const clock = new ManualClock();
  const balancer = createBalancer({ clock, propagation: () => 0, ...more });
  cleanUp.push(() => balancer.stop());
  await balancer.applyConfig(config);
  await clock.pass(10);
  const address = (node: number) => {
    const found = balancer.addresses(listenerArn)[node];
    if (found === undefined) throw new Error(`there is no node ${node}`);
    return found;
  };
  return {
    ...{ balancer, clock },
    until: async (group, state) => {
      for (let turns = 0; !balancer.targetHealth(group).every((target) => target.state === state); turns += 1) {
        if (turns > 500) throw new Error(`${group} is not ${state}: ${JSON.stringify(balancer.targetHealth(group))}`);
        await clock.pass(1);
        await wait(2);
      }
    },
    url: (node) => `http://127.0.0.1:${address(node).port}`,
    send: (node, path, options = {}) => send(address(node).port, path, options),
  };
}

function send(port: number, path: string, { method = "GET", headers = {}, body }: More): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers, agent });
    sent.on("error", reject);
    sent.on("response", (answer) => {
      let text = "";
      answer.on("data", (data: Buffer) => {
        text += data.toString();
      });
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    sent.end(body);
  });
}
