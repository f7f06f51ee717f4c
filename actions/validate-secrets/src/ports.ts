import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { AccessPort, SecretsPort } from "@aws-deploy-actions/shared/secrets/types";

/** What a run reaches the world through. */
export interface Ports {
  readonly secrets: SecretsPort;
  readonly access: AccessPort;
}

/** What a run gets from the launcher. */
export type RunBase = Pick<Base, "runner" | "journal" | "clock" | "cancelled" | "context">;
