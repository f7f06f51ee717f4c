import type { EnvironmentClass } from "../aws/settings.ts";
import type { Instant } from "../units.ts";
import { type Content, isObject, type Leaf, showableKey, understand } from "./content.ts";
import { howToCreate } from "./creation.ts";
import { type Finding, type Remark, shellQuoted } from "./finding.ts";
import { belongs, keyClassOf } from "./key-class.ts";
import { placeholderKind } from "./placeholder/detect.ts";
import { judgeRotation, type RotationRules } from "./rotation.ts";
import type { SchemaKey, SecretSchema } from "./schema/schema.ts";
import type { Observed, SecretFacts, SecretValue, Unanswered } from "./types.ts";

/** What is asked of every secret. */
export interface Rules {
  readonly requiredKeys: readonly string[];
  readonly schema?: SecretSchema;
  readonly environmentClass: EnvironmentClass;
  readonly encryption: "any" | "customer-key";
  /** undefined leaves rotation and age unjudged, as in the checks before a deployment. */
  readonly rotation?: RotationRules;
}

/** All that is wrong with one secret, worst first. Pure: facts in, findings out. */
export function judgeSecret(seen: Observed, rules: Rules, now: Instant): readonly Finding[] {
  const remarks = [...judgeExistence(seen, rules), ...judgeKey(seen, rules), ...judgeRest(seen, rules, now)];
  const order = { error: 0, unknown: 1, warning: 2 } as const;
  return remarks.map((remark) => withMend(seen.id, remark)).sort((one, other) => order[one.severity] - order[other.severity]);
}

/** A remark with the secret's name, and with the usual mending where it has none of its own. */
export const withMend = (id: string, remark: Remark): Finding => ({
  secret: id,
  ...remark,
  mend: remark.mend === "" ? mendOf(id, remark.key) : remark.mend,
});

/** Sets one key, and leaves the others as they are. */
const mendOf = (id: string, key: string | undefined): string =>
  key === undefined || key.includes("*") || key.includes(".")
    ? `Correct the value: aws secretsmanager get-secret-value --secret-id ${shellQuoted(id)}, then put-secret-value with the whole of it.`
    : `Set it with validate-secrets, mode: set, secret-ids: ${id}, key: ${key}, and the value in the environment variable SECRET_VALUE.`;

const wantedKeys = (id: string, rules: Rules): readonly SchemaKey[] => {
  const fromSchema = rules.schema?.keysOf(id) ?? [];
  const more = rules.requiredKeys.filter((name) => !fromSchema.some((key) => key.name === name)).map((name) => ({ name, required: true }));
  return [...more, ...fromSchema];
};

function judgeExistence({ id, facts, value }: Observed, rules: Rules): readonly Remark[] {
  if (facts?.state === "missing" || value.state === "missing") {
    return [
      {
        rule: "missing",
        severity: "error",
        message: "does not exist in this account and region.",
        mend: howToCreate(id, wantedKeys(id, rules)),
      },
    ];
  }
  const deleted =
    (facts?.state === "found" && facts.value.deletedAt !== undefined) || (value.state === "unusable" && value.because === "deletion");
  if (deleted)
    return [
      {
        rule: "scheduled-for-deletion",
        severity: "error",
        message: "is scheduled for deletion and cannot be read.",
        mend: `aws secretsmanager restore-secret --secret-id ${shellQuoted(id)}`,
      },
    ];
  const remarks: Remark[] = [];
  if (facts?.state === "unanswered") remarks.push(unanswered(facts));
  if (value.state === "unanswered") remarks.push(unanswered(value));
  if (value.state === "unusable" && value.because === "no-value")
    remarks.push({
      rule: "no-value",
      severity: "error",
      message: "has no current value.",
      mend: `printf %s "$SECRET_VALUE" | aws secretsmanager put-secret-value --secret-id ${shellQuoted(id)} --secret-string file:///dev/stdin`,
    });
  return remarks;
}

const unanswered = ({ why, mend }: Unanswered): Remark => ({ rule: "unreadable", severity: "unknown", message: why, mend });

function judgeKey({ facts, value, key }: Observed, rules: Rules): readonly Remark[] {
  const wantsOwn = rules.encryption === "customer-key";
  if (facts?.state !== "found" || facts.value.deletedAt !== undefined) return [];
  const encrypt = `aws secretsmanager update-secret --secret-id ${shellQuoted(facts.value.name)} --kms-key-id CUSTOMER_KEY_ARN`;
  if (key?.state === "found" && key.value.state !== "Enabled") {
    const mend =
      key.value.state === "PendingDeletion"
        ? `aws kms cancel-key-deletion --key-id ${key.value.arn} && aws kms enable-key --key-id ${key.value.arn}`
        : `aws kms enable-key --key-id ${key.value.arn}`;
    return [
      {
        rule: "key-disabled",
        severity: "error",
        message: `is encrypted under a KMS key that is ${words(key.value.state)}: it cannot be read.`,
        mend,
      },
    ];
  }
  if (key?.state === "missing")
    return [
      {
        rule: "key-disabled",
        severity: "error",
        message: "is encrypted under a KMS key that does not exist.",
        mend: `Store the value anew under another key: ${encrypt}, then put-secret-value.`,
      },
    ];
  if (value.state === "unusable" && value.because === "key")
    return [
      {
        rule: "key-disabled",
        severity: "error",
        message: "cannot be decrypted with its KMS key.",
        mend: `aws kms describe-key --key-id ${shellQuoted(facts.value.keyId ?? "alias/aws/secretsmanager")}`,
      },
    ];
  if (!wantsOwn) return [];
  if (facts.value.keyId === undefined || (key?.state === "found" && key.value.manager === "AWS")) {
    return [
      {
        rule: "encryption",
        severity: "error",
        message: "is encrypted with AWS's default key; a customer key is asked for.",
        mend: encrypt,
      },
    ];
  }
  return key?.state === "unanswered" ? [{ rule: "encryption", severity: "unknown", message: key.why, mend: key.mend }] : [];
}

const words = (state: string): string => state.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();

function judgeRest({ id, facts, value }: Observed, rules: Rules, now: Instant): readonly Remark[] {
  if (facts?.state === "found" && facts.value.deletedAt !== undefined) return [];
  const content = value.state === "found" ? judgeContent(id, value.value, rules) : [];
  const made = value.state === "found" ? value.value.createdAt : undefined;
  const rotation = facts?.state === "found" && rules.rotation !== undefined ? judgeRotation(facts.value, made, rules.rotation, now) : [];
  return [...content, ...(facts?.state === "found" ? judgeReplicas(facts.value) : []), ...rotation];
}

function judgeReplicas(facts: SecretFacts): readonly Remark[] {
  return (facts.replicas ?? [])
    .filter(({ status }) => status !== "InSync")
    .map(({ region, status }) => ({
      rule: "replica",
      severity: status === "Failed" ? "error" : "warning",
      message: `has a replica in ${region} that is ${status === "Failed" ? "not in step: replication failed" : "not in step yet"}.`,
      mend: `aws secretsmanager replicate-secret-to-regions --secret-id ${shellQuoted(facts.name)} --add-replica-regions Region=${region} --force-overwrite-replica-secret`,
    }));
}

/** Judges a value alone: also that of a version which is not current yet. */
export function judgeContent(id: string, value: SecretValue, rules: Rules): readonly Remark[] {
  const content = understand(value.content);
  const required = judgeRequired(id, content, rules);
  const found =
    content.kind === "binary"
      ? []
      : content.leaves.flatMap((leaf) => judgeLeaf(leaf, new Set(wantedKeys(id, rules).map(({ name }) => name)), rules));
  const said = new Set(
    [...required, ...found].map(({ key, rule }) => `${key ?? ""} ${rule === "required-key" ? "required-key" : "value"}`),
  );
  // A placeholder or an empty value breaks the schema too; one finding with the cause is enough.
  const schema = (rules.schema?.check(id, content) ?? []).filter(
    ({ key, rule }) => !said.has(`${key ?? ""} ${rule === "required-key" ? "required-key" : "value"}`),
  );
  return [...required, ...found, ...schema];
}

function judgeRequired(id: string, content: Content, rules: Rules): readonly Remark[] {
  const names = wantedKeys(id, rules)
    .filter(({ required }) => required)
    .map(({ name }) => name);
  if (content.kind === "plain" && content.looksLikeJson) {
    return [
      {
        rule: "not-json",
        severity: "error",
        message: "begins like JSON but is none: whoever parses it fails.",
        mend: `Correct it: aws secretsmanager get-secret-value --secret-id ${shellQuoted(id)} --query SecretString --output text | jq .`,
      },
    ];
  }
  if (content.kind !== "object") {
    const empty = content.kind === "plain" && content.leaves.every(({ value }) => isEmpty(value.reveal()));
    if (empty) return [{ rule: "empty", severity: "error", message: "is empty.", mend: "" }];
    return rules.requiredKeys.map((key) => ({
      key,
      rule: "required-key",
      severity: "error",
      message: "is required, but the secret is no JSON object.",
      mend: howToCreate(id, wantedKeys(id, rules)),
    }));
  }
  const data = content.data.reveal();
  return names.flatMap((key): readonly Remark[] => {
    if (!Object.hasOwn(data, key))
      return [{ key, rule: "required-key", severity: "error", message: "is required and is not there.", mend: "" }];
    return isEmpty(data[key]) ? [{ key, rule: "empty", severity: "error", message: "is empty.", mend: "" }] : [];
  });
}

const isEmpty = (value: unknown): boolean =>
  value === null ||
  (typeof value === "string" && value.trim() === "") ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

function judgeLeaf({ path, value }: Leaf, known: ReadonlySet<string>, rules: Rules): readonly Remark[] {
  const text = value.reveal();
  if (typeof text !== "string" || text === "") return [];
  const shown = showableKey(path, known);
  const key = shown === undefined ? {} : { key: shown };
  const remarks: Remark[] = [];
  const placeholder = placeholderKind(text, path.at(-1));
  if (placeholder !== undefined)
    remarks.push({ ...key, rule: "placeholder", severity: "error", message: `holds a placeholder: ${placeholder}.`, mend: "" });
  const found = keyClassOf(text);
  if (found !== undefined && !belongs(found.means, rules.environmentClass)) {
    const where = rules.environmentClass === "production" ? "in production" : "outside of production";
    const message =
      found.means === "live"
        ? `holds a live key (${found.vendor}) ${where}: tests would work on real money and customers.`
        : `holds a test key (${found.vendor}) ${where}: nothing it does is real.`;
    remarks.push({
      ...key,
      rule: found.means === "live" ? "live-key" : "test-key",
      severity: found.sure ? "error" : "warning",
      message,
      mend: "",
    });
  }
  return remarks;
}

/** How a whole validation ended: one certain fault is enough for invalid, and what is not known is never valid. */
export function verdictOf(findings: readonly Finding[]): "valid" | "invalid" | "incomplete" {
  if (findings.some(({ severity }) => severity === "error")) return "invalid";
  return findings.some(({ severity }) => severity === "unknown") ? "incomplete" : "valid";
}
