import { judgeAccess } from "@aws-deploy-actions/shared/secrets/access";
import type { Finding } from "@aws-deploy-actions/shared/secrets/finding";
import { judgeSecret, type Rules } from "@aws-deploy-actions/shared/secrets/judge";
import { observeSecrets } from "@aws-deploy-actions/shared/secrets/observe";
import { readSchema } from "@aws-deploy-actions/shared/secrets/schema/schema";
import type { Config } from "./inputs.ts";
import type { Ports, RunBase } from "./ports.ts";

/** The rules that the inputs ask for. @throws Trouble of kind `input` for a schema that is none */
export async function rulesOf(config: Config): Promise<Rules> {
  const { schema, requiredKeys, environmentClass, encryption, maxAgeDays, requireRotation } = config;
  return {
    requiredKeys,
    environmentClass,
    encryption,
    rotation: { required: requireRotation, ...(maxAgeDays === undefined ? {} : { maxAgeDays }) },
    ...(schema === undefined ? {} : { schema: await readSchema(schema, environmentClass) }),
  };
}

/** Looks at all secrets and judges them. */
export async function validate(config: Config, rules: Rules, base: RunBase, ports: Ports): Promise<readonly Finding[]> {
  const { runner, clock } = base;
  const seen = await observeSecrets(ports.secrets, config.ids, { mask: (part) => runner.mask(part), facts: true });
  const access = config.checkPolicies ? await judgeAccess(ports.access, seen, config.readers) : [];
  return [...seen.flatMap((one) => judgeSecret(one, rules, clock.now())), ...access];
}
