import type { Instant } from "../units.ts";
import type { RawContent } from "./content.ts";
import type { Hidden } from "./hidden.ts";
import type { IdentityDecision } from "./policy/readers.ts";

/** The days of AWS's rotation window, and when it last and next rotates. */
export interface RotationState {
  readonly enabled: boolean;
  /** The function that rotates; undefined where AWS itself does (a managed secret) or nothing does. */
  readonly functionArn?: string;
  /** Days between rotations, where the schedule is in days. */
  readonly everyDays?: number;
  /** The schedule as AWS writes it, `rate(30 days)` or `cron(…)`. */
  readonly schedule?: string;
  readonly last?: Instant;
  readonly next?: Instant;
}

/** What AWS tells about a secret without its value. */
export interface SecretFacts {
  readonly arn: string;
  readonly name: string;
  /** The key that encrypts it: an id, ARN or alias; undefined for the account's default key `aws/secretsmanager`. */
  readonly keyId?: string;
  readonly deletedAt?: Instant;
  readonly changedAt?: Instant;
  readonly createdAt?: Instant;
  readonly rotation: RotationState;
  /** Staging labels by version. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
  /** The service that manages the secret (`rds`, `ecs-sc`): its rotation is AWS's own. */
  readonly owner?: string;
  /** Where the secret was made; a different region means that this one is a replica. */
  readonly primaryRegion?: string;
  readonly replicas?: readonly { readonly region: string; readonly status: string; readonly message: string }[];
}

/** One version's value. */
export interface SecretValue {
  readonly versionId: string;
  readonly content: RawContent;
  readonly createdAt?: Instant;
}

/** Why something was not answered; both sentences are safe to show. */
export interface Unanswered {
  readonly state: "unanswered";
  readonly why: string;
  readonly mend: string;
}

/** What asking for one thing gave. */
export type Answer<T> = { readonly state: "found"; readonly value: T } | { readonly state: "missing" } | Unanswered;

/** What reading a value gave. `unusable`: AWS has it but cannot give it: no value yet, marked for deletion, or its key fails. */
export type ValueAnswer = Answer<SecretValue> | { readonly state: "unusable"; readonly because: "no-value" | "deletion" | "key" };

/** A KMS key, as far as a secret depends on it. */
export interface KeyFacts {
  readonly arn: string;
  readonly manager: "AWS" | "CUSTOMER";
  /** `Enabled`, `Disabled`, `PendingDeletion`, …: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
  readonly state: string;
}

/** Everything known about one secret, for the judge. */
export interface Observed {
  /** As the user named it. */
  readonly id: string;
  /** undefined where they were not asked for. */
  readonly facts?: Answer<SecretFacts>;
  readonly value: ValueAnswer;
  /** The customer key or the key named by the secret; undefined where the default key is used, or the facts are not known. */
  readonly key?: Answer<KeyFacts>;
}

/** What may be asked of AWS about secrets. Answers never throw for one secret: what could not be had says why. */
export interface SecretsPort {
  /** Facts of many secrets in few calls. */
  facts(ids: readonly string[]): Promise<ReadonlyMap<string, Answer<SecretFacts>>>;
  /** Current values of many secrets, 20 a call. */
  values(ids: readonly string[]): Promise<ReadonlyMap<string, ValueAnswer>>;
  /** One version's value; current where none is named. */
  value(id: string, version?: { readonly id?: string; readonly stage?: string }): Promise<ValueAnswer>;
  /** The key as the secret's facts name it. */
  key(secret: SecretFacts): Promise<Answer<KeyFacts>>;
  /** Makes a version that nothing uses yet, under the label `CANDIDATE`. Safe to repeat with the same version id. */
  propose(id: string, text: Hidden<string>, versionId: string): Promise<void>;
  /** Moves a label; fails where it is not on `from`, so that nobody's change in between is lost. Safe to repeat. */
  moveLabel(id: string, label: string, from: string | undefined, to: string | undefined): Promise<void>;
  /** Starts a rotation; the version it makes has the given id. */
  rotate(id: string, versionId: string): Promise<void>;
}

/** What may be asked about who can read a secret. */
export interface AccessPort {
  /** The secret's resource policy; undefined where it has none. */
  policy(id: string): Promise<Answer<string | undefined>>;
  keyPolicy(key: KeyFacts): Promise<Answer<string>>;
  /** Principals that a grant lets decrypt with the key. */
  granted(key: KeyFacts): Promise<Answer<readonly string[]>>;
  /** What a role's own policies say about one action, by resource; `missing` where there is no such role. */
  simulate(
    role: string,
    action: string,
    resources: readonly string[],
    context: Readonly<Record<string, readonly string[]>>,
  ): Promise<ReadonlyMap<string, Answer<IdentityDecision>>>;
}
