import type { ActionResult, News } from "@aws-deploy-actions/shared/action/result";
import { forMarkdown, oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { formatDuration } from "@aws-deploy-actions/shared/units";
import { adviceFor, lastOperation, type RootCause, rootCause } from "../decide/cause.ts";
import { type KnownRelease, releaseTag } from "../model/release.ts";
import { consoleLink, type StackEvent, type StackSeen } from "../model/stack.ts";
import type { Built } from "../phases/build.ts";
import type { Executed, Reviewed } from "../phases/change.ts";
import type { Context } from "../phases/deploy.ts";
import type { Check } from "../phases/verify.ts";
import type { LocalWork, Work } from "../work.ts";
import {
  causeSection,
  changeTable,
  checksSection,
  contactsSection,
  findingsSection,
  nextSection,
  outputsSection,
  page,
  releasesSection,
} from "./summary.ts";

type Outputs = Readonly<Record<string, string>>;

/** What the stack itself tells: its outputs and its release. */
function stackOutputs(stack: StackSeen | undefined): Outputs {
  const release = stack?.tags[releaseTag];
  return {
    "stack-outputs": JSON.stringify(Object.fromEntries((stack?.outputs ?? []).map(({ key, value }) => [key, value]))),
    ...(release === undefined ? {} : { release }),
  };
}

const reviewOutputs = ({ seen, digest, summary }: Reviewed): Outputs => ({
  "change-set": seen.id,
  "change-set-digest": digest,
  "change-summary": summary,
});

const buildOutputs = (built: Built | undefined): Outputs => (built === undefined ? {} : { "build-digest": built.digest });

const title = ({ config, stackName }: Pick<Work, "config" | "stackName">, what: string): string =>
  `${what} · ${forMarkdown(stackName)}${config.environment === "default" ? "" : ` (${forMarkdown(config.environment)})`}`;

const linkOf = (work: Work, stack: StackSeen | undefined): string => consoleLink(work.region, stack?.id ?? work.stackName);

export function builtResult({ config }: LocalWork, built: Built): ActionResult {
  const reason = `Built into ${config.values["build-directory"]}, digest ${built.digest}.`;
  return {
    outcome: "built",
    ok: true,
    reason,
    outputs: buildOutputs(built),
    summary: page("✅ Built", `Digest \`${built.digest}\`: give it to the deploying job as \`build-digest\`, as an output of this job.`),
  };
}

export function unchangedResult({ work, built, prepared, drifted, findings }: Context, stack: StackSeen | undefined): ActionResult {
  return {
    outcome: "unchanged",
    ok: true,
    reason: `${work.stackName} is already what was asked for; nothing was changed.`,
    outputs: { ...stackOutputs(stack), ...buildOutputs(built), "change-summary": "no changes" },
    summary: page(
      title(work, "✅ No changes"),
      "Users see what they saw before.",
      findingsSection(findings, drifted, prepared),
      outputsSection(stack),
    ),
  };
}

export function plannedResult({ work, built, prepared, drifted, findings }: Context, reviewed: Reviewed): ActionResult {
  return {
    outcome: "planned",
    ok: true,
    reason: `The change set of ${work.stackName} would do this: ${reviewed.summary}. Nothing was changed.`,
    outputs: { ...reviewOutputs(reviewed), ...buildOutputs(built) },
    summary: page(
      title(work, "📋 Planned"),
      `${forMarkdown(reviewed.summary)}. Nothing was changed. To do exactly this: \`mode: execute\` with \`change-set\` and \`change-set-digest\` of this step.`,
      changeTable(reviewed.changes),
      findingsSection(findings, drifted, prepared),
    ),
  };
}

const marks: Readonly<Record<string, string>> = {
  deployed: "✅ Deployed",
  "rolled-back": "❌ Rolled back",
  "rollback-failed": "🚨 Rollback failed",
  cancelled: "⏹️ Cancelled",
  failed: "❌ Failed",
};

export function executedResult(context: Context, reviewed: Reviewed, executed: Executed, checks: readonly Check[]): ActionResult {
  const { work, built, prepared, drifted, findings } = context;
  const { ending, stack, cause } = executed;
  const broken = checks.filter(({ ok }) => !ok);
  const ok = ending.ok && broken.length === 0;
  const outcome = ending.ok && !ok ? "failed" : ending.outcome;
  const next = ending.ok && !ok ? verificationNext(work) : ending.next;
  const reason = reasonOf(work, executed, reviewed, broken);
  return {
    outcome,
    ok,
    reason,
    outputs: { ...stackOutputs(stack), ...reviewOutputs(reviewed), ...buildOutputs(built) },
    summary: page(
      title(work, marks[outcome] ?? outcome),
      `**${forMarkdown(ending.users)}**`,
      ok ? "" : forMarkdown(reason, 1200),
      nextSection(next),
      ok ? "" : contactsSection(work.config.values.contacts),
      ending.ok ? "" : causeSection(cause, linkOf(work, stack)),
      checksSection(checks),
      changeTable(reviewed.changes),
      findingsSection(findings, drifted, prepared),
      ending.ok ? outputsSection(stack) : "",
    ),
    news: newsOf(work, outcome, ok, reason, ending.users),
    ...(next === undefined ? {} : { mend: next }),
  };
}

const verificationNext = ({ store }: Work): string =>
  store === undefined
    ? "Deploy the earlier commit, or mend and deploy again."
    : "Users see the new release. To go back:\nwith:\n  mode: rollback";

function reasonOf(work: Work, { ending, cause, stack, seconds }: Executed, { summary }: Reviewed, broken: readonly Check[]): string {
  if (broken.length > 0)
    return `${work.stackName} was deployed, but ${broken.map(({ name, says }) => `${oneLine(name, 300)} ${oneLine(says, 200)}`).join("; ")}.`;
  if (ending.ok) return `${work.stackName} was deployed in ${formatDuration(seconds)}: ${summary}.`;
  if (ending.outcome === "cancelled") return ending.users;
  return `${work.stackName} is ${stack?.status ?? "gone"}: ${causeSentence(cause) ?? (oneLine(stack?.statusReason ?? "", 400) || "no resource failed by itself")}.`;
}

function causeSentence(cause: RootCause | undefined): string | undefined {
  if (cause === undefined) return undefined;
  const { event, followers } = cause;
  const advice = adviceFor(event);
  const more = followers.length === 0 ? "" : ` ${followers.length} more stopped because of it.`;
  return `${event.logicalId} (${event.type}) failed: ${oneLine(event.reason, 600)}.${more}${advice === undefined ? "" : ` ${advice}`}`.replace(
    /\.+$/,
    "",
  );
}

function newsOf(work: Work, outcome: string, ok: boolean, reason: string, users: string): News {
  const event = ok ? "success" : outcome === "rolled-back" || outcome === "cancelled" ? "rollback" : "failure";
  const { commit, runUrl } = work.base.context;
  return {
    event,
    title: `${work.stackName}: ${outcome}`,
    facts: [
      ["Users", users],
      ["Reason", reason],
      ["Account", work.account],
      ["Region", work.region],
      ...(commit === "" ? [] : [["Commit", commit.slice(0, 12)] as const]),
      ...(runUrl === undefined ? [] : [["Run", runUrl] as const]),
    ],
  };
}

interface Simple {
  readonly outcome: string;
  readonly ok: boolean;
  readonly reason: string;
  readonly mend?: string;
}

/** A result without a change set. */
export function simpleResult(work: Work, stack: StackSeen | undefined, { outcome, ok, reason, mend }: Simple): ActionResult {
  return {
    outcome,
    ok,
    reason,
    outputs: stackOutputs(stack),
    summary: page(title(work, marks[outcome] ?? (ok ? "✅ Nothing to do" : "❌ Failed")), forMarkdown(reason, 1200), nextSection(mend)),
    ...(mend === undefined ? {} : { mend }),
    ...(outcome === "unchanged" ? {} : { news: newsOf(work, outcome, ok, reason, reason) }),
  };
}

export function statusResult(
  work: Work,
  stack: StackSeen | undefined,
  releases: readonly KnownRelease[],
  events: readonly StackEvent[],
): ActionResult {
  const cause = rootCause(lastOperation(events));
  const release = stack?.tags[releaseTag];
  const shown = {
    stack: work.stackName,
    account: work.account,
    region: work.region,
    status: stack?.status ?? "ABSENT",
    terminationProtection: stack?.terminationProtection ?? false,
    release: release ?? null,
    releases: releases.map(({ digest, release: one }) => ({
      release: digest,
      created: one.created,
      commit: one.commit,
      actor: one.actor,
      run: one.run,
      restores: one.restores ?? null,
    })),
    ...(cause === undefined
      ? {}
      : { failed: { resource: cause.event.logicalId, type: cause.event.type, reason: oneLine(cause.event.reason, 800) } }),
  };
  return {
    outcome: "status",
    ok: true,
    reason: `${work.stackName} is ${shown.status}${releases.length > 0 ? `, ${releases.length} releases recorded` : ""}.`,
    outputs: { ...stackOutputs(stack), status: JSON.stringify(shown) },
    summary: page(
      title(work, `📊 ${shown.status}`),
      cause === undefined ? "" : causeSection(cause, linkOf(work, stack)),
      release !== undefined && releases.length === 0
        ? `The stack names the release \`${release.slice(0, 12)}\`, but its record is not in the state bucket.`
        : "",
      releasesSection(releases),
      outputsSection(stack),
    ),
  };
}
