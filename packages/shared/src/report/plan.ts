import type { Problem } from "../problems.ts";
import { asCode, forMarkdown } from "../text/sanitise.ts";
import { paragraphs, raw, table } from "./markdown.ts";
import type { ChangeStory, StoryColour } from "./model.ts";
import { problemList } from "./problems.ts";
import { differenceTable, shortArn, withCommands } from "./summary.ts";

/** What a deployment would do. */
export interface PlanStory {
  readonly application: string;
  readonly environment: string;
  /** One sentence: what would change. */
  readonly verdict: string;
  /** Where users are now. */
  readonly active: StoryColour;
  /** What runs there: `shop:41`, or the ARN. */
  readonly activeRevision: string;
  /** Images that would run, by container, with their digests. */
  readonly images: readonly (readonly [container: string, image: string])[];
  /** What would happen, in its order; nothing where nothing would change. */
  readonly steps: readonly string[];
  readonly changes: readonly ChangeStory[];
  /** What would make a deployment refuse right now. */
  readonly refusals: readonly Problem[];
  /** What would need `force`. */
  readonly warnings: readonly Problem[];
  readonly notes: readonly string[];
}

/** A plan for the job summary and for the pull request. */
export function planMarkdown(plan: PlanStory): string {
  const { application, environment, active, activeRevision, images, steps } = plan;
  const rows = [
    ["Users are on", raw(`${active} · ${asCode(shortArn(activeRevision))}`)],
    ...images.map(([container, image]) => [raw(`Image of ${forMarkdown(container)}`), raw(asCode(image))]),
  ];
  return paragraphs([
    `## ${mark(plan)} Plan for ${forMarkdown(`${application}/${environment}`)}`,
    `**${forMarkdown(plan.verdict, 1000)}**`,
    problems("A deployment would be refused now", plan.refusals),
    problems("It would need `force: true`", plan.warnings),
    table(["", ""], rows),
    steps.length === 0
      ? undefined
      : `### What would happen\n\n${steps.map((step, index) => `${index + 1}. ${withCommands(step)}`).join("\n")}`,
    plan.changes.length === 0 ? undefined : `### Task definition\n\n${differenceTable(plan.changes)}`,
    plan.notes.length === 0 ? undefined : `### Notes\n\n${plan.notes.map((note) => `- ${withCommands(note)}`).join("\n")}`,
  ]);
}

function mark({ refusals, warnings }: PlanStory): string {
  if (refusals.length > 0) return "❌";
  return warnings.length > 0 ? "⚠️" : "📋";
}

const problems = (title: string, all: readonly Problem[]): string | undefined =>
  all.length === 0 ? undefined : `### ${withCommands(title)}\n\n${problemList(all)}`;
