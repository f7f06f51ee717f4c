import { shellQuoted } from "@aws-deploy-actions/shared/secrets/finding";
import { judgeContent } from "@aws-deploy-actions/shared/secrets/judge";
import { maskValue } from "@aws-deploy-actions/shared/secrets/observe";
import { versionWith } from "@aws-deploy-actions/shared/secrets/rotation";
import type { SecretFacts, SecretValue } from "@aws-deploy-actions/shared/secrets/types";
import type { Rotated, Rotation } from "./rotate.ts";

type Mended = { readonly kind: "cleared" } | { readonly kind: "ended"; readonly result: Rotated };

/**
 * Mends a rotation that stopped half-way, so that the next one may start. Which half it stopped in shows in which credential works: the current
 * one (the server was never changed: the pending version is dropped), or the pending one (the server was changed: the rotation is finished).
 */
export async function mendStuck(rotation: Rotation, facts: SecretFacts, stuck: string, old: SecretValue | undefined): Promise<Mended> {
  const { id, config, ports, base } = rotation;
  const current = versionWith(facts, "AWSCURRENT");
  const works = old === undefined ? "unknown" : await ports.credentials.works(old);
  if (works === "yes" || (works === "unknown" && config.rotate === "now")) {
    base.journal.say(
      `${id}: a rotation had stopped half-way; version ${stuck} gives up AWSPENDING${works === "yes" ? ", since the current credential works" : " (it is kept without a label)"}.`,
    );
    await ports.secrets.moveLabel(facts.arn, "AWSPENDING", stuck, undefined);
    return { kind: "cleared" };
  }
  const pending = await ports.secrets.value(facts.arn, { id: stuck });
  maskValue(pending, (part) => base.runner.mask(part));
  const valid = pending.state === "found" && judgeContent(id, pending.value, rotation.rules).every(({ severity }) => severity !== "error");
  if (works === "no" && valid && pending.state === "found" && (await ports.credentials.works(pending.value)) === "yes") {
    await ports.secrets.moveLabel(facts.arn, "AWSCURRENT", current, stuck);
    const reason = `${id}: a rotation had stopped after it changed the server; version ${stuck}, whose credential works, is current now.`;
    return {
      kind: "ended",
      result: { outcome: "rotated", reason, remarks: [], to: stuck, ...(current === undefined ? {} : { from: current }) },
    };
  }
  const name = shellQuoted(facts.name);
  const why = works === "no" ? "neither the current nor the pending credential works" : "which credential works cannot be known here";
  const drop = `aws secretsmanager update-secret-version-stage --secret-id ${name} --version-stage AWSPENDING --remove-from-version-id ${stuck}`;
  const finish = `aws secretsmanager update-secret-version-stage --secret-id ${name} --version-stage AWSCURRENT --remove-from-version-id ${current ?? "CURRENT"} --move-to-version-id ${stuck}`;
  return {
    kind: "ended",
    result: {
      outcome: "failed",
      reason: `${id} was not rotated: an earlier rotation stopped half-way, and ${why}.`,
      remarks: [
        {
          rule: "rotation-stuck",
          severity: "error",
          message: `has version ${stuck} in AWSPENDING, and ${why}.`,
          mend: `If the current credential works: ${drop}, or rotate: now. If the pending one does: ${finish}`,
        },
      ],
    },
  };
}
