import type { EnvironmentInfo, RouteInfo } from "@aws-deploy-actions/local-cloud/environment/options";
import type { ApiCall } from "@aws-deploy-actions/local-cloud/proxy/identify";

export type Colour = "blue" | "green";

/** A call that says where a listener or rule sends users. */
export interface Move {
  /** Of the listener or the rule. */
  readonly route: string;
  /** Where new connections go; `split`: both get some. */
  readonly to: Colour | "split";
}

/** A route's weights in the shape of the API, as it answers or as it is asked. */
export function sharesOf(actions: unknown, { targetGroups }: Pick<RouteInfo, "targetGroups">): Readonly<Record<Colour, number>> {
  const forward = (Array.isArray(actions) ? actions : []).find((action) => action.Type === "forward");
  const groups: readonly { readonly TargetGroupArn?: string; readonly Weight?: number | string }[] = forward?.ForwardConfig
    ?.TargetGroups ?? [{ TargetGroupArn: forward?.TargetGroupArn, Weight: 1 }];
  const of = (colour: Colour): number => Number(groups.find((one) => one.TargetGroupArn === targetGroups[colour])?.Weight ?? 0);
  return { blue: of("blue"), green: of("green") };
}

/** @returns undefined for calls that send nobody anywhere */
export function moveOf({ routes }: Pick<EnvironmentInfo, "routes">, { operation, params }: ApiCall): Move | undefined {
  if (operation !== "ModifyListener" && operation !== "ModifyRule") return undefined;
  const arn = String(params["RuleArn"] ?? params["ListenerArn"]);
  const route = routes.find((one) => (one.ruleArn ?? one.listenerArn) === arn);
  if (route === undefined) return undefined;
  const { blue, green } = sharesOf(params["DefaultActions"] ?? params["Actions"], route);
  return { route: arn, to: green === 0 ? "blue" : blue === 0 ? "green" : "split" };
}
