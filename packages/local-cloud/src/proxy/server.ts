import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { type ApiAnswer, AwsError, errorAnswer } from "./answers.ts";
import { type CallRecord, createCallLog } from "./calls.ts";
import { createFaults, type Fault, faultError, throttled } from "./faults.ts";
import { type ApiCall, header, identify, type RawRequest } from "./identify.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { Upstream } from "./upstream.ts";

/** What a handler gets beside the call. */
export interface CallContext {
  readonly request: RawRequest;
  /** Lets moto answer: this request, or a changed body. */
  readonly forward: (body?: Buffer) => Promise<ApiAnswer>;
  readonly upstream: Upstream;
}

/** Answers an operation in the place of moto, or makes something of moto's answer. Throws AwsError to refuse. */
export type Handler = (call: ApiCall, context: CallContext) => Promise<ApiAnswer>;

export interface ProxyOptions {
  readonly clock: Clock;
  readonly upstream: Upstream;
  /** By `service.Operation`. */
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly rateLimits?: RateLimits;
  /** Told of every call after it was answered. */
  readonly afterCall?: (call: ApiCall, record: CallRecord) => void;
}

/** Opens the endpoint on a free port of 127.0.0.1. */
export async function startProxy(options: ProxyOptions) {
  const calls = createCallLog();
  const faults = createFaults();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void serve(request, response).catch((error: unknown) => {
      process.stderr.write(`local cloud: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      if (!response.headersSent) response.writeHead(500).end();
    });
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(incoming);
    if (request === undefined) return;
    const at = options.clock.now();
    const call = identify(request);
    const fault = faults.take(call);
    const limited = fault === undefined && options.rateLimits?.take(call, at) === false;
    const error = limited ? throttled(call) : fault === undefined ? undefined : faultError(fault, call);
    const done = (status: number | undefined, applied: boolean) => {
      const { service, operation, params } = call;
      const userAgent = header(request, "user-agent") ?? "";
      const kind = limited ? ("rate-limit" as const) : fault?.kind;
      const record = { at, service, operation, params, status, fault: kind, applied, seconds: options.clock.now() - at, userAgent };
      calls.add(record);
      options.afterCall?.(call, record);
    };
    if (error !== undefined) {
      done(error.status, false);
      send(response, errorAnswer(call.protocol, error));
      return;
    }
    if (await heldBack(fault, incoming, () => done(undefined, false))) return;
    const answer = await answerOf(call, request);
    const applied = answer.status < 400;
    if (fault?.kind === "reply-lost") {
      done(undefined, applied);
      incoming.socket.destroy();
      return;
    }
    done(answer.status, applied);
    send(response, answer);
  }

  /** Faults of the connection before the call is applied. @returns whether the call ends here */
  async function heldBack(fault: Fault | undefined, incoming: IncomingMessage, note: () => void): Promise<boolean> {
    switch (fault?.kind) {
      case "cut":
        note();
        incoming.socket.destroy();
        return true;
      case "silence": {
        note();
        const gone = new AbortController();
        incoming.socket.once("close", () => gone.abort());
        await options.clock.sleep(fault.seconds ?? 600, gone.signal).catch(() => undefined);
        incoming.socket.destroy();
        return true;
      }
      case "delay":
        await options.clock.sleep(fault.seconds);
        return false;
      default:
        return false;
    }
  }

  async function answerOf(call: ApiCall, request: RawRequest): Promise<ApiAnswer> {
    const handler = options.handlers.get(`${call.service}.${call.operation}`);
    const forward = (body?: Buffer) =>
      options.upstream.forward(body === undefined ? request : { ...request, headers: plain(request), body });
    try {
      return handler === undefined ? await forward() : await handler(call, { request, forward, upstream: options.upstream });
    } catch (error) {
      if (error instanceof AwsError) return errorAnswer(call.protocol, error);
      throw error;
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    faults,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A changed body is sent unpacked. */
function plain(request: RawRequest): RawRequest["headers"] {
  const { "content-encoding": _packed, ...headers } = request.headers;
  return headers;
}

/** @returns undefined when the caller went away before the request was complete */
async function read(incoming: IncomingMessage): Promise<RawRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return { method: incoming.method ?? "GET", url: incoming.url ?? "/", headers: incoming.headers, body: Buffer.concat(chunks) };
}

function send(response: ServerResponse, answer: ApiAnswer): void {
  // HEAD and 204 have no body; a length of their own would make the caller wait for one.
  const length = response.req.method === "HEAD" || answer.status === 204 ? {} : { "content-length": String(answer.body.length) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(answer.body);
}
