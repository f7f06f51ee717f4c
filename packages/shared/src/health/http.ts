import type { LookupFunction } from "node:net";
import type { Clock } from "../clock.ts";
import { oneLine } from "../text/sanitise.ts";
import { formatDuration, type Seconds } from "../units.ts";
import { refusedAddress } from "./http-address.ts";
import { jsonAt, jsonText } from "./http-json.ts";
import type { HttpCheck } from "./http-syntax.ts";
import type { ProbeCause } from "./prober-types.ts";

/** How one check went. */
export interface HttpResult {
  readonly ok: boolean;
  /** Until the whole answer was read, or until we gave up. */
  readonly latency: Seconds;
  readonly status?: number;
  readonly cause?: ProbeCause;
  /** One sanitised line: what came instead of what was expected. Never a header's value. */
  readonly detail?: string;
}

export interface HttpOptions {
  readonly clock: Clock;
  /** For the whole answer, connecting included. */
  readonly timeout: Seconds;
  /** Only where AWS itself is on this machine. */
  readonly allowLoopback: boolean;
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, where the runner is behind a proxy. */
  readonly proxy?: Readonly<Record<string, string | undefined>>;
  /** Bytes of an answer that are read; more is a failure where its JSON matters. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** Name resolution, for tests. */
  readonly lookup?: LookupFunction;
}

const defaultLimit = 256 * 1024;

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: Buffer;
  readonly cut: boolean;
}

/**
 * Makes one check: one new connection, redirects not followed, nothing kept. Never rejects; whatever goes wrong is a result.
 *
 * The request leaves through `node:http`, which lets us look at the resolved address before the connection is made (undici and fetch
 * resolve on their own), and which costs no start-up.
 */
export async function checkHttp(check: HttpCheck, options: HttpOptions): Promise<HttpResult> {
  const { clock } = options;
  const begin = clock.now();
  const give = new AbortController();
  const over = new AbortController();
  const stop = (): void => give.abort(new Failure("timeout", "stopped"));
  options.signal?.addEventListener("abort", stop, { once: true });
  if (options.signal?.aborted === true) stop();
  clock.sleep(options.timeout, over.signal).then(
    () => give.abort(new Failure("timeout", `no complete answer within ${formatDuration(options.timeout)}`)),
    () => undefined,
  );
  try {
    const answer = await ask(check, options, give.signal);
    return { latency: clock.now() - begin, status: answer.status, ...expected(check, answer) };
  } catch (error) {
    const { cause, message } = failureOf(give.signal.aborted ? give.signal.reason : error);
    return { ok: false, latency: clock.now() - begin, cause, detail: oneLine(message, 200) };
  } finally {
    over.abort();
    options.signal?.removeEventListener("abort", stop);
  }
}

class Failure extends Error {
  override readonly cause: ProbeCause;

  constructor(cause: ProbeCause, message: string) {
    super(message);
    this.cause = cause;
  }
}

/** Whether the answer is what the check expects. */
function expected(check: HttpCheck, answer: Answer): { readonly ok: boolean; readonly cause?: ProbeCause; readonly detail?: string } {
  const wrong = (cause: ProbeCause, detail: string) => ({ ok: false, cause, detail: oneLine(detail, 200) });
  if (!check.statuses.some(({ from, to }) => answer.status >= from && answer.status <= to)) {
    const wanted = check.statuses.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
    const target = answer.location === undefined ? "" : ` (redirected to ${oneLine(answer.location, 100)}, which is not followed)`;
    return wrong("status", `status ${answer.status}${target} instead of ${wanted}`);
  }
  if (check.json.length === 0) return { ok: true };
  if (answer.cut) return wrong("body", "the answer is too large to be read as JSON");
  let value: unknown;
  try {
    value = JSON.parse(answer.body.toString("utf8"));
  } catch {
    return wrong("body", `the answer is not JSON: ${oneLine(answer.body.toString("utf8", 0, 200), 80)}`);
  }
  for (const one of check.json) {
    const found = jsonText(jsonAt(value, one.steps));
    if (found !== one.value) return wrong("body", `${one.path} is ${oneLine(found, 80)} instead of ${oneLine(one.value, 80)}`);
  }
  return { ok: true };
}

async function ask(check: HttpCheck, options: HttpOptions, signal: AbortSignal): Promise<Answer> {
  const url = new URL(check.url);
  const secure = url.protocol === "https:";
  const [{ lookup: resolve }, { isIP }, http] = await Promise.all([
    import("node:dns"),
    import("node:net"),
    secure ? import("node:https") : import("node:http"),
  ]);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) refuse(host, host, options.allowLoopback);
  const lookup = guarded(options.lookup ?? (resolve as LookupFunction), options.allowLoopback);
  // A proxy resolves the name itself. Where we can, we look too; where we cannot, the name is known to the proxy alone.
  if (options.proxy !== undefined && isIP(host) === 0) await looked(lookup, host);
  const headers = Object.fromEntries(check.headers.map(({ name, value }) => [name, value]));
  return new Promise((resolveAnswer, reject) => {
    signal.throwIfAborted();
    const request = http.request(url, {
      method: "GET",
      headers: { "user-agent": "aws-deploy-actions", accept: "application/json, */*", "accept-encoding": "identity", ...headers },
      signal,
      ...(options.proxy === undefined ? { agent: false, lookup } : { agent: new http.Agent({ proxyEnv: options.proxy }) }),
    });
    request.on("error", reject);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const limit = options.limit ?? defaultLimit;
      const done = (cut: boolean): void => {
        resolveAnswer({ status: response.statusCode ?? 0, location: response.headers.location, body: Buffer.concat(chunks), cut });
        if (cut) request.destroy();
      };
      response.on("error", reject);
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > limit) done(true);
        else chunks.push(chunk);
      });
      // An answer that breaks off has no end: it is an error.
      response.once("end", () => done(false));
    });
    request.end();
  });
}

/**
 * Why a check must not be sent at all, for the time before a deployment; undefined where it may. A name that does not resolve is no
 * reason here: the check itself says so.
 */
export async function refusedCheck(check: HttpCheck, options: Pick<HttpOptions, "allowLoopback" | "lookup">): Promise<string | undefined> {
  const host = new URL(check.url).hostname.replace(/^\[|\]$/g, "");
  const [{ lookup: resolve }, { isIP }] = await Promise.all([import("node:dns"), import("node:net")]);
  try {
    if (isIP(host) === 0) await looked(guarded(options.lookup ?? (resolve as LookupFunction), options.allowLoopback), host);
    else refuse(host, host, options.allowLoopback);
    return undefined;
  } catch (error) {
    return `health check ${check.name}: ${oneLine(failureOf(error).message, 200)}`;
  }
}

function refuse(host: string, address: string, allowLoopback: boolean): void {
  const why = refusedAddress(address, allowLoopback);
  if (why === undefined) return;
  const via = host === address ? host : `${host} (${address})`;
  throw new Failure("refused", `${via} is ${why}: no request was sent`);
}

/** Resolves a name as ever, and refuses it when any of its addresses is one that must not be asked. The connection uses these addresses. */
function guarded(resolve: LookupFunction, allowLoopback: boolean): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, [] as never);
      const addresses = Array.isArray(found) ? found : [];
      try {
        for (const { address } of addresses) refuse(host, address, allowLoopback);
      } catch (refusal) {
        return callback(refusal as NodeJS.ErrnoException, [] as never);
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

const looked = (lookup: LookupFunction, host: string): Promise<void> =>
  new Promise((resolve, reject) => lookup(host, { all: true }, (error) => (error instanceof Failure ? reject(error) : resolve())));

const tlsCodes = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|HOSTNAME_MISMATCH)/;

function failureOf(error: unknown): { readonly cause: ProbeCause; readonly message: string } {
  if (error instanceof Failure) return error;
  const { code = "", message = String(error) } = (error ?? {}) as { code?: string; message?: string };
  if (/^(ENOTFOUND|EAI_)/.test(code)) return { cause: "name", message: `the name does not resolve (${code})` };
  if (tlsCodes.test(code)) return { cause: "tls", message: `the certificate or TLS does not hold: ${message}` };
  return { cause: "connection", message: message === "" ? `no connection (${code})` : message };
}
