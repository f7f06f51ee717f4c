import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { SecretsPort } from "@aws-deploy-actions/shared/secrets/types";

/** What a run reaches the world through. */
export interface Ports {
  readonly secrets: SecretsPort;
}

/** What a run gets from the launcher. */
export type RunBase = Pick<Base, "runner" | "journal" | "clock" | "cancelled" | "context">;
