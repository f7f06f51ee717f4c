import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { type Colour, colours, type PerColour, perColour } from "../colours.ts";
import type { ScalingPort } from "../ports.ts";

/**
 * Application autoscaling of the two services. Suspending keeps policies and alarms and stops only their effect:
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html
 */
export function serviceScaling(aws: Aws<"autoscaling">, clusterName: string, names: PerColour<string>): ScalingPort {
  const resource = (colour: Colour): string => `service/${clusterName}/${names[colour].split("/").at(-1)}`;
  const common = (colour: Colour) => ({
    ServiceNamespace: "ecs" as const,
    ResourceId: resource(colour),
    ScalableDimension: "ecs:service:DesiredCount" as const,
  });
  const set = async (colour: Colour, suspended: { in: boolean; out: boolean; scheduled: boolean }): Promise<void> => {
    await aws.autoscaling(
      (sdk) =>
        new sdk.RegisterScalableTargetCommand({
          ...common(colour),
          SuspendedState: {
            DynamicScalingInSuspended: suspended.in,
            DynamicScalingOutSuspended: suspended.out,
            ScheduledScalingSuspended: suspended.scheduled,
          },
        }),
    );
  };
  return {
    look: async () => {
      const answer = await aws.autoscaling(
        (sdk) =>
          new sdk.DescribeScalableTargetsCommand({
            ServiceNamespace: "ecs",
            ResourceIds: colours.map(resource),
            ScalableDimension: "ecs:service:DesiredCount",
          }),
      );
      return perColour((colour) => {
        const target = answer.ScalableTargets?.find((one) => one.ResourceId === resource(colour));
        if (target === undefined) return undefined;
        const {
          DynamicScalingInSuspended = false,
          DynamicScalingOutSuspended = false,
          ScheduledScalingSuspended = false,
        } = target.SuspendedState ?? {};
        return {
          scaleInSuspended: DynamicScalingInSuspended,
          scaleOutSuspended: DynamicScalingOutSuspended,
          scheduledSuspended: ScheduledScalingSuspended,
        };
      });
    },
    suspend: async (colour, what) => await set(colour, { in: true, out: what === "all", scheduled: what === "all" }),
    giveBack: async (colour) => await set(colour, { in: false, out: false, scheduled: false }),
  };
}
