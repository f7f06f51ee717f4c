import type { Seconds } from "@aws-deploy-actions/shared/units";
import { compileConditions, header, hostName, type Matcher, type RequestFacts, splitUrl } from "./conditions.ts";
import type { BalancerConfig, ElbAction, ListenerConfig, LoadBalancerConfig, RedirectConfig, TargetGroupConfig } from "./types.ts";

/** What a listener or rule does with a request. */
export type Route =
  | { readonly kind: "forward"; readonly groups: readonly WeightedGroup[]; readonly total: number; readonly stickyFor: Seconds | undefined }
  | { readonly kind: "redirect"; readonly config: RedirectConfig }
  | { readonly kind: "fixed"; readonly status: number; readonly body: string; readonly contentType: string }
  | { readonly kind: "none" };

export interface WeightedGroup {
  readonly arn: string;
  readonly weight: number;
}

export interface CompiledListener {
  readonly arn: string;
  readonly loadBalancerArn: string;
  readonly scheme: "http" | "https";
  readonly port: number;
  readonly rules: readonly { readonly matches: Matcher; readonly route: Route }[];
  readonly fallback: Route;
}

/** One version of the whole configuration, made ready for the hot path. */
export interface CompiledConfig {
  readonly listeners: ReadonlyMap<string, CompiledListener>;
  readonly groups: ReadonlyMap<string, TargetGroupConfig>;
  /** Target group → the load balancer that uses it: in an action, whatever the weight. */
  readonly usedBy: ReadonlyMap<string, string>;
  readonly loadBalancers: ReadonlyMap<string, LoadBalancerConfig>;
}

export function compileConfig(config: BalancerConfig): CompiledConfig {
  const listeners = new Map<string, CompiledListener>();
  const usedBy = new Map<string, string>();
  for (const loadBalancer of config.loadBalancers) {
    for (const listener of loadBalancer.listeners) {
      const compiled = compileListener(listener, loadBalancer.arn);
      listeners.set(listener.arn, compiled);
      for (const route of [compiled.fallback, ...compiled.rules.map((rule) => rule.route)]) {
        if (route.kind === "forward") for (const group of route.groups) usedBy.set(group.arn, loadBalancer.arn);
      }
    }
  }
  return {
    listeners,
    usedBy,
    groups: new Map(config.targetGroups.map((group) => [group.arn, group])),
    loadBalancers: new Map(config.loadBalancers.map((loadBalancer) => [loadBalancer.arn, loadBalancer])),
  };
}

function compileListener(listener: ListenerConfig, loadBalancerArn: string): CompiledListener {
  return {
    arn: listener.arn,
    loadBalancerArn,
    scheme: listener.protocol === "HTTPS" ? "https" : "http",
    port: listener.port,
    rules: [...listener.rules]
      .sort((a, b) => a.priority - b.priority)
      .map((rule) => ({ matches: compileConditions(rule.conditions), route: compileActions(rule.actions) })),
    fallback: compileActions(listener.defaultActions),
  };
}

/** Authentication comes first and always passes here; the last action by order answers. */
function compileActions(actions: readonly ElbAction[]): Route {
  const last = [...actions]
    .sort((a, b) => (a.Order ?? 1) - (b.Order ?? 1))
    .findLast((action) => /^(forward|redirect|fixed-response)$/.test(action.Type));
  if (last?.Type === "forward") return compileForward(last);
  if (last?.Type === "redirect" && last.RedirectConfig !== undefined) return { kind: "redirect", config: last.RedirectConfig };
  if (last?.Type === "fixed-response" && last.FixedResponseConfig !== undefined) {
    const { StatusCode, MessageBody, ContentType } = last.FixedResponseConfig;
    return { kind: "fixed", status: Number(StatusCode), body: MessageBody ?? "", contentType: ContentType ?? "text/plain" };
  }
  return { kind: "none" };
}

function compileForward(action: ElbAction): Route {
  const listed = action.ForwardConfig?.TargetGroups ?? [];
  const groups =
    listed.length > 0
      ? listed.map((group) => ({ arn: group.TargetGroupArn, weight: group.Weight ?? 1 }))
      : action.TargetGroupArn === undefined
        ? []
        : [{ arn: action.TargetGroupArn, weight: 1 }];
  const stickiness = action.ForwardConfig?.TargetGroupStickinessConfig;
  return {
    kind: "forward",
    groups,
    total: groups.reduce((sum, group) => sum + group.weight, 0),
    stickyFor: stickiness?.Enabled === true ? (stickiness.DurationSeconds ?? 3600) : undefined,
  };
}

/** The first rule that matches by priority, else the default action. */
export function findRoute(listener: CompiledListener, request: RequestFacts): Route {
  for (const rule of listener.rules) if (rule.matches(request)) return rule.route;
  return listener.fallback;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions */
export function redirectLocation(config: RedirectConfig, listener: CompiledListener, request: RequestFacts): string {
  const { path, query } = splitUrl(request.url);
  const own: Readonly<Record<string, string>> = {
    protocol: listener.scheme,
    host: hostName(header(request, "host")),
    port: String(listener.port),
    path: path.replace(/^\//, ""),
    query,
  };
  const fill = (template: string) => template.replace(/#\{(protocol|host|port|path|query)\}/g, (_, name: string) => own[name] ?? "");
  const [protocol, host, port] = [fill(config.Protocol ?? "#{protocol}"), fill(config.Host ?? "#{host}"), fill(config.Port ?? "#{port}")];
  const search = fill(config.Query ?? "#{query}");
  return `${protocol.toLowerCase()}://${host}:${port}${fill(config.Path ?? "/#{path}")}${search === "" ? "" : `?${search}`}`;
}
