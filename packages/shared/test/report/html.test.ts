import { createHash } from "node:crypto";
import { createContext, runInContext } from "node:vm";
import fc from "fast-check";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { pageScript } from "../../src/report/assets/page.ts";
import { htmlReport } from "../../src/report/html.ts";
import type { DeploymentStory } from "../../src/report/model.ts";
import { drawPlots } from "../../src/report/page.ts";
import { type PlotData, plotsOf } from "../../src/report/plots.ts";
import { bare, rolledBack, start, succeeded, withTexts } from "./stories.ts";

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

function elements(html: string): readonly Element[] {
  const found: Element[] = [];
  const walk = (node: Node): void => {
    if ("tagName" in node) found.push(node);
    if ("childNodes" in node) for (const child of node.childNodes) walk(child);
  };
  walk(parse(html));
  return found;
}

const text = (element: Element): string => element.childNodes.map((node) => ("value" in node ? node.value : "")).join("");
const attribute = (element: Element, name: string): string | undefined => element.attrs.find((one) => one.name === name)?.value;
/** Which elements there are, with which attributes; code is left out, since commands in our own texts become code. */
const skeleton = (html: string): readonly string[] =>
  elements(html)
    .filter(({ tagName }) => tagName !== "code")
    .map(({ tagName, attrs }) => `${tagName} ${attrs.map(({ name }) => name).join(" ")}`);

const hostile = [
  "</script><script>alert(1)</script>",
  "</style><img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  "<!-- ",
  "]]>",
  "javascript:alert(1)",
  "::error::x",
  "##[error]",
  "\u001b[31m",
  "\u202e",
  "</pre></code>",
  "&lt;script&gt;",
  "\u2028",
  "\0",
  "`<b>`",
  "{{7*7}}",
  "</title>",
];

describe("the HTML report", () => {
  test("says what matters before anything else", () => {
    const html = htmlReport(rolledBack);
    const order = [
      "rolled back</span>",
      "31.4 % of 18,204 requests failed",
      "blue (shop:41), as before",
      "What to do next",
      "aws elbv2 modify-listener",
      "Stopped tasks",
      'id="plots"',
    ];
    const places = order.map((part) => html.indexOf(part));
    expect(places).not.toContain(-1);
    expect([...places].sort((one, other) => one - other)).toEqual(places);
  });

  test("allows exactly the scripts and the style that it holds, and needs nothing from outside", () => {
    const all = elements(htmlReport(rolledBack));
    const policy =
      all
        .map((element) => (attribute(element, "http-equiv") === "Content-Security-Policy" ? attribute(element, "content") : undefined))
        .find(Boolean) ?? "";
    const hashes = (tag: string): readonly string[] =>
      all
        .filter((element) => element.tagName === tag && attribute(element, "type") === undefined)
        .map((element) => `'sha256-${createHash("sha256").update(text(element)).digest("base64")}'`);
    expect(policy).toBe(
      `default-src 'none'; script-src ${hashes("script").join(" ")}; style-src ${hashes("style").join(" ")}; base-uri 'none'; form-action 'none'`,
    );
    expect(hashes("script")).toHaveLength(2);
    expect(
      all.filter((element) => ["src", "srcset", "style", "data", "background"].some((name) => attribute(element, name) !== undefined)),
    ).toEqual([]);
    expect(all.filter((element) => element.attrs.some(({ name }) => name.startsWith("on")))).toEqual([]);
    expect(all.filter((element) => attribute(element, "href") !== undefined).map((element) => attribute(element, "href"))).toEqual([
      rolledBack.runUrl,
    ]);
  });

  test("keeps the same elements and attributes whatever the texts are", () => {
    const expected = skeleton(htmlReport(withTexts(rolledBack, "x")));
    for (const one of hostile) expect(skeleton(htmlReport(withTexts(rolledBack, `x${one}`)))).toEqual(expected);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...hostile, "a", " ", "<", ">", "`"), { minLength: 1, maxLength: 5 }), (parts) => {
        expect(skeleton(htmlReport(withTexts(rolledBack, `x${parts.join("")}`)))).toEqual(expected);
      }),
      { seed: 11, numRuns: 40 },
    );
  });

  test("the check sees an element that gets through", () => {
    expect(skeleton("<p>x</p>")).not.toEqual(skeleton("<p><img src=x></p>"));
  });

  test("a run's address is a link only over https", () => {
    expect(htmlReport({ ...rolledBack, runUrl: "javascript:alert(1)" })).not.toContain("<a href");
  });

  test("says little where little is known, and leaves out what is empty", () => {
    const html = htmlReport(bare);
    expect(html).toContain("The cluster shop-staging does not exist.");
    const visible = html.replace(/<script[^>]*>.*?<\/script>/gs, "");
    expect(visible).not.toContain("<h2>");
    expect(visible).not.toMatch(/undefined|NaN/);
  });

  test("stays below 3 MB for a deployment of a day with full logs", () => {
    const long: DeploymentStory = {
      ...rolledBack,
      ended: start + 86_400,
      traffic: {
        blue: Array.from({ length: 1440 }, (_, index) => ({
          at: start + index * 60,
          length: 60,
          requests: 123_456,
          errors: 12,
          responseTime: 0.123456789,
          weight: 50,
        })),
        green: Array.from({ length: 1440 }, (_, index) => ({
          at: start + index * 60,
          length: 60,
          requests: 123_456,
          errors: 12,
          responseTime: 0.123456789,
          weight: 50,
        })),
      },
      logs: [{ source: "app", lines: Array.from({ length: 10_000 }, () => "x".repeat(500)) }],
    };
    expect(htmlReport(long).length).toBeLessThan(3_000_000);
  });
});

describe("what is drawn", () => {
  test("everything that was seen by colour, with the phases", () => {
    const { plots, bands, from, to } = plotsOf(rolledBack);
    expect(plots.map(({ title }) => title)).toEqual([
      "Share of new connections",
      "Requests",
      "Failed requests",
      "Response time",
      "Health check backend",
    ]);
    expect([from, to]).toEqual([start, start + 720]);
    expect(bands.filter(({ failed }) => failed)).toEqual([{ name: "watch", from: start + 180, to: start + 550, failed: true }]);
    const requests = plots[1]?.lines ?? [];
    expect(plots[1]?.times[0]).toBe(start + 30);
    expect(requests.map(({ label, values }) => [label, values[0], values[4]])).toEqual([
      ["blue", 60, null],
      ["green", null, expect.closeTo(56.4, 0)],
    ]);
  });

  test("a share holds until the end of its last stretch", () => {
    const share = plotsOf(succeeded).plots[0];
    expect(share?.times.at(-1)).toBe(start + 720);
    expect(share?.lines[1]?.values.at(-1)).toBe(succeeded.traffic.green.at(-1)?.weight);
  });

  test("nothing where nothing was seen", () => {
    expect(plotsOf(bare).plots).toEqual([]);
  });

  test("the page's script needs nothing but the browser and uPlot", () => {
    const charts: {
      readonly options: {
        readonly series: readonly { readonly label: string; readonly stroke?: () => string }[];
        readonly axes: readonly { readonly stroke: () => string }[];
      };
      readonly data: readonly (readonly (number | null)[])[];
    }[] = [];
    const element = (): object => ({ textContent: "", className: "", clientWidth: 800, append: () => undefined });
    const data: PlotData = plotsOf(rolledBack);
    class Chart {
      constructor(options: (typeof charts)[number]["options"], values: (typeof charts)[number]["data"]) {
        charts.push({ options, data: values });
      }
      static pxRatio = 1;
      static paths = { stepped: () => () => null };
      static fmtDate = () => String;
      static tzDate = (date: Date) => date;
    }
    const page = {
      document: {
        getElementById: (id: string) => ({ ...element(), textContent: id === "data" ? JSON.stringify(data) : "" }),
        createElement: element,
        documentElement: {},
      },
      matchMedia: () => ({ addEventListener: () => undefined }),
      getComputedStyle: () => ({ getPropertyValue: (name: string) => ` ${name} ` }),
      addEventListener: () => undefined,
    };
    runInContext(`${pageScript}\ndrawPlots(page, Chart)`, createContext({ page, Chart }));
    expect(charts.map((chart) => chart.options.series.map(({ label }) => label).slice(1))).toEqual([
      ["blue", "green"],
      ["blue", "green"],
      ["blue", "green"],
      ["blue", "green"],
      ["passed", "failed"],
    ]);
    expect(charts[1]?.options.series[1]?.stroke?.()).toBe("--blue");
    // One value for each time, or uPlot draws nonsense.
    for (const chart of charts) expect(new Set(chart.data.map(({ length }) => length)).size).toBe(1);
  });
});

test("what the page runs is page.ts and nothing of a bundler's: it has no name but its own, its arguments' and the language's", () => {
  expect(pageScript).toMatch(new RegExp(`^function ${drawPlots.name}\\(`));
  const known = { page: { document: { getElementById: () => null } } };
  expect(() => runInContext(`"use strict";${pageScript}\ndrawPlots(page, undefined)`, createContext(known))).not.toThrow();
});
