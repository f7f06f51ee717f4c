import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import type { Action, TargetGroupTuple } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { PerColour } from "./colours.ts";
import type { Route } from "./model.ts";

/**
 * An action as it can be given back to AWS. An OIDC action never shows its client secret, so it has to say that the existing one stays:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AuthenticateOidcActionConfig.html
 */
export function kept(action: Action): Action {
  if (action.AuthenticateOidcConfig === undefined) return action;
  const { ClientSecret: _, ...config } = action.AuthenticateOidcConfig;
  return { ...action, AuthenticateOidcConfig: { ...config, UseExistingClientSecret: true } };
}

/**
 * A route's actions with other weights. Everything else stays: order, authentication, stickiness.
 *
 * @throws Trouble where nothing would be left to forward to
 */
export function withWeights(route: Pick<Route, "id" | "kind" | "groups" | "actions">, weights: PerColour<number | undefined>): Action[] {
  const tuple = (group: string, weight: number | undefined): TargetGroupTuple[] =>
    weight === undefined ? [] : [{ TargetGroupArn: group, Weight: weight }];
  const groups = [...tuple(route.groups.blue, weights.blue), ...tuple(route.groups.green, weights.green)];
  if (groups.length === 0) throw inputTrouble(`${route.kind} ${route.id} would forward to nothing.`);
  return route.actions.map((action) => {
    if (action.Type !== "forward") return kept(action);
    // AWS refuses an action that names both a group and a list of groups that differ.
    const { TargetGroupArn: _, ...rest } = action;
    return { ...rest, ForwardConfig: { ...action.ForwardConfig, TargetGroups: groups } };
  });
}
