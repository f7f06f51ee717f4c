import type { Colour } from "./colours.ts";
import type { Route } from "./model.ts";

/** The AWS CLI line that gives all of a route's traffic to one colour: for people, with GitHub down too. */
export function byHand(route: Route, colour: Colour, region: string): string {
  const config = JSON.stringify([
    { Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn: route.groups[colour], Weight: 100 }] } },
  ]);
  return route.kind === "listener"
    ? `aws elbv2 modify-listener --region ${region} --listener-arn ${route.id} --default-actions '${config}'`
    : `aws elbv2 modify-rule --region ${region} --rule-arn ${route.id} --actions '${config}'`;
}
