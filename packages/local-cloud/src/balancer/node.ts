import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import { checkTarget } from "./checks.ts";
import { driveNode } from "./drive.ts";
import { traceIds } from "./headers.ts";
import type { TargetView } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import { handleRequest, type ProxyContext } from "./proxy.ts";
import { finishCheck, type NodeState } from "./state.ts";
import { handleUpgrade } from "./upgrade.ts";
import { createUpstream, cutUpstream, type Upstream } from "./upstream.ts";

/** One balancer node: real ports, and a loop that lets its state follow the clock. */
export interface BalancerNode {
  /** Opens the ports of new listeners, and closes those of listeners that are no more. */
  listen(listenerArns: readonly string[]): Promise<void>;
  portOf(listenerArn: string): number | undefined;
  /** Looks again at what is to be done: something was put into the state. */
  wake(): void;
  stop(): Promise<void>;
}

export interface NodeOptions {
  readonly state: NodeState;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly connectTimeout: Seconds;
}

const defaultIdleTimeout: Seconds = 60;
/** A balancer that AWS scales never refuses a connection because it is busy; this one shares a machine and may be late to take it. */
const backlog = 4096;

export function startNode({ state, clock, metrics, connectTimeout }: NodeOptions): BalancerNode {
  const servers = new Map<string, Server>();
  const upstreams = new Map<TargetView, Upstream>();
  const drive = driveNode({
    ...{ state, clock },
    check: (due) => void checkTarget(due.target, due.group.config.healthCheck).then((result) => finishCheck(due, result, clock.now())),
    cut: (target) => {
      const upstream = upstreams.get(target);
      if (upstream !== undefined) cutUpstream(upstream);
      upstreams.delete(target);
    },
  });
  const context: ProxyContext = {
    ...{ state, clock, metrics, turn: drive.turn, nextTraceId: traceIds(state.random) },
    upstreamOf: (target, { loadBalancerArn }) => {
      const known = upstreams.get(target);
      if (known !== undefined) return known;
      const idle = state.config.loadBalancers.get(loadBalancerArn)?.idleTimeoutSeconds ?? defaultIdleTimeout;
      const upstream = createUpstream(target.endpoint, { idle, connect: connectTimeout });
      upstreams.set(target, upstream);
      return upstream;
    },
  };

  return {
    listen: async (listenerArns) => {
      for (const [arn, server] of servers) {
        if (listenerArns.includes(arn)) continue;
        servers.delete(arn);
        closeServer(server);
      }
      await Promise.all(
        listenerArns
          .filter((arn) => !servers.has(arn))
          .map(async (arn) => {
            const server = openServer(context, arn);
            servers.set(arn, server);
            await once(server.listen({ port: 0, host: "127.0.0.1", backlog }), "listening");
          }),
      );
    },
    portOf: (listenerArn) => (servers.get(listenerArn)?.address() as AddressInfo | null | undefined)?.port,
    wake: drive.wake,
    stop: async () => {
      for (const server of servers.values()) closeServer(server);
      for (const upstream of upstreams.values()) cutUpstream(upstream);
      servers.clear();
      await drive.stop();
    },
  };
}

function openServer(context: ProxyContext, listenerArn: string): Server {
  const server = createServer({
    keepAliveTimeout: defaultIdleTimeout * 1000,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html ("HTTP headers")
    maxHeaderSize: 65_536,
    // Uploads and answers may take as long as they like while bytes flow.
    requestTimeout: 0,
    // Other protocols than WebSocket are ignored, as the specification of Upgrade allows.
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === "websocket",
  });
  server.on("request", (incoming, response) => handleRequest(context, listenerArn, incoming, response));
  server.on("upgrade", (incoming, client, head) => handleUpgrade(context, listenerArn, incoming, client, head));
  return server;
}

function closeServer(server: Server): void {
  server.close();
  server.closeAllConnections();
}
