import { randomUUID } from "node:crypto";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { cloudTrouble, deploymentTrouble, inputTrouble } from "@aws-deploy-actions/shared/problems";
import { type Finding, shellQuoted } from "@aws-deploy-actions/shared/secrets/finding";
import { Hidden } from "@aws-deploy-actions/shared/secrets/hidden";
import { judgeContent, type Rules, withMend } from "@aws-deploy-actions/shared/secrets/judge";
import { maskValue } from "@aws-deploy-actions/shared/secrets/observe";
import { setKey } from "@aws-deploy-actions/shared/secrets/set-key";
import type { SecretFacts, SecretValue } from "@aws-deploy-actions/shared/secrets/types";
import type { Config } from "./inputs.ts";
import type { Ports, RunBase } from "./ports.ts";
import { findingsJson, findingsText, summaryOf } from "./report.ts";

type SetConfig = Extract<Config, { mode: "set" }>;

/**
 * Sets one key of a JSON secret, the others untouched: the new text is judged before anything is written, then stored as a version that
 * nothing uses, read back, and only then made current, provided that the version it was made from still is.
 */
export async function set(config: SetConfig, rules: Rules, base: RunBase, ports: Ports): Promise<ActionResult> {
  const [given = ""] = config.ids;
  const { journal, runner } = base;
  runner.mask(config.newValue.reveal());
  const facts = await factsOf(given, ports);
  // A replica cannot be written; the secret it follows can.
  const id = primaryOf(facts);
  const current = await readCurrent(id, base, ports);
  const next = changed(current, config, id);
  if (next === undefined) {
    journal.say(`✔ ${config.key} of ${id} has that value already: nothing was written.`);
    return finished("unchanged", `${config.key} of ${id} has that value already.`, config, []);
  }
  const findings = judged(id, { versionId: "", content: { kind: "text", text: next } }, config, rules);
  for (const text of findingsText(findings)) journal.say(text);
  if (findings.some(({ severity, key }) => severity !== "warning" && key === config.key)) {
    return refused(`the new value of ${config.key} would make ${id} invalid; nothing was written.`, config, findings);
  }
  await store(id, current.versionId, next, base, ports);
  journal.say(`✔ ${config.key} of ${id} is set; the other keys are as they were.`);
  const left = findings.some(({ severity }) => severity === "error") ? " Other keys of it are still invalid." : "";
  return finished("updated", `${config.key} of ${id} is set, the other keys are untouched.${left}`, config, findings);
}

async function factsOf(id: string, ports: Ports): Promise<SecretFacts> {
  const facts = (await ports.secrets.facts([id])).get(id);
  if (facts?.state === "found") {
    if (facts.value.deletedAt !== undefined)
      throw deploymentTrouble(
        `${id} is scheduled for deletion; nothing was written.`,
        `aws secretsmanager restore-secret --secret-id ${shellQuoted(id)}`,
      );
    return facts.value;
  }
  if (facts?.state === "missing")
    throw deploymentTrouble(
      `${id} does not exist in this account and region; nothing was written.`,
      "Validate it: the finding says how to create it.",
    );
  throw cloudTrouble(`${id}: ${facts?.why ?? "AWS gave no answer"}; nothing was written.`, facts?.mend);
}

/** The ARN by which the secret itself is reached, also from one of its replicas. */
function primaryOf({ arn, primaryRegion }: SecretFacts): string {
  const parts = arn.split(":");
  return primaryRegion === undefined || parts[3] === primaryRegion
    ? arn
    : [...parts.slice(0, 3), primaryRegion, ...parts.slice(4)].join(":");
}

async function readCurrent(id: string, { runner }: RunBase, ports: Ports): Promise<SecretValue> {
  const answer = await ports.secrets.value(id);
  maskValue(answer, (part) => runner.mask(part));
  switch (answer.state) {
    case "found":
      return answer.value;
    case "unanswered":
      throw cloudTrouble(`${id}: ${answer.why}; nothing was written.`, answer.mend);
    case "missing":
    case "unusable":
      throw deploymentTrouble(
        `${id} has no current value that can be read; nothing was written.`,
        "Validate it: the finding says what is wrong.",
      );
  }
}

/** The new text, or undefined where nothing changes. */
function changed({ content }: SecretValue, config: SetConfig, id: string): Hidden<string> | undefined {
  if (content.kind === "binary")
    throw inputTrouble(
      `${id} holds binary data: it has no keys; nothing was written.`,
      `aws secretsmanager put-secret-value --secret-id ${shellQuoted(id)} --secret-binary fileb://…`,
    );
  const result = setKey(content.text.reveal(), config.key, config.newValue.reveal());
  switch (result.kind) {
    case "changed":
      return new Hidden(result.text);
    case "unchanged":
      return undefined;
    case "refused":
      throw inputTrouble(
        result.because === "key-twice"
          ? `${id} has the key ${config.key} more than once: which one counts depends on who reads it; nothing was written.`
          : `${id} is no JSON object: it has no keys to set one of; nothing was written.`,
        `Write the whole value once: aws secretsmanager put-secret-value --secret-id ${shellQuoted(id)} --secret-string file:///dev/stdin`,
      );
  }
}

const judged = (id: string, value: SecretValue, config: Config, rules: Rules): readonly Finding[] =>
  judgeContent(config.ids[0] ?? id, value, rules).map((remark) => withMend(config.ids[0] ?? id, remark));

async function store(id: string, from: string, next: Hidden<string>, { journal }: RunBase, ports: Ports): Promise<void> {
  const version = randomUUID();
  await journal.group(`Writing a new version of ${id}`, async () => {
    await ports.secrets.propose(id, next, version);
    const stored = await ports.secrets.value(id, { id: version });
    const same = stored.state === "found" && stored.value.content.kind === "text" && stored.value.content.text.reveal() === next.reveal();
    if (!same)
      throw cloudTrouble(`${id}: the new version does not read back as it was written; the current one is untouched.`, "Run again.");
    // Fails when somebody else made another version current meanwhile: nobody's change is lost.
    await ports.secrets.moveLabel(id, "AWSCURRENT", from, version).catch((error: unknown) => {
      throw cloudTrouble(
        `${id}: version ${from} is no longer the current one, or the label could not be moved; the new value is not in use.`,
        "Somebody changed the secret at the same time. Run again: the key is then set in what is current now.",
        error,
      );
    });
    journal.say(`version ${version} is current, version ${from} is AWSPREVIOUS`);
    await ports.secrets
      .moveLabel(id, "CANDIDATE", version, undefined)
      .catch(() => journal.say("The label CANDIDATE stays on the version; it means nothing."));
  });
}

const refused = (reason: string, config: Config, findings: readonly Finding[]): ActionResult => ({
  outcome: "invalid",
  ok: false,
  reason,
  outputs: { findings: findingsJson(findings) },
  summary: summaryOf(reason, "invalid", config.ids, findings),
  ...(findings[0] === undefined ? {} : { mend: "Correct SECRET_VALUE, and run again." }),
});

const finished = (outcome: "updated" | "unchanged", reason: string, config: Config, findings: readonly Finding[]): ActionResult => ({
  outcome,
  ok: true,
  reason,
  outputs: { findings: findingsJson(findings) },
  summary: summaryOf(reason, outcome, config.ids, findings),
  ...(outcome === "updated"
    ? { news: { event: "success" as const, title: "A secret was changed", facts: [["secret", config.ids[0] ?? ""]] as const } }
    : {}),
});
