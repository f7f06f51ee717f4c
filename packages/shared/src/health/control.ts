import { isLoopback } from "../aws/settings.ts";
import { checkHttp, type HttpOptions } from "./http.ts";
import type { HttpCheck } from "./http-syntax.ts";

/** Whether the runner's own network works. Never rejects. */
export type Control = (signal?: AbortSignal) => Promise<boolean>;

/** Every answer proves the network, whatever it says. */
const anyAnswer = [{ from: 100, to: 599 }] as const;

/**
 * Asks neutral targets, all at once: one answer of any status from any of them shows that the runner's own network is in order. With
 * several targets no single one of them that is down can make the runner look cut off.
 *
 * @param urls at least one; see {@link regionalEndpoints}
 */
export function controlProbe(urls: readonly string[], options: HttpOptions): Control {
  const checks = urls.map((url): HttpCheck => ({ name: "control", url, statuses: anyAnswer, headers: [], json: [] }));
  return async (signal) => {
    const enough = new AbortController();
    const ends = signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal]);
    try {
      await Promise.any(
        checks.map(async (check) => {
          const result = await checkHttp(check, { ...options, limit: 1024, signal: ends });
          if (!result.ok) throw new Error(result.detail);
        }),
      );
      return true;
    } catch {
      return false;
    } finally {
      enough.abort();
    }
  };
}

/**
 * Neutral targets where none is given: AWS in the deployment's region, which the run needs anyway, by two services that do not share a
 * fate. https://docs.aws.amazon.com/general/latest/gr/rande.html
 *
 * @param endpoint where AWS is instead, when an emulator stands in for it
 */
export function regionalEndpoints(region: string, endpoint?: string): readonly string[] {
  if (endpoint !== undefined && isLoopback(endpoint)) return [endpoint];
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return [`https://sts.${region}.${domain}/`, `https://dynamodb.${region}.${domain}/ping`];
}
