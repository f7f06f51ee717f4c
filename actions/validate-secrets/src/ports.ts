import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { HoldersPort } from "@aws-deploy-actions/shared/secrets/holders";
import type { AccessPort, SecretsPort, SecretValue } from "@aws-deploy-actions/shared/secrets/types";
import type { HistoryPort } from "./history.ts";

/** Tries a secret's credential on the server that it is for. */
export interface CredentialsPort {
  /** `unknown` where the secret is for no server that can be asked, or the server cannot be reached from here. */
  works(value: SecretValue): Promise<"yes" | "no" | "unknown">;
}

/** What a run reaches the world through. */
export interface Ports {
  readonly secrets: SecretsPort;
  readonly access: AccessPort;
  readonly holders: HoldersPort;
  readonly credentials: CredentialsPort;
  /** Where rotations are kept; undefined where nobody asked for it. */
  readonly history?: HistoryPort;
}

/** What a run gets from the launcher. */
export type RunBase = Pick<Base, "runner" | "journal" | "clock" | "cancelled" | "context">;
