import type { News, NewsEvent } from "../action/result.ts";
import { cut, oneLine, plain } from "../text/sanitise.ts";
import { formatDuration } from "../units.ts";
import { clockTime, type DeploymentStory, dateTime, moodOf, type StoryOutcome, type VersionStory, wordOf } from "./model.ts";
import { shortArn } from "./summary.ts";

const logLines = 40;
const width = 16;

/**
 * The incident report: everything that a post-mortem begins with, as plain text for a file, a mail or a ticket.
 */
export function incidentReport(story: DeploymentStory): string {
  const title = titleOf(story);
  return [
    `${title}\n${"=".repeat(title.length)}`,
    facts(story),
    list("What to do next", story.whatToDoNext),
    timeline(story),
    list("What the verdict rests on", story.evidence),
    stops(story),
    part(
      "Last events (UTC)",
      story.events.slice(-20).map(({ at, text }) => `${clockTime(at)}  ${oneLine(text)}`),
    ),
    ...story.logs.map(({ source, lines }) => part(`Log ${oneLine(source, 200)}`, lastLines(lines, logLines))),
    list("Notes", story.notes),
    part(
      "Put traffic back by hand",
      story.byHand.flatMap((line) => plain(line).split("\n")),
    ),
  ]
    .filter((text) => text !== "")
    .join("\n\n")
    .concat("\n");
}

const titleOf = ({ kind, application, environment, outcome }: DeploymentStory): string =>
  oneLine(`${application}/${environment}: ${kind === "rollback" ? "emergency rollback " : ""}${wordOf(outcome)}`, 120);

function facts(story: DeploymentStory): string {
  const seconds = (time: number | undefined): string => (time === undefined ? "" : `${time.toFixed(1)} s`);
  const rows: readonly (readonly [string, string])[] = [
    ["What happened", story.verdict],
    ["Reason given", story.askedBecause ?? ""],
    ["Users see now", story.whatUsersSeeNow],
    [story.kind === "rollback" ? "Back to" : "New version", version(story.next)],
    [story.kind === "rollback" ? "Away from" : "Version before", version(story.previous)],
    ["When", `${dateTime(story.began)}, for ${formatDuration(story.ended - story.began)}`],
    ["Switch", seconds(story.switchSeconds)],
    ["Rollback", seconds(story.rollbackSeconds)],
    ["Who", story.actor ?? ""],
    ["Commit", story.commit ?? ""],
    ["Run", story.runUrl ?? ""],
    ["Deployment", story.deploymentId],
    ["Contacts", story.contacts ?? ""],
  ];
  return rows
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name.padEnd(width)}${oneLine(value, 1000)}`)
    .join("\n");
}

const version = (of: VersionStory | undefined): string =>
  of === undefined ? "" : [of.colour, shortArn(of.revision), of.image ?? ""].filter((part) => part !== "").join(" · ");

const part = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? "" : `${title}\n${lines.map((line) => `  ${line}`).join("\n")}`;
const list = (title: string, lines: readonly string[]): string =>
  part(
    title,
    lines.map((line) => `- ${oneLine(line, 1000)}`),
  );

const timeline = ({ phases }: DeploymentStory): string =>
  part(
    "Timeline (UTC)",
    phases.map(({ name, from, to, result, note }) => {
      const took = to === undefined ? "" : `  ${formatDuration(to - from)}`;
      return `${clockTime(from)}  ${oneLine(name, 40).padEnd(width)}${result}${took}${note === undefined ? "" : `  ${oneLine(note)}`}`;
    }),
  );

const stops = ({ stops: all }: DeploymentStory): string =>
  part(
    "Stopped tasks",
    all.map(({ at, task, revision, reason, exitCode }) =>
      [
        at === undefined ? "" : clockTime(at),
        oneLine(shortArn(task), 100),
        oneLine(shortArn(revision), 100),
        exitCode === undefined ? "" : `exit code ${exitCode}`,
        oneLine(reason),
      ]
        .filter((text) => text !== "")
        .join("  "),
    ),
  );

const lastLines = (lines: readonly string[], count: number): readonly string[] =>
  lines.slice(-count).map((line) => cut(plain(line).replace(/\s*\n\s*/g, " "), 400));

const events: Readonly<Partial<Record<StoryOutcome, NewsEvent>>> = { succeeded: "success", "rolled-back": "rollback" };

/** A story as news: what users see now first. Where it went wrong, the end of the first log comes along. */
export function newsOf(story: DeploymentStory): News {
  const tail = moodOf(story.outcome) === "good" && story.kind === "deployment" ? undefined : story.logs[0];
  const all: readonly (readonly [string, string])[] = [
    ["Users see now", story.whatUsersSeeNow],
    ["What happened", story.verdict],
    ["Reason given", story.askedBecause ?? ""],
    ["What to do next", story.whatToDoNext.join("\n")],
    [story.kind === "rollback" ? "Back to" : "New version", version(story.next)],
    [
      "Stopped tasks",
      story.stops
        .slice(-3)
        .map(({ reason, exitCode }) => `${oneLine(reason, 200)}${exitCode === undefined ? "" : ` (exit code ${exitCode})`}`)
        .join("\n"),
    ],
    ["Last log lines", tail === undefined ? "" : lastLines(tail.lines, 8).join("\n")],
    ["Contacts", story.contacts ?? ""],
  ];
  return { event: events[story.outcome] ?? "failure", title: titleOf(story), facts: all.filter(([, value]) => value !== "") };
}
