import { Agent, request as httpRequest } from "node:http";
import type { ApiAnswer } from "./answers.ts";
import type { RawRequest } from "./identify.ts";
import { isRecord, type Params } from "./params.ts";

/** Calls to moto itself: not logged, not failed, not intercepted. */
export interface Upstream {
  /** Sends a request on as it came. */
  forward(request: RawRequest): Promise<ApiAnswer>;
  /** Another JSON call in the name of the caller of `as`, for what a handler must know. `target` as in X-Amz-Target. */
  json(as: RawRequest, target: string, params: Params): Promise<{ readonly status: number; readonly value: Params }>;
  close(): void;
}

/** Headers that belong to one connection alone: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization", "expect"]);

export function createUpstream(host: string, port: number): Upstream {
  // moto answers each connection by a thread: more than a few at a time only make two cores slower.
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const forward = (request: RawRequest): Promise<ApiAnswer> =>
    new Promise((resolve, reject) => {
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !hopByHop.has(name)));
      const sent = httpRequest(
        {
          host,
          port,
          agent,
          method: request.method,
          path: request.url,
          headers: { ...headers, "content-length": String(request.body.length) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const answer = Object.entries(response.headers).filter(([name]) => !hopByHop.has(name) && name !== "content-length");
            const flat = answer.map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]);
            resolve({ status: response.statusCode ?? 500, headers: Object.fromEntries(flat), body: Buffer.concat(chunks) });
          });
        },
      );
      sent.on("error", reject);
      sent.end(request.body);
    });
  return {
    forward,
    json: async (as, target, params) => {
      const body = Buffer.from(JSON.stringify(params));
      const authorization = as.headers["authorization"];
      const headers = {
        host: as.headers["host"],
        authorization,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": target,
      };
      const answer = await forward({ method: "POST", url: "/", headers, body });
      const value: unknown = JSON.parse(answer.body.toString("utf8") || "{}");
      return { status: answer.status, value: isRecord(value) ? value : {} };
    },
    close: () => agent.destroy(),
  };
}
