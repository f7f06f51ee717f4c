// The job summary: the verdict first, then what users see, what to do, and the details. Everything from outside passes the sanitiser.
import { asCode, asCodeBlock, forMarkdown } from "@aws-deploy-actions/shared/text/sanitise";
import type { RootCause } from "../decide/cause.ts";
import { adviceFor } from "../decide/cause.ts";
import type { Finding } from "../decide/findings.ts";
import { shortDigest } from "../model/canonical.ts";
import type { ChangeKind, JudgedChange } from "../model/change-set.ts";
import type { KnownRelease } from "../model/release.ts";
import type { StackSeen } from "../model/stack.ts";
import type { Check } from "../phases/verify.ts";

/** GitHub cuts a summary at 1 MiB; a table this long nobody reads. */
const rowLimit = 200;

const words: Readonly<Record<ChangeKind, string>> = {
  add: "➕ add",
  change: "✏️ change",
  "maybe-replace": "⚠️ perhaps replace",
  replace: "♻️ **replace**",
  remove: "🗑️ **remove**",
  tags: "🏷️ tags only",
  import: "📥 import",
  unknown: "❔ not known until executed",
};

/** A heading and the sections that hold something, with a blank line between. */
export const page = (title: string, ...sections: readonly (string | undefined)[]): string =>
  [`## ${title}`, ...sections.filter((section) => section !== undefined && section !== "")].join("\n\n");

/** The change set as a table. Changes of tags alone are folded into one line: a release's own tag reaches every resource. */
export function changeTable(changes: readonly JudgedChange[]): string {
  const shown = changes.filter(({ kind }) => kind !== "tags");
  const tagged = changes.length - shown.length;
  const rows = shown.slice(0, rowLimit).map((change) => {
    const name = change.nested === "" ? change.logicalId : `${change.nested}/${change.logicalId}`;
    const risk = change.endangersData ? " ⛔ **data at risk**" : "";
    const kept = change.policy !== undefined && /Retain|Snapshot/.test(change.policy) ? ` (${forMarkdown(change.policy, 40)})` : "";
    return `| ${words[change.kind]}${risk}${kept} | ${asCode(name, 120)} | ${asCode(change.type, 80)} | ${forMarkdown(change.causes.join(", "), 200)} |`;
  });
  const parts = rows.length === 0 ? [] : ["| Action | Resource | Type | What changes |\n| --- | --- | --- | --- |", ...rows];
  if (shown.length > rowLimit) parts.push(`\n… and ${shown.length - rowLimit} more.`);
  const table = parts.join("\n");
  const tags = tagged === 0 ? "" : `${tagged} resource${tagged === 1 ? "" : "s"} get${tagged === 1 ? "s" : ""} new tags only.`;
  return [table, tags].filter((one) => one !== "").join("\n\n");
}

/** Why an operation failed: the cause in its own words, what it means, and what merely followed. */
export function causeSection(cause: RootCause | undefined, link: string): string {
  if (cause === undefined) return `[The events of the stack](${link})`;
  const { event, followers, others } = cause;
  const advice = adviceFor(event);
  return [
    `### Root cause\n\n**${asCode(event.logicalId, 120)}** (${asCode(event.type, 80)}), ${forMarkdown(event.status)}:\n\n${asCodeBlock(event.reason)}`,
    advice === undefined ? "" : forMarkdown(advice, 600),
    others.length === 0
      ? ""
      : `Also failed by themselves: ${others.map((one) => `${forMarkdown(one.logicalId, 80)} (${forMarkdown(one.reason, 200)})`).join("; ")}`,
    followers.length === 0
      ? ""
      : `<details><summary>${followers.length} more stopped because of it</summary>\n\n${followers.map((one) => forMarkdown(one, 80)).join(", ")}\n\n</details>`,
    `[The events of the stack](${link})`,
  ]
    .filter((one) => one !== "")
    .join("\n\n");
}

export const nextSection = (next: string | undefined): string =>
  next === undefined ? "" : `### What to do next\n\n${asCodeBlock(next, "sh")}`;

/** Whom to call, in lines of their own. */
export const contactsSection = (contacts: string | undefined): string =>
  contacts === undefined
    ? ""
    : `### Whom to call\n\n${contacts
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => `- ${forMarkdown(line, 200)}`)
        .join("\n")}`;

export function findingsSection(findings: readonly Finding[], drifted: readonly string[], prepared: readonly string[]): string {
  const list = (title: string, items: readonly string[]): string =>
    items.length === 0 ? "" : `### ${title}\n\n${items.map((item) => `- ${item}`).join("\n")}`;
  return [
    list(
      "Before the change",
      prepared.map((one) => forMarkdown(one, 800)),
    ),
    list(
      "Changed by hand since the last deployment",
      drifted.map((one) => forMarkdown(one, 500)),
    ),
    list(
      "Worth mending",
      findings.map(({ what, mend }) => `${forMarkdown(what, 400)} ${forMarkdown(mend, 400)}`),
    ),
  ]
    .filter((one) => one !== "")
    .join("\n\n");
}

export function checksSection(checks: readonly Check[]): string {
  if (checks.length === 0) return "";
  const rows = checks.map(({ ok, name, says }) => `| ${ok ? "✅" : "❌"} | ${forMarkdown(name, 300)} | ${forMarkdown(says, 300)} |`);
  return `### Verification\n\n| | Check | Result |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

export function outputsSection(stack: StackSeen | undefined): string {
  if (stack === undefined || stack.outputs.length === 0) return "";
  const rows = stack.outputs.map(
    ({ key, value, description }) => `| ${asCode(key, 80)} | ${asCode(value, 400)} | ${forMarkdown(description, 200)} |`,
  );
  return `### Outputs\n\n| Output | Value | |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

export function releasesSection(releases: readonly KnownRelease[]): string {
  if (releases.length === 0) return "";
  const rows = releases.map(({ digest, release }, index) => {
    const note = release.restores === undefined ? "" : `brought back ${shortDigest(release.restores)}`;
    return `| ${index === 0 ? "**deployed**" : ""} | \`${shortDigest(digest)}\` | ${forMarkdown(release.created.slice(0, 19))} | ${forMarkdown(release.commit.slice(0, 7) || "unknown")} | ${forMarkdown(release.actor)} | ${note} |`;
  });
  return `### Releases\n\n| | Release | Recorded (UTC) | Commit | By | |\n| --- | --- | --- | --- | --- | --- |\n${rows.join("\n")}`;
}
