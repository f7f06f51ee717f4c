import { shellQuoted } from "./finding.ts";
import type { SchemaKey } from "./schema/schema.ts";

/**
 * How to create a secret that is missing. Values that are ours are made by chance on the spot, the others are asked of the environment; none is
 * an argument of a command, where other users of the machine could read it.
 */
export function howToCreate(name: string, keys: readonly SchemaKey[], keyId?: string): string {
  const create = `aws secretsmanager create-secret --name ${shellQuoted(name)}${keyId === undefined ? "" : ` --kms-key-id ${shellQuoted(keyId)}`} --secret-string file:///dev/stdin`;
  const wanted = keys.filter(({ name: key, required }) => required && /^[A-Za-z_]\w*$/.test(key));
  if (wanted.length === 0) return `printf %s "$SECRET_VALUE" | ${create}`;
  const made = wanted
    .filter(({ randomBytes }) => randomBytes !== undefined)
    .map(({ name: key, randomBytes }) => `${key}="$(openssl rand -base64 ${randomBytes})"`);
  const given = wanted.filter(({ randomBytes }) => randomBytes === undefined).map(({ name: key }) => key);
  const fields = wanted.map(({ name: key }) => `${key}: env.${key}`).join(", ");
  const first = given.length === 0 ? "" : `Export ${given.join(", ")} with the values from where they are issued, then: `;
  return `${first}${made.length === 0 ? "" : `${made.join(" ")} `}jq -n '{${fields}}' | ${create}`;
}
