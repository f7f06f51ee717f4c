import type { IncomingMessage } from "node:http";
import type { CompiledListener } from "./routes.ts";

/** Names and values in turn, as node:http takes them without parsing. */
export type FlatHeaders = string[];

// These concern one connection, not the request. Transfer-Encoding stays: node:http frames the body by it.
const ofConnection = new Set(["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"]);

export interface Outgoing {
  readonly headers: FlatHeaders;
  readonly hasBody: boolean;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html */
export function requestHeaders(request: IncomingMessage, listener: CompiledListener, traceId: string): Outgoing {
  const raw = request.rawHeaders;
  const headers: FlatHeaders = [];
  let forwardedFor = "";
  let trace = "";
  let hasBody = false;
  for (let index = 0; index < raw.length; index += 2) {
    const [name = "", value = ""] = [raw[index], raw[index + 1]];
    const key = name.toLowerCase();
    if (ofConnection.has(key) || key === "x-forwarded-proto" || key === "x-forwarded-port") continue;
    if (key === "x-forwarded-for") forwardedFor = `${value}, `;
    else if (key === "x-amzn-trace-id") trace = value;
    else headers.push(name, value);
    if (key === "transfer-encoding" || (key === "content-length" && value !== "0")) hasBody = true;
  }
  headers.push("X-Forwarded-For", `${forwardedFor}${request.socket.remoteAddress ?? "127.0.0.1"}`);
  headers.push("X-Forwarded-Proto", listener.scheme, "X-Forwarded-Port", String(listener.port));
  headers.push(
    "X-Amzn-Trace-Id",
    trace === "" ? `Root=${traceId}` : trace.includes("Root=") ? `Self=${traceId};${trace}` : `Root=${traceId};${trace}`,
  );
  return { headers, hasBody };
}

export function responseHeaders(raw: readonly string[], cookies: readonly string[]): FlatHeaders {
  const headers: FlatHeaders = [];
  for (let index = 0; index < raw.length; index += 2) {
    const [name = "", value = ""] = [raw[index], raw[index + 1]];
    if (!ofConnection.has(name.toLowerCase())) headers.push(name, value);
  }
  for (const cookie of cookies) headers.push("Set-Cookie", cookie);
  return headers;
}

/** `1-time-id`: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
export function traceIds(random: () => number): () => string {
  const prefix = Math.floor(random() * 0xffff_ffff)
    .toString(16)
    .padStart(8, "0");
  let count = 0;
  return () => {
    count += 1;
    return `1-${Math.floor(Date.now() / 1000).toString(16)}-${prefix}${count.toString(16).padStart(16, "0")}`;
  };
}
