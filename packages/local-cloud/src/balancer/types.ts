import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Instant, Seconds } from "@aws-deploy-actions/shared/units";

/** A listener's or rule's action in the shape of the ELBv2 API (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html). */
export interface ElbAction {
  readonly Type: "forward" | "redirect" | "fixed-response" | "authenticate-oidc" | "authenticate-cognito" | "jwt-validation";
  readonly Order?: number;
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: ForwardConfig;
  readonly RedirectConfig?: RedirectConfig;
  readonly FixedResponseConfig?: FixedResponseConfig;
  /** Kept as given: the local balancer takes every client as authenticated. */
  readonly AuthenticateOidcConfig?: unknown;
  readonly AuthenticateCognitoConfig?: unknown;
}

export interface ForwardConfig {
  /** Weights from 0 to 999. */
  readonly TargetGroups?: readonly { readonly TargetGroupArn: string; readonly Weight?: number }[];
  readonly TargetGroupStickinessConfig?: { readonly Enabled?: boolean; readonly DurationSeconds?: Seconds };
}

/** Parts left out keep the request's own: `#{protocol}`, `#{host}`, `#{port}`, `#{path}`, `#{query}`. */
export interface RedirectConfig {
  readonly Protocol?: string;
  readonly Port?: string;
  readonly Host?: string;
  readonly Path?: string;
  readonly Query?: string;
  readonly StatusCode: "HTTP_301" | "HTTP_302";
}

export interface FixedResponseConfig {
  readonly StatusCode: string;
  readonly MessageBody?: string;
  readonly ContentType?: string;
}

/** A rule's condition in the shape of the ELBv2 API (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html). */
export interface ElbCondition {
  readonly Field: "path-pattern" | "host-header" | "http-header" | "http-request-method" | "query-string" | "source-ip";
  /** The older form, for path-pattern and host-header. */
  readonly Values?: readonly string[];
  readonly PathPatternConfig?: { readonly Values: readonly string[] };
  readonly HostHeaderConfig?: { readonly Values: readonly string[] };
  readonly HttpHeaderConfig?: { readonly HttpHeaderName: string; readonly Values: readonly string[] };
  readonly HttpRequestMethodConfig?: { readonly Values: readonly string[] };
  readonly QueryStringConfig?: { readonly Values: readonly { readonly Key?: string; readonly Value: string }[] };
  readonly SourceIpConfig?: { readonly Values: readonly string[] };
}

export interface RuleConfig {
  readonly arn: string;
  /** 1 to 50,000; the lowest that matches wins. Leave the default rule out: it is the listener's `defaultActions`. */
  readonly priority: number;
  readonly conditions: readonly ElbCondition[];
  readonly actions: readonly ElbAction[];
}

export interface ListenerConfig {
  readonly arn: string;
  /** The port that the API shows; the real one is `Balancer.addresses`. */
  readonly port: number;
  /** HTTPS listeners speak plain HTTP locally and say `X-Forwarded-Proto: https`. */
  readonly protocol: "HTTP" | "HTTPS";
  readonly defaultActions: readonly ElbAction[];
  readonly rules: readonly RuleConfig[];
}

export interface LoadBalancerConfig {
  readonly arn: string;
  readonly name: string;
  readonly dnsName: string;
  readonly listeners: readonly ListenerConfig[];
  /** 60 when left out. Real seconds: the application does not live in compressed time. */
  readonly idleTimeoutSeconds?: Seconds;
}

export interface HealthCheckConfig {
  readonly path: string;
  readonly port: number | "traffic-port";
  readonly intervalSeconds: Seconds;
  readonly timeoutSeconds: Seconds;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** `200`, `200-299` or `200,202`. */
  readonly matcher: string;
}

export interface TargetGroupConfig {
  readonly arn: string;
  readonly name: string;
  readonly protocol: "HTTP" | "HTTPS";
  readonly port: number;
  readonly healthCheck: HealthCheckConfig;
  readonly attributes: {
    readonly deregistrationDelaySeconds: Seconds;
    readonly slowStartSeconds: Seconds;
    /** Target stickiness; leave it out where `stickiness.enabled` is false. */
    readonly stickiness?: { readonly type: "lb_cookie"; readonly durationSeconds: Seconds };
  };
}

export interface BalancerConfig {
  readonly loadBalancers: readonly LoadBalancerConfig[];
  readonly targetGroups: readonly TargetGroupConfig[];
}

export interface Target {
  /** What the API shows: an address, or an instance id. */
  readonly id: string;
  readonly port: number;
  /** Where the target is really reached, when that is not `id:port`: tasks are local processes on ports of their own. */
  readonly endpoint?: { readonly host: string; readonly port: number };
}

export type TargetState = "initial" | "healthy" | "unhealthy" | "unused" | "draining";

/** Reasons as in https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html. */
export interface TargetHealth {
  readonly id: string;
  readonly port: number;
  readonly state: TargetState;
  readonly reason?: string;
  readonly description?: string;
}

/** What happened in a part of one minute, in the shape of PutMetricData's datum (at most 150 distinct values). */
export interface MetricSample {
  readonly name: string;
  readonly unit: "Count" | "Seconds";
  /** The start of the minute, by the balancer's clock. */
  readonly at: Instant;
  readonly dimensions: { readonly LoadBalancer?: string; readonly TargetGroup?: string };
  /** Distinct values, with how often each was seen; a count is one value seen once: its Sum is the number. */
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

export interface BalancerOptions {
  readonly clock: Clock;
  /** How long a change needs to reach a node, asked anew for each change. Undocumented by AWS: 1 to 10 s is a fair guess. */
  readonly propagation: (node: number) => Seconds;
  /** Balancer nodes per load balancer; 2 when left out, as in two availability zones. */
  readonly nodes?: number;
  readonly seed?: number;
  /** Real seconds until a connection to a target is given up; 10 when left out, as on AWS. */
  readonly connectTimeoutSeconds?: Seconds;
  /** Breaks the balancer on purpose, so that a test can show that lost requests are seen. */
  readonly faults?: BalancerFaults;
}

export interface BalancerFaults {
  /** `cut`: deregistering a target cuts its requests at once; `keep-routing`: it goes on getting new ones. */
  readonly drain?: "cut" | "keep-routing";
}

export interface Balancer {
  /** Takes the whole wanted state; each node follows after its own delay. Resolves when the ports of new listeners are open. */
  applyConfig(config: BalancerConfig): Promise<void>;
  registerTarget(targetGroupArn: string, target: Target): void;
  /** The target is `draining` from now until its group's deregistration delay is over; then it is gone from `targetHealth`. */
  deregisterTarget(targetGroupArn: string, target: Pick<Target, "id" | "port">): void;
  /** Healthy once every node says so. */
  targetHealth(targetGroupArn: string): TargetHealth[];
  /** One address per node, all on loopback; empty for an unknown listener. */
  addresses(listenerArn: string): { readonly host: string; readonly port: number }[];
  /** What was counted since the last call. */
  takeMetrics(): MetricSample[];
  /** Closes ports and connections. */
  stop(): Promise<void>;
}
