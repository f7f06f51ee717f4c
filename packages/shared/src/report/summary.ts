import { asCode, asCodeBlock, cut, forMarkdown, oneLine, plain } from "../text/sanitise.ts";
import { formatDuration, type Seconds } from "../units.ts";
import { cell, fold, link, paragraphs, raw, table } from "./markdown.ts";
import { timelineDiagram, trafficDiagrams } from "./mermaid.ts";
import { badgeOf, clockTime, type DeploymentStory, dateTime, moodOf, type TrafficPoint, type VersionStory, wordOf } from "./model.ts";
import { errorRate, resample, spanOf } from "./series.ts";

/** Rows of the table of traffic, at most. */
const trafficRows = 30;
const logLines = 60;

/**
 * The job summary of a deployment or a rollback, for the engineer who opens the failed run at night: the verdict first, then what
 * users see, what to do, and the lines that put traffic back by hand; everything else below.
 */
export function summaryMarkdown(story: DeploymentStory): string {
  return paragraphs([
    `## ${headline(story)}`,
    `**${forMarkdown(story.verdict, 1000)}**`,
    facts(story),
    nextSteps(story),
    byHand(story),
    evidence(story),
    stopsAndLogs(story),
    timeline(story),
    trafficSection(story),
    changesTable(story),
    list("Notes", story.notes),
    events(story),
  ]);
}

/** `❌ shop/staging: rolled back` */
export const headline = ({ outcome, application, environment, kind }: DeploymentStory): string =>
  `${badgeOf(outcome)} ${forMarkdown(`${application}/${environment}`)}: ${kind === "rollback" ? "emergency rollback " : ""}${wordOf(outcome)}`;

function facts(story: DeploymentStory): string {
  const { next, previous, began, ended, switchSeconds, rollbackSeconds, runUrl, actor, commit, askedBecause } = story;
  const seconds = (time: Seconds | undefined) => (time === undefined ? undefined : `${time.toFixed(1)} s`);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["Users see now", `**${cell(story.whatUsersSeeNow)}**`],
    ["Reason given", askedBecause && cell(askedBecause)],
    [story.kind === "rollback" ? "Back to" : "New version", next && version(next)],
    [story.kind === "rollback" ? "Away from" : "Version before", previous && version(previous)],
    ["Switch", seconds(switchSeconds)],
    ["Rollback", seconds(rollbackSeconds)],
    ["When", `${dateTime(began)}, for ${formatDuration(ended - began)}`],
    ["Deployment", story.deploymentId && asCode(story.deploymentId)],
    ["By", [actor && cell(actor), commit && asCode(commit.slice(0, 12)), runUrl && link("this run", runUrl)].filter(Boolean).join(" · ")],
    ["Contacts", story.contacts && cell(story.contacts)],
  ];
  const given = rows.filter((row): row is readonly [string, string] => row[1] !== undefined && row[1] !== "");
  return table(
    ["", ""],
    given.map(([name, markdown]) => [name, raw(markdown)]),
  );
}

const version = ({ colour, revision, image }: VersionStory): string =>
  [colour, asCode(shortArn(revision)), image === undefined ? "" : asCode(image, 200)].filter((part) => part !== "").join(" · ");

/** `shop:42` of a task definition's ARN. */
export const shortArn = (arn: string): string => arn.split("/").at(-1) ?? arn;

const nextSteps = ({ whatToDoNext }: DeploymentStory): string | undefined =>
  whatToDoNext.length === 0
    ? undefined
    : `### What to do next\n\n${whatToDoNext.map((step, index) => `${index + 1}. ${withCommands(step)}`).join("\n")}`;

/** Text of ours may hold commands between backquotes, which are shown as code. */
export function withCommands(text: string): string {
  return oneLine(text, 2000)
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? asCode(part, 1000) : spaced(part)))
    .join("");
}

/** The sanitiser takes away the spaces at both ends, which separate a text from the code beside it. */
const spaced = (text: string): string => `${/^\s/.test(text) ? " " : ""}${forMarkdown(text, 2000)}${/\S\s$/.test(text) ? " " : ""}`;

function byHand({ byHand: lines, outcome }: DeploymentStory): string | undefined {
  if (lines.length === 0) return undefined;
  const body = `With the AWS CLI, also while GitHub is down:\n\n${asCodeBlock(lines.join("\n"), "sh")}`;
  const title = "Put traffic back by hand";
  // After a success nobody needs the lines today; after anything else they must be seen at once.
  return moodOf(outcome) === "good" ? fold(title, body) : `### ${title}\n\n${body}`;
}

const list = (title: string, lines: readonly string[]): string | undefined =>
  lines.length === 0 ? undefined : `### ${title}\n\n${lines.map((line) => `- ${withCommands(line)}`).join("\n")}`;

const evidence = ({ evidence: lines }: DeploymentStory): string | undefined => list("What the verdict rests on", lines);

function stopsAndLogs({ stops, logs }: DeploymentStory): string | undefined {
  const rows = stops.map(({ at, task, revision, reason, exitCode }) => [
    at === undefined ? undefined : clockTime(at),
    raw(asCode(task.slice(-12))),
    raw(asCode(shortArn(revision))),
    exitCode,
    reason,
  ]);
  const tails = logs.filter(({ lines }) => lines.length > 0).map(({ source, lines }) => logTail(source, lines));
  return paragraphs([
    rows.length === 0 ? undefined : `### Stopped tasks\n\n${table(["Time (UTC)", "Task", "Revision", "Exit code", "Reason"], rows)}`,
    tails.length === 0 ? undefined : `### Last log lines\n\n${tails.join("\n\n")}`,
  ]);
}

function logTail(source: string, lines: readonly string[]): string {
  const shown = lines.slice(-logLines).map((line) => cut(plain(line).replace(/\s*\n\s*/g, " "), 400));
  return `${asCode(source)}\n\n${asCodeBlock(shown.join("\n"), "text")}`;
}

function timeline(story: DeploymentStory): string | undefined {
  if (story.phases.length === 0) return undefined;
  const marks = { done: "✔", failed: "✖", running: "…", skipped: "–" } as const;
  const rows = story.phases.map(({ name, from, to, result, note }) => [
    clockTime(from),
    raw(`${marks[result]} ${cell(name)}`),
    to === undefined ? undefined : formatDuration(to - from),
    note,
  ]);
  return paragraphs(["### Timeline", timelineDiagram(story), fold("Phases in figures", table(["Begin (UTC)", "Phase", "Took", ""], rows))]);
}

function trafficSection(story: DeploymentStory): string | undefined {
  const diagrams = trafficDiagrams(story);
  if (diagrams.length === 0) return undefined;
  return paragraphs([
    "### Traffic",
    "The blue line is blue, the green line green; where nothing was measured a line is at 0, and the table says –.",
    ...diagrams,
    fold("Traffic in figures", trafficTable(story)),
  ]);
}

/** Traffic of both colours in at most 30 rows. */
export function trafficTable({ traffic, began, ended }: Pick<DeploymentStory, "traffic" | "began" | "ended">): string {
  const all = [...traffic.blue, ...traffic.green].sort((one, other) => one.at - other.at);
  const [from, to] = spanOf(all, began, ended);
  const step = Math.max((to - from) / trafficRows, ...all.slice(0, 1).map(({ length }) => length), 1);
  const count = Math.max(1, Math.ceil((to - from) / step));
  const [blue, green] = [resample(traffic.blue, from, to, count), resample(traffic.green, from, to, count)];
  const rows = blue.map((point, index) => [clockTime(point.at), ...figures(point), ...figures(green[index])]);
  return table(["Time (UTC)", ...["blue", "green"].flatMap((colour) => [`${colour} share`, "requests", "errors", "response time"])], rows);
}

function figures(point: TrafficPoint | undefined): readonly (string | undefined)[] {
  const rate = point === undefined ? undefined : errorRate(point);
  return [
    point?.weight === undefined ? undefined : `${Math.round(point.weight)} %`,
    point?.requests === undefined ? undefined : String(point.requests),
    point?.errors === undefined ? undefined : `${point.errors}${rate === undefined ? "" : ` (${rate.toFixed(1)} %)`}`,
    point?.responseTime === undefined ? undefined : `${point.responseTime.toFixed(3)} s`,
  ];
}

function changesTable({ changes }: DeploymentStory): string | undefined {
  if (changes.length === 0) return undefined;
  return `### Task definition\n\n${differenceTable(changes)}`;
}

/** Differences of a task definition by name. */
export const differenceTable = (changes: DeploymentStory["changes"]): string =>
  table(
    ["", "Where", "Before", "After"],
    changes.map(({ where, change, from, to }) =>
      [change, raw(asCode(where)), from && raw(asCode(from, 200)), to && raw(asCode(to, 200))].map((one) => one || undefined),
    ),
  );

function events({ events: all }: DeploymentStory): string | undefined {
  if (all.length === 0) return undefined;
  const rows = all.slice(-50).map(({ at, text }) => [clockTime(at), text]);
  return fold(`Events (${all.length})`, table(["Time (UTC)", ""], rows));
}
