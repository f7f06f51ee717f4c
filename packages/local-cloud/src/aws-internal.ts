import type { RawRequest } from "./proxy/identify.ts";
import type { Params } from "./proxy/params.ts";
import type { Upstream } from "./proxy/upstream.ts";

/** Calls that AWS's own services make: the agent's logs, the image pull, the secrets. Straight to moto, not in the call log. */
export interface Internal {
  /**
   * A JSON call.
   *
   * @param target as in X-Amz-Target
   * @throws InternalError with the service's code
   */
  json(service: string, target: string, params: Params): Promise<Params>;
}

export class InternalError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function createInternal(upstream: Upstream, region: string): Internal {
  return {
    json: async (service, target, params) => {
      // moto reads the region off the signature's scope and checks nothing else.
      const authorization = `AWS4-HMAC-SHA256 Credential=internal/20200101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
      const as: RawRequest = {
        method: "POST",
        url: "/",
        body: Buffer.alloc(0),
        headers: { authorization, host: `${service}.${region}.amazonaws.com` },
      };
      const { status, value } = await upstream.json(as, target, params);
      if (status >= 400) {
        const code = String(value["__type"] ?? "UnknownError");
        throw new InternalError(code.slice(code.lastIndexOf("#") + 1), String(value["message"] ?? value["Message"] ?? `status ${status}`));
      }
      return value;
    },
  };
}
