import { type LookupAddress, lookup } from "node:dns";
import type { IncomingMessage, RequestOptions } from "node:http";
import { isIP, type LookupFunction } from "node:net";
import { isLoopback } from "../aws/settings.ts";
import { cloudTrouble, Trouble } from "../problems.ts";
import { oneLine } from "../text/sanitise.ts";
import { refusedReceiver } from "./address.ts";

/** One POST. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  /** The beginning of the answer, on one line. */
  readonly text: string;
}

/** Sends one POST and never follows a redirect. @throws Trouble where nothing could be sent, or no answer came */
export type Send = (post: Post) => Promise<Answer>;

/** Resolves a name to all of its addresses. */
type Resolve = (hostname: string, callback: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void) => void;

export interface SendSettings {
  /** Whether this machine may be addressed, also over http: only where AWS is on it as well. */
  readonly loopback: boolean;
  /** Where HTTPS_PROXY and NO_PROXY are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Certificates that are trusted besides the well-known ones, as PEM. */
  readonly ca?: string;
  /** Name resolution, for tests. */
  readonly resolve?: Resolve;
}

/** From the first byte to the last of one attempt. */
const limitMs = 10_000;
/** So much of an answer is read. */
const answerLimit = 4_096;

/** The network. Looks at every address at the moment of connecting, so that a name that changes its mind in between gains nothing. */
export function networkSend(settings: SendSettings): Send {
  return async (post) => {
    const url = allowedUrl(post.url, settings.loopback);
    const http = url.protocol === "http:" ? await import("node:http") : await import("node:https");
    const options = requestOptions(url, post, settings, new http.Agent({ proxyEnv: proxyFor(url, settings.environment) }));
    return await new Promise<Answer>((resolve, reject) => {
      const request = http.request(url, options, (answer: IncomingMessage) => read(answer, resolve, reject));
      request.on("error", (error: Error) => reject(failure(error)));
      request.end(post.body);
    });
  };
}

const requestOptions = (
  url: URL,
  post: Post,
  { loopback, environment, ca, resolve }: SendSettings,
  agent: NonNullable<RequestOptions["agent"]>,
): RequestOptions => ({
  method: "POST",
  agent,
  headers: { "user-agent": "aws-deploy-actions", ...post.headers, "content-length": Buffer.byteLength(post.body) },
  signal: AbortSignal.timeout(limitMs),
  // With a proxy the address that is connected to is the proxy's, which the administrator has chosen.
  ...(proxyFor(url, environment) === undefined ? { lookup: guardedLookup(loopback, resolve ?? systemResolve) } : {}),
  ...(ca === undefined ? {} : { ca }),
});

const systemResolve: Resolve = (hostname, callback) => lookup(hostname, { all: true }, callback);

/** @throws Trouble for an address that no notification may go to */
function allowedUrl(text: string, loopback: boolean): URL {
  if (!URL.canParse(text)) throw cloudTrouble("the address is no URL");
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback && isLoopback(text)))
    throw cloudTrouble("only https addresses are allowed");
  if (url.username !== "" || url.password !== "") throw cloudTrouble("an address with a user name or password is not allowed");
  const refused = isIP(host) === 0 ? undefined : refusedReceiver(host, false, loopback);
  if (refused !== undefined) throw refusal(refused);
  return url;
}

const refusal = (why: string): Trouble =>
  cloudTrouble(`the address leads to ${why}`, "Give a public https address; for a receiver in a private network, its IP address.");

/** Resolves a name and refuses it when any of its addresses is none that a notification may go to. */
const guardedLookup =
  (loopback: boolean, resolve: Resolve): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const refused = addresses.map(({ address }) => refusedReceiver(address, true, loopback)).find((why) => why !== undefined);
      const [first] = addresses;
      if (refused !== undefined || first === undefined) return callback(refusal(refused ?? "nowhere"), []);
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };

/** The proxy variables that count for an address, or undefined where it is reached directly. */
function proxyFor(url: URL, environment: SendSettings["environment"]): Record<string, string> | undefined {
  const of = (name: string): string => environment[name] || environment[name.toLowerCase()] || "";
  const proxy = of(url.protocol === "http:" ? "HTTP_PROXY" : "HTTPS_PROXY");
  const excepted = of("NO_PROXY")
    .split(/[\s,]+/)
    .filter((entry) => entry !== "");
  const host = url.hostname.toLowerCase();
  const direct = excepted.some(
    (entry) =>
      entry === "*" || host === entry.toLowerCase().replace(/^\*?\./, "") || host.endsWith(`.${entry.toLowerCase().replace(/^\*?\./, "")}`),
  );
  return proxy === "" || direct ? undefined : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
}

function read(answer: IncomingMessage, resolve: (answer: Answer) => void, reject: (error: unknown) => void): void {
  let text = "";
  const done = (): void => resolve({ status: answer.statusCode ?? 0, text: oneLine(text, 200) });
  answer.setEncoding("utf8");
  answer.on("data", (chunk: string) => {
    text += chunk;
    if (text.length < answerLimit) return;
    // Nobody needs the rest; an endless answer must not hold the step.
    done();
    answer.destroy();
  });
  answer.on("end", done);
  answer.on("error", (error) => reject(failure(error)));
}

/** What went wrong, without the address: it may be a secret. */
function failure(error: Error & { code?: string }): Error {
  if (error instanceof Trouble) return error;
  if (error.name === "TimeoutError" || error.name === "AbortError")
    return cloudTrouble(`no answer came within ${limitMs / 1000} s`, undefined, error);
  return cloudTrouble(`no connection (${error.code ?? error.name})`, undefined, error);
}
