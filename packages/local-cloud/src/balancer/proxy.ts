import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant } from "@aws-deploy-actions/shared/units";
import type { RequestFacts } from "./conditions.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";
import type { TargetView } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import type { CompiledListener } from "./routes.ts";
import { type NodeState, type Routing, routeRequest } from "./state.ts";
import { connectTimeout, type Upstream } from "./upstream.ts";

/** What a node needs to answer a request. */
export interface ProxyContext {
  readonly state: NodeState;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly nextTraceId: () => string;
  /** Takes what has arrived until now. */
  turn(now: Instant): void;
  upstreamOf(target: TargetView, listener: CompiledListener): Upstream;
}

type Forwarding = Extract<Routing, { kind: "forward" }>;

/** Tells the load generator that the balancer answered, not the application. */
export const balancerHeader = "x-local-cloud-balancer";

export function decideRequest(node: ProxyContext, listenerArn: string, incoming: IncomingMessage): [CompiledListener | undefined, Routing] {
  const now = node.clock.now();
  const next = node.state.pending[0];
  if (next !== undefined && next.at <= now) node.turn(now);
  const listener = node.state.config.listeners.get(listenerArn);
  if (listener === undefined) return [undefined, { kind: "unavailable", because: "this node does not know the listener yet" }];
  return [listener, routeRequest(node.state, listener, factsOf(incoming), now)];
}

export function handleRequest(node: ProxyContext, listenerArn: string, incoming: IncomingMessage, response: ServerResponse): void {
  const [listener, routing] = decideRequest(node, listenerArn, incoming);
  if (listener !== undefined && routing.kind === "forward") {
    forwardRequest(node, listener, routing, incoming, response);
    return;
  }
  const { status, headers, body } = ownAnswer(routing);
  if (listener !== undefined) node.metrics.refused(listener.loadBalancerArn, undefined, status);
  response.writeHead(status, headers).end(body);
}

/** What the balancer says itself: redirects, fixed answers, and 503 without targets. */
export function ownAnswer(routing: Exclude<Routing, Forwarding> | Routing): {
  status: number;
  headers: Record<string, string>;
  body: string;
} {
  switch (routing.kind) {
    case "redirect":
      return { status: routing.status, headers: { Location: routing.location, "Content-Length": "0" }, body: "" };
    case "fixed":
      return { status: routing.status, headers: { "Content-Type": `${routing.contentType}; charset=utf-8` }, body: routing.body };
    case "unavailable":
      return elbError(503, routing.because);
    case "forward":
      return elbError(502, "the target gave no answer");
  }
}

export function elbError(status: 502 | 503 | 504, because: string): { status: number; headers: Record<string, string>; body: string } {
  const title = { 502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out" }[status];
  const body = `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  const cause = because.replace(/[^\x20-\x7e]/g, " ");
  return { status, headers: { "Content-Type": "text/html", [balancerHeader]: String(status), [`${balancerHeader}-cause`]: cause }, body };
}

function forwardRequest(
  node: ProxyContext,
  listener: CompiledListener,
  routing: Forwarding,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  const { group, target, cookies } = routing;
  const upstream = node.upstreamOf(target, listener);
  const { headers, hasBody } = requestHeaders(incoming, listener, node.nextTraceId());
  const { host, port } = upstream.endpoint;
  const started = performance.now();
  const outgoing = request({ agent: upstream.agent, host, port, method: incoming.method, path: incoming.url, headers, setHost: false });
  target.inFlight += 1;
  outgoing.on("response", (answer) => {
    const status = answer.statusCode ?? 502;
    node.metrics.answered(listener.loadBalancerArn, group.arn, status, (performance.now() - started) / 1000);
    response.writeHead(status, answer.statusMessage ?? "", responseHeaders(answer.rawHeaders, cookies));
    // The target broke off in the middle: the client must see that too.
    answer.on("error", () => response.destroy());
    answer.pipe(response);
  });
  failWith(outgoing, (status, because, connected) => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (!connected) node.metrics.connectionFailed(listener.loadBalancerArn, group.arn);
    node.metrics.refused(listener.loadBalancerArn, group.arn, status);
    const answer = elbError(status, because);
    response.writeHead(status, answer.headers).end(answer.body);
  });
  response.on("close", () => {
    target.inFlight -= 1;
    // The client went away.
    if (!response.writableFinished) outgoing.destroy();
  });
  if (hasBody) incoming.pipe(outgoing);
  else outgoing.end();
}

/**
 * Calls back once when the target does not answer. Nothing is sent to a second target: the balancer never retries.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 */
export function failWith(outgoing: ClientRequest, failed: (status: 502 | 504, because: string, connected: boolean) => void): void {
  let silent = false;
  outgoing.on("timeout", () => {
    silent = true;
    outgoing.destroy();
  });
  outgoing.once("error", (error: NodeJS.ErrnoException) => {
    // A second error of the same request tells nothing new, but would end the process.
    outgoing.on("error", () => undefined);
    if (silent) failed(504, "the target did not answer within the idle time-out", true);
    else if (error.code === connectTimeout) failed(504, error.message, false);
    else failed(502, `${error.code ?? "error"}: ${error.message}`, error.syscall !== "connect");
  });
}

function factsOf(incoming: IncomingMessage): RequestFacts {
  return {
    method: incoming.method ?? "GET",
    url: incoming.url ?? "/",
    // Parsed only when a rule or a cookie asks.
    get headers() {
      return incoming.headers;
    },
    sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
  };
}
