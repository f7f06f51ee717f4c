import type { Finding } from "./finding.ts";
import { readPolicy } from "./policy/document.ts";
import { exposureOf } from "./policy/exposure.ts";
import { type AccessFacts, judgeReader, requestContext } from "./policy/readers.ts";
import type { AccessPort, Answer, KeyFacts, Observed, SecretFacts } from "./types.ts";

/** A secret that is there, with what is known of its key. */
interface Readable {
  readonly id: string;
  readonly facts: SecretFacts;
  readonly key: Answer<KeyFacts> | undefined;
}

const getValue = "secretsmanager:GetSecretValue";

/**
 * Who may read the secrets: each of the given roles must be able to, and whoever else a resource policy lets in is reported.
 * Identity policies are simulated by IAM; resource and key policies are evaluated here, since IAM takes them only from IAM users
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html). One call for each secret, two for each role and 50 secrets,
 * two for each customer key.
 */
export async function judgeAccess(port: AccessPort, seen: readonly Observed[], roles: readonly string[]): Promise<readonly Finding[]> {
  const secrets = seen.flatMap(({ id, facts, key }): readonly Readable[] =>
    facts?.state === "found" && facts.value.deletedAt === undefined ? [{ id, facts: facts.value, key }] : [],
  );
  const access = await Promise.all(secrets.map(async (secret) => ({ secret, facts: await accessFacts(port, secret, roles.length > 0) })));
  const exposed = access.flatMap(({ secret, facts }) => exposure(secret, facts));
  const regions = [...Map.groupBy(access, ({ secret }) => secret.facts.arn.split(":")[3] ?? "").values()];
  const readers = await Promise.all(roles.flatMap((role) => regions.map((group) => judgeRole(port, role, group))));
  return [...exposed, ...readers.flat()];
}

async function accessFacts(port: AccessPort, { id, facts, key }: Readable, withKey: boolean): Promise<AccessFacts> {
  const custom = withKey && key?.state === "found" && key.value.manager === "CUSTOMER" ? key.value : undefined;
  const [policy, keyPolicy, granted] = await Promise.all([
    port.policy(id),
    custom === undefined ? undefined : port.keyPolicy(custom),
    custom === undefined ? undefined : port.granted(custom),
  ]);
  return {
    secret: facts,
    policy,
    ...(key === undefined ? {} : { key }),
    ...(keyPolicy === undefined ? {} : { keyPolicy }),
    ...(granted === undefined ? {} : { granted }),
  };
}

function exposure({ id, facts }: Readable, { policy }: AccessFacts): readonly Finding[] {
  if (policy.state === "unanswered")
    return [{ secret: id, rule: "open-policy", severity: "unknown", message: policy.why, mend: policy.mend }];
  if (policy.state === "missing" || policy.value === undefined) return [];
  const statements = readPolicy(policy.value);
  if (statements === undefined) {
    return [
      {
        secret: id,
        rule: "open-policy",
        severity: "unknown",
        message: "has a resource policy that cannot be read.",
        mend: `aws secretsmanager get-resource-policy --secret-id ${facts.arn}`,
      },
    ];
  }
  return exposureOf(statements, facts.arn).map((remark) => ({ secret: id, ...remark }));
}

async function judgeRole(
  port: AccessPort,
  role: string,
  access: readonly { readonly secret: Readable; readonly facts: AccessFacts }[],
): Promise<readonly Finding[]> {
  const [first] = access;
  if (first === undefined) return [];
  const probe = `${first.secret.facts.arn.split(":").slice(0, 6).join(":")}:no-such-secret-of-any-application-AbCdEf`;
  const context = simulated(requestContext(role, first.secret.facts.arn));
  const arns = access.map(({ secret }) => secret.facts.arn);
  const keys = [
    ...new Set(
      access.flatMap(({ facts }) => (facts.key?.state === "found" && facts.key.value.manager === "CUSTOMER" ? [facts.key.value.arn] : [])),
    ),
  ];
  const reads = await port.simulate(role, getValue, [...arns, probe], context);
  const decrypts = keys.length === 0 ? undefined : await port.simulate(role, "kms:Decrypt", keys, context);
  const missing: Answer<never> = { state: "missing" };
  const findings = access.flatMap(({ secret, facts }) => {
    const keyArn = facts.key?.state === "found" ? facts.key.value.arn : "";
    const remarks = judgeReader(
      { arn: role, read: reads.get(secret.facts.arn) ?? missing, decrypt: decrypts?.get(keyArn) ?? missing },
      facts,
    );
    return remarks.map((remark) => ({ secret: secret.id, ...remark }));
  });
  const everything = reads.get(probe);
  if (everything?.state !== "found" || everything.value.decision !== "allowed") return findings;
  const wide: Finding = {
    secret: first.secret.id,
    rule: "reads-everything",
    severity: "warning",
    message: `is read by ${role}, which may read every secret of the account: its policies allow ${getValue} on any resource.`,
    mend: `Limit the statement to the secrets that it needs: {"Effect": "Allow", "Action": "${getValue}", "Resource": ${JSON.stringify(arns.slice(0, 3))}}`,
  };
  return [...findings, wide];
}

/** A simulation takes one type for all of an entry's values, and refuses empty ones. */
const simulated = (context: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(context).filter(([name, values]) => values.length > 0 && !name.startsWith("aws:principal")));
