import { awsSecrets } from "@aws-deploy-actions/shared/secrets/adapters/secrets";
import type { Answer, KeyFacts, SecretFacts } from "@aws-deploy-actions/shared/secrets/types";
import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { type Named, type Seen, seen } from "../model/seen.ts";
import type { Wanted } from "../model/subject.ts";
import { distinct, type PostureAws } from "./ask.ts";

/** The ARN of the secret in what a task definition's `valueFrom` says: it may go on with a key, a label and a version. */
export function secretOf(valueFrom: string | undefined): string | undefined {
  if (valueFrom === undefined || !/^arn:[^:]+:secretsmanager:/.test(valueFrom)) return undefined;
  return valueFrom.split(":").slice(0, 7).join(":");
}

/** The application's secret by its name, and all that its containers are given. */
export async function observeSecrets(
  aws: PostureAws,
  { name, given }: Wanted,
  definitions: readonly TaskDefinition[],
  more: readonly string[],
): Promise<readonly Named<SecretFacts | "missing">[]> {
  const referenced = definitions.flatMap(({ containerDefinitions }) =>
    (containerDefinitions ?? []).flatMap(({ secrets, repositoryCredentials, logConfiguration }) => [
      ...(secrets ?? []).map(({ valueFrom }) => secretOf(valueFrom)),
      ...(logConfiguration?.secretOptions ?? []).map(({ valueFrom }) => secretOf(valueFrom)),
      secretOf(repositoryCredentials?.credentialsParameter),
    ]),
  );
  const ids = distinct([...referenced, ...more, name]);
  const facts = await awsSecrets(aws).facts(ids);
  const named = ids.flatMap((id): readonly Named<SecretFacts | "missing">[] => {
    const answer = facts.get(id) ?? { state: "missing" };
    // No secret of the conventional name is no fault: the containers may name theirs by other names, or have none.
    if (answer.state === "missing" && id === name && !given) return [];
    return [{ name: id, seen: answer.state === "missing" ? seen("missing") : asSeen(answer) }];
  });
  return onceByArn(named);
}

function asSeen<T>(answer: Answer<T>): Seen<T> {
  if (answer.state === "found") return seen(answer.value);
  if (answer.state === "unanswered") return { state: "unknown", why: answer.why, mend: answer.mend };
  return { state: "unknown", why: "it is not in this account and region", mend: "Create it, or correct the name." };
}

/** The same secret by name and by ARN is one. */
function onceByArn(named: readonly Named<SecretFacts | "missing">[]): readonly Named<SecretFacts | "missing">[] {
  const known = new Set<string>();
  return named.filter(({ name, seen: facts }) => {
    const key = facts.state === "seen" && facts.value !== "missing" ? facts.value.arn : name;
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

/** The KMS keys that secrets name; the default key is AWS's own and needs no look. */
export async function observeKeys(
  aws: PostureAws,
  secrets: readonly Named<SecretFacts | "missing">[],
): Promise<readonly Named<KeyFacts>[]> {
  const port = awsSecrets(aws);
  const facts = secrets.flatMap(({ seen: one }) => (one.state === "seen" && one.value !== "missing" ? [one.value] : []));
  const byKey = new Map(facts.flatMap((one) => (one.keyId === undefined ? [] : [[one.keyId, one] as const])));
  return await Promise.all([...byKey].map(async ([name, one]) => ({ name, seen: asSeen(await port.key(one)) })));
}
