import { compileConditions } from "../../src/balancer/conditions.ts";
import { compileConfig, findRoute, redirectLocation } from "../../src/balancer/routes.ts";
import type { ElbAction, ElbCondition, RuleConfig } from "../../src/balancer/types.ts";
import { config, forward, listenerArn, request, targetGroup } from "./builders.ts";

const path = (...Values: string[]): ElbCondition => ({ Field: "path-pattern", PathPatternConfig: { Values } });
const host = (...Values: string[]): ElbCondition => ({ Field: "host-header", HostHeaderConfig: { Values } });
const header = (HttpHeaderName: string, ...Values: string[]): ElbCondition => ({
  Field: "http-header",
  HttpHeaderConfig: { HttpHeaderName, Values },
});
const query = (Key: string | undefined, Value: string): ElbCondition => ({
  Field: "query-string",
  QueryStringConfig: { Values: [Key === undefined ? { Value } : { Key, Value }] },
});
const source = (...Values: string[]): ElbCondition => ({ Field: "source-ip", SourceIpConfig: { Values } });

describe("a rule's condition", () => {
  test.each`
    condition                                                                          | asked                                          | matches  | because
    ${path("/api/*")}                                                                  | ${{ url: "/api/cart?a=1" }}                    | ${true}  | ${"a star is any text, and the query is no part of the path"}
    ${path("/api/*")}                                                                  | ${{ url: "/API/cart" }}                        | ${false} | ${"paths are compared with case"}
    ${path("/api/*")}                                                                  | ${{ url: "/v1/api/cart" }}                     | ${false} | ${"the whole path must match"}
    ${path("/a?c")}                                                                    | ${{ url: "/abc" }}                             | ${true}  | ${"a question mark is one character"}
    ${path("/a?c")}                                                                    | ${{ url: "/ac" }}                              | ${false} | ${"and not none"}
    ${path("/a.c")}                                                                    | ${{ url: "/abc" }}                             | ${false} | ${"a full stop is only itself"}
    ${path("/x", "/y")}                                                                | ${{ url: "/y" }}                               | ${true}  | ${"any of the values"}
    ${{ Field: "path-pattern", Values: ["/old"] }}                                     | ${{ url: "/old" }}                             | ${true}  | ${"the older form"}
    ${host("*.shop.test")}                                                             | ${{ headers: { host: "WWW.Shop.Test:8080" } }} | ${true}  | ${"hosts have no case, and the port is no part"}
    ${host("*.shop.test")}                                                             | ${{ headers: { host: "shop.test" } }}          | ${false} | ${"the dot must be there"}
    ${header("X-Canary", "yes")}                                                       | ${{ headers: { "x-canary": "YES" } }}          | ${true}  | ${"values have no case"}
    ${header("X-Canary", "*")}                                                         | ${{ headers: {} }}                             | ${false} | ${"the header is missing"}
    ${query("env", "green")}                                                           | ${{ url: "/?a=1&env=Green" }}                  | ${true}  | ${"key and value"}
    ${query("env", "green")}                                                           | ${{ url: "/?other=green" }}                    | ${false} | ${"another key"}
    ${query(undefined, "green")}                                                       | ${{ url: "/?other=green" }}                    | ${true}  | ${"any key"}
    ${source("10.0.0.0/8")}                                                            | ${{ sourceIp: "10.9.8.7" }}                    | ${true}  | ${"within the range"}
    ${source("10.0.0.0/8")}                                                            | ${{ sourceIp: "11.0.0.1" }}                    | ${false} | ${"outside"}
    ${source("2001:db8::/32")}                                                         | ${{ sourceIp: "2001:db8::7" }}                 | ${true}  | ${"IPv6"}
    ${{ Field: "http-request-method", HttpRequestMethodConfig: { Values: ["POST"] } }} | ${{ method: "GET" }}                           | ${false} | ${"another method"}
  `("$condition.Field against $asked is $matches: $because", ({ condition, asked, matches }) => {
    expect(compileConditions([condition])(request(asked))).toBe(matches);
  });

  test("all conditions of a rule must match", () => {
    const both = compileConditions([path("/api/*"), host("shop.test")]);
    expect(both(request({ url: "/api/x" }))).toBe(true);
    expect(both(request({ url: "/api/x", headers: { host: "other.test" } }))).toBe(false);
  });
});

describe("actions", () => {
  const compiled = (actions: readonly ElbAction[], rules: readonly RuleConfig[] = []) => {
    const listener = compileConfig(config(actions, [targetGroup("blue")], { rules })).listeners.get(listenerArn);
    if (listener === undefined) throw new Error("the listener is there");
    return listener;
  };

  test("authentication comes before the forward and passes", () => {
    const actions: ElbAction[] = [
      { ...forward({ blue: 1 }), Order: 2 },
      { Type: "authenticate-oidc", Order: 1, AuthenticateOidcConfig: { Issuer: "https://id.test" } },
    ];
    expect(findRoute(compiled(actions), request()).kind).toBe("forward");
  });

  test("a forward without weights takes the one group it names", () => {
    expect(findRoute(compiled([{ Type: "forward", TargetGroupArn: "blue" }]), request())).toMatchObject({
      groups: [{ arn: "blue", weight: 1 }],
      total: 1,
    });
  });

  test("the matching rule with the lowest priority wins, else the default", () => {
    const fixed = (StatusCode: string): readonly ElbAction[] => [{ Type: "fixed-response", FixedResponseConfig: { StatusCode } }];
    const rule = (priority: number, pattern: string, status: string): RuleConfig => ({
      arn: status,
      priority,
      conditions: [path(pattern)],
      actions: fixed(status),
    });
    const listener = compiled(fixed("200"), [rule(20, "/api/*", "202"), rule(10, "/api/v1/*", "201")]);
    const status = (url: string) => findRoute(listener, request({ url }));
    expect([status("/api/v1/x"), status("/api/v2/x"), status("/")]).toMatchObject([{ status: 201 }, { status: 202 }, { status: 200 }]);
  });

  test.each`
    redirect                                                       | location
    ${{ Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" }}  | ${"https://shop.test:443/a/b?c=d"}
    ${{ Host: "www.#{host}", StatusCode: "HTTP_302" }}             | ${"http://www.shop.test:80/a/b?c=d"}
    ${{ Path: "/new/#{path}", Query: "", StatusCode: "HTTP_302" }} | ${"http://shop.test:80/new/a/b"}
  `("$redirect sends /a/b?c=d to $location", ({ redirect, location }) => {
    expect(redirectLocation(redirect, compiled([forward({ blue: 1 })]), request({ url: "/a/b?c=d" }))).toBe(location);
  });
});
