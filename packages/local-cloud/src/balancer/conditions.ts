import { BlockList, isIP } from "node:net";
import type { ElbCondition } from "./types.ts";

/** What a rule may look at. Headers have lower-case names, as node:http gives them. */
export interface RequestFacts {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly sourceIp: string;
}

export type Matcher = (request: RequestFacts) => boolean;

/**
 * All conditions must match; of one condition's values, any.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function compileConditions(conditions: readonly ElbCondition[]): Matcher {
  const matchers = conditions.map(compile);
  return (request) => matchers.every((matches) => matches(request));
}

function compile(condition: ElbCondition): Matcher {
  switch (condition.Field) {
    case "path-pattern": {
      // Paths are compared with case, everything else without.
      const patterns = wildcards(condition.PathPatternConfig?.Values ?? condition.Values ?? [], "");
      return (request) => patterns.some((pattern) => pattern.test(splitUrl(request.url).path));
    }
    case "host-header": {
      const patterns = wildcards(condition.HostHeaderConfig?.Values ?? condition.Values ?? [], "i");
      return (request) => patterns.some((pattern) => pattern.test(hostName(header(request, "host"))));
    }
    case "http-header": {
      const name = (condition.HttpHeaderConfig?.HttpHeaderName ?? "").toLowerCase();
      const patterns = wildcards(condition.HttpHeaderConfig?.Values ?? [], "i");
      return (request) => {
        const value = request.headers[name];
        return value !== undefined && patterns.some((pattern) => pattern.test(String(value)));
      };
    }
    case "http-request-method": {
      const methods = new Set(condition.HttpRequestMethodConfig?.Values ?? []);
      return (request) => methods.has(request.method);
    }
    case "query-string":
      return queryMatcher(condition.QueryStringConfig?.Values ?? []);
    case "source-ip":
      return sourceMatcher(condition.SourceIpConfig?.Values ?? []);
  }
}

function queryMatcher(wanted: readonly { readonly Key?: string; readonly Value: string }[]): Matcher {
  const pairs = wanted.map(({ Key, Value }) => ({ key: Key === undefined ? undefined : wildcard(Key, "i"), value: wildcard(Value, "i") }));
  return (request) => {
    const query = [...new URLSearchParams(splitUrl(request.url).query)];
    return pairs.some(({ key, value }) => query.some(([name, text]) => (key?.test(name) ?? true) && value.test(text)));
  };
}

function sourceMatcher(ranges: readonly string[]): Matcher {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits = ""] = range.split("/");
    if (isIP(address) !== 0)
      list.addSubnet(address, Number(bits || (isIP(address) === 6 ? 128 : 32)), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return (request) => list.check(request.sourceIp, isIP(request.sourceIp) === 6 ? "ipv6" : "ipv4");
}

/** `*` stands for any characters, `?` for exactly one. */
function wildcard(pattern: string, flags: string): RegExp {
  const parts = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  // Runs of stars are one: several in a row would make the expression slow on purpose-made input.
  return new RegExp(`^${parts.replace(/\*+/g, ".*").replace(/\?/g, ".")}$`, `${flags}s`);
}

const wildcards = (patterns: readonly string[], flags: string): RegExp[] => patterns.map((pattern) => wildcard(pattern, flags));

export function header(request: RequestFacts, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : (value?.[0] ?? "");
}

/** A host header without its port. */
export const hostName = (host: string): string => host.replace(/:\d+$/, "");

export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const mark = url.indexOf("?");
  return mark < 0 ? { path: url, query: "" } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}
