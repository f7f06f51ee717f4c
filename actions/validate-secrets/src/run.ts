import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { guarded } from "./guarded.ts";
import type { Config } from "./inputs.ts";
import type { Ports, RunBase } from "./ports.ts";
import { findingsText, validationResult } from "./report.ts";
import { rotate } from "./rotate.ts";
import { set } from "./set.ts";
import { rulesOf, validate } from "./validate.ts";

/** Validates, rotates or sets, as the inputs ask. */
export async function run(config: Config, base: RunBase, connect: () => Promise<Ports>): Promise<ActionResult> {
  return await guarded(async () => {
    // The schema is an input: a wrong one ends the run before AWS is asked anything.
    const rules = await rulesOf(config);
    const ports = await connect();
    if (config.mode === "set") return await set(config, rules, base, ports);
    if (config.mode === "rotate") return await rotate(config, rules, base, ports);
    const findings = await base.journal.group("Looking at the secrets", () => validate(config, rules, base, ports));
    for (const text of findingsText(findings)) base.journal.say(text);
    const result = validationResult(config.ids, findings);
    base.journal.say(`${result.ok ? "✔" : "✖"} ${result.reason}`);
    return result;
  });
}
