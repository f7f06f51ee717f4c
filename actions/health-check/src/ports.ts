import type { Base } from "@aws-deploy-actions/shared/action/launch";
import type { CertificateTarget } from "@aws-deploy-actions/shared/health/certificate/check";
import type { AwsComponents } from "@aws-deploy-actions/shared/health/components/adapters/aws";
import type { ComponentResult, ConnectionResult } from "@aws-deploy-actions/shared/health/components/result";
import type { LoginChecks } from "@aws-deploy-actions/shared/health/database/adapter-login";
import type { HttpCheck } from "@aws-deploy-actions/shared/health/http-syntax";
import type { SecretsPort } from "@aws-deploy-actions/shared/secrets/types";
import type { Seconds } from "@aws-deploy-actions/shared/units";

/** What a check reaches the world through. */
export interface Ports {
  http(check: HttpCheck): Promise<ConnectionResult>;
  certificate(target: CertificateTarget): Promise<ConnectionResult>;
  readonly logins: Pick<LoginChecks, "check">;
  readonly secrets: SecretsPort;
  readonly aws: AwsComponents;
  readonly task: TaskPort;
}

/** A one-off task inside the VPC that makes the same checks. */
export interface TaskPort {
  /**
   * @param inputs the action's inputs for the task, by name
   * @returns what the task found; `unknown` results, with the reason, where it could not be run or said nothing
   */
  run(order: TaskOrder): Promise<TaskAnswer>;
}

export interface TaskOrder {
  readonly cluster: string;
  /** Services whose network the task takes: the first one that exists. */
  readonly services: readonly string[];
  readonly definition: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly timeout: Seconds;
  readonly signal: AbortSignal;
}

export type TaskAnswer =
  | { readonly state: "answered"; readonly results: readonly ComponentResult[] }
  | { readonly state: "failed"; readonly why: string; readonly mend: string };

export type RunBase = Pick<Base, "runner" | "journal" | "clock" | "cancelled">;
