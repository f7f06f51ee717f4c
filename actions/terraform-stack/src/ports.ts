import type { Diagnostic } from "./model/messages.ts";

/** How one Terraform command ended. */
export interface Ended {
  readonly code: number;
  /** Standard output where it is the answer (show, output, validate); otherwise nothing. */
  readonly out: string;
  readonly diagnostics: readonly Diagnostic[];
}

export interface PlanRequest {
  readonly planFile: string;
  readonly varFiles: readonly string[];
}

/** Terraform in one working directory. Whatever it says is shown as it comes. */
export interface TerraformPort {
  version(): Promise<string>;
  init(options: { readonly backend: boolean; readonly backendConfig: readonly string[]; readonly upgrade: boolean }): Promise<Ended>;
  validate(): Promise<Ended>;
  /** Code 0: no changes, 2: changes, anything else: an error. */
  plan(request: PlanRequest): Promise<Ended>;
  /** A saved plan as JSON, with sensitive values in clear: never to be shown. */
  show(planFile: string): Promise<Ended>;
  /** Applies exactly a saved plan. Interrupted once when the job is cancelled, and waited for. */
  apply(planFile: string): Promise<Ended>;
  /** The outputs as JSON, with sensitive values in clear. */
  outputs(): Promise<Ended>;
}

/** Files of the workspace. Paths are relative to it. */
export interface FilesPort {
  exists(path: string): boolean;
  /** SHA-256 of a file; undefined where there is none. */
  digest(path: string): Promise<string | undefined>;
  write(path: string, content: string): void;
  /** Nobody but this user may read it. */
  makePrivate(path: string): void;
  /** Writes a private temporary file for this run, and gives its absolute path. */
  temporary(name: string, content: string): string;
  /** Removes the temporary files of this run. */
  clean(): void;
  /** A path as Terraform sees it from its working directory. */
  absolute(path: string): string;
}
