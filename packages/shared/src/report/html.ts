import { createHash } from "node:crypto";
import { cut, forHtml, forScriptJson, oneLine, plain } from "../text/sanitise.ts";
import { formatDuration } from "../units.ts";
import { pageScript } from "./assets/page.ts";
import { uplotScript, uplotStyle } from "./assets/uplot.ts";
import { clockTime, type DeploymentStory, dateTime, moodOf, type TrafficPoint, type VersionStory, wordOf } from "./model.ts";
import { plotsOf } from "./plots.ts";
import { errorRate } from "./series.ts";
import { reportStyle } from "./style.ts";
import { shortArn } from "./summary.ts";

/** Lines of one log that the report shows, at most. */
const logLines = 500;
/** Rows of one table, at most: a browser must not choke on a deployment of a day. */
const tableRows = 1500;

/**
 * The report of a deployment or a rollback as one HTML file that needs nothing else: no network, no other file. Its content security
 * policy allows the two scripts and the one style in it, by their hashes, and nothing more.
 */
export function htmlReport(story: DeploymentStory): string {
  const style = `${uplotStyle}\n${reportStyle}`;
  const scripts = [uplotScript, `${pageScript}\ndrawPlots(window, uPlot);`];
  const title = `${story.application}/${story.environment}: ${story.kind === "rollback" ? "emergency rollback " : ""}${wordOf(story.outcome)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(scripts, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${forHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${[header(story, title), figures(story), nextSteps(story), byHand(story), evidence(story), stops(story), logs(story), plots(story), timeline(story), changes(story), notes(story), traffic(story), events(story), footer(story)].filter((part) => part !== "").join("\n")}
<script type="application/json" id="data">${forScriptJson(plotsOf(story))}</script>
${scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
}

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const policy = (scripts: readonly string[], style: string): string =>
  `default-src 'none'; script-src ${scripts.map(hash).join(" ")}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;

// --- small parts

const section = (title: string, body: string): string => (body === "" ? "" : `<section><h2>${forHtml(title)}</h2>\n${body}</section>`);
const code = (text: string, limit = 500): string => `<code>${forHtml(oneLine(text, limit))}</code>`;
const block = (text: string): string => `<pre><code>${forHtml(text)}</code></pre>`;
const list = (tag: "ol" | "ul", lines: readonly string[]): string =>
  lines.length === 0 ? "" : `<${tag}>${lines.map((line) => `<li>${withCode(line)}</li>`).join("")}</${tag}>`;

/** Text of ours may hold commands between backquotes, which are shown as code. */
const withCode = (text: string): string =>
  plain(text)
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? code(part, 2000) : forHtml(part)))
    .join("");

interface Column {
  readonly title: string;
  readonly number?: boolean;
}

/** A table that scrolls by itself where the screen is narrow. Cells are HTML already; undefined ones say that nothing is known. */
function table(
  columns: readonly Column[],
  rows: readonly { readonly cells: readonly (string | undefined)[]; readonly failed?: boolean }[],
): string {
  if (rows.length === 0) return "";
  const attribute = (index: number): string => (columns[index]?.number === true ? ' class="number"' : "");
  const head = columns.map(({ title }, index) => `<th scope="col"${attribute(index)}>${forHtml(title)}</th>`).join("");
  const shown = rows.slice(0, tableRows);
  const body = shown.map(
    ({ cells, failed }) =>
      `<tr${failed === true ? ' class="failed"' : ""}>${cells.map((cell, index) => `<td${attribute(index)}>${cell ?? "–"}</td>`).join("")}</tr>`,
  );
  const rest = rows.length > shown.length ? `<p>${rows.length - shown.length} further rows are left out.</p>` : "";
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>${rest}`;
}

// --- the parts of the report, in their order

function header(story: DeploymentStory, title: string): string {
  const [place, outcome] = [`${story.application}/${story.environment}`, title.slice(`${story.application}/${story.environment}: `.length)];
  return `<header class="${moodOf(story.outcome)}"><h1>${forHtml(oneLine(place))}: <span class="outcome">${forHtml(outcome)}</span></h1>
<p class="verdict">${forHtml(oneLine(story.verdict, 1000))}</p></header>`;
}

function figures(story: DeploymentStory): string {
  const seconds = (value: number | undefined): string | undefined => (value === undefined ? undefined : `${value.toFixed(1)} s`);
  const all = [...story.traffic.blue, ...story.traffic.green];
  const total = (of: (point: TrafficPoint) => number | undefined): string | undefined => {
    const known = all.map(of).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((one, other) => one + other, 0).toLocaleString("en-GB");
  };
  const given: readonly (readonly [string, string | undefined, "wide"?])[] = [
    ["Users see now", forHtml(oneLine(story.whatUsersSeeNow)), "wide"],
    ["Reason given", story.askedBecause && forHtml(oneLine(story.askedBecause)), "wide"],
    [story.kind === "rollback" ? "Back to" : "New version", story.next && version(story.next), "wide"],
    [story.kind === "rollback" ? "Away from" : "Version before", story.previous && version(story.previous), "wide"],
    ["Took", formatDuration(story.ended - story.began)],
    ["Switch", seconds(story.switchSeconds)],
    ["Rollback", seconds(story.rollbackSeconds)],
    ["Requests", total((point) => point.requests)],
    ["Failed requests", total((point) => point.errors)],
    ["Contacts", story.contacts && forHtml(oneLine(story.contacts)), "wide"],
  ];
  const shown = given.filter(([, value]) => value !== undefined && value !== "");
  return `<dl class="figures">${shown.map(([name, value, wide]) => `<div${wide === undefined ? "" : ' class="wide"'}><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
}

const version = ({ colour, revision, image }: VersionStory): string =>
  [forHtml(colour), code(shortArn(revision)), image === undefined ? "" : code(image)].filter((part) => part !== "").join(" ");

const nextSteps = ({ whatToDoNext }: DeploymentStory): string => section("What to do next", list("ol", whatToDoNext));

function byHand({ byHand: lines }: DeploymentStory): string {
  return lines.length === 0
    ? ""
    : section("Put traffic back by hand", `<p>With the AWS CLI, also while GitHub is down:</p>${block(lines.join("\n"))}`);
}

const evidence = ({ evidence: lines }: DeploymentStory): string => section("What the verdict rests on", list("ul", lines));

function stops({ stops: all }: DeploymentStory): string {
  const rows = all.map(({ at, task, revision, reason, exitCode }) => ({
    cells: [
      at === undefined ? undefined : clockTime(at),
      code(task),
      code(shortArn(revision)),
      exitCode === undefined ? undefined : String(exitCode),
      forHtml(oneLine(reason)),
    ],
  }));
  return section(
    "Stopped tasks",
    table(
      [{ title: "Time (UTC)" }, { title: "Task" }, { title: "Revision" }, { title: "Exit code", number: true }, { title: "Reason" }],
      rows,
    ),
  );
}

function logs({ logs: all }: DeploymentStory): string {
  const tails = all
    .filter(({ lines }) => lines.length > 0)
    .map(({ source, lines }) => {
      const shown = lines.slice(-logLines).map((line) => cut(plain(line).replace(/\s*\n\s*/g, " "), 2000));
      return `<h3>${forHtml(oneLine(source))}</h3>${block(shown.join("\n"))}`;
    });
  return section("Last log lines", tails.join("\n"));
}

function plots(story: DeploymentStory): string {
  if (plotsOf(story).plots.length === 0) return "";
  const hint = "Times are UTC. Shaded: the phases, red where one failed. Drag over a plot to look closer, double-click to go back.";
  return section(
    "Traffic",
    `<p>${hint}</p><div id="plots"></div><noscript><p>The plots need JavaScript; the figures are in the tables below.</p></noscript>`,
  );
}

function timeline({ phases }: DeploymentStory): string {
  const rows = phases.map(({ name, from, to, result, note }) => ({
    cells: [
      clockTime(from),
      forHtml(name),
      to === undefined ? undefined : formatDuration(to - from),
      result,
      forHtml(note === undefined ? "" : oneLine(note)),
    ],
    failed: result === "failed",
  }));
  return section(
    "Timeline",
    table([{ title: "Begin (UTC)" }, { title: "Phase" }, { title: "Took", number: true }, { title: "Result" }, { title: "" }], rows),
  );
}

function changes({ changes: all }: DeploymentStory): string {
  const rows = all.map(({ change, where, from, to }) => ({ cells: [change, code(where), from && code(from), to && code(to)] }));
  return section("Task definition", table([{ title: "" }, { title: "Where" }, { title: "Before" }, { title: "After" }], rows));
}

const notes = ({ notes: lines }: DeploymentStory): string => section("Notes", list("ul", lines));

function traffic({ traffic: seen }: DeploymentStory): string {
  const points = (["blue", "green"] as const).flatMap((colour) => seen[colour].map((point) => ({ colour, point })));
  const rows = points
    .sort((one, other) => one.point.at - other.point.at)
    .map(({ colour, point }) => ({
      cells: [
        clockTime(point.at),
        colour,
        number(point.weight, 0, " %"),
        number(point.requests, 0),
        number(point.errors, 0),
        number(errorRate(point), 1, " %"),
        number(point.responseTime, 3, " s"),
      ],
    }));
  const columns = ["Share", "Requests", "Errors", "Error rate", "Response time"].map((title) => ({ title, number: true }));
  const body = table([{ title: "Time (UTC)" }, { title: "Colour" }, ...columns], rows);
  return body === "" ? "" : `<details><summary>Traffic in figures</summary>${body}</details>`;
}

const number = (value: number | undefined, digits: number, unit = ""): string | undefined =>
  value === undefined ? undefined : `${value.toFixed(digits)}${unit}`;

function events({ events: all }: DeploymentStory): string {
  const body = table(
    [{ title: "Time (UTC)" }, { title: "Event" }],
    all.map(({ at, text }) => ({ cells: [clockTime(at), forHtml(oneLine(text))] })),
  );
  return body === "" ? "" : `<details><summary>Events (${all.length})</summary>${body}</details>`;
}

function footer({ deploymentId, began, ended, actor, commit, runUrl }: DeploymentStory): string {
  const run = runUrl !== undefined && /^https:\/\//.test(runUrl) ? `<a href="${forHtml(runUrl)}" rel="noreferrer">this run</a>` : "";
  const parts = [
    deploymentId && code(deploymentId),
    `${dateTime(began)} to ${dateTime(ended)}`,
    actor && forHtml(oneLine(actor)),
    commit && code(commit),
    run,
  ];
  return `<footer>${parts.filter((part) => part !== undefined && part !== "").join(" · ")}</footer>`;
}
