import type { Instant } from "../units.ts";
import type { DeploymentStory, ProbeSeries, StoryColour, TrafficPoint } from "./model.ts";
import { errorRate, spanOf } from "./series.ts";

/** How a line is drawn; the page turns it into colours and dashes. */
export type LineKind = StoryColour | "passed" | "failed";

/** One line of a plot; undefined values are gaps. */
export interface Line {
  readonly label: string;
  readonly kind: LineKind;
  readonly values: readonly (number | null)[];
}

/** One plot over the common time axis. */
export interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly times: readonly Instant[];
  readonly lines: readonly Line[];
  /** `step`: a value holds until the next one. `points`: each stands alone. */
  readonly shape: "line" | "step" | "points";
  /** The axis reaches at least so far. */
  readonly atLeast: number;
}

/** A stretch of time that is marked in every plot. */
export interface Band {
  readonly name: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly failed: boolean;
}

/** Everything that the page draws. */
export interface PlotData {
  readonly from: Instant;
  readonly to: Instant;
  readonly bands: readonly Band[];
  readonly plots: readonly Plot[];
}

const sides = ["blue", "green"] as const;

/** The plots of a story: share, requests, errors and response time by colour, health checks. Only those for which something was seen. */
export function plotsOf(story: DeploymentStory): PlotData {
  const all = sides.flatMap((colour) => story.traffic[colour]).sort((one, other) => one.at - other.at);
  const [from, to] = spanOf(all, story.began, story.ended);
  const plots = [
    trafficPlot(story, "Share of new connections", "%", "step", 100, ({ weight }) => weight),
    trafficPlot(story, "Requests", "/s", "line", 1, ({ requests, length }) => (requests === undefined ? undefined : requests / length)),
    trafficPlot(story, "Failed requests", "%", "line", 1, errorRate),
    trafficPlot(story, "Response time", "s", "line", 0.01, ({ responseTime }) => responseTime),
    ...story.probes.map(probePlot),
  ];
  const bands = story.phases.map(({ name, from: begin, to: end, result }) => ({
    name,
    from: begin,
    to: end ?? to,
    failed: result === "failed",
  }));
  return { from, to, bands, plots: plots.filter(({ lines }) => lines.some(({ values }) => values.some((value) => value !== null))) };
}

function trafficPlot(
  { traffic }: DeploymentStory,
  title: string,
  unit: string,
  shape: Plot["shape"],
  atLeast: number,
  value: (point: TrafficPoint) => number | undefined,
): Plot {
  // A count belongs to its stretch of time: its point stands in the middle, a share at the begin, where it came into force.
  const time = ({ at, length }: TrafficPoint): Instant => (shape === "step" ? at : at + length / 2);
  const begins = sides.flatMap((colour) => traffic[colour].map(time));
  // The last share holds until its stretch is over.
  const ends = shape === "step" ? sides.flatMap((colour) => traffic[colour].slice(-1).map(({ at, length }) => at + length)) : [];
  const times = [...new Set([...begins, ...ends])].sort((one, other) => one - other);
  const lines = sides.map((colour) => {
    const known = new Map(traffic[colour].map((point) => [time(point), value(point)]));
    const last = traffic[colour].at(-1);
    if (shape === "step" && last !== undefined) known.set(last.at + last.length, value(last));
    return { label: colour, kind: colour, values: times.map((at) => digits(known.get(at))) };
  });
  return { title, unit, times, lines, shape, atLeast };
}

function probePlot({ check, points }: ProbeSeries): Plot {
  const only = (ok: boolean): readonly (number | null)[] => points.map((point) => (point.ok === ok ? digits(point.latency) : null));
  return {
    title: `Health check ${check}`,
    unit: "s",
    times: points.map(({ at }) => at),
    lines: [
      { label: "passed", kind: "passed", values: only(true) },
      { label: "failed", kind: "failed", values: only(false) },
    ],
    shape: "points",
    atLeast: 0.01,
  };
}

/** Four digits are more than anyone sees, and keep the file small. */
const digits = (value: number | undefined): number | null => (value === undefined ? null : Number(value.toPrecision(4)));
