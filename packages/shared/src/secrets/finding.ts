/** `error` makes the secret invalid, `warning` does not, `unknown` is what AWS would not answer: never taken for good. */
export type Severity = "error" | "warning" | "unknown";

/** What is wrong, by a name that does not change. */
export type Rule =
  | "missing"
  | "scheduled-for-deletion"
  | "unreadable"
  | "no-value"
  | "key-disabled"
  | "encryption"
  | "replica"
  | "not-json"
  | "required-key"
  | "empty"
  | "schema"
  | "schema-unusable"
  | "placeholder"
  | "live-key"
  | "test-key"
  | "rotation-off"
  | "rotation-overdue"
  | "rotation-stuck"
  | "rotation-failed"
  | "max-age"
  | "reader"
  | "open-policy"
  | "other-account"
  | "reads-everything"
  | "old-value-in-use";

/** One finding. It names secret, key and rule; never a value, its length, its hash or a part of it. */
export interface Finding {
  /** The secret as the user named it. */
  readonly secret: string;
  /** The key inside a JSON secret, where there is one and its name may be shown. */
  readonly key?: string;
  readonly rule: Rule;
  readonly severity: Severity;
  /** One sentence, without the secret's name. */
  readonly message: string;
  /** The command that mends it, or what to do. */
  readonly mend: string;
}

/** A finding without the names that its maker does not know. */
export type Remark = Omit<Finding, "secret">;

/** A name as an argument of a shell command. */
export const shellQuoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
