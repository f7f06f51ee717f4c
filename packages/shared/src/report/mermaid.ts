import { asCodeBlock, forMermaid } from "../text/sanitise.ts";
import { type ByColour, clockTime, type DeploymentStory, type PhaseStory, type TrafficPoint } from "./model.ts";
import { errorRate, resample, spanOf } from "./series.ts";

// Diagrams as GitHub draws them in a summary: https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/creating-diagrams
// The names of diagrams and settings are those that Mermaid has had since 10.6, so older GitHub Enterprise servers draw them too.

/** The lines of blue and green; readable on white and on black. */
const palette = "#3b82f6, #22a35a";

/** So many points fit a summary's width. */
const points = 40;

const kinds: Readonly<Record<PhaseStory["result"], string>> = { done: "", failed: "crit, ", running: "active, ", skipped: "done, " };

/** The phases as bars over time, or nothing where there is none. Times are UTC. */
export function timelineDiagram({ phases, ended }: Pick<DeploymentStory, "phases" | "ended">): string {
  if (phases.length === 0) return "";
  // Mermaid reads and shows times in the reader's own zone: a time without a zone comes out as it was written.
  const stamp = (at: number): string => new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ");
  const bars = phases.map(({ name, from, to, result }) => {
    // A bar shorter than a second would be nothing at all.
    const until = Math.max(to ?? ended, from + 1);
    return `    ${forMermaid(name, 30)} :${kinds[result]}${stamp(from)}, ${stamp(until)}`;
  });
  return asCodeBlock(
    ["gantt", "    dateFormat YYYY-MM-DD HH:mm:ss", "    axisFormat %H:%M:%S", "    section UTC", ...bars].join("\n"),
    "mermaid",
  );
}

/** Requests and error rate by colour over time, or nothing where none were seen. */
export function trafficDiagrams({ traffic, began, ended }: Pick<DeploymentStory, "traffic" | "began" | "ended">): readonly string[] {
  const all = [...traffic.blue, ...traffic.green].sort((one, other) => one.at - other.at);
  if (!all.some(({ requests }) => (requests ?? 0) > 0)) return [];
  const [from, to] = spanOf(all, began, ended);
  // No more points than were measured: an empty stretch between two measurements would look like a gap in the traffic.
  const measured = Math.ceil((to - from) / Math.max(...all.map(({ length }) => length), 1));
  const count = Math.max(2, Math.min(points, measured));
  const at: ByColour<readonly TrafficPoint[]> = {
    blue: resample(traffic.blue, from, to, count),
    green: resample(traffic.green, from, to, count),
  };
  const perSecond = (point: TrafficPoint): number => (point.requests ?? 0) / point.length;
  const rates = [...at.blue, ...at.green].map((point) => errorRate(point) ?? 0);
  const requests = chart("Requests per second", from, to, [at.blue.map(perSecond), at.green.map(perSecond)]);
  if (Math.max(...rates) === 0) return [requests];
  const errors = chart(
    "Failed requests in percent",
    from,
    to,
    [at.blue, at.green].map((line) => line.map((point) => errorRate(point) ?? 0)),
  );
  return [requests, errors];
}

function chart(title: string, from: number, to: number, lines: readonly (readonly number[])[]): string {
  const highest = Math.max(...lines.flat());
  const top = highest === 0 ? 1 : round(highest * 1.1);
  const text = [
    `%%{init: {"xyChart": {"height": 260, "width": 900}, "themeVariables": {"xyChart": {"plotColorPalette": "${palette}"}}}}%%`,
    "xychart-beta",
    `    title "${title}"`,
    `    x-axis "minutes since ${clockTime(from)} UTC" 0 --> ${round((to - from) / 60)}`,
    `    y-axis 0 --> ${top}`,
    ...lines.map((line) => `    line [${line.map(round).join(", ")}]`),
  ];
  return asCodeBlock(text.join("\n"), "mermaid");
}

/** Three digits are enough for a picture. */
const round = (value: number): number => Number(value.toPrecision(3));
