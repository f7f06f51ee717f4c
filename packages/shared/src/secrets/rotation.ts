import { formatDuration, type Instant } from "../units.ts";
import { type Remark, shellQuoted } from "./finding.ts";
import type { RotationState, SecretFacts } from "./types.ts";

const day = 86_400;
/** A rotation that runs has a version in AWSPENDING; Lambda functions end after 15 minutes, and AWS tries again within the hour. */
const pendingFor = 3600;

/** What is asked of rotation. */
export interface RotationRules {
  /** Rotation must be set up. */
  readonly required: boolean;
  /** Days that the current value may be old; undefined for any age. */
  readonly maxAgeDays?: number;
}

/** The version that holds a label, or undefined. */
export const versionWith = (facts: SecretFacts, label: string): string | undefined =>
  [...facts.versions].find(([, labels]) => labels.includes(label))?.[0];

/**
 * A version that is stuck half-way: AWSPENDING on another version than the current one. Any later rotation is refused while it is there:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html
 */
export function stuckVersion(facts: SecretFacts): string | undefined {
  const pending = versionWith(facts, "AWSPENDING");
  return pending !== undefined && pending !== versionWith(facts, "AWSCURRENT") ? pending : undefined;
}

/** When the next rotation is due, or undefined where rotation is off or never told. */
export function dueAt({ enabled, next, last, everyDays }: RotationState): Instant | undefined {
  if (!enabled) return undefined;
  if (next !== undefined) return next;
  return last !== undefined && everyDays !== undefined ? last + everyDays * day : undefined;
}

/**
 * What is wrong with a secret's rotation.
 *
 * @param valueCreated when the current version was made
 */
export function judgeRotation(
  facts: SecretFacts,
  valueCreated: Instant | undefined,
  rules: RotationRules,
  now: Instant,
): readonly Remark[] {
  return [...judgeSchedule(facts, rules, now), ...judgeStuck(facts, now), ...judgeAge(facts, valueCreated, rules, now)];
}

function judgeSchedule(facts: SecretFacts, rules: RotationRules, now: Instant): readonly Remark[] {
  const name = shellQuoted(facts.name);
  if (!facts.rotation.enabled) {
    return [
      {
        rule: "rotation-off",
        severity: rules.required ? "error" : "warning",
        message: "is not rotated.",
        mend: `aws secretsmanager rotate-secret --secret-id ${name} --rotation-lambda-arn FUNCTION_ARN --rotation-rules AutomaticallyAfterDays=30 --no-rotate-immediately (a credential that somebody else issues has no function: renew it by hand with mode: set, and limit its age with max-age-days)`,
      },
    ];
  }
  const due = dueAt(facts.rotation);
  // AWS rotates within a window of hours after the date; a day over it is late.
  if (due === undefined || now <= due + day) return [];
  return [
    {
      rule: "rotation-overdue",
      severity: "error",
      message: `should have been rotated ${formatDuration(now - due)} ago.`,
      mend: `aws secretsmanager rotate-secret --secret-id ${name}${seeFunction(facts)}`,
    },
  ];
}

function judgeStuck(facts: SecretFacts, now: Instant): readonly Remark[] {
  const stuck = stuckVersion(facts);
  if (stuck === undefined) return [];
  const recent = facts.changedAt !== undefined && now - facts.changedAt < pendingFor;
  return [
    {
      rule: "rotation-stuck",
      severity: recent ? "warning" : "error",
      message: recent
        ? `is being rotated: version ${stuck} is in AWSPENDING.`
        : `has a rotation that stopped half-way: version ${stuck} is still in AWSPENDING, and AWS refuses the next rotation.`,
      mend: recent
        ? "Wait for the rotation to end, then validate again."
        : `with: { mode: rotate, rotate: now } mends it where the current credential still works; by hand: aws secretsmanager update-secret-version-stage --secret-id ${shellQuoted(facts.name)} --version-stage AWSPENDING --remove-from-version-id ${stuck}${seeFunction(facts)}`,
    },
  ];
}

function judgeAge(facts: SecretFacts, valueCreated: Instant | undefined, rules: RotationRules, now: Instant): readonly Remark[] {
  if (rules.maxAgeDays === undefined) return [];
  const made = valueCreated ?? facts.rotation.last ?? facts.changedAt;
  const mend = facts.rotation.enabled
    ? `aws secretsmanager rotate-secret --secret-id ${shellQuoted(facts.name)}`
    : "Renew the credential where it is issued, then: with: { mode: set, key: KEY } and the new value in SECRET_VALUE.";
  if (made === undefined) return [{ rule: "max-age", severity: "unknown", message: "does not tell when its value was made.", mend }];
  if (now - made <= rules.maxAgeDays * day) return [];
  return [
    {
      rule: "max-age",
      severity: "error",
      message: `has had the same value for ${Math.floor((now - made) / day)} days; ${rules.maxAgeDays} are allowed.`,
      mend,
    },
  ];
}

/** The command that shows why a rotation went wrong. */
export function seeRotation({ rotation, name }: SecretFacts): string {
  const lambda = rotation.functionArn?.split(":")[6];
  return lambda === undefined
    ? `aws secretsmanager describe-secret --secret-id ${shellQuoted(name)}`
    : `See why: aws logs tail ${shellQuoted(`/aws/lambda/${lambda}`)} --since 1h`;
}

/** Where the reason of a failed rotation stands. */
function seeFunction({ rotation }: SecretFacts): string {
  if (rotation.functionArn === undefined) return "";
  const name = rotation.functionArn.split(":")[6] ?? rotation.functionArn;
  return ` (why it failed: aws logs tail ${shellQuoted(`/aws/lambda/${name}`)} --since 1d)`;
}
