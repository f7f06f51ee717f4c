import type { Colour } from "./colours.ts";
import { withWeights } from "./listener-actions.ts";
import type { Route } from "./model.ts";
import { weightsFor } from "./traffic.ts";

/**
 * The AWS CLI line that gives all of a route's traffic to one colour: for people, with GitHub down too. A login before the forward and its
 * stickiness stay as they are; a sticky group leaves the action, or its cookies would keep users where they are.
 */
export function byHand(route: Route, colour: Colour, region: string): string {
  const actions = quoted(JSON.stringify(withWeights(route, weightsFor(colour, 100, route.stickySeconds !== undefined))));
  return route.kind === "listener"
    ? `aws elbv2 modify-listener --region ${region} --listener-arn ${route.id} --default-actions ${actions}`
    : `aws elbv2 modify-rule --region ${region} --rule-arn ${route.id} --actions ${actions}`;
}

/** One word for the shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
