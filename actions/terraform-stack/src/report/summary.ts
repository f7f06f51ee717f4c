import { asCode, asCodeBlock, forMarkdown } from "@aws-deploy-actions/shared/text/sanitise";
import { explain } from "../decide/explain.ts";
import type { Diagnostic } from "../model/messages.ts";
import type { Plan, PlanKind } from "../model/plan.ts";

const rowLimit = 200;

const words: Readonly<Record<PlanKind, string>> = {
  create: "➕ create",
  change: "✏️ change",
  replace: "♻️ **replace**",
  destroy: "🗑️ **destroy**",
  read: "🔎 read",
  forget: "👋 forget",
  import: "📥 import",
};

/** The plan as tables: names of what changes, never a value. */
export function planTable({ changes, outputs, drifted }: Plan): string {
  const shown = changes.filter(({ kind }) => kind !== "read");
  const rows = shown.slice(0, rowLimit).map(({ kind, address, attributes, because, endangersData }) => {
    const why = because.length === 0 ? "" : `${forMarkdown(because.join(", "), 200)} (forces it)`;
    const rest = attributes.filter((name) => !because.includes(name)).join(", ");
    return `| ${words[kind]}${endangersData ? " ⛔ **data at risk**" : ""} | ${asCode(address, 200)} | ${[why, forMarkdown(rest, 200)].filter((one) => one !== "").join(", ")} |`;
  });
  const sections = [
    rows.length === 0 ? "" : ["| Action | Resource | What changes |\n| --- | --- | --- |", ...rows].join("\n"),
    shown.length > rowLimit ? `… and ${shown.length - rowLimit} more.` : "",
    outputs.length === 0
      ? ""
      : `Outputs: ${outputs.map(({ name, kind, sensitive }) => `${forMarkdown(name, 80)} (${kind}${sensitive ? ", sensitive" : ""})`).join(", ")}.`,
    drifted.length === 0 ? "" : `Changed outside of Terraform: ${drifted.map((address) => asCode(address, 200)).join(", ")}.`,
  ];
  return sections.filter((one) => one !== "").join("\n\n");
}

/** Errors in their own words, each with what to do about it. */
export function diagnosticsSection(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return errors
    .slice(0, 20)
    .map((one) => {
      const where = [one.address, one.file === undefined ? undefined : `${one.file}:${one.line ?? 1}`].filter((part) => part !== undefined);
      const advice = explain(one);
      return [
        `**${forMarkdown(one.summary, 300)}**${where.length === 0 ? "" : ` – ${forMarkdown(where.join(", "), 300)}`}`,
        one.detail === "" ? "" : asCodeBlock(one.detail.slice(0, 4000)),
        advice === undefined ? "" : forMarkdown(advice, 800),
      ]
        .filter((part) => part !== "")
        .join("\n\n");
    })
    .join("\n\n");
}

export const page = (title: string, ...sections: readonly string[]): string =>
  [`## ${title}`, ...sections.filter((one) => one !== "")].join("\n\n");
