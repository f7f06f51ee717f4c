// An environment of the local cloud on which real processes deploy, one trial after the other, while users send requests.
import { setTimeout as pause } from "node:timers/promises";
import { cloudClients } from "@aws-deploy-actions/local-cloud/environment/clients";
import { createEnvironment } from "@aws-deploy-actions/local-cloud/environment/create";
import { exampleContainers, exampleImages } from "@aws-deploy-actions/local-cloud/environment/example";
import type { EnvironmentInfo, EnvironmentOptions } from "@aws-deploy-actions/local-cloud/environment/options";
import { startLoad } from "@aws-deploy-actions/local-cloud/load/start";
import type { Load, LoadOptions } from "@aws-deploy-actions/local-cloud/load/types";
import type { ApiCall } from "@aws-deploy-actions/local-cloud/proxy/identify";
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from "@aws-deploy-actions/local-cloud/start";
import { leaseFromTag, tagNames } from "@aws-deploy-actions/rollout/record/codec";
import { type Colour, sharesOf } from "./moves.ts";

/** The deregistration delay of the environment's target groups. */
export const drainSeconds = 30;

export interface RealStage {
  readonly cloud: LocalCloud;
  readonly environment: EnvironmentInfo;
  readonly load: Load;
  /** Every call in the order in which it arrived, before it is answered; `at` in real milliseconds. */
  readonly arrivals: readonly { readonly call: ApiCall; readonly at: number }[];
  /** Told of every call when it has arrived. @returns a function that ends it */
  onArrival(listener: (call: ApiCall) => void): () => void;
  /** Pushes a good version that nobody has deployed yet. @returns its name in ECR */
  newImage(): Promise<string>;
  look(): Promise<Seen>;
  /** Forgets all calls so far: a long run must not keep them. */
  forget(): void;
  stop(): Promise<void>;
}

/** What AWS says, asked by nobody's tool. */
export interface Seen {
  /** Where every listener and rule sends all users; `split` where they do not agree. */
  readonly on: Colour | "split";
  readonly tasks: Readonly<Record<Colour, { readonly desired: number; readonly running: number }>>;
  /** Whether scaling in is suspended. */
  readonly suspended: Readonly<Record<Colour, boolean>>;
  /** Until when somebody holds the environment, in the cloud's time. */
  readonly heldUntil: number | undefined;
}

/**
 * @param sent what users do besides, where it is not the usual mix
 * @param made what the environment is besides
 */
export async function openStage(
  requestsPerSecond: number,
  options: LocalCloudOptions = {},
  sent: Partial<LoadOptions> = {},
  made: (cloud: LocalCloud) => Partial<EnvironmentOptions> = () => ({}),
): Promise<RealStage> {
  const cloud = await startLocalCloud({ timeFactor: 20, images: exampleImages(), ...options });
  const clients = cloudClients(cloud);
  try {
    // What a busy machine makes slow shall not look like a bad version: no alarms.
    const environment = await createEnvironment(cloud, {
      containers: exampleContainers(cloud, "v1"),
      alarms: false,
      deregistrationDelay: drainSeconds,
      ...made(cloud),
    });
    const arrivals: { call: ApiCall; at: number }[] = [];
    const listeners = new Set<(call: ApiCall) => void>();
    cloud.faults.inject({
      when: (call) => {
        arrivals.push({ call, at: performance.now() });
        for (const listener of listeners) listener(call);
        return false;
      },
      times: Number.POSITIVE_INFINITY,
      fault: { kind: "throttle" },
    });
    const load = startLoad({
      addresses: environment.urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) })),
      requestsPerSecond,
      maxSeconds: 7200,
      newConnectionShare: 0.2,
      slow: { share: 0.05, path: `/work?ms=${5000 / cloud.timeFactor}` },
      paths: ["/", "/health"],
      webSockets: { count: 2, path: "/ws" },
      ...sent,
    });
    let versions = 0;
    return {
      ...{ cloud, environment, load, arrivals },
      onArrival: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      newImage: async () => {
        const good = exampleImages().find((image) => image.tag === "v2");
        if (good === undefined) throw new Error("the example application has no v2");
        versions += 1;
        const { uri, tag } = await cloud.pushImage({ ...good, tag: `trial-${versions}`, environment: { TRIAL: String(versions) } });
        return `${uri}:${tag}`;
      },
      look: async () => await lookAt(environment, clients),
      forget: () => {
        arrivals.length = 0;
        cloud.calls.clear();
      },
      stop: async () => {
        await load.stop();
        for (const client of Object.values(clients)) client.destroy();
        await cloud.stop();
      },
    };
  } catch (error) {
    for (const client of Object.values(clients)) client.destroy();
    await cloud.stop();
    throw error;
  }
}

async function lookAt(
  { cluster, services, routes }: EnvironmentInfo,
  { ecs, elb, autoscaling }: ReturnType<typeof cloudClients>,
): Promise<Seen> {
  const [described, targets, tags, ...weights] = await Promise.all([
    ecs.describeServices({ cluster, services: [services.blue, services.green], include: ["TAGS"] }),
    autoscaling.describeScalableTargets({ ServiceNamespace: "ecs" }),
    ecs.describeServices({ cluster, services: [services.blue], include: ["TAGS"] }),
    ...routes.map(async (route) => {
      const actions =
        route.ruleArn === undefined
          ? (await elb.describeListeners({ ListenerArns: [route.listenerArn] })).Listeners?.[0]?.DefaultActions
          : (await elb.describeRules({ RuleArns: [route.ruleArn] })).Rules?.[0]?.Actions;
      return sharesOf(actions, route);
    }),
  ]);
  const ofColour = (colour: Colour) => {
    const found = described.services?.find((one) => one.serviceName === services[colour]);
    return { desired: found?.desiredCount ?? -1, running: found?.runningCount ?? -1 };
  };
  const isSuspended = (colour: Colour): boolean =>
    targets.ScalableTargets?.find((one) => one.ResourceId?.endsWith(`/${services[colour]}`))?.SuspendedState?.DynamicScalingInSuspended ===
    true;
  const isOn = (colour: Colour): boolean => weights.every((one) => one[colour] > 0 && one[colour === "blue" ? "green" : "blue"] === 0);
  const lease = leaseFromTag(tags.services?.[0]?.tags?.find((tag) => tag.key === tagNames.lease)?.value);
  return {
    on: isOn("blue") ? "blue" : isOn("green") ? "green" : "split",
    tasks: { blue: ofColour("blue"), green: ofColour("green") },
    suspended: { blue: isSuspended("blue"), green: isSuspended("green") },
    heldUntil: lease?.until,
  };
}

/** Waits until what AWS was told has happened, for at most 600 of the cloud's seconds. */
export async function whenSteady(stage: RealStage): Promise<Seen> {
  const limit = stage.cloud.clock.now() + 600;
  for (;;) {
    const seen = await stage.look();
    const isSteady = (["blue", "green"] as const).every((colour) => seen.tasks[colour].desired === seen.tasks[colour].running);
    if (isSteady || stage.cloud.clock.now() > limit) return seen;
    await pause(100);
  }
}
