import type { Remark } from "../finding.ts";
import type { Answer, KeyFacts, SecretFacts } from "../types.ts";
import type { RequestContext } from "./conditions.ts";
import { readPolicy, type Statement } from "./document.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";

/** What a role's own policies (with its boundary and the organisation's) say about one action on one resource. */
export type IdentityDecision =
  | { readonly decision: "allowed" }
  | { readonly decision: "denied"; readonly by: string }
  /** Nothing allows it. `conditions`: some statement may, under conditions that a simulation cannot know. */
  | { readonly decision: "silent"; readonly limitedBy?: "boundary" | "organisation"; readonly conditions: readonly string[] };

/** What is known about who may read a secret. */
export interface AccessFacts {
  readonly secret: SecretFacts;
  /** undefined: the secret has no resource policy. */
  readonly policy: Answer<string | undefined>;
  /** undefined: the default key. */
  readonly key?: Answer<KeyFacts>;
  readonly keyPolicy?: Answer<string>;
  /** Roles that a KMS grant lets decrypt; undefined where nobody asked. */
  readonly granted?: Answer<readonly string[]>;
}

export interface RoleFacts {
  readonly arn: string;
  readonly read: Answer<IdentityDecision>;
  readonly decrypt: Answer<IdentityDecision>;
}

/** What is known of a role's request to read a secret, for the conditions of policies. */
export function requestContext(role: string, secretArn: string): RequestContext {
  const [, , , region = "", account = ""] = secretArn.split(":");
  const roleAccount = role.split(":")[4] ?? "";
  return {
    "aws:principalarn": [role],
    "aws:principalaccount": [roleAccount],
    "aws:principaltype": ["AssumedRole"],
    "aws:resourceaccount": [account],
    "aws:securetransport": ["true"],
    "kms:calleraccount": [roleAccount],
    "kms:viaservice": [`secretsmanager.${region}.amazonaws.com`],
    "kms:encryptioncontext:secretarn": [secretArn],
    "secretsmanager:secretid": [secretArn],
    "secretsmanager:versionstage": ["AWSCURRENT"],
  };
}

/** Whether a role may read a secret, with the reason when it may not; nothing when it may. Pure. */
export function judgeReader(role: RoleFacts, facts: AccessFacts): readonly Remark[] {
  const parts = [mayRead(role, facts), mayDecrypt(role, facts)];
  const no = parts.find(({ may }) => may === false);
  const unknown = parts.find(({ may }) => may === "unknown");
  const worst = no ?? unknown;
  if (worst === undefined) return [];
  return [
    {
      rule: "reader",
      severity: worst.may === false ? "error" : "unknown",
      message: `${worst.may === false ? "cannot be read by" : "may or may not be readable for"} ${role.arn}: ${worst.why}.`,
      mend: worst.mend,
    },
  ];
}

interface Part {
  readonly may: boolean | "unknown";
  readonly why: string;
  readonly mend: string;
}
const yes: Part = { may: true, why: "", mend: "" };
const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

function mayRead(role: RoleFacts, facts: AccessFacts): Part {
  const action = "secretsmanager:GetSecretValue";
  const { arn } = facts.secret;
  const allow = `{"Effect": "Allow", "Action": "${action}", "Resource": "${arn}"}`;
  const policy = onResource(facts.policy, role.arn, action, arn, arn);
  const show = `aws secretsmanager get-resource-policy --secret-id ${arn}`;
  if (policy.verdict === "denied")
    return {
      may: false,
      why: `the secret's resource policy denies it (${policy.by ?? ""})`,
      mend: `Except the role in that statement: ${show}`,
    };
  return combine(role, role.read, policy, { action, allow, owner: accountOf(arn), resourceName: "the secret's resource policy", show });
}

function mayDecrypt(role: RoleFacts, facts: AccessFacts): Part {
  const { arn } = facts.secret;
  const foreign = accountOf(role.arn) !== accountOf(arn);
  if (facts.secret.keyId === undefined || (facts.key?.state === "found" && facts.key.value.manager === "AWS")) {
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
    return foreign
      ? {
          may: false,
          why: "the secret is encrypted with AWS's default key, which other accounts cannot use",
          mend: `aws secretsmanager update-secret --secret-id ${arn} --kms-key-id CUSTOMER_KEY_ARN`,
        }
      : yes;
  }
  const keyArn = facts.key?.state === "found" ? facts.key.value.arn : facts.secret.keyId;
  const show = `aws kms get-key-policy --key-id ${keyArn} --policy-name default`;
  if (facts.keyPolicy === undefined || facts.keyPolicy.state !== "found") {
    const why = facts.keyPolicy?.state === "unanswered" ? facts.keyPolicy.why : "the key's policy is not known";
    return { may: "unknown", why, mend: facts.keyPolicy?.state === "unanswered" ? facts.keyPolicy.mend : show };
  }
  const policy = onResource({ state: "found", value: facts.keyPolicy.value }, role.arn, "kms:Decrypt", keyArn, arn);
  if (policy.verdict === "denied")
    return {
      may: false,
      why: `the key's policy denies kms:Decrypt (${policy.by ?? ""})`,
      mend: `Except the role in that statement: ${show}`,
    };
  if (facts.granted?.state === "found" && facts.granted.value.includes(role.arn)) return yes;
  const allow = `{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "${keyArn}"}`;
  // Unlike other resources, a key cannot be used by identity policies alone: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
  if (policy.verdict === "silent")
    return {
      may: false,
      why: "the key's policy lets neither the role nor its account use the key",
      mend: `Add the role to the key's policy: ${show}`,
    };
  return combine(role, role.decrypt, policy, {
    action: "kms:Decrypt",
    allow,
    owner: accountOf(keyArn),
    resourceName: "the key's policy",
    show,
  });
}

interface Asked {
  readonly action: string;
  /** The statement that would allow it in the role's policies. */
  readonly allow: string;
  readonly owner: string;
  readonly resourceName: string;
  readonly show: string;
}

/** Joins what the role's policies and the resource's policy say: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html */
function combine(role: RoleFacts, identity: Answer<IdentityDecision>, policy: Evaluation, asked: Asked): Part {
  const { action, allow, owner, resourceName, show } = asked;
  const foreign = accountOf(role.arn) !== owner;
  if (identity.state === "missing")
    return { may: false, why: "the role does not exist", mend: `aws iam get-role --role-name ${role.arn.split("/").at(-1)}` };
  const own = identity.state === "found" ? identity.value : undefined;
  if (own?.decision === "denied")
    return { may: false, why: `the role's own policies deny ${action} (${own.by})`, mend: `Take the denial out of ${own.by}.` };
  if (foreign && policy.verdict === "silent")
    return {
      may: false,
      why: `the role is of another account, and ${resourceName} does not name it`,
      mend: `Add a statement for the role: ${show}`,
    };
  const byResource = policy.verdict === "allowed" && !foreign;
  if (byResource && own?.decision !== "allowed" && own?.decision === "silent" && own.limitedBy !== undefined)
    return {
      may: "unknown",
      why: `${resourceName} allows it, but the role's ${limits[own.limitedBy]} may not`,
      mend: `Allow ${action} in the role's ${limits[own.limitedBy]}.`,
    };
  if (byResource) return yes;
  if (own === undefined) {
    const trouble = identity.state === "unanswered" ? identity : { why: "the role's policies are not known", mend: "" };
    return { may: "unknown", why: trouble.why, mend: trouble.mend };
  }
  if (own.decision === "allowed") return policy.verdict === "unknown" ? undecided(policy, resourceName, show) : yes;
  if (policy.verdict === "unknown" && !foreign) return undecided(policy, resourceName, show);
  if (own.limitedBy !== undefined)
    return {
      may: false,
      why: `the role's ${limits[own.limitedBy]} does not allow ${action}`,
      mend: `Add to the ${limits[own.limitedBy]}: ${allow}`,
    };
  if (own.conditions.length > 0)
    return {
      may: "unknown",
      why: `the role's policies allow ${action} under conditions that cannot be known here (${own.conditions.join(", ")})`,
      mend: `aws iam simulate-principal-policy --policy-source-arn ${role.arn} --action-names ${action} --context-entries …`,
    };
  return { may: false, why: `the role's own policies do not allow ${action}`, mend: `Add to the role's policy: ${allow}` };
}

const limits = { boundary: "permissions boundary", organisation: "organisation's service control policy" } as const;

const undecided = (policy: Evaluation, resourceName: string, show: string): Part => ({
  may: "unknown",
  why: `${resourceName} decides by conditions that cannot be known here (${policy.by ?? ""})`,
  mend: `Look at the conditions: ${show}`,
});

function onResource(policy: Answer<string | undefined>, role: string, action: string, resource: string, secretArn: string): Evaluation {
  if (policy.state === "missing" || (policy.state === "found" && policy.value === undefined)) return { verdict: "silent" };
  if (policy.state === "unanswered") return { verdict: "unknown", by: policy.why };
  const statements: readonly Statement[] | undefined = readPolicy(policy.value ?? "");
  if (statements === undefined) return { verdict: "unknown", by: "a policy that cannot be read" };
  return evaluate(statements, { principal: role, action, resource, context: requestContext(role, secretArn) });
}
