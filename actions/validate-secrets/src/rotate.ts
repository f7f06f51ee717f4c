import { randomUUID } from "node:crypto";
import type { ActionResult } from "@aws-deploy-actions/shared/action/result";
import { problemsOf } from "@aws-deploy-actions/shared/problems";
import { understand } from "@aws-deploy-actions/shared/secrets/content";
import { type Finding, type Remark, shellQuoted } from "@aws-deploy-actions/shared/secrets/finding";
import { judgeHolders } from "@aws-deploy-actions/shared/secrets/holders";
import { judgeContent, type Rules, withMend } from "@aws-deploy-actions/shared/secrets/judge";
import { maskValue } from "@aws-deploy-actions/shared/secrets/observe";
import { dueAt, seeRotation, stuckVersion, versionWith } from "@aws-deploy-actions/shared/secrets/rotation";
import type { SecretFacts, SecretValue } from "@aws-deploy-actions/shared/secrets/types";
import { awaitRotation } from "./await-rotation.ts";
import type { Config } from "./inputs.ts";
import type { Ports, RunBase } from "./ports.ts";
import { findingsJson, findingsText, summaryOf } from "./report.ts";
import { mendStuck } from "./stuck.ts";

export type RotateConfig = Extract<Config, { mode: "rotate" }>;

/** What one rotation needs. */
export interface Rotation {
  readonly id: string;
  readonly config: RotateConfig;
  readonly rules: Rules;
  readonly base: RunBase;
  readonly ports: Ports;
}

/** How one secret's rotation ended. */
export interface Rotated {
  readonly outcome: "rotated" | "unchanged" | "failed";
  readonly reason: string;
  readonly remarks: readonly Remark[];
  readonly from?: string;
  readonly to?: string;
}

/** Rotates the secrets, one after the other: a function that is broken is then noticed at the first. */
export async function rotate(config: RotateConfig, rules: Rules, base: RunBase, ports: Ports): Promise<ActionResult> {
  const { journal, clock, context } = base;
  const findings: Finding[] = [];
  const results: Rotated[] = [];
  for (const id of config.ids) {
    const result = await journal.group(`Rotating ${id}`, () => rotateOne({ id, config, rules, base, ports }));
    const own = result.remarks.map((remark) => withMend(id, remark));
    for (const text of findingsText(own)) journal.say(text);
    journal.say(`${result.outcome === "failed" ? "✖" : "✔"} ${result.reason}`);
    findings.push(...own);
    results.push(result);
    if (result.outcome !== "unchanged")
      await keep(
        {
          at: clock.now(),
          secret: id,
          outcome: result.outcome,
          reason: result.reason,
          from: result.from ?? "",
          to: result.to ?? "",
          actor: context.actor,
          run: context.runUrl ?? "",
        },
        base,
        ports,
      );
  }
  return resultOf(config, results, findings);
}

async function keep(record: Parameters<NonNullable<Ports["history"]>["keep"]>[0], { journal }: RunBase, ports: Ports): Promise<void> {
  try {
    await ports.history?.keep(record);
  } catch (error) {
    journal.annotate(
      "warning",
      `The rotation could not be written to history-log-group: ${problemsOf(error)
        .map(({ what }) => what)
        .join(" ")}`,
    );
  }
}

function resultOf(config: RotateConfig, results: readonly Rotated[], findings: readonly Finding[]): ActionResult {
  const count = (outcome: Rotated["outcome"]): number => results.filter((one) => one.outcome === outcome).length;
  const outcome = count("failed") > 0 ? "failed" : count("rotated") > 0 ? "rotated" : "unchanged";
  const failed = results.find((one) => one.outcome === "failed");
  const reason =
    results.length === 1
      ? (results[0]?.reason ?? "")
      : `${count("rotated")} rotated, ${count("unchanged")} not due, ${count("failed")} failed. ${failed?.reason ?? ""}`.trim();
  const mend = findings.find(({ severity }) => severity === "error")?.mend;
  return {
    outcome,
    ok: outcome !== "failed",
    reason,
    outputs: { findings: findingsJson(findings) },
    summary: summaryOf(reason, outcome, config.ids, findings),
    ...(outcome === "failed" && mend !== undefined ? { mend } : {}),
    ...(outcome === "unchanged"
      ? {}
      : {
          news: {
            event: outcome === "failed" ? "failure" : "success",
            title: `Secret rotation: ${outcome}`,
            facts: results.map((one, at) => [config.ids[at] ?? "", one.reason] as const),
          },
        }),
  };
}

const failed = (reason: string, remarks: readonly Remark[], versions: { from?: string; to?: string } = {}): Rotated => ({
  outcome: "failed",
  reason,
  remarks,
  ...versions,
});

async function rotateOne(rotation: Rotation): Promise<Rotated> {
  const { id, ports, base } = rotation;
  const answer = (await ports.secrets.facts([id])).get(id);
  if (answer?.state !== "found") {
    const why = answer?.state === "unanswered" ? answer.why : "it does not exist in this account and region";
    return failed(`${id} was not rotated: ${why}.`, [
      {
        rule: answer?.state === "unanswered" ? "unreadable" : "missing",
        severity: answer?.state === "unanswered" ? "unknown" : "error",
        message: `could not be rotated: ${why}.`,
        mend: answer?.state === "unanswered" ? answer.mend : `aws secretsmanager describe-secret --secret-id ${shellQuoted(id)}`,
      },
    ]);
  }
  const facts = answer.value;
  const current = await ports.secrets.value(facts.arn);
  maskValue(current, (part) => base.runner.mask(part));
  const old = current.state === "found" ? current.value : undefined;
  const notDue = reasonNotDue(rotation, facts, old);
  if (notDue !== undefined) return { outcome: "unchanged", reason: notDue, remarks: [] };
  const impossible = cannotRotate(id, facts);
  if (impossible !== undefined) return failed(`${id} was not rotated: ${impossible.message}`, [impossible]);
  const stuck = stuckVersion(facts);
  if (stuck !== undefined) {
    const mended = await mendStuck(rotation, facts, stuck, old);
    if (mended.kind === "ended") return mended.result;
  }
  return await start(rotation, facts, old);
}

function reasonNotDue({ id, config, base }: Rotation, facts: SecretFacts, old: SecretValue | undefined): string | undefined {
  if (config.rotate === "now" || stuckVersion(facts) !== undefined) return undefined;
  const now = base.clock.now();
  const due = dueAt(facts.rotation);
  if (due !== undefined && due <= now) return undefined;
  const made = old?.createdAt ?? facts.rotation.last ?? facts.changedAt;
  if (config.maxAgeDays !== undefined && made !== undefined && now - made > config.maxAgeDays * 86_400) return undefined;
  if (!facts.rotation.enabled && config.maxAgeDays === undefined)
    return `${id} has no rotation schedule, and max-age-days is not given: nothing is due.`;
  return `${id} is not due${due === undefined ? "" : ` before ${new Date(due * 1000).toISOString().slice(0, 10)}`}.`;
}

function cannotRotate(id: string, facts: SecretFacts): Remark | undefined {
  if (facts.deletedAt !== undefined)
    return {
      rule: "scheduled-for-deletion",
      severity: "error",
      message: "is scheduled for deletion.",
      mend: `aws secretsmanager restore-secret --secret-id ${shellQuoted(id)}`,
    };
  const parts = facts.arn.split(":");
  if (facts.primaryRegion !== undefined && facts.primaryRegion !== parts[3]) {
    return {
      rule: "replica",
      severity: "error",
      message: `is a replica of the secret in ${facts.primaryRegion}, which must be rotated instead.`,
      mend: `secret-ids: ${[...parts.slice(0, 3), facts.primaryRegion, ...parts.slice(4)].join(":")}`,
    };
  }
  if (facts.rotation.functionArn !== undefined || facts.owner !== undefined || facts.rotation.enabled) return undefined;
  return {
    rule: "rotation-off",
    severity: "error",
    message: "has no function that rotates it.",
    mend: `A database or Redis: deploy AWS's rotation function (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html), then aws secretsmanager rotate-secret --secret-id ${shellQuoted(id)} --rotation-lambda-arn FUNCTION_ARN --rotation-rules AutomaticallyAfterDays=30. A key that somebody else issues: renew it there, then mode: set. A value of your own (JWT_SECRET): SECRET_VALUE="$(openssl rand -base64 32)" with mode: set.`,
  };
}

async function start(rotation: Rotation, facts: SecretFacts, old: SecretValue | undefined): Promise<Rotated> {
  const { id, base, ports } = rotation;
  const from = versionWith(facts, "AWSCURRENT");
  const to = randomUUID();
  const versions = { to, ...(from === undefined ? {} : { from }) };
  try {
    await ports.secrets.rotate(facts.arn, to);
  } catch (error) {
    const [trouble] = problemsOf(error);
    return failed(
      `${id} was not rotated: the rotation could not be started.`,
      [
        {
          rule: "rotation-failed",
          severity: "error",
          message: trouble?.what ?? "the rotation could not be started.",
          mend: trouble?.mend ?? "",
        },
      ],
      versions,
    );
  }
  const begun = base.clock.now();
  const waited = await awaitRotation(rotation, facts, to);
  if (waited !== undefined) return failed(`${id} was not rotated: ${waited.message}`, [waited], versions);
  return await judgeNew(rotation, facts, old, versions, begun);
}

async function judgeNew(
  rotation: Rotation,
  facts: SecretFacts,
  old: SecretValue | undefined,
  versions: { from?: string; to: string },
  begun: number,
): Promise<Rotated> {
  const { id, rules, base, ports, config } = rotation;
  const answer = await ports.secrets.value(facts.arn, { id: versions.to });
  maskValue(answer, (part) => base.runner.mask(part));
  if (answer.state !== "found") {
    return failed(
      `${id} was rotated, but the new version could not be read.`,
      [
        {
          rule: "unreadable",
          severity: "unknown",
          message: `has a new current version that could not be read${answer.state === "unanswered" ? `: ${answer.why}` : ""}.`,
          mend: "Validate the secret again.",
        },
      ],
      versions,
    );
  }
  const remarks = judgeContent(id, answer.value, rules).filter(({ severity }) => severity === "error");
  const works = await ports.credentials.works(answer.value);
  if (remarks.length === 0 && works !== "no") {
    const holders = await stillRunning(facts, old, begun, { config, base, ports });
    const checked = works === "yes" ? " and the new credential works" : "";
    return {
      outcome: "rotated",
      reason: `${id} was rotated: version ${versions.to} is current, valid${checked}.`,
      remarks: holders,
      ...versions,
    };
  }
  const wrong: readonly Remark[] =
    works === "no"
      ? [
          ...remarks,
          {
            rule: "rotation-failed",
            severity: "error",
            message: "has a new version whose credential is refused by its server.",
            mend: seeRotation(facts),
          },
        ]
      : remarks;
  return await putBack(rotation, facts, old, versions, wrong);
}

/** The old version comes back only where its credential still works: AWS's single-user strategy has changed the password on the server. */
async function putBack(
  { id, ports }: Rotation,
  facts: SecretFacts,
  old: SecretValue | undefined,
  versions: { from?: string; to: string },
  wrong: readonly Remark[],
): Promise<Rotated> {
  const command = `aws secretsmanager update-secret-version-stage --secret-id ${shellQuoted(facts.name)} --version-stage AWSCURRENT --remove-from-version-id ${versions.to} --move-to-version-id ${versions.from ?? "OLD_VERSION"}`;
  const works = old === undefined ? "unknown" : await ports.credentials.works(old);
  if (works === "yes" && versions.from !== undefined) {
    await ports.secrets.moveLabel(facts.arn, "AWSCURRENT", versions.to, versions.from);
    return failed(`${id}: the new version is not valid; the old one is current again, and its credential works.`, wrong, versions);
  }
  const why = works === "no" ? "the old credential no longer works" : "whether the old credential still works cannot be known here";
  const left: Remark = {
    rule: "rotation-failed",
    severity: "error",
    message: `was left with the new version, which is not valid: ${why}.`,
    mend: works === "no" ? seeRotation(facts) : `If the old credential still works: ${command}`,
  };
  return failed(`${id}: the new version is not valid, and the old one was not put back: ${why}.`, [left, ...wrong], versions);
}

async function stillRunning(
  facts: SecretFacts,
  old: SecretValue | undefined,
  changedAt: number,
  { config, base, ports }: Pick<Rotation, "config" | "base" | "ports">,
): Promise<readonly Remark[]> {
  const [tasks, functions] = await Promise.all([
    ports.holders.tasks(facts.arn, config.clusters),
    ports.holders.functions(facts.arn, facts.name, oldValues(old)),
  ]);
  return judgeHolders(tasks, functions, changedAt, base.clock.now());
}

/** Whether a text is one of the old version's values; short ones are not looked for, they would be found by chance. */
export function oldValues(old: SecretValue | undefined): (text: string) => boolean {
  const content = old === undefined ? undefined : understand(old.content);
  if (content === undefined || content.kind === "binary") return () => false;
  const values = new Set(content.leaves.map(({ value }) => String(value.reveal())).filter((text) => text.length >= 12));
  return (text) => values.has(text);
}
