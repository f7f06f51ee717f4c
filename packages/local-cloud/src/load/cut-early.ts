import type { Seconds } from "@aws-deploy-actions/shared/units";
import type { LocalCloud } from "../start.ts";
import type { LoadReport, LongLived } from "./types.ts";

/** Targets leave some seconds after ECS was told to end their tasks. */
const leavingSeconds: Seconds = 300;

type Cut = LongLived["cut"][number];

/**
 * WebSockets and streaming answers that broke off although the load balancer still had to hold them. Its right is to cut what is open at
 * the end of the deregistration delay of a target that left, and nothing before.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
 *
 * @param drain the deregistration delay of the environment's target groups
 */
export function cutEarly(
  { webSockets, streams }: Pick<LoadReport, "webSockets" | "streams">,
  { calls, clock, timeFactor }: Pick<LocalCloud, "calls" | "clock" | "timeFactor">,
  drain: Seconds,
): readonly Cut[] {
  const now = { cloud: clock.now(), real: Date.now() / 1000 };
  const scaledDown = calls
    .all()
    .filter((call) => call.operation === "UpdateService" && call.params["desiredCount"] === 0 && call.applied)
    .map((call) => call.at);
  // Clients note the time in milliseconds.
  const slack = 0.002 * timeFactor;
  const isDue = (cut: Cut): boolean => {
    const at = now.cloud - (now.real - cut.at) * timeFactor;
    return scaledDown.some((since) => at >= since + drain - slack && at <= since + drain + leavingSeconds);
  };
  return [...webSockets.cut, ...streams.cut].filter((cut) => !isDue(cut));
}
