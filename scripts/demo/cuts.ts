import type { LoadReport, LongLived } from "../../packages/local-cloud/src/load/types.ts";
import type { LocalCloud } from "../../packages/local-cloud/src/start.ts";

/** The local cloud's environments let a leaving target finish for so long: the deregistration delay. */
export const drainSeconds = 30;
/** Targets leave some seconds after ECS was told to end their tasks. */
const leavingSeconds = 120;

type Cut = LongLived["cut"][number];

/**
 * WebSockets and streaming answers that broke off although the load balancer still had to hold them. Its right is to cut what is open at
 * the end of the deregistration delay of a target that left, and nothing before.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
 */
export function cutEarly({ webSockets, streams }: Pick<LoadReport, "webSockets" | "streams">, cloud: LocalCloud): readonly Cut[] {
  const { calls, clock, timeFactor } = cloud;
  const now = { cloud: clock.now(), real: Date.now() / 1000 };
  const scaledDown = calls
    .all()
    .filter((call) => call.operation === "UpdateService" && call.params["desiredCount"] === 0 && call.applied)
    .map((call) => call.at);
  // Clients note the time in milliseconds.
  const slack = 0.002 * timeFactor;
  const isDue = (cut: Cut): boolean => {
    const at = now.cloud - (now.real - cut.at) * timeFactor;
    return scaledDown.some((since) => at >= since + drainSeconds - slack && at <= since + drainSeconds + leavingSeconds);
  };
  return [...webSockets.cut, ...streams.cut].filter((cut) => !isDue(cut));
}

/** `4 WebSockets and 120 streaming answers, 0 cut before the drain time was over`. */
export function longLivedTold({ webSockets, streams }: Pick<LoadReport, "webSockets" | "streams">, early: number): string {
  const opened = `${webSockets.opened} WebSockets (${webSockets.messages} messages) and ${streams.opened} streaming answers`;
  return `${opened}, ${early} cut before the drain time was over`;
}
