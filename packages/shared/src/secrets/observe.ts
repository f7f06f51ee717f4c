import { partsToMask } from "./masking.ts";
import type { Observed, SecretsPort, ValueAnswer } from "./types.ts";

/** What looking at secrets needs besides the port. */
export interface ObserveOptions {
  /** Called with each part of a value that the log must never show, before anything else is done with the value. */
  readonly mask: (part: string) => void;
  /** The settings of a secret (age, rotation, key) too; without them only values are read, which takes half of the calls. */
  readonly facts: boolean;
}

/**
 * Looks at secrets: values, settings and keys, in as few calls as AWS allows.
 * 500 secrets take 25 calls for the values, 5 for the settings, and one for each KMS key that they name.
 */
export async function observeSecrets(port: SecretsPort, ids: readonly string[], options: ObserveOptions): Promise<readonly Observed[]> {
  const [values, facts] = await Promise.all([port.values(ids), options.facts ? port.facts(ids) : undefined]);
  for (const answer of values.values()) maskValue(answer, options.mask);
  return await Promise.all(
    [...new Set(ids)].map(async (id): Promise<Observed> => {
      const value = values.get(id) ?? ({ state: "unanswered", why: "its value was not answered", mend: "Run again." } as const);
      const fact = facts?.get(id);
      if (fact === undefined) return { id, value };
      const named = fact.state === "found" && fact.value.keyId !== undefined && fact.value.deletedAt === undefined;
      return { id, facts: fact, value, ...(named ? { key: await port.key(fact.value) } : {}) };
    }),
  );
}

/** Masks the parts of a value that was read. */
export function maskValue(answer: ValueAnswer, mask: (part: string) => void): void {
  if (answer.state !== "found") return;
  for (const part of partsToMask(answer.value.content)) mask(part);
}
