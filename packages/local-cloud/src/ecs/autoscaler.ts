import type { Clock } from "@aws-deploy-actions/shared/clock";
import type { Seconds } from "@aws-deploy-actions/shared/units";
import type { Internal } from "../aws-internal.ts";
import { isRecord, type Params } from "../proxy/params.ts";
import type { EcsDriver } from "./driver.ts";

/**
 * Application Auto Scaling with an alarm that always fires: every service is kept between its minimum and maximum, unless that is suspended.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html: an alarm scales a service that is below its minimum
 * out to it, also one that a deployment has just drained.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html
 */
export function startAutoscaler(driver: EcsDriver, internal: Internal, clock: Clock, interval: Seconds): { stop(): void } {
  const stopped = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await clock.sleep(interval, stopped.signal).catch(() => undefined);
      if (stopped.signal.aborted) return;
      const reply = await internal
        .json("application-autoscaling", "AnyScaleFrontendService.DescribeScalableTargets", { ServiceNamespace: "ecs" })
        .catch((): Params => ({}));
      const targets = reply["ScalableTargets"];
      for (const target of Array.isArray(targets) ? targets.filter(isRecord) : []) scale(driver, target);
    }
  };
  void run();
  return { stop: () => stopped.abort() };
}

function scale(driver: EcsDriver, target: Params): void {
  const [, cluster, name] = String(target["ResourceId"]).split("/");
  const service = [...driver.state().services.values()].find((one) => one.name === name && one.clusterArn.endsWith(`/${cluster}`));
  if (service === undefined || service.status !== "ACTIVE") return;
  const suspended = isRecord(target["SuspendedState"]) ? target["SuspendedState"] : {};
  const [least, most] = [Number(target["MinCapacity"]), Number(target["MaxCapacity"])];
  const send = (desiredCount: number) => driver.send({ type: "update-service", serviceArn: service.arn, changes: { desiredCount } });
  if (service.desiredCount < least && suspended["DynamicScalingOutSuspended"] !== true) send(least);
  if (service.desiredCount > most && suspended["DynamicScalingInSuspended"] !== true) send(most);
}
