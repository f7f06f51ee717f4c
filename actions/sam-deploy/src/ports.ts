import type { HttpCheck } from "@aws-deploy-actions/shared/health/http-syntax";
import type { ChangeSetSeen } from "./model/change-set.ts";
import type { ParameterSetting } from "./model/parameters.ts";
import type { Artefact } from "./model/release.ts";
import type { StackEvent, StackResource, StackSeen, Tags } from "./model/stack.ts";
import type { ArtefactPlace } from "./model/template.ts";

/** A template for CloudFormation: small ones go with the call, larger ones through S3. */
export type TemplateSource = { readonly body: string } | { readonly url: string };

export interface ChangeSetRequest {
  readonly name: string;
  readonly type: "CREATE" | "UPDATE";
  readonly template: TemplateSource;
  readonly parameters: readonly ParameterSetting[];
  readonly tags: Tags;
  readonly capabilities: readonly string[];
  readonly role?: string | undefined;
  readonly notificationTopics: readonly string[];
  readonly description: string;
  /** Whether nested stacks are to be shown too. */
  readonly nested: boolean;
}

export interface DriftedResource {
  readonly logicalId: string;
  readonly type: string;
  /** `MODIFIED` or `DELETED`. */
  readonly status: string;
  /** What differs, by path. */
  readonly properties: readonly string[];
}

/** `running`, what was found, or why it could not be found out. */
export type Drift =
  | { readonly state: "running" }
  | { readonly state: "done"; readonly resources: readonly DriftedResource[] }
  | { readonly state: "unknown"; readonly because: string };

/**
 * One CloudFormation stack. Every call that changes something takes a token, so that a call whose answer was lost can be repeated:
 * it is carried out once.
 */
export interface StackPort {
  /** undefined where there is no such stack. */
  look(): Promise<StackSeen | undefined>;
  /** Events newer than a known one, oldest first; at most `limit` of them, the newest. */
  events(after: string | undefined, limit?: number): Promise<readonly StackEvent[]>;
  /** Events of a nested stack, oldest first. */
  nestedEvents(stackId: string): Promise<readonly StackEvent[]>;
  resources(): Promise<readonly StackResource[]>;
  /** The template as CloudFormation processed it. */
  processedTemplate(): Promise<string>;
  createChangeSet(request: ChangeSetRequest): Promise<string>;
  /** undefined where there is no such change set (any more). */
  changeSet(nameOrId: string): Promise<ChangeSetSeen | undefined>;
  changeSetTemplate(id: string): Promise<string>;
  executeChangeSet(id: string, token: string): Promise<void>;
  deleteChangeSet(id: string): Promise<void>;
  deleteStack(token: string): Promise<void>;
  cancelUpdate(token: string): Promise<void>;
  continueRollback(resourcesToSkip: readonly string[], token: string): Promise<void>;
  rollBack(token: string): Promise<void>;
  /** Begins drift detection; undefined where the stack's status does not allow it. */
  startDrift(): Promise<string | undefined>;
  drift(detection: string): Promise<Drift>;
}

/** What became of a program. */
export interface ProgramResult {
  readonly code: number;
  /** Standard output and error, in the order they came. */
  readonly output: string;
}

export interface PackageRequest {
  readonly templateFile: string;
  readonly outputFile: string;
  readonly region: string;
  readonly bucket?: string | undefined;
  readonly resolveBucket: boolean;
  readonly prefix?: string | undefined;
  readonly kmsKey?: string | undefined;
  readonly imageRepository?: string | undefined;
  readonly imageRepositories: readonly string[];
  readonly signingProfiles: readonly string[];
}

/** The SAM CLI. */
export interface SamCliPort {
  validate(templateFile: string, lint: boolean, signal: AbortSignal): Promise<ProgramResult>;
  build(templateFile: string, directory: string, signal: AbortSignal): Promise<ProgramResult>;
  package(request: PackageRequest, signal: AbortSignal): Promise<ProgramResult>;
}

/** Files of the workspace. */
export interface FilesPort {
  /** undefined where there is no such file. */
  read(path: string): string | undefined;
  write(path: string, content: string): void;
  /** All files below a folder, with what identifies them; symbolic links are not followed. */
  list(directory: string): Promise<readonly FileSeen[]>;
  makeExecutable(path: string): void;
  /** A path for a temporary file of this run. */
  temporary(name: string): string;
}

export interface FileSeen {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly sha256: string;
  readonly executable: boolean;
}

/** The records of releases, in S3. */
export interface ReleaseStore {
  /** Writes once; a record that is there already stays. */
  saveRecord(digest: string, record: string): Promise<void>;
  loadRecord(digest: string): Promise<string | undefined>;
  saveTemplate(sha256: string, template: string): Promise<void>;
  loadTemplate(sha256: string): Promise<string | undefined>;
  /** The URL under which CloudFormation reads a saved template. */
  templateUrl(sha256: string): string;
}

/** Files that `sam package` put into S3. */
export interface ArtefactPort {
  /** undefined where the object is gone. */
  look(place: ArtefactPlace): Promise<Artefact | undefined>;
  /** Puts a template where CloudFormation can read it, and gives its URL. */
  putTemplate(bucket: string, key: string, template: string): Promise<string>;
}

export interface AlarmState {
  readonly name: string;
  readonly state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  /** Seconds since the epoch. */
  readonly since: number;
}

/** A gradual deployment of a function by CodeDeploy. */
export interface GradualDeployment {
  readonly id: string;
  readonly status: string;
  readonly group: string;
  /** Percent of the requests that the new version gets, where CodeDeploy says. */
  readonly percent: number | undefined;
  readonly reason: string | undefined;
}

export interface WatchPort {
  alarms(names: readonly string[]): Promise<readonly AlarmState[]>;
  /** The deployments that an application has begun since then. */
  gradualDeployments(application: string, since: number): Promise<readonly GradualDeployment[]>;
}

export interface HttpAnswer {
  readonly ok: boolean;
  /** What came instead of what was expected, or the status. */
  readonly says: string;
}

export interface HttpPort {
  check(check: HttpCheck, signal: AbortSignal): Promise<HttpAnswer>;
}
