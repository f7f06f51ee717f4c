import type { PlotData } from "./plots.ts";

// What runs in the reader's browser. The page carries it as text (assets/page.ts, by npm run docs), so it may use nothing but its arguments,
// and the types below are the little that it needs of the browser: the rest of the package must not see any.

interface Element {
  readonly clientWidth: number;
  textContent: string | null;
  className: string;
  append(...children: readonly Element[]): void;
}

interface Drawing {
  fillStyle: string;
  font: string;
  textBaseline: string;
  textAlign: string;
  save(): void;
  restore(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
}

interface Chart {
  readonly ctx: Drawing;
  readonly bbox: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  valToPos(value: number, scale: string, canvas: boolean): number;
  setSize(size: { readonly width: number; readonly height: number }): void;
  redraw(rebuildPaths: boolean, recalculateAxes: boolean): void;
}

interface UPlot {
  new (options: object, data: readonly (readonly (number | null)[])[], target: Element): Chart;
  /** Pixels of the canvas in one of the page. */
  readonly pxRatio: number;
  tzDate(date: Date, zone: string): Date;
  fmtDate(pattern: string): (date: Date) => string;
  readonly paths: { stepped(options: object): unknown };
}

interface Page {
  readonly document: {
    getElementById(id: string): Element | null;
    createElement(name: string): Element;
    readonly documentElement: Element;
  };
  matchMedia(query: string): { addEventListener(event: string, listener: () => void): void };
  getComputedStyle(element: Element): { getPropertyValue(name: string): string };
  addEventListener(event: string, listener: () => void): void;
}

/** Draws every plot, one below the other, with one time axis and one cursor. */
export function drawPlots(page: Page, Plot: UPlot): void {
  const holder = page.document.getElementById("plots");
  const data = JSON.parse(page.document.getElementById("data")?.textContent ?? "null") as PlotData | null;
  if (holder === null || data === null) return;
  const colour = (name: string) => () => page.getComputedStyle(page.document.documentElement).getPropertyValue(`--${name}`).trim();
  const time = Plot.fmtDate("{HH}:{mm}:{ss}");
  const minutes = Plot.fmtDate("{HH}:{mm}");
  const clock = (_: unknown, stamps: readonly number[], __: number, ___: number, step: number) =>
    stamps.map((stamp) => (step < 60 ? time : minutes)(Plot.tzDate(new Date(stamp * 1000), "Etc/UTC")));
  const size = (width: number) => ({ width: Math.max(260, width), height: 190 });

  const markBands = (chart: Chart): void => {
    const { ctx, bbox } = chart;
    const scale = Plot.pxRatio;
    ctx.save();
    ctx.font = `${11 * scale}px system-ui, sans-serif`;
    ctx.textBaseline = "top";
    ctx.textAlign = "left";
    data.bands.forEach((band, index) => {
      const left = Math.max(bbox.left, chart.valToPos(band.from, "x", true));
      const right = Math.min(bbox.left + bbox.width, chart.valToPos(band.to, "x", true));
      if (right <= left) return;
      ctx.fillStyle = colour(band.failed ? "band-failed" : index % 2 === 0 ? "band" : "band-other")();
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.fillStyle = colour("muted")();
      ctx.fillRect(left, bbox.top, scale, bbox.height);
      if (ctx.measureText(band.name).width + 8 * scale < right - left) ctx.fillText(band.name, left + 4 * scale, bbox.top + 3 * scale);
    });
    ctx.restore();
  };

  const charts = data.plots.map((plot) => {
    const title = page.document.createElement("h3");
    title.textContent = `${plot.title} (${plot.unit})`;
    const box = page.document.createElement("div");
    box.className = "plot";
    holder.append(title, box);
    const axis = {
      stroke: colour("ink"),
      grid: { stroke: colour("grid"), width: 1 },
      ticks: { stroke: colour("grid"), width: 1 },
      font: "11px system-ui, sans-serif",
    };
    const options = {
      ...size(box.clientWidth),
      tzDate: (stamp: number) => Plot.tzDate(new Date(stamp * 1000), "Etc/UTC"),
      cursor: { sync: { key: "time" }, drag: { x: true, y: false } },
      scales: {
        x: { time: true, range: (_: unknown, from: number, to: number) => (to > from ? [from, to] : [data.from, data.to]) },
        y: { range: (_: unknown, __: number, to: number | null) => [0, Math.max(plot.atLeast, (to ?? 0) * 1.15)] },
      },
      axes: [
        { ...axis, values: clock },
        { ...axis, size: 56 },
      ],
      series: [
        {
          label: "Time (UTC)",
          value: (_: unknown, stamp: number | null) => (stamp === null ? "–" : time(Plot.tzDate(new Date(stamp * 1000), "Etc/UTC"))),
        },
        ...plot.lines.map((line) => ({
          label: line.label,
          stroke: colour(line.kind),
          width: plot.shape === "points" ? 0 : 2,
          // Told apart without colours too, on paper for example.
          ...(line.kind === "green" ? { dash: [7, 4] } : {}),
          ...(plot.shape === "step" ? { paths: Plot.paths.stepped({ align: 1 }) } : {}),
          points: {
            show: plot.shape === "points" ? true : undefined,
            size: line.kind === "failed" ? 7 : 4,
            fill: colour(line.kind),
            stroke: colour(line.kind),
          },
          value: (_: unknown, value: number | null) => (value === null ? "–" : `${Number(value.toPrecision(3))} ${plot.unit}`),
        })),
      ],
      hooks: { drawClear: [markBands] },
    };
    const chart = new Plot(options, [[data.from, ...plot.times, data.to], ...plot.lines.map(({ values }) => [null, ...values, null])], box);
    return { chart, box };
  });

  const fit = (width?: number): void => {
    for (const { chart, box } of charts) chart.setSize(size(width ?? box.clientWidth));
  };
  page.addEventListener("resize", () => fit());
  // Paper is as wide as A4 allows, and always light.
  page.addEventListener("beforeprint", () => fit(660));
  page.addEventListener("afterprint", () => fit());
  for (const query of ["(prefers-color-scheme: dark)", "print"]) {
    page.matchMedia(query).addEventListener("change", () => {
      for (const { chart } of charts) chart.redraw(false, true);
    });
  }
}
