/** A resource by name. One that the workflow names must exist: a typing error is not "none of its kind". */
export interface Wanted {
  readonly name: string;
  readonly given: boolean;
}

/** What is looked at: an application's environment by its names. */
export interface Subject {
  readonly profile: "container" | "serverless";
  /** What names by convention begin with. */
  readonly prefix: string;
  readonly cluster: string;
  readonly services: readonly string[];
  /** A name or an ARN. */
  readonly loadBalancer: string;
  readonly database: Wanted;
  readonly cache: Wanted;
  readonly secret: Wanted;
  /** Names, or patterns with `*`. */
  readonly logGroups: readonly string[];
  readonly stack: string;
  readonly certificates: readonly string[];
  /** AWS is an emulator on this machine: none of them knows serverless caches, and what they answer instead says nothing. */
  readonly emulated: boolean;
}
