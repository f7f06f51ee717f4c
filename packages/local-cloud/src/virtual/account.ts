import type { Instant } from "@aws-deploy-actions/shared/units";
import { seededRandom } from "../balancer/random.ts";
import type { TaskSpec } from "../ecs/model.ts";
import type { RateLimits } from "../proxy/rate-limits.ts";
import type { VirtualCall } from "./aws.ts";
import { type Behaviour, wellBehaved } from "./behaviour.ts";
import { createWorld, type World, type WorldListener } from "./world.ts";

type Json = Readonly<Record<string, unknown>>;

/** A service as the control plane knows it. */
export interface ServiceRecord {
  readonly arn: string;
  readonly name: string;
  readonly attachments: readonly { readonly targetGroupArn: string; readonly containerName: string; readonly containerPort: number }[];
  readonly tags: Map<string, string>;
  controller: string;
}

/** One change of weights, with what stood behind it in that moment. */
export interface WeightChange {
  readonly at: Instant;
  readonly process: string;
  /** The listener's or the rule's ARN. */
  readonly route: string;
  /** By target group: its weight before and after, and how many of its targets were healthy. */
  readonly groups: ReadonlyMap<string, { readonly before: number; readonly after: number; readonly healthy: number }>;
}

/** One environment in an account of its own, in virtual time. Control plane and data plane together. */
export interface VirtualAccount {
  readonly world: World;
  readonly calls: VirtualCall[];
  readonly weightChanges: WeightChange[];
  /** The process whose call is being carried out. */
  caller: string;
  readonly random: () => number;
  readonly definitions: Map<string, Json>;
  readonly services: Map<string, ServiceRecord>;
  readonly listeners: WorldListener[];
  readonly scaling: Map<string, { suspended: Json; readonly min: number; readonly max: number }>;
  readonly objects: Map<string, { body: string; etag: string }>;
  readonly alarms: Map<string, { state: string; since: Instant }>;
  readonly images: Map<string, string>;
  readonly cluster: string;
  readonly clusterArn: string;
  readonly groups: Readonly<Record<"blue" | "green", string>>;
  readonly limits: RateLimits | undefined;
  now: Instant;
  advanceTo(to: Instant): void;
}

export interface AccountOptions {
  readonly seed: number;
  readonly start: Instant;
  readonly tasks: number;
  readonly requestsPerSecond: number;
  readonly stickySeconds?: number;
  readonly stickyClients?: number;
  readonly autoscaling?: boolean;
  /** `several`: a second listener, and a rule of the first one with a path of its own. */
  readonly routes?: "one" | "several";
  /** A listener that users do not take, on port 9000. */
  readonly testListener?: boolean;
  /** By image name. */
  readonly behaviours?: Readonly<Record<string, Partial<Behaviour>>>;
  readonly metricDelay?: number;
  /** AWS's token buckets, shared by the accounts that stand for services of one. Default: none. */
  readonly limits?: RateLimits;
}

export const region = "eu-central-1";
export const accountId = "123456789012";
const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${accountId}:${rest}`;

export const imageOf = (version: string): string => `${accountId}.dkr.ecr.${region}.amazonaws.com/shop:${version}`;

/** The ARN of a revision. */
export const revisionArn = (revision: number): string => arn("ecs", `task-definition/shop:${revision}`);

/** `shop`/`staging` with v1 on blue, scaled and healthy, and nothing on green. */
export function createAccount(options: AccountOptions): VirtualAccount {
  const random = seededRandom(options.seed);
  const groups = {
    blue: arn("elasticloadbalancing", "targetgroup/shop-blue-staging/aaaa"),
    green: arn("elasticloadbalancing", "targetgroup/shop-green-staging/bbbb"),
  };
  const listeners = listenersOf(options, groups.blue);
  const definitions = new Map<string, Json>([["shop:1", definitionOf(1, imageOf("v1"))]]);
  const versions = new Map<string, string>();
  const versionOf = (definitionArn: string): string => {
    const known = versions.get(definitionArn);
    if (known !== undefined) return known;
    const definition = definitions.get(definitionArn.split("/").at(-1) ?? "");
    const image = String((definition?.["containerDefinitions"] as readonly Json[] | undefined)?.[0]?.["image"] ?? "");
    const version = image.split(/[@:]/).at(-1) ?? "";
    versions.set(definitionArn, version);
    return version;
  };
  // A version may change its ways while the story goes on.
  const behaviourOf = ({ taskDefinitionArn }: TaskSpec): Behaviour => ({
    ...wellBehaved,
    ...options.behaviours?.[versionOf(taskDefinitionArn)],
  });
  const world = createWorld({
    now: options.start,
    seed: options.seed,
    loadBalancer: { arn: arn("elasticloadbalancing", "loadbalancer/app/shop-alb-staging/cccc"), name: "shop-alb-staging" },
    listeners,
    groups: (["blue", "green"] as const).map((colour) => ({
      arn: groups[colour],
      name: `shop-${colour}-staging`,
      protocol: "HTTP",
      port: 8080,
      healthCheck: {
        path: "/",
        port: "traffic-port",
        intervalSeconds: 5,
        timeoutSeconds: 2,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
        matcher: "200",
      },
      attributes: { deregistrationDelaySeconds: 30, slowStartSeconds: 0 },
    })),
    behaviourOf,
    requestsPerSecond: options.requestsPerSecond,
    propagation: () => 0.5 + 4 * random(),
    metricDelay: options.metricDelay ?? 90,
    stickyClients: options.stickyClients ?? 0,
  });
  const clusterArn = arn("ecs", "cluster/shop-staging");
  const services = new Map<string, ServiceRecord>(
    (["blue", "green"] as const).map((colour) => {
      const name = `shop-${colour}-staging`;
      const attachments = [{ targetGroupArn: groups[colour], containerName: "app", containerPort: 8080 }];
      return [name, { arn: arn("ecs", `service/shop-staging/${name}`), name, attachments, tags: new Map(), controller: "ECS" }];
    }),
  );
  const account: VirtualAccount = {
    world,
    calls: [],
    weightChanges: [],
    caller: "",
    random,
    definitions,
    services,
    listeners,
    scaling: new Map(
      options.autoscaling === true
        ? [...services.values()].map((one) => [`service/shop-staging/${one.name}`, { suspended: {}, min: 2, max: 10 }])
        : [],
    ),
    objects: new Map(),
    alarms: new Map(),
    images: new Map(),
    cluster: "shop-staging",
    clusterArn,
    groups,
    limits: options.limits,
    now: options.start,
    advanceTo: (to) => {
      if (to <= account.now) return;
      world.advanceTo(to);
      account.now = to;
    },
  };
  for (const [name, one] of services) {
    world.send({
      type: "create-service",
      service: {
        arn: one.arn,
        name,
        clusterArn,
        desiredCount: name.includes("blue") ? options.tasks : 0,
        spec: specOf(account, "shop:1"),
        loadBalancers: one.attachments,
        configuration: { minimumHealthyPercent: 100, maximumPercent: 200, circuitBreaker: { enable: true, rollback: true } },
        healthCheckGracePeriod: 30,
      },
    });
  }
  // v1 becomes healthy before the story begins, and what users met until then is no part of it.
  account.advanceTo(options.start + 90);
  Object.assign(world.tally, { requests: 0, lost: 0, appErrors: 0, toUnhealthy: 0, emptySeconds: 0 });
  world.tally.byRevision.clear();
  world.tally.losses.length = 0;
  return account;
}

/** Where users come in, and testers: all of it forwards to blue, of which the story begins. */
function listenersOf(options: AccountOptions, blue: string): WorldListener[] {
  const sticky =
    options.stickySeconds === undefined ? {} : { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: options.stickySeconds } };
  const forward = () => [{ Type: "forward" as const, ForwardConfig: { TargetGroups: [{ TargetGroupArn: blue, Weight: 100 }], ...sticky } }];
  const listener = (id: string, port: number, more: Partial<WorldListener> = {}): WorldListener => ({
    arn: arn("elasticloadbalancing", `listener/app/shop-alb-staging/cccc/${id}`),
    port,
    defaultActions: forward(),
    rules: [],
    ...more,
  });
  const several = options.routes === "several";
  const rule = {
    arn: arn("elasticloadbalancing", "listener-rule/app/shop-alb-staging/cccc/dddd/rrrr"),
    priority: "10",
    conditions: [{ Field: "path-pattern", Values: ["/api/*"] }],
    actions: forward(),
  };
  return [
    listener("dddd", 80, several ? { rules: [rule] } : {}),
    ...(several ? [listener("eeee", 8443)] : []),
    ...(options.testListener === true ? [listener("ffff", 9000, { forTesters: true })] : []),
  ];
}

const definitionOf = (revision: number, image: string): Json => ({
  taskDefinitionArn: revisionArn(revision),
  family: "shop",
  revision,
  status: "ACTIVE",
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  cpu: "256",
  memory: "512",
  containerDefinitions: [{ name: "app", image, essential: true, portMappings: [{ containerPort: 8080 }], futureField: "kept" }],
});

/** What the scheduler must know of a revision. */
export function specOf(account: VirtualAccount, shortName: string): TaskSpec {
  const definition = account.definitions.get(shortName);
  const containers = (definition?.["containerDefinitions"] ?? []) as readonly Json[];
  return {
    taskDefinitionArn: String(definition?.["taskDefinitionArn"]),
    containers: containers.map((one) => ({
      name: String(one["name"]),
      essential: one["essential"] !== false,
      stopTimeout: 30,
      hasHealthCheck: false,
    })),
  };
}
