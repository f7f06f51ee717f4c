import type { Base } from "@aws-deploy-actions/shared/action/launch";
import { savedState } from "@aws-deploy-actions/shared/action/step";

/** Whose lease the main step took for a deployment whose end it did not see; undefined in the main step, and where that came to its end. */
export const leftBehind = (environment: Base["environment"]): string | undefined =>
  savedState(environment, "finished") === undefined ? savedState(environment, "owner") : undefined;
