import { type IncomingMessage, request, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { requestHeaders, responseHeaders } from "./headers.ts";
import { decideRequest, elbError, failWith, ownAnswer, type ProxyContext } from "./proxy.ts";
import type { CompiledListener } from "./routes.ts";
import type { Routing } from "./state.ts";

/**
 * A WebSocket through the balancer: after the switch of protocols bytes pass both ways until one side ends, nothing was said for the idle
 * time-out, or the target's deregistration delay is over.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#listener-websockets
 */
export function handleUpgrade(node: ProxyContext, listenerArn: string, incoming: IncomingMessage, client: Duplex, head: Buffer): void {
  client.on("error", () => client.destroy());
  const [listener, routing] = decideRequest(node, listenerArn, incoming);
  if (listener !== undefined && routing.kind === "forward") {
    forwardUpgrade(node, listener, routing, incoming, client, head);
    return;
  }
  const answer = ownAnswer(routing);
  if (listener !== undefined) node.metrics.refused(listener.loadBalancerArn, undefined, answer.status);
  client.end(rawAnswer(answer.status, Object.entries(answer.headers).flat(), answer.body));
}

function forwardUpgrade(
  node: ProxyContext,
  listener: CompiledListener,
  { group, target, cookies }: Extract<Routing, { kind: "forward" }>,
  incoming: IncomingMessage,
  client: Duplex,
  head: Buffer,
): void {
  const upstream = node.upstreamOf(target, listener);
  const { headers } = requestHeaders(incoming, listener, node.nextTraceId());
  headers.push("Connection", "Upgrade", "Upgrade", "websocket");
  const { host, port } = upstream.endpoint;
  const started = performance.now();
  const outgoing = request({ agent: upstream.agent, host, port, method: incoming.method, path: incoming.url, headers, setHost: false });
  const answered = (answer: IncomingMessage): number => {
    const status = answer.statusCode ?? 502;
    node.metrics.answered(listener.loadBalancerArn, group.arn, status, (performance.now() - started) / 1000);
    return status;
  };
  target.inFlight += 1;
  client.on("close", () => {
    target.inFlight -= 1;
    outgoing.destroy();
  });
  outgoing.on("upgrade", (answer, server, serverHead) => {
    const lines = [...responseHeaders(answer.rawHeaders, cookies), "Connection", "Upgrade", "Upgrade", "websocket"];
    client.write(rawHead(answered(answer), lines));
    upstream.upgraded.add(server);
    server.on("close", () => upstream.upgraded.delete(server));
    join(client, server, serverHead, head);
  });
  outgoing.on("response", (answer) => {
    client.write(rawHead(answered(answer), [...responseHeaders(answer.rawHeaders, cookies), "Connection", "close"]));
    answer.on("error", () => client.destroy());
    answer.pipe(client);
  });
  failWith(outgoing, (status, because, connected) => {
    if (client.destroyed) return;
    if (!connected) node.metrics.connectionFailed(listener.loadBalancerArn, group.arn);
    node.metrics.refused(listener.loadBalancerArn, group.arn, status);
    const answer = elbError(status, because);
    client.end(rawAnswer(status, Object.entries(answer.headers).flat(), answer.body));
  });
  outgoing.end();
}

function join(client: Duplex, server: Duplex, fromServer: Buffer, fromClient: Buffer): void {
  const end = () => {
    client.destroy();
    server.destroy();
  };
  // Silence ends the pair through the target's socket: it keeps the idle time-out it was opened with, and sees both directions.
  server.on("timeout", end).on("error", end).on("close", end);
  client.on("close", end);
  if (fromServer.length > 0) client.write(fromServer);
  if (fromClient.length > 0) server.write(fromClient);
  client.pipe(server).pipe(client);
}

function rawAnswer(status: number, headers: readonly string[], body: string): string {
  return rawHead(status, [...headers, "Content-Length", String(Buffer.byteLength(body)), "Connection", "close"]) + body;
}

function rawHead(status: number, headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`];
  for (let index = 0; index < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}
