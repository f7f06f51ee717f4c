import type { Seconds } from "@aws-deploy-actions/shared/units";

export type Colour = "blue" | "green";

/** A container of both colours' tasks. One with a port gets a pair of target groups and a route. */
export interface ContainerOption {
  readonly name: string;
  /** As pushed: `registry/repository@sha256:…` or with a tag. */
  readonly image: string;
  readonly port?: number;
  /** Default: `/`. */
  readonly healthCheckPath?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Environment variable → what `valueFrom` says; `secret:KEY` is a key of the environment's own secret. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  /** Default: true. */
  readonly essential?: boolean;
  /** Paths (`/api/*`) that a rule sends to it. Left out: the listener's default action does; only one container may leave it out. */
  readonly paths?: readonly string[];
  /** Its own listener instead, on this port. */
  readonly listenerPort?: number;
  /** Fields of the container definition as they stand, also ones that no SDK knows. */
  readonly definition?: Readonly<Record<string, unknown>>;
}

export interface EnvironmentOptions {
  /** Default: shop. */
  readonly application?: string;
  /** Default: staging. */
  readonly environment?: string;
  readonly containers: readonly ContainerOption[];
  /** Tasks of the active colour; the other one has none. Default: 2. */
  readonly desiredCount?: number;
  /** Default: blue. */
  readonly activeColour?: Colour;
  /** Whether the inactive colour stays in the listeners' actions, at weight 0. Default: false. */
  readonly attachInactive?: boolean;
  /** Group stickiness of every forward action. Default: off. */
  readonly stickiness?: Seconds;
  /** `stickiness.enabled` of every target group. Default: off. */
  readonly targetStickiness?: Seconds;
  /** Default: 30 s. */
  readonly deregistrationDelay?: Seconds;
  /** Default: 0, off. */
  readonly slowStart?: Seconds;
  /** Defaults: every 5 s, 2 s each, 2 up, 2 down. */
  readonly healthCheck?: {
    readonly interval?: Seconds;
    readonly timeout?: Seconds;
    readonly healthy?: number;
    readonly unhealthy?: number;
  };
  /** Default: 60 s. */
  readonly healthCheckGracePeriod?: Seconds;
  /** A second listener on port 9001 that forwards to the inactive colour. Default: false. */
  readonly testListener?: boolean;
  /** The environment's secret. Default: SESSION_SECRET alone. */
  readonly secret?: Readonly<Record<string, string>>;
  /** Scalable targets of both services; the inactive one's is suspended. Default: true. */
  readonly autoscaling?: boolean;
  /** Error rate and response time of the load balancer, as in infra/alarms.yaml. Default: true. */
  readonly alarms?: boolean;
  /** Of the services; default: rolling update, 100 to 200 %, circuit breaker off. */
  readonly deploymentConfiguration?: Readonly<Record<string, unknown>>;
  /** More fields of the task definition as they stand, also ones that no SDK knows. */
  readonly taskDefinition?: Readonly<Record<string, unknown>>;
  /** Wait until the active colour's targets are healthy. Default: true. */
  readonly wait?: boolean;
}

/** A container's pair of target groups and what routes to it. */
export interface RouteInfo {
  readonly container: string;
  readonly targetGroups: Readonly<Record<Colour, string>>;
  readonly listenerArn: string;
  /** Where it is a rule of the listener that routes. */
  readonly ruleArn: string | undefined;
}

/** What was made. */
export interface EnvironmentInfo {
  readonly application: string;
  readonly environment: string;
  readonly cluster: string;
  readonly services: Readonly<Record<Colour, string>>;
  readonly activeColour: Colour;
  readonly taskDefinitionArn: string;
  readonly loadBalancerArn: string;
  readonly loadBalancerName: string;
  readonly listenerArns: readonly string[];
  readonly testListenerArn: string | undefined;
  readonly routes: readonly RouteInfo[];
  readonly secretArn: string;
  readonly logGroup: string;
  readonly alarms: readonly string[];
  readonly subnets: readonly string[];
  readonly securityGroup: string;
  /** Where clients reach the first listener: one URL per balancer node. */
  readonly urls: readonly string[];
}
